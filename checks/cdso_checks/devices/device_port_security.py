"""
Who may plug in at a port of a switch.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DevicePorts
from cdso_audit.model import Context, Severity, Verdict


@check(
    DevicePorts,
    About(
        id="device-port-security",
        title="Ports for end devices are controlled or shut down",
        severity=Severity.MEDIUM,
        why="An open port lets anybody who enters the building into the network.",
        fix="Use 802.1X (`authentication port-control auto`) or `switchport port-security` on "
        "IOS, `set protocols dot1x authenticator interface` on Junos; shut unused ports down.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20",), "cis-v8": ("13.9",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "`switchport port-security maximum "
        "2` alone switches nothing on. Ports of FortiSwitch and of RouterOS bridges are not "
        "read: unknown.",
        experimental=True,
    ),
)
def device_port_security(ports: DevicePorts, _: Context) -> Verdict:
    """Who may plug in at a port of a switch."""
    free = [each.name for each in ports.ports if not each.control]
    if free:
        return Verdict.failed(
            "{count} ports let anybody in: {names}", count=len(free), names=", ".join(free)
        )
    return Verdict.passed("{count} ports, all controlled", count=len(ports.ports))
