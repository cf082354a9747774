"""What makes devices of the samples that carry traffic between networks, and bends them further."""

from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, changed

from cdso_audit.model import DeviceAsset

#: A second address makes a router of a switch.
SECOND = {
    IOS.id: (
        "interface GigabitEthernet1/0/23\n shutdown\n",
        "interface GigabitEthernet1/0/23\n no switchport\n ip address 10.1.30.1 255.255.255.0\n",
    ),
    ROS.id: (
        "/radius\n",
        (
            "/ip address\nadd address=10.1.20.1/24 interface=lan\n"
            "add address=198.51.100.2/30 interface=wan\n/radius\n"
        ),
    ),
}
#: Where something is put in before: a line that each sample has once.
ANCHOR = {
    IOS.id: "logging trap notifications\n",
    JUNOS.id: "snmp {\n",
    FORTI.id: "config log syslogd setting\n",
    ROS.id: "/snmp\n",
}


def router(asset: DeviceAsset, more: str = "", *changes: tuple[str, str]) -> str:
    """The sample as a router, with `more` in it, and then changed."""
    at = ANCHOR[asset.id]
    second = [SECOND[asset.id]] if asset.id in SECOND else []
    return changed(asset, *second, *changes, (at, more + at))


def with_more(asset: DeviceAsset, more: str, *changes: tuple[str, str]) -> str:
    """The sample with `more` in it, and then changed."""
    at = ANCHOR[asset.id]
    return changed(asset, *changes, (at, more + at))
