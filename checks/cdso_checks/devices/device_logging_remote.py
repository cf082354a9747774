"""
Whether events leave the device.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceLogging
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceLogging,
    About(
        id="device-logging-remote",
        title="The device sends its events to a log server",
        severity=Severity.HIGH,
        why="Events that stay on the device are gone after a restart, or after the attacker has "
        "left.",
        fix="Name the server: IOS `logging host 10.1.2.50`; Junos `set system syslog host "
        "10.1.2.50 any notice`; FortiGate `config log syslogd setting`; RouterOS `/system "
        "logging action set remote remote=10.1.2.50`, `/system logging add action=remote "
        "topics=info`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.15",), "cis-v8": ("8.9",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "`no logging on` silences every "
        "server on IOS. On RouterOS an action that no rule uses sends nothing.",
        experimental=True,
    ),
)
def device_logging_remote(logging: DeviceLogging, context: Context) -> Verdict:
    """Whether events leave the device."""
    if not logging.hosts:
        return Verdict.failed("events are sent nowhere")
    declared = context.system.declared.log_servers
    strange = [each for each in logging.hosts if declared is not None and each not in declared]
    if strange:
        return Verdict.failed(
            "events go to a server that nobody declared: {names}", names=", ".join(strange)
        )
    return Verdict.passed("events are sent to {names}", names=", ".join(logging.hosts))
