"""
Where the device has its time from.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceTime
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceTime,
    About(
        id="device-time-sources",
        title="The device takes its time from a time server",
        severity=Severity.MEDIUM,
        why="A clock that drifts makes logs of an incident impossible to put in order, and "
        "certificates fail.",
        fix="Name it: IOS `ntp server 10.1.2.10`; Junos `set system ntp server 10.1.2.10`; "
        "FortiGate `config system ntp`; RouterOS `/system ntp client set enabled=yes`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.17",), "cis-v8": ("8.4",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "A server in the configuration may "
        "be out of reach: that is seen on the device alone.",
        experimental=True,
    ),
    min_servers=1,
)
def device_time_sources(time: DeviceTime, context: Context) -> Verdict:
    """Where the device has its time from."""
    wanted = context.number("min_servers")
    if len(time.servers) < wanted:
        return Verdict.failed(
            "{count} time servers are named", count=len(time.servers), expected=f"≥ {wanted}"
        )
    declared = context.system.declared.time_sources
    strange = [each for each in time.servers if declared is not None and each not in declared]
    if strange:
        return Verdict.failed(
            "time comes from servers that nobody declared: {names}", names=", ".join(strange)
        )
    return Verdict.passed("time comes from {names}", names=", ".join(time.servers))
