"""Intrusion policies that stop what they recognise, and do not only tell of it."""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceIntrusion
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceIntrusion,
    About(
        id="device-intrusion-block",
        title="Intrusion policies of the device block",
        severity=Severity.HIGH,
        why="An alarm at night that stops nothing is read in the morning, after the attack.",
        fix="Set the action: FortiGate `set action block` in the entries of the sensor; Junos "
        "`then action drop-connection`; IOS-XE `threat protection`.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.16", "A.8.20"), "cis-v8": ("13.8",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "`default` leaves the action to each signature, some of which only watch: the answer is "
        "unknown. Only policies that a rule in force uses are judged; a device without any is "
        "not, since another may hold them. The date of the signatures is not in a configuration.",
        experimental=True,
    ),
)
def device_intrusion_block(intrusion: DeviceIntrusion, _: Context) -> Verdict:
    """The weakest entry of a policy decides."""
    seen = "\n".join(
        f"{each.name}: {each.act or '?'} ({each.shown})" for each in intrusion.policies
    )
    watching = [each.name for each in intrusion.policies if each.act == "detect"]
    if watching:
        return Verdict.failed(
            "what is recognised passes, by: {names}", names=", ".join(watching), seen=seen
        )
    unclear = [each.name for each in intrusion.policies if each.act != "block"]
    if unclear:
        return Verdict.unknown(
            "what becomes of an attack is left to each signature, or not told, by: {names}",
            names=", ".join(unclear),
            seen=seen,
        )
    return Verdict.passed(
        "what is recognised is blocked, by: {names}",
        names=", ".join(each.name for each in intrusion.policies),
        seen=seen,
    )
