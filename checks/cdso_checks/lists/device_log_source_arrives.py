"""Network devices that send their logs, compared with the sources that the log platform knows."""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceLogging
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.arrived import lately


@check(
    DeviceLogging,
    About(
        id="device-log-source-arrives",
        title="The log platform has events of the device, and the device sends them",
        severity=Severity.MEDIUM,
        why="Logs that are sent and never arrive are missed on the day of the incident.",
        fix="Find out where the events stop, then export the platform's sources with their newest "
        "event into lists/log_sources.csv.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.15", "A.8.16"), "cis-v8": ("8.9",)},
        pitfalls="The export is a picture of one day, so it counts for a month only.",
        experimental=True,
        lists=("log_sources",),
    ),
    max_days=1,
    max_list_days=31,
)
def device_log_source_arrives(logs: DeviceLogging, context: Context) -> Verdict:
    """The configuration names a host for logs, and the row has an event of the day."""
    rows = [row for row in context.lists.log_sources if row.asset == context.asset.id]
    wrong = lately("log_sources", [row.last_event for row in rows], context)
    if wrong is not None:
        return wrong
    platforms = ", ".join(dict.fromkeys(row.platform for row in rows))
    if not logs.hosts:
        return Verdict.failed(
            "{platform} has events of this device, but its configuration sends none",
            platform=platforms,
        )
    return Verdict.passed(
        "{platform} has the events of this device", platform=platforms, seen=", ".join(logs.hosts)
    )
