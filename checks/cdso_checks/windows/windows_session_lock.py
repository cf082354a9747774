"""Locking what nobody uses."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.registry import SYSTEM_POLICY, WindowsLogon
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsLogon,
    About(
        id="windows-session-lock",
        title="Windows locks a session that nobody uses",
        severity=Severity.MEDIUM,
        why="A console that is left open is a logon as administrator for whoever passes.",
        fix="Set “Interactive logon: Machine inactivity limit” to 300 seconds in Group Policy.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.1",), "cis-v8": ("4.3",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    max_seconds=300,
)
def windows_session_lock(seen: WindowsLogon, context: Context) -> Verdict:
    """InactivityTimeoutSecs; 0 and no value mean never."""
    most = context.number("max_seconds")
    seconds = seen.number(SYSTEM_POLICY, "InactivityTimeoutSecs", 0)
    words = {"seen": seen.line(SYSTEM_POLICY, "InactivityTimeoutSecs"), "expected": f"1-{most}"}
    if seconds == 0:
        return Verdict.failed("a session is never locked", **words)
    if seconds > most:
        return Verdict.failed(
            "a session is locked only after {seconds} s", seconds=seconds, **words
        )
    return Verdict.passed("a session is locked after {seconds} s", seconds=seconds, **words)
