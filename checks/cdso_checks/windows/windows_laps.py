"""Passwords of local administrators."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import LAPS_LEGACY, LAPS_POLICY, WindowsLaps
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsLaps,
    About(
        id="windows-laps",
        title="LAPS changes the password of the local administrator",
        severity=Severity.MEDIUM,
        why="The same local password on all servers lets one stolen server open all others.",
        fix="Enable “Configure password backup directory” of Windows LAPS in Group Policy.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.17",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_laps(seen: WindowsLaps, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """Windows LAPS with a directory to keep the password in, or the older LAPS."""
    words = {"seen": seen.line(LAPS_POLICY, "BackupDirectory"), "expected": "1 | 2"}
    if seen.number(LAPS_POLICY, "BackupDirectory", 0) in (1, 2):
        return Verdict.passed("Windows LAPS manages the local administrator", **words)
    if seen.number(LAPS_LEGACY, "AdmPwdEnabled", 0) == 1:
        return Verdict.passed(
            "the older LAPS manages the local administrator",
            seen=seen.line(LAPS_LEGACY, "AdmPwdEnabled"),
        )
    return Verdict.failed("nothing changes the password of the local administrator", **words)
