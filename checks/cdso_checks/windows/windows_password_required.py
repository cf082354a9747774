"""Accounts that may have an empty password."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.accounts import WindowsUser
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsUser,
    About(
        id="windows-password-required",
        title="No account may do without a password",
        severity=Severity.CRITICAL,
        why="An account without a password is open to whoever knows its name.",
        fix="Set a password for the account, then run `net user NAME /passwordreq:yes`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.17",), "cis-v8": ("5.2",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_password_required(seen: WindowsUser, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """PASSWD_NOTREQD of an enabled account; the password itself is never asked for."""
    if not seen.enabled:
        return Verdict.not_applicable("the account is disabled")
    if seen.password_required:
        return Verdict.passed("the account needs a password", seen="PasswordRequired = True")
    return Verdict.failed("the account may have an empty password", seen="PasswordRequired = False")
