"""The guest account, whatever its name is."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.accounts import WindowsUser
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsUser,
    About(
        id="windows-guest-account",
        title="The built-in guest account is disabled",
        severity=Severity.HIGH,
        why="A guest needs no password of a person, and leaves no name in the logs.",
        fix='Run `Get-LocalUser | Where-Object SID -like "*-501" | Disable-LocalUser`.',
        since="0.1.0",
        references={"iso27001-2022": ("A.8.2",), "cis-v8": ("4.7",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_guest_account(seen: WindowsUser, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """The account is known by its number, -501, whatever it is called."""
    if seen.rid != 501:  # noqa: PLR2004 - the number of the guest
        return Verdict.not_applicable("this is not the guest account")
    if seen.enabled:
        return Verdict.failed(
            "the guest account {name} can log on",
            name=seen.subject,
            seen=f"{seen.sid} Enabled = True",
        )
    return Verdict.passed("the guest account is disabled", seen=f"{seen.sid} Enabled = False")
