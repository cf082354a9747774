"""The zone of management, from which nothing leads to the Internet."""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DevicePermits
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.reach import by_certainty, listed, unclear, ways_out, zones_here


@check(
    DevicePermits,
    About(
        id="device-management-no-internet",
        title="No rule of the device lets the zone of management out to the Internet",
        severity=Severity.HIGH,
        why="From the zone of management every device can be ruled; what gets a program in there "
        "must not be able to call home.",
        fix="Deny the zone of management everything outward, before any rule that lets others "
        "out; bring updates in through a mirror or proxy in another zone.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.20", "A.8.22"), "cis-v8": ("12.3", "12.8")},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "Read from the rules, not tried: the rule asks for a connection that fails, which "
        "people try. Zones are those of lists/zones.csv (kinds management and "
        "system-device-management). A device that does not lead outwards itself is not judged.",
        experimental=True,
        lists=("zones",),
    ),
    zones=("management", "system-device-management"),
)
def device_management_no_internet(rules: DevicePermits, context: Context) -> Verdict:
    """Any permit outward is one too many, whatever its service."""
    zones = zones_here(rules, context, "zones")
    if not rules.leads_out:
        return Verdict.not_applicable("no interface of this device leads to the Internet")
    if not zones:
        return Verdict.not_applicable("no rule of this device is about the zone of management")
    out, unsure = by_certainty(ways_out(rules, zones))
    if out:
        return Verdict.failed(
            "the zone of management gets out by: {names}",
            names=listed(out),
            seen="\n".join(out.values()),
        )
    if unsure:
        return unclear(unsure)
    return Verdict.passed("no rule lets {zones} out", zones=", ".join(z.zone for z in zones))
