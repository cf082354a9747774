"""
What users may reach of the servers, by the rules of the device between them.

A rule that names no service lets a user's infected machine try every port of every server.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DevicePermits
from cdso_audit.facts.devices.permits import ANY
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.reach import (
    by_certainty,
    listed,
    passing,
    unclear,
    zones_here,
    zones_of,
)


@check(
    DevicePermits,
    About(
        id="device-users-to-servers",
        title="Users reach servers by named services only",
        severity=Severity.HIGH,
        why="Ransomware walks from the first user's machine to every server that answers it.",
        fix="Name the services in each rule from the users' zone to a zone of servers (HTTPS to "
        "the application, and no more), and let the last rule deny.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.20", "A.8.22"), "cis-v8": ("12.2", "13.4")},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "Zones are those of lists/zones.csv (kinds internal and wireless against server, "
        "database-server, dmz and management). Rules by user or group, and names that cannot be "
        "resolved, leave it unknown. Networks that lie behind another router are seen only where "
        "a rule names them. Which service belongs to which user is the policy's affair.",
        experimental=True,
        lists=("zones",),
    ),
    users=("internal", "wireless"),
    servers=("server", "database-server", "dmz", "management", "system-device-management"),
)
def device_users_to_servers(rules: DevicePermits, context: Context) -> Verdict:
    """Each zone of users against each zone of servers."""
    users = zones_here(rules, context, "users")
    servers = zones_of(context.lists, context.names("servers"))
    if not users or not servers:
        return Verdict.not_applicable("no rule of this device is between users and servers")
    found = [
        (f"{user.zone} → {server.zone}", rule)
        for user in users
        for server in servers
        for rule in passing(rules, user.networks, server.networks)
    ]
    wide, unsure = by_certainty(each for each in found if each[1].services == ANY)
    if wide:
        return Verdict.failed(
            "users reach every service of servers by: {names}",
            names=listed(wide),
            seen="\n".join(wide.values()),
        )
    if unsure:
        return unclear(unsure)
    services = dict.fromkeys(service for _, rule in found for service in rule.services)
    return Verdict.passed(
        "users reach servers by: {services}", services=", ".join(services)[:300] or "-"
    )
