"""
What protects the device's own processor.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceControlPlane
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceControlPlane,
    About(
        id="device-control-plane",
        title="The device's own processor is protected by a filter",
        severity=Severity.MEDIUM,
        why="A flood of packets to the device itself stops routing and administration for all.",
        fix="Set it: IOS `control-plane` then `service-policy input COPP`; Junos a filter at "
        "`lo0 unit 0`; RouterOS drop at the end of chain input.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "Some platforms protect themselves "
        "by hardware without a line in the configuration; this sees lines alone.",
        experimental=True,
    ),
)
def device_control_plane(control_plane: DeviceControlPlane, _: Context) -> Verdict:
    """What protects the device's own processor."""
    if control_plane.protection:
        return Verdict.passed("protected by {name}", name=control_plane.protection)
    return Verdict.failed("nothing in the configuration protects it")
