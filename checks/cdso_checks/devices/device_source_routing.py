"""
Packets that choose their own way.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceRouting
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceRouting,
    About(
        id="device-source-routing",
        title="Packets cannot choose their own way through the device",
        severity=Severity.LOW,
        why="With source routing an attacker leads packets around the filters.",
        fix="Switch it off: IOS `no ip source-route`; Junos `delete routing-options "
        "source-routing`; RouterOS `/ip settings set accept-source-route=no`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "On IOS it is on by default and "
        "shown only when it is off.",
        experimental=True,
    ),
)
def device_source_routing(routing: DeviceRouting, _: Context) -> Verdict:
    """Packets that choose their own way."""
    if routing.source_routing is None:
        return Verdict.unknown("the configuration does not say whether source routing is on")
    if routing.source_routing:
        return Verdict.failed("source routing is on", seen=routing.shown)
    return Verdict.passed("source routing is off", seen=routing.shown)
