"""Who may do everything."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.accounts import WindowsAdministrators
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsAdministrators,
    About(
        id="windows-admins-declared",
        title="All administrators of Windows are declared",
        severity=Severity.HIGH,
        why="An administrator that nobody knows of is either forgotten or an intruder.",
        fix="List the members in `declared.admins` of the inventory, or remove "
        "them with `Remove-LocalGroupMember -SID S-1-5-32-544 -Member "
        "NAME`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.2",), "cis-v8": ("5.4",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
        or_lists=("accounts",),
    ),
)
def windows_admins_declared(seen: WindowsAdministrators, context: Context) -> Verdict:
    """Names with or without their domain count as declared. Nested members are not seen."""
    declared = context.system.declared.admins
    if declared is None:
        return Verdict.unknown(
            "the inventory declares no administrators", seen=", ".join((*seen.users, *seen.groups))
        )
    known = {each.lower() for each in declared}
    named = {each: each.lower() for each in (*seen.users, *seen.groups)}
    strange = sorted(
        name
        for name, small in named.items()
        if small not in known and small.rpartition("\\")[2] not in known
    )
    words = {"seen": ", ".join(named), "expected": ", ".join(declared)}
    if strange:
        return Verdict.failed(
            "administrators that nobody declared: {names}", names=", ".join(strange), **words
        )
    if seen.groups:
        return Verdict.passed(
            "all {count} direct members are declared; who is in the groups "
            "{groups} was not looked at",
            count=len(named),
            groups=", ".join(seen.groups),
            **words,
        )
    return Verdict.passed("all {count} administrators are declared", count=len(named), **words)
