"""The built-in administrator, whatever its name is."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.accounts import WindowsUser
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsUser,
    About(
        id="windows-builtin-administrator",
        title="The built-in administrator is disabled or renamed",
        severity=Severity.MEDIUM,
        why="Everybody knows its name, no lockout stops guessing at the "
        "console, and it belongs to no person.",
        fix="Create an account for each administrator, then run `Get-LocalUser "
        '| Where-Object SID -like "*-500" | Disable-LocalUser`.',
        since="0.1.0",
        references={"iso27001-2022": ("A.8.2",), "cis-v8": ("4.7",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    known_names=("administrator",),
)
def windows_builtin_administrator(seen: WindowsUser, context: Context) -> Verdict:
    """The account is known by its number, -500; disabled or renamed will do."""
    if seen.rid != 500:  # noqa: PLR2004 - the number of the built-in administrator
        return Verdict.not_applicable("this is not the built-in administrator")
    words = {"seen": f"{seen.sid} {seen.subject} Enabled = {seen.enabled}"}
    if seen.enabled and seen.subject.lower() in context.names("known_names"):
        return Verdict.failed(
            "the built-in administrator {name} can log on under its known name",
            name=seen.subject,
            **words,
        )
    return Verdict.passed("the built-in administrator is disabled or renamed", **words)
