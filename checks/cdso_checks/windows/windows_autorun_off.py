"""What starts from a stick."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import EXPLORER_POLICY, WindowsAutorun
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsAutorun,
    About(
        id="windows-autorun-off",
        title="Nothing starts by itself from a medium",
        severity=Severity.MEDIUM,
        why="A stick that starts by itself infects the server it is put into.",
        fix="Enable “Turn off Autoplay” for all drives and “Set the default "
        "behavior for AutoRun: Do not execute” in Group Policy.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.7",), "cis-v8": ("10.3",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_autorun_off(seen: WindowsAutorun, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """NoDriveTypeAutoRun 255 is all drives. Without a value only some of them are off (145)."""
    words = {"seen": seen.line(EXPLORER_POLICY, "NoDriveTypeAutoRun"), "expected": "255"}
    if seen.number(EXPLORER_POLICY, "NoDriveTypeAutoRun", 145) & 0xFF == 0xFF:  # noqa: PLR2004 - every kind of drive
        return Verdict.passed("autoplay is off for all drives", **words)
    return Verdict.failed("autoplay is on for some drives", **words)
