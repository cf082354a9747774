"""Command lines in the records of processes."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import AUDIT_POLICY, WindowsPowershell
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsPowershell,
    About(
        id="windows-process-command-line",
        title="Records of processes hold their command lines",
        severity=Severity.MEDIUM,
        why="A record that names the program and not what it was told to do explains little.",
        fix="Enable “Include command line in process creation events” in Group "
        "Policy (System, Audit Process Creation).",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.15",), "cis-v8": ("8.8",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_process_command_line(seen: WindowsPowershell, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """ProcessCreationIncludeCmdLine_Enabled 1; off by default."""
    words = {
        "seen": seen.line(AUDIT_POLICY, "ProcessCreationIncludeCmdLine_Enabled"),
        "expected": "1",
    }
    if seen.number(AUDIT_POLICY, "ProcessCreationIncludeCmdLine_Enabled", 0) == 1:
        return Verdict.passed("records of processes hold command lines", **words)
    return Verdict.failed("records of processes hold no command line", **words)
