"""What PowerShell records."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import SCRIPT_BLOCKS, WindowsPowershell
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsPowershell,
    About(
        id="windows-powershell-logging",
        title="PowerShell records the scripts that it runs",
        severity=Severity.MEDIUM,
        why="Most intrusions into Windows work through PowerShell; without a "
        "record nobody can tell what was done.",
        fix="Enable “Turn on PowerShell Script Block Logging” in Group Policy.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.15",), "cis-v8": ("8.8",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_powershell_logging(seen: WindowsPowershell, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """EnableScriptBlockLogging 1; without it only what looks suspicious is recorded."""
    words = {"seen": seen.line(SCRIPT_BLOCKS, "EnableScriptBlockLogging"), "expected": "1"}
    if seen.number(SCRIPT_BLOCKS, "EnableScriptBlockLogging", 0) == 1:
        return Verdict.passed("PowerShell records its script blocks", **words)
    return Verdict.failed("PowerShell does not record its script blocks", **words)
