"""How far event logs reach back."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.operations import WindowsEventLog
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsEventLog,
    About(
        id="windows-event-log-retention",
        title="Event logs reach back as far as the rules want",
        severity=Severity.HIGH,
        why="An intrusion is found after months; by then a small log has overwritten it.",
        fix="Run `wevtutil sl Security /ms:4294967296`, and forward the events to a log server.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.15",), "cis-v8": ("8.10",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    min_days=90,
)
def windows_event_log_retention(seen: WindowsEventLog, context: Context) -> Verdict:
    """
    Age of the oldest record. A circular log that is younger than the rule wants has overwritten
    what it should keep, or is new; a log server may keep it, which another check asks about.
    """
    if not seen.enabled:
        return Verdict.failed("the log {name} is off", name=seen.subject)
    if seen.oldest is None:
        return Verdict.failed("the log {name} is empty", name=seen.subject)
    days = (context.at - seen.oldest).days
    least = context.number("min_days")
    words = {
        "seen": f"{seen.subject}: {seen.oldest:%Y-%m-%d}, {seen.mode}, {seen.max_bytes} B",
        "expected": f">= {least} d",
    }
    if days >= least:
        return Verdict.passed(
            "the log {name} reaches back {days} days", name=seen.subject, days=days, **words
        )
    return Verdict.failed(
        "the log {name} reaches back {days} days only",
        name=seen.subject,
        days=max(days, 0),
        **words,
    )
