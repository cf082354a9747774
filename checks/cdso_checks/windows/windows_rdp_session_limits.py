"""How long an idle remote session lives."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import WindowsRemoteDesktop
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsRemoteDesktop,
    About(
        id="windows-rdp-session-limits",
        title="Remote Desktop ends sessions that nobody uses",
        severity=Severity.MEDIUM,
        why="A forgotten session of an administrator is taken over by whoever "
        "gets onto the server.",
        fix="Set “Set time limit for active but idle Remote Desktop Services "
        "sessions” to 15 minutes in Group Policy.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.5",), "cis-v8": ("4.3",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    max_seconds=900,
)
def windows_rdp_session_limits(seen: WindowsRemoteDesktop, context: Context) -> Verdict:
    """MaxIdleTime in milliseconds, the policy's first; 0 and no value mean never."""
    if not seen.is_on:
        return Verdict.not_applicable("Remote Desktop takes no connections")
    most = context.number("max_seconds")
    seconds = (seen.effective("MaxIdleTime") or 0) // 1000
    words = {"seen": f"MaxIdleTime = {seconds * 1000}", "expected": f"1-{most * 1000}"}
    if seconds == 0:
        return Verdict.failed("an idle remote session is never ended", **words)
    if seconds > most:
        return Verdict.failed(
            "an idle remote session is ended only after {seconds} s", seconds=seconds, **words
        )
    return Verdict.passed(
        "an idle remote session is ended after {seconds} s", seconds=seconds, **words
    )
