"""
MikroTik RouterOS 6 and 7: what the device does with the traffic that it carries.

A radio is off until `disabled=no`, and has no encryption until a profile says so: both are the
documented defaults of `/interface wireless`, `/interface wifi` and `/caps-man`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from cdso_audit.facts.devices import routeros
from cdso_audit.facts.devices.config_text import major
from cdso_audit.facts.devices.parts import DeviceSnmp
from cdso_audit.facts.devices.routeros import Command, Export, config_remote
from cdso_audit.facts.devices.traffic_parts import (
    DeviceConnectionLimits,
    DeviceDhcp,
    DeviceFlows,
    DeviceIntrusion,
    DeviceMalwareFilter,
    DeviceMonitoring,
    DeviceStandby,
    DeviceWireless,
    Radio,
    Ssid,
)
from cdso_audit.facts.reading import Absent, Fact, Missing, kind_of

NO_TRAFFIC = Absent("the device carries no traffic from one network into another")
#: Topics of the rules that `/system logging` is sold with, by their numbers.
_FIRST_RULES = {"0": "info", "1": "error", "2": "warning", "3": "critical"}
#: From this release on an entry is on until it is switched off.
_SEVEN = 7


def _is_on(config: Export, each: Command) -> bool:
    """Servers and radios of release 6 are off until `disabled=no`."""
    usual = "no" if (major(config.version) or 0) >= _SEVEN else "yes"
    return each.values.get("disabled", usual) == "no"


def routes(config: Export) -> bool:
    """Whether it stands in two networks: a bridge or an access point has one address."""
    paths = ("/ip address", "/ip dhcp-client", "/ipv6 address")
    named = {each.values.get("interface", "") for path in paths for each in config.at(path)}
    dialled = [
        each
        for each in config.commands
        if re.match(r"/interface (?:pppoe|l2tp|lte|sstp)", each.path) and each.verb == "add"
    ]
    return len({each for each in named if each not in ("", "lo")}) + len(dialled) > 1


def _logged(config: Export) -> tuple[bool, str]:
    """Whether some rule sends leases (topics dhcp, info) to a disk or to a server."""
    targets = {"memory": "memory", "disk": "disk", "echo": "echo", "remote": "remote"}
    for each in config.at("/system logging action"):
        if each.verb == "add" and "name" in each.values:
            targets[each.values["name"]] = each.values.get("target", "memory")
    own = config_remote(config)
    for each in config.at("/system logging"):
        usual = _FIRST_RULES.get(each.target, "info") if each.verb == "set" else "info"
        topics = each.values.get("topics", usual).split(",")
        wanted = [topic for topic in topics if not topic.startswith("!")]
        if {"!dhcp", "!info"} & set(topics) or not set(wanted) <= {"dhcp", "info"}:
            continue
        action = each.values.get("action", "memory")
        if targets.get(action) == "disk" or (
            targets.get(action) == "remote" and action != "remote"
        ):
            return True, each.shown
        if action == "remote" and own:
            return True, each.shown
    return False, "memory"


def dhcp(config: Export) -> Iterator[DeviceDhcp | Absent]:
    """Every lease is an event of the topics dhcp and info, which stay in memory by default."""
    pools = [
        each.values.get("interface", each.values.get("name", "?"))
        for path in ("/ip dhcp-server", "/ipv6 dhcp-server")
        for each in config.at(path)
        if each.verb == "add" and _is_on(config, each)
    ]
    if not pools:
        yield Absent("the device hands out no addresses")
        return
    logged, where = _logged(config)
    yield DeviceDhcp(subject="dhcp", pools=tuple(pools), logged=logged, where=where)


def flows(config: Export) -> Iterator[DeviceFlows | Absent]:
    """Traffic flow needs its switch and a target."""
    if not routes(config):
        yield NO_TRAFFIC
        return
    targets = [
        each.values.get("dst-address", each.values.get("address", ""))
        for each in config.at("/ip traffic-flow target")
        if each.verb == "add"
    ]
    named = tuple(each for each in targets if each)
    is_on = config.value("/ip traffic-flow", "enabled", "no") == "yes"
    mirrors = [
        each.values["mirror-target"]
        for each in config.at("/interface ethernet switch")
        if each.values.get("mirror-target", "none") != "none"
    ]
    yield DeviceFlows(
        subject="flows",
        collectors=named if is_on else (),
        idle=() if is_on else named,
        mirrors=tuple(f"mirror-target {each}" for each in mirrors),
    )


def _radio(types: Iterable[str], ciphers: Iterable[str]) -> Radio | None:
    """The weakest of the kinds that are let in."""
    given = {each.strip() for each in types if each.strip()}
    if not given:
        return "open"
    if {"wpa-psk", "wpa-eap"} & given or "tkip" in {each.strip() for each in ciphers}:
        return "wpa"
    order: tuple[tuple[str, Radio], ...] = (
        ("owe", "owe"),
        ("wpa2-psk", "wpa2-personal"),
        ("wpa2-eap", "wpa2-enterprise"),
        ("wpa3-psk", "wpa3-personal"),
        ("wpa3-eap", "wpa3-enterprise"),
        ("wpa3-eap-192", "wpa3-enterprise"),
    )
    return next((radio for name, radio in order if name in given), None)


def _profiles(config: Export) -> dict[str, Radio | None]:
    """Security profiles of `/interface wireless`; the one called default is open until set."""
    found: dict[str, Radio | None] = {"default": "open"}
    for each in config.at("/interface wireless security-profiles"):
        mode = each.values.get("mode", "none")
        name = each.values.get("name", "default")
        if mode == "dynamic-keys":
            found[name] = _radio(
                each.values.get("authentication-types", "").split(","),
                [
                    *each.values.get("unicast-ciphers", "").split(","),
                    *each.values.get("group-ciphers", "").split(","),
                ],
            )
        else:
            found[name] = "wep" if mode.startswith("static-keys") else "open"
    return found


def _by_name(config: Export, path: str) -> dict[str, dict[str, str]]:
    return {
        each.values["name"]: each.values
        for each in config.at(path)
        if each.verb == "add" and "name" in each.values
    }


def _settings(
    values: Mapping[str, str], named: Mapping[str, Mapping[str, str]], key: str
) -> dict[str, str]:
    """Settings of a part: those of the entry that is named, and those written on the spot."""
    made = dict(named.get(values.get(key, ""), {}))
    for name, value in values.items():
        if name.startswith(f"{key}."):
            made[name.removeprefix(f"{key}.")] = value
    return made


def _newer(config: Export, path: str) -> Iterator[Ssid]:
    """`/interface wifi` and `/caps-man`: an interface, its configuration, its security."""
    securities = _by_name(config, f"{path} security")
    configurations = _by_name(config, f"{path} configuration")
    entries: list[Mapping[str, str]] = []
    if path == "/caps-man":
        entries = list(configurations.values())
    else:
        for each in config.at(path):
            if each.values.get("disabled", "yes") != "no":
                continue
            mine = _settings(each.values, configurations, "configuration")
            own = {k: v for k, v in each.values.items() if k.startswith("security")}
            entries.append({**mine, **own})
        used = {each.get("name") for each in entries}
        provisioned = {
            value
            for each in config.at(f"{path} provisioning")
            for key in ("master-configuration", "slave-configurations")
            for value in each.values.get(key, "").split(",")
        }
        entries += [v for k, v in configurations.items() if k in provisioned and k not in used]
    for values in entries:
        if "ssid" not in values:
            continue
        security = _settings(values, securities, "security")
        types = security.get("authentication-types", "").split(",")
        ciphers = security.get("encryption", "").split(",")
        yield Ssid(
            name=values["ssid"],
            radio=_radio(types, ciphers),
            shown=f"authentication-types={','.join(types)}",
        )


def wireless(config: Export) -> Iterator[DeviceWireless | Absent]:
    """Radios of the device, and those of the access points that it leads."""
    profiles = _profiles(config)
    found = []
    for each in config.at("/interface wireless"):
        if each.values.get("disabled", "yes") != "no" or each.values.get("mode") == "station":
            continue
        profile = each.values.get("security-profile", "default")
        found.append(
            Ssid(
                name=each.values.get("ssid", "MikroTik"),
                radio=profiles.get(profile),
                shown=f"security-profile={profile}",
            )
        )
    for path in ("/interface wifi", "/interface wifiwave2", "/caps-man"):
        found += _newer(config, path)
    if found:
        yield DeviceWireless(subject="wireless", networks=tuple(found))
    else:
        yield Absent("the device leads no wireless network")


def standby(config: Export) -> Iterator[DeviceStandby | Absent]:
    """VRRP at an interface."""
    if not routes(config):
        yield NO_TRAFFIC
        return
    ways = ["VRRP"] if any(e.verb == "add" for e in config.at("/interface vrrp")) else []
    spoken = {"ospf": "OSPF", "ospf-v3": "OSPF", "bgp": "BGP", "rip": "RIP", "isis": "IS-IS"}
    protocols = [
        name
        for word, name in spoken.items()
        if any(
            each.verb == "add" and re.match(rf"/routing {word}(?: |$)", each.path)
            for each in config.commands
            if each.values.get("disabled") != "yes"
        )
    ]
    yield DeviceStandby(
        subject="standby", ways=tuple(ways), routing=tuple(dict.fromkeys(protocols))
    )


def malware_filter(_: Export) -> Iterator[DeviceMalwareFilter | Absent]:
    """None of its functions."""
    yield Absent("the device has no filter of malware")


def intrusion(_: Export) -> Iterator[DeviceIntrusion | Absent]:
    """None of its functions."""
    yield Absent("no rule of the device uses an intrusion policy")


_STOPS = frozenset({"drop", "reject", "tarpit", "add-src-to-address-list"})


def connection_limits(config: Export) -> Iterator[DeviceConnectionLimits | Absent]:
    """Rules with `connection-limit`: beyond the number a packet is dropped or its source listed."""
    if not routes(config):
        yield NO_TRAFFIC
        return
    limits: list[str] = []
    watched: list[str] = []
    for path in ("/ip firewall filter", "/ip firewall raw", "/ipv6 firewall filter"):
        for each in config.at(path):
            if "connection-limit" in each.values:
                stops = each.values.get("action", "accept") in _STOPS
                (limits if stops else watched).append(each.shown)
    yield DeviceConnectionLimits(
        subject="connection limits", limits=tuple(limits), watched=tuple(watched)
    )


def monitoring(config: Export) -> Iterator[DeviceMonitoring]:
    """SNMP, whoever may ask."""
    ways = ["SNMP"] if any(isinstance(each, DeviceSnmp) for each in routeros.snmp(config)) else []
    yield DeviceMonitoring(subject="monitoring", ways=tuple(ways))


SAYS: Mapping[str, Callable[[Export], Iterator[Fact | Missing | Absent]]] = {
    kind_of(DeviceDhcp): dhcp,
    kind_of(DeviceFlows): flows,
    kind_of(DeviceWireless): wireless,
    kind_of(DeviceStandby): standby,
    kind_of(DeviceMalwareFilter): malware_filter,
    kind_of(DeviceIntrusion): intrusion,
    kind_of(DeviceConnectionLimits): connection_limits,
    kind_of(DeviceMonitoring): monitoring,
}
