"""Where the host's addresses lie in the owner's plan of zones."""

from cdso_audit.checking import About, check
from cdso_audit.facts.network_state import HostNetwork
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.register import zone_of


@check(
    HostNetwork,
    About(
        id="host-zone-declared",
        title="Every address of the host lies in a zone of the plan, and the plan has the zones",
        severity=Severity.MEDIUM,
        why="An address outside the plan is a way around the rules between the zones.",
        fix="Move the address into a zone, or add its network to lists/zones.csv if the approved "
        "plan has it.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.22",), "cis-v8": ("12.2", "12.4")},
        pitfalls="Zones that the rule asks for only where they exist (wireless, WAN) are not "
        "demanded. An address is compared, not the rules of the firewall between the zones.",
        lists=("zones",),
    ),
    min_zones=(),
)
def host_zone_declared(network: HostNetwork, context: Context) -> Verdict:
    """Each address lies in a network of a zone; `min_zones` are kinds that the plan must have."""
    kinds = {zone.kind for zone in context.lists.zones}
    wanted = [each for each in context.names("min_zones") if not each.endswith("-if-any")]
    missing = [each for each in wanted if each not in kinds]
    found = {each: zone_of(context.lists, each) for each in network.addresses}
    seen = ", ".join(f"{address} ({zone.zone if zone else '?'})" for address, zone in found.items())
    outside = [address for address, zone in found.items() if zone is None]
    if outside:
        return Verdict.failed(
            "addresses in no zone of the plan: {addresses}",
            addresses=", ".join(outside),
            seen=seen,
        )
    if missing:
        return Verdict.failed(
            "the plan has no zone of the kinds: {kinds}",
            kinds=", ".join(missing),
            seen=", ".join(sorted(kinds)),
            expected=", ".join(wanted),
        )
    if not found:
        return Verdict.unknown("the host told no address of its own")
    return Verdict.passed("every address lies in a zone of the plan", seen=seen)
