"""
What happens to packets that no rule names.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceFirewall
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceFirewall,
    About(
        id="device-firewall-default-deny",
        title="What no rule of the device names is denied",
        severity=Severity.HIGH,
        why="A filter that lets the rest through stops only what somebody thought of.",
        fix="End with a drop: RouterOS `/ip firewall filter add chain=forward action=drop` and "
        "the same for input; Junos `set security policies default-policy deny-all`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20",), "cis-v8": ("4.4",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "RouterOS accepts what no rule "
        "names, so each chain needs its own drop; one for some interfaces alone is told as "
        "unknown.",
        experimental=True,
    ),
)
def device_firewall_default_deny(firewall: DeviceFirewall, _: Context) -> Verdict:
    """What happens to packets that no rule names."""
    if firewall.denies_the_rest is None:
        return Verdict.unknown("part of the rest is denied: {rest}", rest=firewall.rest)
    if firewall.denies_the_rest:
        return Verdict.passed("the rest is denied ({rest})", rest=firewall.rest)
    return Verdict.failed("the rest is let through ({rest})", rest=firewall.rest)
