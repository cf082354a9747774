"""
Cisco IOS and IOS-XE: what the device does with the traffic that it carries.

Traffic between networks is asked about only where two interfaces have addresses: a switch with one
address for its own administration carries none.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from cdso_audit.facts.devices import ios
from cdso_audit.facts.devices.ios import Block, Ios
from cdso_audit.facts.devices.parts import DeviceSnmp
from cdso_audit.facts.devices.traffic_parts import (
    DeviceConnectionLimits,
    DeviceDhcp,
    DeviceFlows,
    DeviceIntrusion,
    DeviceMalwareFilter,
    DeviceMonitoring,
    DeviceStandby,
    DeviceWireless,
    IntrusionPolicy,
    Radio,
    Ssid,
)
from cdso_audit.facts.reading import Absent, Fact, Missing, kind_of
from cdso_audit.model import GapReason

NO_TRAFFIC = Absent("the device carries no traffic from one network into another")


def _interfaces(config: Ios) -> list[Block]:
    return [each for each in config.under("interface") if not each.has("shutdown")]


def routes(config: Ios) -> bool:
    """Whether it stands in two networks, loopbacks apart."""
    addressed = [
        each
        for each in _interfaces(config)
        if not each.line.startswith("interface Loopback")
        and any(re.match(r"ip(?:v6)? address (?!dhcp-pool)\S", line) for line in each.below)
    ]
    return len(addressed) > 1


def dhcp(config: Ios) -> Iterator[DeviceDhcp | Absent]:
    """No release writes its leases into the log; accounting of a pool tells a server of each."""
    pools = config.under("ip dhcp pool")
    if not pools or config.state("service dhcp") is False:
        yield Absent("the device hands out no addresses")
        return
    silent = [each for each in pools if each.last(r"accounting \S+") is None]
    yield DeviceDhcp(
        subject="dhcp",
        pools=tuple(each.line.split(maxsplit=3)[-1] for each in pools),
        logged=not silent,
        where="accounting" if not silent else f"no accounting: {silent[0].line}",
    )


def flows(config: Ios) -> Iterator[DeviceFlows | Absent]:
    """Flexible NetFlow, the older `ip flow-export`, and copies of ports for a sensor."""
    if not routes(config):
        yield NO_TRAFFIC
        return
    exporters = {
        each.line.split()[2]: found[1]
        for each in config.under("flow exporter")
        if len(each.line.split()) > 2 and (found := each.last(r"destination (\S+)"))  # noqa: PLR2004 - flow exporter NAME
    }
    monitors = {
        each.line.split()[2]: [
            line.split()[1] for line in each.below if re.match(r"exporter \S+", line)
        ]
        for each in config.under("flow monitor")
        if len(each.line.split()) > 2  # noqa: PLR2004 - flow monitor NAME
    }
    lines = [line for each in _interfaces(config) for line in each.below]
    applied = {
        found[1]
        for line in lines
        if (found := re.match(r"(?:ip|ipv6|datalink) flow monitor (\S+)(?: sampler \S+)? ", line))
    }
    exporting = {name for monitor in applied for name in monitors.get(monitor, [])}
    collectors = [address for name, address in exporters.items() if name in exporting]
    idle = [address for name, address in exporters.items() if name not in exporting]
    older = [
        found[1]
        for each in config.lines("ip flow-export destination")
        if (found := re.match(r"ip flow-export destination (\S+)", each))
    ]
    marked = any(re.match(r"ip (?:flow (?:in|e)gress|route-cache flow)$", line) for line in lines)
    (collectors if marked else idle).extend(older)
    sessions: dict[str, set[str]] = {}
    for each in config.lines("monitor session"):
        words = each.split()
        if len(words) > 3:  # noqa: PLR2004 - monitor session NUMBER source|destination …
            sessions.setdefault(words[2], set()).add(words[3])
    yield DeviceFlows(
        subject="flows",
        collectors=tuple(collectors),
        idle=tuple(idle),
        mirrors=tuple(
            f"monitor session {number}"
            for number, ends in sessions.items()
            if {"source", "destination"} <= ends
        ),
    )


def _controller_radio(block: Block) -> Radio:
    """A `wlan` of a controller: WPA2 with 802.1X until something else is written."""
    if block.has("security static-wep-key"):
        return "wep"
    if "no security wpa" in block.below:
        return "open"
    first = block.has("security wpa wpa1") or block.has("security wpa wpa2 ciphers tkip")
    if block.has("no security wpa wpa2") or first:
        return "wpa3-personal" if block.has("security wpa wpa3") and not first else "wpa"
    if block.has("security wpa akm owe"):
        return "owe"
    if block.has("no security wpa akm dot1x"):
        return "wpa2-personal" if block.has("security wpa akm psk") else "wpa3-personal"
    return "wpa2-enterprise"


def _access_point_radio(config: Ios, block: Block) -> Radio:
    """A `dot11 ssid` of an access point: open until a key management is written."""
    radios = [each for each in config.blocks if each.line.startswith("interface Dot11Radio")]
    found = block.last(r"authentication key-management wpa(?: version (\d))?(.*)")
    if found is None or "optional" in found[2]:
        has_key = any(re.match(r"encryption .*(?:wep|key )", e) for r in radios for e in r.below)
        return "wep" if found is None and has_key else "open"
    tkip = any(
        re.match(r"encryption .*ciphers .*tkip", line) for radio in radios for line in radio.below
    )
    if found[1] != "2" or tkip:
        return "wpa"
    return "wpa2-personal" if block.has("wpa-psk") else "wpa2-enterprise"


def wireless(config: Ios) -> Iterator[DeviceWireless | Absent]:
    """Those of a controller are off until `no shutdown`."""
    found = []
    for block in config.under("wlan"):
        words = block.line.split()
        if len(words) > 2 and block.has("no shutdown"):  # noqa: PLR2004 - wlan NAME ID SSID
            radio = _controller_radio(block)
            shown = next((e for e in block.below if e.startswith("no security wpa")), block.line)
            found.append(Ssid(name=words[-1], radio=radio, shown=shown))
    for block in config.under("dot11 ssid"):
        said = block.last(r"authentication .*")
        found.append(
            Ssid(
                name=block.line.removeprefix("dot11 ssid "),
                radio=_access_point_radio(config, block),
                shown=said[0] if said else block.line,
            )
        )
    if found:
        yield DeviceWireless(subject="wireless", networks=tuple(found))
    else:
        yield Absent("the device leads no wireless network")


def standby(config: Ios) -> Iterator[DeviceStandby | Absent]:
    """First-hop protocols, a stack, a pair of supervisors or of switches."""
    if not routes(config):
        yield NO_TRAFFIC
        return
    lines = [line for each in _interfaces(config) for line in each.below]
    forms = (
        ("HSRP", r"standby (?:\d+ )?ip(?:v6)?\b"),
        ("VRRP", r"vrrp \d+ (?:ip|address-family)\b"),
        ("GLBP", r"glbp (?:\d+ )?ip(?:v6)?\b"),
        ("StackWise Virtual", r"stackwise-virtual link"),
    )
    ways = [name for name, form in forms if any(re.match(form, line) for line in lines)]
    stack = {each.split()[1] for each in config.lines("switch") if " provision " in each}
    if len(stack) > 1:
        ways.append("stack")
    if any(
        re.match(r"mode (?:sso|rpr-plus|nsf)", line)
        for each in config.blocks
        if each.line == "redundancy"
        for line in each.below
    ) and (len(stack) > 1 or config.under("stackwise-virtual") or config.lines("virtual")):
        ways.append("SSO")
    spoken = {
        "ospf": "OSPF", "ospfv3": "OSPF", "bgp": "BGP", "eigrp": "EIGRP", "isis": "IS-IS",
        "rip": "RIP",
    }  # fmt: skip
    protocols = [
        spoken[words[1]]
        for each in config.under("router")
        if len(words := each.line.split()) > 1 and words[1] in spoken
    ]
    yield DeviceStandby(
        subject="standby", ways=tuple(ways), routing=tuple(dict.fromkeys(protocols))
    )


def malware_filter(config: Ios) -> Iterator[Missing | Absent]:
    """Files are inspected by an engine beside the system, whose policy is not in the text."""
    if config.under("utd engine"):
        yield Missing(
            "malware filter", GapReason.MISSING_TOOL, "the engine's policy of files is not read"
        )
    else:
        yield Absent("the device has no filter of malware")


def intrusion(config: Ios) -> Iterator[DeviceIntrusion | Missing | Absent]:
    """`threat protection` blocks, `threat detection` tells; the older `ip ips` is not read."""
    found = [
        IntrusionPolicy(
            name=each.line,
            act="block" if each.has("threat protection") else "detect",
            shown=next((line for line in each.below if line.startswith("threat ")), each.line),
        )
        for each in config.under("utd engine")
        if any(line.startswith("threat") for line in each.below)
    ]
    if found:
        yield DeviceIntrusion(subject="intrusion", policies=tuple(found))
    elif config.lines("ip ips name"):
        yield Missing("intrusion", GapReason.MISSING_TOOL, "signatures of `ip ips` are not read")
    else:
        yield Absent("no rule of the device uses an intrusion policy")


def connection_limits(config: Ios) -> Iterator[DeviceConnectionLimits | Absent]:
    """
    Of the address translation, of the firewall, and of TCP intercept. A switch that routes in its
    chips keeps no connections and can bound none.
    """
    keeps = any(
        re.match(r"ip nat |ip inspect |zone-pair security |ip tcp intercept ", each.line)
        or any(re.match(r"ip nat (?:in|out)side$", line) for line in each.below)
        for each in config.blocks
    )
    if not routes(config) or not keeps:
        yield Absent("the device keeps no table of connections")
        return
    forms = (
        r"ip nat translation max-entries (?:host|all-host|list|all-vrf|vrf|\d)",
        r"ip inspect (?:tcp max-incomplete host|max-incomplete high|name \S+ .*max-sess)",
        r"ip tcp intercept (?:list|max-incomplete)",
    )
    limits = [each.line for each in config.blocks for form in forms if re.match(form, each.line)]
    limits += [
        f"{each.line}: {line}"
        for each in config.under("parameter-map type inspect")
        for line in each.below
        if re.match(r"(?:sessions maximum|tcp max-incomplete host|max-incomplete) ", line)
    ]
    yield DeviceConnectionLimits(subject="connection limits", limits=tuple(limits))


def monitoring(config: Ios) -> Iterator[DeviceMonitoring]:
    """SNMP, whoever may ask, or telemetry."""
    ways = ["SNMP"] if any(isinstance(each, DeviceSnmp) for each in ios.snmp(config)) else []
    if config.under("telemetry ietf subscription"):
        ways.append("telemetry")
    yield DeviceMonitoring(subject="monitoring", ways=tuple(ways))


SAYS: Mapping[str, Callable[[Ios], Iterator[Fact | Missing | Absent]]] = {
    kind_of(DeviceDhcp): dhcp,
    kind_of(DeviceFlows): flows,
    kind_of(DeviceWireless): wireless,
    kind_of(DeviceStandby): standby,
    kind_of(DeviceMalwareFilter): malware_filter,
    kind_of(DeviceIntrusion): intrusion,
    kind_of(DeviceConnectionLimits): connection_limits,
    kind_of(DeviceMonitoring): monitoring,
}
