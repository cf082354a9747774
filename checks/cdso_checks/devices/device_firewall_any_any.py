"""
Rules that let everything through.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceFirewall
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceFirewall,
    About(
        id="device-firewall-any-any",
        title="No rule of the device lets everything through",
        severity=Severity.HIGH,
        why="One rule for everybody, everywhere and every service makes all rules after it void.",
        fix="Name sources, destinations and services in the rule, or switch it off.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20", "A.8.22"), "cis-v8": ("4.4",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "Only rules that are in force are "
        "judged: an access list at no interface filters nothing, and a disabled policy "
        "permits nothing.",
        experimental=True,
    ),
)
def device_firewall_any_any(firewall: DeviceFirewall, _: Context) -> Verdict:
    """Rules that let everything through."""
    bad = [each for each in firewall.rules if each.accepts_everything]
    if bad:
        return Verdict.failed(
            "everything is let through by: {names}",
            names=", ".join(each.name for each in bad),
            seen="\n".join(each.shown for each in bad),
        )
    if not firewall.rules and firewall.denies_the_rest is not True:
        return Verdict.failed("nothing is filtered: {rest}", rest=firewall.rest)
    return Verdict.passed("{count} rules, none lets everything through", count=len(firewall.rules))
