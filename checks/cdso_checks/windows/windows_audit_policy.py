"""Which events Windows records."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.operations import WindowsAuditPolicy
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsAuditPolicy,
    About(
        id="windows-audit-policy",
        title="Windows records logons, accounts and changes of rights",
        severity=Severity.HIGH,
        why="What is not recorded cannot be found out after an incident.",
        fix="Set the subcategories in Group Policy (Advanced Audit Policy "
        "Configuration), or run `auditpol /set /subcategory:{GUID} "
        "/success:enable /failure:enable`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.15",), "cis-v8": ("8.5",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    wanted=(
        "0cce9215-69ae-11d9-bed3-505054503030=sf",
        "0cce921b-69ae-11d9-bed3-505054503030=s",
        "0cce9235-69ae-11d9-bed3-505054503030=s",
        "0cce9237-69ae-11d9-bed3-505054503030=s",
        "0cce922f-69ae-11d9-bed3-505054503030=s",
        "0cce923f-69ae-11d9-bed3-505054503030=sf",
        "0cce922b-69ae-11d9-bed3-505054503030=s",
    ),
)
def windows_audit_policy(seen: WindowsAuditPolicy, context: Context) -> Verdict:
    """Subcategories by GUID; s and f say which results must be recorded."""
    lacking = []
    for each in context.names("wanted"):
        guid, _, results = each.partition("=")
        success, failure = seen.subcategories.get(guid, (False, False))
        if ("s" in results and not success) or ("f" in results and not failure):
            lacking.append(seen.names.get(guid, guid))
    if lacking:
        return Verdict.failed(
            "not recorded: {names}", names=", ".join(lacking), seen=", ".join(lacking)
        )
    return Verdict.passed(
        "all {count} kinds of events are recorded", count=len(context.names("wanted"))
    )
