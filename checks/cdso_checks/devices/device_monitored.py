"""A way by which a central platform learns the load and the state of the device."""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceMonitoring
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.arrived import lately


@check(
    DeviceMonitoring,
    About(
        id="device-monitored",
        title="A central platform gets the load and the state of the device",
        severity=Severity.MEDIUM,
        why="A full table of sessions or a dead power supply is first seen when everybody is cut "
        "off.",
        fix="Let the platform ask by SNMPv3: IOS `snmp-server group MON v3 priv`; FortiGate "
        "`config system snmp user`; Junos `set snmp v3`; RouterOS `/snmp set enabled=yes`; or "
        "export the platform's devices into lists/enrolments.csv (platform monitoring).",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.6", "A.8.16"), "cis-v8": ("13.1",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "That SNMP answers is seen, not who asks. Whether it answers safely is for the checks of "
        "SNMP.",
        experimental=True,
        or_lists=("enrolments",),
    ),
    platforms=("monitoring",),
    max_days=7,
    max_list_days=31,
)
def device_monitored(found: DeviceMonitoring, context: Context) -> Verdict:
    """By its own settings, or by the platform's list."""
    if found.ways:
        return Verdict.passed("the device can be asked by {ways}", ways=", ".join(found.ways))
    platforms = context.names("platforms")
    rows = [
        row
        for row in context.lists.enrolments
        if row.asset == context.asset.id and row.platform in platforms
    ]
    if rows and lately("enrolments", [row.seen for row in rows], context) is None:
        return Verdict.passed("the platform's list has this device")
    return Verdict.failed("no platform can ask the device, and no platform's list has it")
