"""How long a password has to be."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.accounts import WindowsPasswordPolicy
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsPasswordPolicy,
    About(
        id="windows-password-length",
        title="Windows asks for passwords of the length that the rules want",
        severity=Severity.HIGH,
        why="A short password is guessed in hours once its hash is taken.",
        fix="Set “Minimum password length” to 14 in the Group Policy of the "
        "domain, or run `net accounts /minpwlen:14`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.17",), "cis-v8": ("5.2",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    min_length=14,
)
def windows_password_length(seen: WindowsPasswordPolicy, context: Context) -> Verdict:
    """Compare the shortest allowed password with the least the rules want."""
    least = context.number("min_length")
    words = {"seen": f"MinPasswordLength = {seen.min_length}", "expected": f">= {least}"}
    if seen.min_length >= least:
        return Verdict.passed(
            "passwords have at least {length} characters", length=seen.min_length, **words
        )
    return Verdict.failed(
        "a password of {length} characters is enough", length=seen.min_length, **words
    )
