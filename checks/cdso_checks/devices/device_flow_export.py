"""
Records of the traffic between networks, for review and alarms.

NetFlow, IPFIX and sFlow are the usual ways; a copy of the traffic for a sensor, or a firewall's
record of each session, tells who spoke with whom as well.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceFlows
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.devices.elsewhere import done_elsewhere


@check(
    DeviceFlows,
    About(
        id="device-flow-export",
        title="The device hands on records of the traffic that it carries",
        severity=Severity.MEDIUM,
        why="Stolen data leaves as traffic that looks like any other, and is found in its amount "
        "and its goal alone.",
        fix="Export flows: IOS `flow exporter`, `flow monitor` and `ip flow monitor … input` at "
        "each interface; FortiGate `config system netflow` and `set netflow-sampler both`; Junos "
        "`forwarding-options sampling`; RouterOS `/ip traffic-flow set enabled=yes`, "
        "`/ip traffic-flow target add dst-address=10.1.2.55`.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.16",), "cis-v8": ("13.6",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "A collector to which no interface exports gets nothing. "
        "Only a device that stands in two networks is judged; where its traffic also passes a "
        "device that exports, name it in the parameter `elsewhere`. Whether the collector looks "
        "at what it gets is not seen.",
        experimental=True,
    ),
    elsewhere=(),
)
def device_flow_export(flows: DeviceFlows, context: Context) -> Verdict:
    """One way is enough."""
    if (done := done_elsewhere(context)) is not None:
        return done
    for ways in (flows.collectors, flows.mirrors, flows.logs):
        if ways:
            return Verdict.passed("records of the traffic go to {names}", names=", ".join(ways))
    if flows.idle:
        return Verdict.failed(
            "a collector is named ({names}), and no interface exports to it",
            names=", ".join(flows.idle),
        )
    return Verdict.failed("no flow is exported, no traffic copied, not every session logged")
