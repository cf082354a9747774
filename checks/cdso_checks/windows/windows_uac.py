"""Asking before rights are raised."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import SYSTEM_POLICY, WindowsLogon
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsLogon,
    About(
        id="windows-uac",
        title="Windows asks before a program gets the rights of an administrator",
        severity=Severity.MEDIUM,
        why="Without the question, whatever an administrator opens has the whole server.",
        fix="Enable “User Account Control: Run all administrators in Admin "
        "Approval Mode” in Group Policy, then restart.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.2",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_uac(seen: WindowsLogon, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """EnableLUA (default 1) and ConsentPromptBehaviorAdmin (default 5; 0 asks nothing)."""
    words = {"seen": seen.line(SYSTEM_POLICY, "EnableLUA"), "expected": "1"}
    if seen.number(SYSTEM_POLICY, "EnableLUA", 1) != 1:
        return Verdict.failed("User Account Control is off", **words)
    if seen.number(SYSTEM_POLICY, "ConsentPromptBehaviorAdmin", 5) == 0:
        return Verdict.failed(
            "administrators get their rights without being asked",
            seen=seen.line(SYSTEM_POLICY, "ConsentPromptBehaviorAdmin"),
            expected="1-5",
        )
    return Verdict.passed("User Account Control is on", **words)
