"""
Wireless networks and what protects them.

Open ones, WEP and the first WPA (TKIP) are readable to whoever parks outside. A captive portal asks
for a name and encrypts nothing.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.devices import DeviceWireless
from cdso_audit.model import Context, Severity, Verdict


@check(
    DeviceWireless,
    About(
        id="device-wireless-security",
        title="Every wireless network of the device asks who comes, and encrypts with WPA2 or "
        "later",
        severity=Severity.HIGH,
        why="A weak wireless network is a socket of the internal network on the street.",
        fix="Set WPA2 or WPA3, with 802.1X for staff: FortiGate `set security "
        "wpa2-only-enterprise`; RouterOS `authentication-types=wpa2-eap,wpa3-eap`; IOS-XE "
        "`security wpa wpa2`, `security wpa akm dot1x`; put guests into a zone of their own.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.20", "A.8.22"), "cis-v8": ("12.6", "12.7")},
        pitfalls="Experimental: not yet confirmed on a real device. "
        "Networks of access points that no device of the inventory leads are not seen. A shared "
        "password passes and is named, since the rule does not ask for 802.1X; how good it is "
        "stays on the device.",
        experimental=True,
    ),
    allowed=("wpa2-personal", "wpa2-enterprise", "wpa3-personal", "wpa3-enterprise"),
)
def device_wireless_security(wireless: DeviceWireless, context: Context) -> Verdict:
    """`allowed` are the kinds that will do."""
    allowed = context.names("allowed")
    told = [f"{each.name} ({each.radio or '?'})" for each in wireless.networks]
    seen = "\n".join(f"{each.name}: {each.shown}" for each in wireless.networks)
    weak = [
        f"{each.name} ({each.radio})"
        for each in wireless.networks
        if each.radio is not None and each.radio not in allowed
    ]
    if weak:
        return Verdict.failed(
            "weak or open wireless networks: {names}",
            names=", ".join(weak),
            seen=seen,
            expected=", ".join(allowed),
        )
    unclear = [each.name for each in wireless.networks if each.radio is None]
    if unclear:
        return Verdict.unknown(
            "the configuration does not tell what protects: {names}",
            names=", ".join(unclear),
            seen=seen,
        )
    return Verdict.passed("wireless networks: {names}", names=", ".join(told), seen=seen)
