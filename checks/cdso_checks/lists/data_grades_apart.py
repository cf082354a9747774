"""Data of different grades, by the owner's list, in the zones of the network."""

from cdso_audit.checking import About, check
from cdso_audit.facts.network_state import HostNetwork
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.register import zone_of

HIGH = frozenset({"sensitive", "secret"})


@check(
    HostNetwork,
    About(
        id="data-grades-apart",
        title="Sensitive data lies apart from data that is open to all",
        severity=Severity.MEDIUM,
        why="Who breaks into the public service stands beside the sensitive data.",
        fix="Move the sensitive data to hosts of a zone of their own.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.22", "A.5.12"), "cis-v8": ("3.12",)},
        pitfalls="Zones of the other hosts come from their addresses in the register; this host's "
        "own was seen.",
        lists=("data", "zones", "assets"),
    ),
)
def data_grades_apart(network: HostNetwork, context: Context) -> Verdict:
    """Neither this host nor its zone holds both sensitive data and open data."""
    here = {row.grade for row in context.lists.data if row.asset == context.asset.id}
    if not here & HIGH:
        return Verdict.not_applicable("the list has no sensitive data on this host")
    if "open" in here:
        return Verdict.failed("the host holds open and sensitive data together")
    zones = {zone.zone for each in network.addresses if (zone := zone_of(context.lists, each))}
    if not zones:
        return Verdict.failed("no address of the host lies in a zone of the plan")
    open_assets = {row.asset for row in context.lists.data if row.grade == "open"}
    beside = sorted(
        row.asset
        for row in context.lists.assets
        if row.asset in open_assets
        and any(
            (zone := zone_of(context.lists, each)) and zone.zone in zones for each in row.addresses
        )
    )
    if beside:
        return Verdict.failed(
            "in the same zone lie hosts with open data: {names}",
            names=", ".join(beside),
            seen=", ".join(sorted(zones)),
        )
    unplaced = sorted(open_assets - {row.asset for row in context.lists.assets if row.addresses})
    if unplaced:
        return Verdict.unknown(
            "the register has no address of hosts with open data: {names}",
            names=", ".join(unplaced),
        )
    return Verdict.passed("no open data lies in its zone", seen=", ".join(sorted(zones)))
