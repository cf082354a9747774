"""
What stops somebody who guesses passwords.

Each door (`sshd`, `login`) is walked as PAM walks it: a wrong password must be counted, and a
locked account must stay out even with the right one.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.pam import Lockout
from cdso_audit.model import Context, Severity, Verdict


@check(
    Lockout,
    About(
        id="login-lockout",
        title="Accounts lock after failed logins",
        severity=Severity.HIGH,
        why="Without a limit a program tries passwords until one fits.",
        fix="Set `deny = 5`, `fail_interval = 900` and `unlock_time = 43200` in "
        "/etc/security/faillock.conf and put pam_faillock (preauth, authfail) around pam_unix in "
        "/etc/pam.d/common-auth (RHEL: `authselect enable-feature with-faillock`).",
        since="0.1.0",
        references={
            "ssg": (
                "accounts_passwords_pam_faillock_deny",
                "accounts_passwords_pam_faillock_unlock_time",
            ),
            "cis-debian12": ("5.3.3.1.1", "5.3.3.1.2"),
            "iso27001-2022": ("A.8.5",),
            "cis-v8": ("4.10",),
        },
        pitfalls="faillock.conf without the module in the stack does nothing, and `success=1` may "
        "jump over the line that counts. unlock_time 0 means until an administrator unlocks.",
    ),
    max_attempts=10,  # TCVN 14423:2026; 5 for business software
    min_unlock_seconds=600,
    min_window_seconds=900,
)
def login_lockout(door: Lockout, context: Context) -> Verdict:
    """Wrong passwords are counted, lock soon enough, for long enough, and the lock holds."""
    most = context.number("max_attempts")
    unlock, window = (context.number(f"min_{name}_seconds") for name in ("unlock", "window"))
    expected = f"deny 1-{most}, unlock_time 0 | >= {unlock}, fail_interval >= {window}"
    if not door.uses_pam:
        return Verdict.failed("this host does not use PAM, so nothing counts failed logins")
    if not door.counts:
        return Verdict.failed("failed logins are not counted", expected=expected)
    values = {"deny": door.deny, "unlock": door.unlock_seconds, "window": door.window_seconds}
    seen = f"{door.line}\ndeny {door.deny}, unlock_time {door.unlock_seconds}"
    if not door.refuses:
        return Verdict.failed(
            "failed logins are counted, but a locked account is let in",
            seen=seen,
            expected=expected,
        )
    if (
        not 1 <= door.deny <= most
        or 0 < door.unlock_seconds < unlock
        or 0 < door.window_seconds < window
    ):
        return Verdict.failed(
            "locks after {deny} failures within {window} s, for {unlock} s (0: no limit)",
            **values,
            seen=seen,
            expected=expected,
        )
    return Verdict.passed(
        "locks after {deny} failures within {window} s, for {unlock} s (0: no limit)",
        **values,
        seen=seen,
        expected=expected,
    )
