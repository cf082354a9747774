"""
What takes over when a device between networks fails.

Access switches are not asked: the rule speaks of main devices, and a device that carries no traffic
between networks is none.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceStandby
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.devices.elsewhere import done_elsewhere


@check(
    DeviceStandby,
    About(
        id="device-hot-standby",
        title="Another device takes over at once when this one fails",
        severity=Severity.MEDIUM,
        why="One power supply at the core stops every service behind it until somebody drives "
        "there.",
        fix="Pair it: IOS `standby 1 ip 10.1.2.1` (HSRP) or `vrrp`; FortiGate `config system ha`; "
        "Junos `set chassis cluster`; RouterOS `/interface vrrp add`; then pull the plug of one "
        "and write down how long it took.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.14",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "Only what is set is seen: whether the partner lives and takes over in time is shown by "
        "a drill. With a routing protocol and none of these, another path may exist, and the "
        "answer is unknown. A device that the owner does not count among the main ones is named "
        "in the parameter `elsewhere`.",
        experimental=True,
    ),
    elsewhere=(),
)
def device_hot_standby(standby: DeviceStandby, context: Context) -> Verdict:
    """Any way will do."""
    if (done := done_elsewhere(context)) is not None:
        return done
    if standby.ways:
        return Verdict.passed("a partner takes over by {ways}", ways=", ".join(standby.ways))
    if standby.routing:
        return Verdict.unknown(
            "no partner is set; {protocols} may know another path, which this device does not tell",
            protocols=", ".join(standby.routing),
        )
    return Verdict.failed("nothing takes over when this device fails")
