"""
Telnet, rlogin and rsh at the doors of a network device.

Judged on the text that was saved, in words of no vendor; what the text does not tell is unknown.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceManagement
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceManagement,
    About(
        id="device-telnet-off",
        title="Nobody administers the device by Telnet",
        severity=Severity.HIGH,
        why="Telnet shows the password and everything typed to whoever listens on the way.",
        fix="Switch it off: IOS `line vty 0 15` then `transport input ssh`; Junos `delete system "
        "services telnet`; FortiGate `config system global` then `set admin-telnet disable`; "
        "RouterOS `/ip service disable telnet`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.20",), "cis-v8": ("12.6",)},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "A line without `transport input` "
        "follows the default of its release, which differs: then the answer is unknown, "
        "except in releases 12 and 15.",
        experimental=True,
    ),
)
def device_telnet_off(management: DeviceManagement, _: Context) -> Verdict:
    """Telnet, rlogin and rsh at the doors of a network device."""
    found = {each.name: each.speaks("telnet", "rlogin", "rsh") for each in management.doors}
    bad = [each for each in management.doors if found[each.name]]
    if bad:
        return Verdict.failed(
            "Telnet or its like answers at: {names}",
            names=", ".join(each.name for each in bad),
            seen="\n".join(each.shown for each in bad if each.shown),
        )
    open_questions = [name for name, state in found.items() if state is None]
    if open_questions:
        return Verdict.unknown(
            "the configuration does not say what answers at: {names}",
            names=", ".join(open_questions),
        )
    return Verdict.passed("Telnet is off at every door")
