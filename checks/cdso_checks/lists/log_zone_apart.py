"""
The zone of the log store, which nothing else stands in.

Seen from both sides: a machine must not share its zone with the store that gets its logs, and the
store's own zone must hold nothing but stores.
"""

from cdso_audit.address import ip
from cdso_audit.checking import About, check
from cdso_audit.facts.network_state import HostNetwork
from cdso_audit.model import Context, Severity, Verdict, ZoneRow
from cdso_checks.lists.register import zone_of

#: The role of a host that keeps logs of others.
ROLE = "log"


def stores(context: Context) -> set[str]:
    """Addresses of log stores: as declared, or of the devices of the register by that name."""
    found: set[str] = set()
    for each in context.system.declared.log_servers or ():
        if ip(each) is not None:
            found.add(str(ip(each)))
        for row in context.lists.assets:
            if each in (row.asset, row.name):
                found |= set(row.addresses)
    return found


def _shown(zones: list[ZoneRow]) -> str:
    return ", ".join(dict.fromkeys(each.zone for each in zones))


def _store(mine: list[ZoneRow], own: set[str], context: Context) -> Verdict:
    """What else the register puts into the zone of the store."""
    lists = context.lists
    if not lists.stands("assets", context.at):
        return Verdict.unknown("nobody confirmed the list {name}", name="assets")
    beside = [
        row.name
        for row in lists.assets
        if row.status != "retired"
        and row.addresses
        and not own & set(row.addresses)
        and row.asset != context.asset.id
        and any(zone_of(lists, each) in mine for each in row.addresses)
    ]
    if beside:
        return Verdict.failed(
            "in the log store's zone stand {names} too",
            names=", ".join(beside[:10]),
            seen=_shown(mine),
        )
    return Verdict.passed("nothing else stands in the zone {zone}", zone=_shown(mine))


@check(
    HostNetwork,
    About(
        id="log-zone-apart",
        title="The log store stands in a zone of its own",
        severity=Severity.MEDIUM,
        why="Who breaks into a server wipes its traces first; a store in the same zone is one step "
        "away, with no firewall between.",
        fix="Move the log store into a zone of its own behind the firewall, list the zone in "
        "lists/zones.csv, and name the store under `declared: log_servers`.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.15", "A.8.22"), "cis-v8": ("8.9", "12.2")},
        pitfalls="Zones are those of the owner's plan; the rules of the firewall between them are "
        "not judged here. Which devices stand in the store's zone is known from the register.",
        lists=("zones",),
        or_lists=("assets",),
    ),
)
def log_zone_apart(network: HostNetwork, context: Context) -> Verdict:
    """One side a host, the other side the store."""
    lists = context.lists
    known = stores(context)
    mine = [zone for each in network.addresses if (zone := zone_of(lists, each))]
    if not mine:
        return Verdict.failed("no address of the host lies in a zone of the plan")
    if ROLE in context.asset.roles or known & set(network.addresses):
        return _store(mine, known | set(network.addresses), context)
    theirs = [zone for each in sorted(known) if (zone := zone_of(lists, each))]
    if not theirs:
        return Verdict.unknown("in which zone the log store stands is told by nobody")
    shared = [each for each in mine if each in theirs]
    if shared:
        return Verdict.failed(
            "the host and the log store stand in the same zone: {zones}", zones=_shown(shared)
        )
    return Verdict.passed(
        "the log store stands in {zones}, this host does not", zones=_shown(theirs)
    )
