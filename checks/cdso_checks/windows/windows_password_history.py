"""How many old passwords are remembered."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.accounts import WindowsPasswordPolicy
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsPasswordPolicy,
    About(
        id="windows-password-history",
        title="Windows remembers old passwords",
        severity=Severity.MEDIUM,
        why="Without a memory the same password comes back after every forced change.",
        fix="Set “Enforce password history” to 24 in Group Policy, or run `net "
        "accounts /uniquepw:24`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.17",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    min_remember=10,
)
def windows_password_history(seen: WindowsPasswordPolicy, context: Context) -> Verdict:
    """Compare the number of remembered passwords."""
    least = context.number("min_remember")
    words = {"seen": f"PasswordHistoryLength = {seen.history}", "expected": f">= {least}"}
    if seen.history >= least:
        return Verdict.passed(
            "the last {count} passwords cannot be used again", count=seen.history, **words
        )
    return Verdict.failed(
        "only the last {count} passwords are remembered", count=seen.history, **words
    )
