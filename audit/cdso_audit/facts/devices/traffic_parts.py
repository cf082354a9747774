"""
What a configuration says of the traffic that a device carries, in words of no vendor.

As in `parts`, None stands where the text does not tell. A device that passes nothing from one
network into another (an access switch) has none of the facts about such traffic.
"""

from typing import Literal

from cdso_audit.facts.reading import Fact
from cdso_audit.model import Frozen

#: What protects a wireless network. `wpa` is the first generation, or TKIP beside a later one;
#: `owe` encrypts for anybody who comes.
Radio = Literal[
    "open", "owe", "wep", "wpa", "wpa2-personal", "wpa2-enterprise", "wpa3-personal",
    "wpa3-enterprise",
]  # fmt: skip

#: What an intrusion policy does with what it recognises; `signature` leaves it to each signature.
Act = Literal["block", "signature", "detect"]


class DeviceDhcp(Fact):
    """The device hands out addresses: for whom, and whether what it hands out is written down."""

    kind: Literal["device-dhcp"] = "device-dhcp"
    pools: tuple[str, ...]
    logged: bool | None
    where: str = ""
    """Where leases are written, or why they are not."""


class DeviceFlows(Fact):
    """Records of the traffic between networks, and who gets them."""

    kind: Literal["device-flows"] = "device-flows"
    collectors: tuple[str, ...] = ()
    """Collectors of NetFlow, IPFIX or sFlow, as far as some interface really exports."""
    idle: tuple[str, ...] = ()
    """Collectors to which no interface exports."""
    mirrors: tuple[str, ...] = ()
    """Copies of the traffic for a sensor."""
    logs: tuple[str, ...] = ()
    """Servers that get a record of each session from a firewall."""


class Ssid(Frozen):
    """A wireless network that is on the air."""

    name: str
    radio: Radio | None
    shown: str = ""


class DeviceWireless(Fact):
    """The wireless networks of the device, or of the access points that it leads."""

    kind: Literal["device-wireless"] = "device-wireless"
    networks: tuple[Ssid, ...]


class DeviceStandby(Fact):
    """What takes over when the device fails, as far as the device itself knows of it."""

    kind: Literal["device-standby"] = "device-standby"
    ways: tuple[str, ...] = ()
    """VRRP, HSRP, cluster, stack."""
    routing: tuple[str, ...] = ()
    """Routing protocols: with them another device may take over, which this text cannot tell."""


class DeviceMalwareFilter(Fact):
    """Rules by which anybody's traffic leaves, with a filter of malware and without one."""

    kind: Literal["device-malware-filter"] = "device-malware-filter"
    filtered: tuple[str, ...] = ()
    unfiltered: tuple[str, ...] = ()


class IntrusionPolicy(Frozen):
    """An intrusion policy that some rule uses; `act` is None when the text does not hold it."""

    name: str
    act: Act | None
    shown: str = ""


class DeviceIntrusion(Fact):
    """The intrusion policies in force."""

    kind: Literal["device-intrusion"] = "device-intrusion"
    policies: tuple[IntrusionPolicy, ...]


class WebRule(Frozen):
    """A rule by which people reach every site of the web, and the filter of addresses on it."""

    name: str
    profile: str = ""
    """The filter that is bound to the rule; empty for none."""
    blocks: bool | None = None
    """Whether the filter blocks anything; None when its content is not in the text."""
    encrypted: bool | None = True
    """Whether the filter learns the address of an encrypted page."""


class DeviceWebFilter(Fact):
    """The rules by which the web is reached."""

    kind: Literal["device-web-filter"] = "device-web-filter"
    rules: tuple[WebRule, ...]


class Entrance(Frozen):
    """A way in for people from elsewhere, over a tunnel or a portal."""

    name: str
    asks: bool | None
    """Whether the state of the machine is asked for; None when this text cannot tell."""
    shown: str = ""


class DeviceRemoteAccess(Fact):
    """The ways in that the device serves."""

    kind: Literal["device-remote-access"] = "device-remote-access"
    entrances: tuple[Entrance, ...]


class DeviceConnectionLimits(Fact):
    """Settings that bound how many connections one source, or one service, may hold."""

    kind: Literal["device-connection-limits"] = "device-connection-limits"
    limits: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    """Limits that are counted and reported, and stop nothing."""


class DeviceMonitoring(Fact):
    """Ways by which a platform learns the load and the state of the device."""

    kind: Literal["device-monitoring"] = "device-monitoring"
    ways: tuple[str, ...] = ()
