"""Whether a restart is due."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import REBOOT_SERVICING, REBOOT_UPDATE, WindowsUpdatePolicy
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsUpdatePolicy,
    About(
        id="windows-reboot-pending",
        title="No restart is due after updates",
        severity=Severity.MEDIUM,
        why="Until the restart the old code with its holes runs on.",
        fix="Restart the server in a maintenance window: `Restart-Computer`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.8",), "cis-v8": ("7.3",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_reboot_pending(seen: WindowsUpdatePolicy, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """Either of two keys is there only while a restart is due."""
    due = [path for path in (REBOOT_SERVICING, REBOOT_UPDATE) if seen.has(path)]
    if due:
        return Verdict.failed("a restart is due after updates", seen=due[0])
    return Verdict.passed("no restart is due")
