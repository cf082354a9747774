"""
Whether the rules of a firewall leave a trace.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceFirewall
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceFirewall,
    About(
        id="device-firewall-logging",
        title="Rules of the device that accept are logged, or what is denied is",
        severity=Severity.MEDIUM,
        why="Without a trace nobody sees an attempt, nor what went out.",
        fix="Log: FortiGate `set logtraffic all`; Junos `then log session-close`; IOS `deny ip "
        "any any log` at the end; RouterOS `log=yes` on the last drop.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.15",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "FortiGate's default logs security "
        "events alone. On IOS and RouterOS one logged rule that denies is enough, since "
        "logging what is accepted floods the device.",
        experimental=True,
    ),
)
def device_firewall_logging(firewall: DeviceFirewall, _: Context) -> Verdict:
    """Whether the rules of a firewall leave a trace."""
    denying = [each for each in firewall.rules if not each.accepts]
    if any(each.logs for each in denying):
        return Verdict.passed("what is denied is logged")
    silent = [each.name for each in firewall.rules if each.accepts and not each.logs]
    if silent or not firewall.rules:
        return Verdict.failed(
            "nothing is logged by: {names}", names=", ".join(silent) or firewall.rest
        )
    return Verdict.passed("{count} rules are logged", count=len(firewall.rules))
