"""Which kinds of characters a password needs."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.accounts import WindowsPasswordPolicy
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsPasswordPolicy,
    About(
        id="windows-password-complexity",
        title="Windows asks for passwords of several kinds of characters",
        severity=Severity.MEDIUM,
        why="A password of one kind of characters is guessed much sooner.",
        fix="Enable “Password must meet complexity requirements” in Group "
        "Policy (Account Policies, Password Policy).",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.17",), "cis-v8": ("5.2",)},
        pitfalls="Experimental: not yet confirmed on a real server. The complexity "
        "of Windows asks for three kinds of five, not four.",
        experimental=True,
    ),
    min_classes=3,
)
def windows_password_complexity(seen: WindowsPasswordPolicy, context: Context) -> Verdict:
    """Complexity of Windows is three of five kinds; what nobody could tell stays unknown."""
    if seen.complexity is None:
        return Verdict.unknown(
            "no Group Policy sets it; export the local policy with `secedit "
            "/export /cfg policy.inf` and give it to the collector with "
            "-SecurityPolicy"
        )
    words = {"seen": f"PasswordComplexity = {int(seen.complexity)}", "expected": "1"}
    if seen.complexity and context.number("min_classes") > 3:  # noqa: PLR2004 - what Windows knows
        return Verdict.unknown(
            "Windows itself asks for three kinds of characters only; show the password filter",
            **words,
        )
    if seen.complexity:
        return Verdict.passed("passwords need several kinds of characters", **words)
    return Verdict.failed("passwords of one kind of characters are accepted", **words)
