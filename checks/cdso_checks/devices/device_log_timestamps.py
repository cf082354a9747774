"""
Whether events carry date and time.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceLogging
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceLogging,
    About(
        id="device-log-timestamps",
        title="Events of the device carry date and time",
        severity=Severity.MEDIUM,
        why="Events without a date cannot be put beside those of other systems.",
        fix="On IOS set `service timestamps log datetime msec localtime show-timezone`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.15", "A.8.17")},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "`service timestamps log uptime` "
        "is no date. The other dialects always write it.",
        experimental=True,
    ),
)
def device_log_timestamps(logging: DeviceLogging, _: Context) -> Verdict:
    """Whether events carry date and time."""
    if logging.timestamps is None:
        return Verdict.unknown("the configuration does not say whether events carry the time")
    if logging.timestamps:
        return Verdict.passed("events carry date and time", seen=logging.shown)
    return Verdict.failed("events carry no date", seen=logging.shown)
