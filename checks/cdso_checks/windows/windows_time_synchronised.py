"""Whether the clock follows another."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.operations import WindowsTime
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsTime,
    About(
        id="windows-time-synchronised",
        title="The clock of Windows is synchronised",
        severity=Severity.MEDIUM,
        why="Logs with different clocks cannot be put in order, and Kerberos fails.",
        fix='Run `w32tm /config /manualpeerlist:"NTP-SERVER" '
        "/syncfromflags:manual /update` (a domain member follows its domain "
        "by itself).",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.17",), "cis-v8": ("8.4",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
)
def windows_time_synchronised(seen: WindowsTime, context: Context) -> Verdict:  # noqa: ARG001 - the signature of every check
    """Leap 3, stratum 0 and Type NoSync mean no; a clock that follows only itself has stratum 1."""
    words = {"seen": f"Type = {seen.type}, stratum {seen.stratum}, {seen.source}"}
    if not seen.running:
        return Verdict.failed("the time service does not run", **words)
    if seen.type == "NoSync" or seen.leap == 3 or not seen.stratum:  # noqa: PLR2004 - not synchronised
        return Verdict.failed("the clock is not synchronised", **words)
    if seen.stratum == 1 and seen.source.lower().startswith(("local cmos", "free-running")):
        return Verdict.failed("the clock follows only itself", **words)
    return Verdict.passed("the clock is synchronised with {source}", source=seen.source, **words)
