"""What happens after wrong passwords."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.accounts import WindowsPasswordPolicy
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsPasswordPolicy,
    About(
        id="windows-lockout",
        title="Windows locks an account after failed logons",
        severity=Severity.HIGH,
        why="Without a lock, passwords can be tried at leisure.",
        fix="Set “Account lockout threshold” to 5 and “Account lockout "
        "duration” to 720 minutes in Group Policy, or run `net accounts "
        "/lockoutthreshold:5 /lockoutduration:720`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.5",), "cis-v8": ("4.10",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    max_attempts=5,
    min_unlock_seconds=900,
)
def windows_lockout(seen: WindowsPasswordPolicy, context: Context) -> Verdict:
    """0 attempts means never; a lock that only an administrator opens is long enough."""
    most, least = context.number("max_attempts"), context.number("min_unlock_seconds")
    words = {
        "seen": f"MaxBadPasswordsAllowed = {seen.max_attempts}, "
        f"AutoUnlockInterval = {seen.lockout_seconds}",
        "expected": f"1-{most}, >= {least} s",
    }
    if seen.max_attempts == 0:
        return Verdict.failed("accounts are never locked", **words)
    if seen.max_attempts > most:
        return Verdict.failed(
            "{count} wrong passwords may be tried", count=seen.max_attempts, **words
        )
    if seen.lockout_seconds is not None and seen.lockout_seconds < least:
        return Verdict.failed(
            "an account is locked for {seconds} s only", seconds=seen.lockout_seconds, **words
        )
    return Verdict.passed(
        "an account is locked after {count} wrong passwords", count=seen.max_attempts, **words
    )
