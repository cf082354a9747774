"""Roles of hosts and the kinds of zones that they belong into."""

from cdso_audit.checking import About, check
from cdso_audit.facts.network_state import HostNetwork
from cdso_audit.model import Context, HostAsset, Severity, Verdict
from cdso_checks.lists.register import row_of, zone_of

#: Role of a host → kinds of zones in which it may stand.
PLACES = {
    "database": ("database-server",),
    "bastion": ("management", "system-device-management"),
    "management": ("management", "system-device-management"),
    "proxy": ("dmz", "border"),
    "app": ("server", "dmz"),
    "backup": ("server", "management", "other"),
    "log": ("server", "management", "other"),
}


@check(
    HostNetwork,
    About(
        id="host-roles-apart",
        title="The host stands in the zone of its role, and in the one that the register says",
        severity=Severity.HIGH,
        why="A database beside the web server falls together with it.",
        fix="Move the host into a zone of its role, or correct `roles` in agency.yaml, the "
        "position in lists/assets.csv or the kind in lists/zones.csv.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.22",), "cis-v8": ("12.2",)},
        pitfalls="A host without roles in agency.yaml is compared with its position in the "
        "register only.",
        lists=("zones", "assets"),
    ),
)
def host_roles_apart(network: HostNetwork, context: Context) -> Verdict:
    """Kind of zone against roles, and name of zone against the register's position."""
    row = row_of(context.lists, context.asset.id, network.addresses)
    zones = [zone for each in network.addresses if (zone := zone_of(context.lists, each))]
    seen = ", ".join(dict.fromkeys(f"{each.zone} ({each.kind})" for each in zones))
    if not zones:
        return Verdict.failed("no address of the host lies in a zone of the plan")
    roles = context.asset.roles if isinstance(context.asset, HostAsset) else ()
    wrong = [
        role
        for role in roles
        if role in PLACES and not any(zone.kind in PLACES[role] for zone in zones)
    ]
    if wrong:
        return Verdict.failed(
            "the host has the role {roles} and stands in {zones}",
            roles=", ".join(wrong),
            zones=seen,
            seen=seen,
            expected=", ".join(dict.fromkeys(kind for role in wrong for kind in PLACES[role])),
        )
    position = row.position.casefold() if row else ""
    if not position:
        return Verdict.unknown("the register does not say in which zone the host stands", seen=seen)
    if position not in {each.zone.casefold() for each in zones}:
        return Verdict.failed(
            "the register puts the host into {position}, its addresses lie in {zones}",
            position=row.position if row else "",
            zones=seen,
            seen=seen,
        )
    return Verdict.passed("the host stands where the plan and the register say", seen=seen)
