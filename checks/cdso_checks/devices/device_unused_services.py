"""
Services of a network device that nobody needs.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceServices
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceServices,
    About(
        id="device-unused-services",
        title="Old and unneeded services of the device are off",
        severity=Severity.MEDIUM,
        why="Each service is one more way in; Smart Install alone has given away whole networks.",
        fix="Switch off what is named: IOS `no vstack`, `no service pad`, `no ip bootp server`, "
        "`no ip finger`; Junos `delete system services finger`; RouterOS `/tool "
        "bandwidth-server set enabled=no`, `/tool mac-server set "
        "allowed-interface-list=none`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.9",), "cis-v8": ("4.8",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "What is on by default is shown "
        "only when it is off: silence is no proof. Later releases differ, and then it is "
        "unknown.",
        experimental=True,
    ),
    allowed=(),
)
def device_unused_services(services: DeviceServices, context: Context) -> Verdict:
    """Services of a network device that nobody needs."""
    allowed = context.names("allowed")
    on = [name for name, state in services.services.items() if state and name not in allowed]
    if on:
        return Verdict.failed("these are on: {names}", names=", ".join(on))
    unclear = [name for name, state in services.services.items() if state is None]
    if unclear:
        return Verdict.unknown(
            "the configuration does not say whether these are on: {names}",
            names=", ".join(unclear),
        )
    return Verdict.passed("all off: {names}", names=", ".join(services.services))
