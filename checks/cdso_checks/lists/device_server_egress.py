"""
Servers that reach out: nowhere, or no further than their function needs.

What is judged is the bound itself, on destinations or on services; whether a function needs what
a rule names is the owner's word.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DevicePermits
from cdso_audit.facts.devices.permits import ANY, INTERNET
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.reach import by_certainty, cover, listed, unclear, ways_out, zones_here


@check(
    DevicePermits,
    About(
        id="device-server-egress",
        title="No rule of the device lets servers out to the whole Internet by every service",
        severity=Severity.HIGH,
        why="A program planted on a server calls home and carries the data off by the rule that "
        "bounds nothing.",
        fix="Deny servers everything outward, then name what each function needs: the "
        "destinations (update mirror, partner), or at least the services; bring updates in "
        "through a mirror or proxy.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.20", "A.8.22"), "cis-v8": ("4.4", "13.4")},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "Zones are those of lists/zones.csv (kinds server, database-server and dmz). A rule that "
        "names services or destinations is a bound, however wide: whether the function needs it "
        "is attested. Rules by user or group, and names that cannot be resolved, leave it "
        "unknown. A device that does not lead outwards itself is not judged.",
        experimental=True,
        lists=("zones",),
    ),
    zones=("server", "database-server", "dmz"),
)
def device_server_egress(rules: DevicePermits, context: Context) -> Verdict:
    """A permit that leaves open both where to and by what."""
    zones = zones_here(rules, context, "zones")
    if not rules.leads_out:
        return Verdict.not_applicable("no interface of this device leads to the Internet")
    if not zones:
        return Verdict.not_applicable("no rule of this device is about a zone of servers")
    found = list(ways_out(rules, zones))
    wide, unsure = by_certainty(
        (zone, rule)
        for zone, rule in found
        if rule.services == ANY and cover(rule.destinations, (INTERNET,))
    )
    if wide:
        return Verdict.failed(
            "servers reach the whole Internet by every service, by: {names}",
            names=listed(wide),
            seen="\n".join(wide.values()),
        )
    if unsure:
        return unclear(unsure)
    if not found:
        return Verdict.passed("no rule lets {zones} out", zones=", ".join(z.zone for z in zones))
    bounded = {rule.name: f"{zone}: {rule.shown}" for zone, rule in found}
    return Verdict.passed(
        "what lets servers out names services or destinations: {names}",
        names=listed(bounded),
        seen="\n".join(bounded.values()),
    )
