"""When a password ends."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.accounts import WindowsPasswordPolicy
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsPasswordPolicy,
    About(
        id="windows-password-age",
        title="Passwords of Windows end after a time",
        severity=Severity.MEDIUM,
        why="A stolen password that never ends opens the door for years.",
        fix="Set “Maximum password age” to 60 in Group Policy, or run `net accounts /maxpwage:60`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.17",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    max_days=90,
)
def windows_password_age(seen: WindowsPasswordPolicy, context: Context) -> Verdict:
    """No end at all is a failure, as is one that is too far."""
    most = context.number("max_days")
    if seen.max_age_days is None:
        return Verdict.failed(
            "passwords never end", seen="MaxPasswordAge = -1", expected=f"1-{most}"
        )
    words = {"seen": f"MaxPasswordAge = {seen.max_age_days} d", "expected": f"1-{most}"}
    if seen.max_age_days <= most:
        return Verdict.passed("passwords end after {days} days", days=seen.max_age_days, **words)
    return Verdict.failed("passwords end only after {days} days", days=seen.max_age_days, **words)
