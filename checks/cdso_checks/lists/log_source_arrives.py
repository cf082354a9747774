"""Hosts that send their logs, compared with the sources that the log platform knows."""

from cdso_audit.checking import About, check
from cdso_audit.facts.logging import LogForwarding
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.arrived import lately


@check(
    LogForwarding,
    About(
        id="log-source-arrives",
        title="The log platform has events of the host, and the host sends them",
        severity=Severity.MEDIUM,
        why="Logs that are sent and never arrive are missed on the day of the incident.",
        fix="Find out where the events stop (`logger test`, then the platform), then export its "
        "sources with their newest event into lists/log_sources.csv.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.15", "A.8.16"), "cis-v8": ("8.9",)},
        pitfalls="The export is a picture of one day, so it counts for a month only.",
        lists=("log_sources",),
    ),
    max_days=1,
    max_list_days=31,
)
def log_source_arrives(logs: LogForwarding, context: Context) -> Verdict:
    """A shipper runs on the host, and its row has an event of the day of the export."""
    rows = [row for row in context.lists.log_sources if row.asset == context.asset.id]
    wrong = lately("log_sources", [row.last_event for row in rows], context)
    if wrong is not None:
        return wrong
    platforms = ", ".join(dict.fromkeys(row.platform for row in rows))
    shippers = [name for name in logs.daemons if name != "journald"]
    if not any(each.running for each in logs.targets) and not (shippers and logs.unreadable):
        return Verdict.failed(
            "{platform} has events of this host, but nothing on it sends any now",
            platform=platforms,
            seen=", ".join(logs.daemons),
        )
    return Verdict.passed("{platform} has the events of this host", platform=platforms)
