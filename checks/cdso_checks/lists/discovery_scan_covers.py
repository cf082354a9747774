"""Zones of the owner's plan, compared with what scans for devices went over."""

from cdso_audit.address import uncovered
from cdso_audit.checking import About, check
from cdso_audit.facts.network_state import HostNetwork
from cdso_audit.model import VIETNAM, Context, Severity, Verdict
from cdso_checks.lists.arrived import too_long_ago


@check(
    HostNetwork,
    About(
        id="discovery-scan-covers",
        title="Scans for devices went over every zone of the plan within the period",
        severity=Severity.MEDIUM,
        why="The device that nobody registered sits in the network that nobody scans.",
        fix="Scan each zone (`nmap -sn -oX scan.xml NETWORK`), compare what answers with the "
        "register, then write the day and the networks into lists/scans.csv.",
        since="0.2.0",
        references={"iso27001-2022": ("A.5.9",), "cis-v8": ("1.3",)},
        pitfalls="Several scans count together, each for the addresses that it went over. A scan "
        "dated after this one counts at the next. That the rule exists and what was found are "
        "attested.",
        lists=("scans", "zones"),
    ),
    max_days=92,
)
def discovery_scan_covers(network: HostNetwork, context: Context) -> Verdict:
    """Each network of each zone lies within what scans of the last `max_days` went over."""
    today = context.at.astimezone(VIETNAM).date()
    done = [row for row in context.lists.scans if row.scanned <= today]
    old = too_long_ago([row.scanned for row in done], context)
    if old is not None:
        return old
    lately = [row for row in done if (today - row.scanned).days <= context.number("max_days")]
    went_over = tuple(each for row in lately for each in row.networks)
    left = [
        f"{zone.zone} ({', '.join(missing)})"
        for zone in context.lists.zones
        if (missing := uncovered(zone.networks, went_over))
    ]
    seen = "\n".join(f"{row.scanned:%Y-%m-%d}: {', '.join(row.networks)}" for row in lately)
    if left:
        return Verdict.failed(
            "no scan of the last {days} days went over {zones}",
            days=context.number("max_days"),
            zones="; ".join(left),
            seen=seen,
        )
    if not context.lists.zones:
        return Verdict.unknown("the plan of zones is empty", seen=", ".join(network.addresses))
    return Verdict.passed(
        "scans up to {last} went over all {count} zones",
        last=f"{max(row.scanned for row in lately):%Y-%m-%d}",
        count=len(context.lists.zones),
        seen=seen,
    )
