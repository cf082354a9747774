"""Bounds on how many connections one source, or one service, may hold."""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceConnectionLimits
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.devices.elsewhere import done_elsewhere


@check(
    DeviceConnectionLimits,
    About(
        id="device-connection-limit",
        title="The device bounds the connections that one source may hold",
        severity=Severity.MEDIUM,
        why="One machine that opens connections without end uses up the table of the firewall, and "
        "everybody is locked out.",
        fix="Set a bound: FortiGate `config firewall DoS-policy`, anomaly tcp_src_session with "
        "`set status enable`, `set action block`; Junos `security screen ids-option … "
        "limit-session`; RouterOS `connection-limit=100,32 action=drop`; IOS `ip nat translation "
        "max-entries all-host 300`.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.6", "A.8.20"), "cis-v8": ("13.10",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "A switch that routes without keeping connections is not judged. "
        "A DoS policy whose action is `pass` counts and stops nothing. Whether the number fits is "
        "not judged, nor whether each service is covered. Where another device bounds the same "
        "traffic, name this one in the parameter `elsewhere`.",
        experimental=True,
    ),
    elsewhere=(),
)
def device_connection_limit(found: DeviceConnectionLimits, context: Context) -> Verdict:
    """One that stops something is enough."""
    if (done := done_elsewhere(context)) is not None:
        return done
    if found.limits:
        return Verdict.passed(
            "connections are bounded by: {names}", names=", ".join(found.limits)[:300]
        )
    if found.watched:
        return Verdict.failed(
            "connections are counted, and nothing is stopped: {names}",
            names=", ".join(found.watched)[:300],
        )
    return Verdict.failed("nothing bounds the connections of one source")
