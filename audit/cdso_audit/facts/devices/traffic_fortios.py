"""
FortiGate: what it does with the traffic that it carries.

`show` leaves out what stands at its default, so documented defaults are applied, as in `fortios`.
"""

from collections.abc import Callable, Iterator, Mapping

from cdso_audit.facts.devices import fortios
from cdso_audit.facts.devices.fortios import Entry, Forti
from cdso_audit.facts.devices.parts import DeviceSnmp
from cdso_audit.facts.devices.traffic_parts import (
    Act,
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

#: `set security` of a wireless network; what is missing here is told as not known.
_RADIO: Mapping[str, Radio] = {
    "open": "open", "captive-portal": "open", "wep64": "wep", "wep128": "wep",
    "wpa-personal": "wpa", "wpa-personal+captive-portal": "wpa", "wpa-enterprise": "wpa",
    "wpa-only-personal": "wpa", "wpa-only-personal+captive-portal": "wpa",
    "wpa-only-enterprise": "wpa", "wpa2-only-personal": "wpa2-personal",
    "wpa2-only-personal+captive-portal": "wpa2-personal",
    "wpa2-only-enterprise": "wpa2-enterprise", "wpa3-sae": "wpa3-personal",
    "wpa3-sae-transition": "wpa2-personal", "wpa3-only-enterprise": "wpa3-enterprise",
    "wpa3-enterprise": "wpa3-enterprise", "wpa3-only-enterprise-transition": "wpa2-enterprise",
    "wpa3-enterprise-transition": "wpa2-enterprise", "owe": "owe",
}  # fmt: skip
_ACTS: Mapping[str, Act] = {"block": "block", "reset": "block", "default": "signature"}
_NO_POLICY = "no `config firewall policy` is in the file"


def below(config: Forti, section: str) -> Iterator[tuple[Entry, list[Entry]]]:
    """Each entry of a section with the entries of its own sections, in the order of the text."""
    current: Entry | None = None
    inner: list[Entry] = []
    for each in config.entries:
        if each.section == section and each.name:
            if current is not None:
                yield current, inner
            current, inner = each, []
        elif current is not None and each.section.startswith(f"{section}/"):
            inner.append(each)
        elif current is not None:
            yield current, inner
            current, inner = None, []
    if current is not None:
        yield current, inner


class Profiles:
    """The entries of a section by their virtual domain and name, each with what stands below."""

    def __init__(self, config: Forti, section: str) -> None:
        self.known = {
            (each.vdom, each.name): (each, inner) for each, inner in below(config, section)
        }

    def of(self, vdom: str, name: str) -> tuple[Entry, list[Entry]] | None:
        """Those of the whole device serve every domain."""
        return self.known.get((vdom, name)) or self.known.get(("", name))


def by_category(config: Forti) -> bool:
    """Whether policies name applications and categories, in a table of their own."""
    return config.setting("system settings", "ngfw-mode", "profile-based") == "policy-based"


def policies(config: Forti, section: str = "firewall policy") -> list[Entry]:
    """Policies in force that let something through."""
    return [
        each
        for each in config.section(section)
        if each.name
        and each.one("status", "enable") == "enable"
        and each.one("action", "deny") == "accept"
    ]


def _named(policy: Entry) -> str:
    return f"{policy.name} {policy.one('name')}".strip()


def _inspects(policy: Entry) -> bool:
    return policy.one("utm-status", "disable") == "enable"


def _log_hosts(config: Forti) -> tuple[str, ...]:
    return next(fortios.logging(config)).hosts


def dhcp(config: Forti) -> Iterator[DeviceDhcp | Absent]:
    """A lease is a system event of the level information; events go where logs go."""
    pools = [
        each.one("interface") or each.name
        for each in config.section("system dhcp server")
        if each.name and each.one("status", "enable") == "enable"
    ]
    if not pools:
        yield Absent("the device hands out no addresses")
        return
    off = [
        key
        for key in ("event", "system")
        if config.setting("log eventfilter", key, "enable") == "disable"
    ]
    hosts = _log_hosts(config)
    disk = config.setting("log disk setting", "status")
    logged: bool | None = True
    where = ", ".join(hosts) or "log disk"
    if off:
        logged, where = False, f"log eventfilter: {off[0]} disable"
    elif not hosts and disk != "enable":  # a model without a disk keeps events in its memory
        logged, where = (False if disk == "disable" else None), "memory"
    yield DeviceDhcp(subject="dhcp", pools=tuple(pools), logged=logged, where=where)


def flows(config: Forti) -> Iterator[DeviceFlows]:
    """NetFlow and sFlow need a collector and an interface; or policies that log every session."""
    collectors: list[str] = []
    idle: list[str] = []
    ways = (
        ("system netflow", "netflow-sampler", ("tx", "rx", "both")),
        ("system sflow", "sflow-sampler", ("enable",)),
    )
    for section, key, on in ways:
        named = [
            each.one("collector-ip")
            for name in (section, f"{section}/collectors")
            for each in config.section(name)
            if each.one("collector-ip") not in ("", "0.0.0.0")  # noqa: S104 - an address to compare with
        ]
        exports = any(each.one(key) in on for each in config.section("system interface"))
        (collectors if exports else idle).extend(named)
    everything = [each.one("logtraffic", "utm") == "all" for each in policies(config)]
    logs = _log_hosts(config) if everything and all(everything) else ()
    yield DeviceFlows(
        subject="flows", collectors=tuple(collectors), idle=tuple(idle), logs=tuple(logs)
    )


def wireless(config: Forti) -> Iterator[DeviceWireless | Absent]:
    """Networks of the access points that it leads, and of its own radio."""
    found = []
    for each in config.section("wireless-controller vap"):
        if not each.name or each.one("status", "enable") != "enable":
            continue
        told = each.one("security", "wpa2-only-personal")
        radio = _RADIO.get(told)
        if radio and radio.startswith("wpa2") and "TKIP" in each.one("encrypt", "AES"):
            radio = "wpa"
        found.append(
            Ssid(name=each.one("ssid") or each.name, radio=radio, shown=f"set security {told}")
        )
    if found:
        yield DeviceWireless(subject="wireless", networks=tuple(found))
    else:
        yield Absent("the device leads no wireless network")


def standby(config: Forti) -> Iterator[DeviceStandby]:
    """A cluster, or VRRP at an interface."""
    mode = config.setting("system ha", "mode", "standalone")
    ways = [] if mode == "standalone" else [f"HA {mode}"]
    if any(
        each.name and each.one("status", "enable") == "enable"
        for each in config.section("system interface/vrrp")
    ):
        ways.append("VRRP")
    spoken = [
        name
        for name, section in (
            ("OSPF", "router ospf/network"),
            ("OSPF", "router ospf/ospf-interface"),
            ("BGP", "router bgp/neighbor"),
            ("IS-IS", "router isis/isis-interface"),
            ("RIP", "router rip/network"),
        )
        if any(each.name for each in config.section(section))
    ]
    yield DeviceStandby(subject="standby", ways=tuple(ways), routing=tuple(dict.fromkeys(spoken)))


def malware_filter(config: Forti) -> Iterator[DeviceMalwareFilter | Missing | Absent]:
    """Policies to everywhere; a profile counts when the policy inspects at all."""
    rules = policies(config)
    if not config.section("firewall policy"):
        yield Missing("malware filter", GapReason.UNPARSABLE, _NO_POLICY)
        return
    groups = {
        each.name: bool(each.one("av-profile"))
        for each in config.section("firewall profile-group")
        if each.name
    }
    filtered: list[str] = []
    unfiltered: list[str] = []
    for each in rules:
        if "all" not in each.values.get("dstaddr", ()):
            continue
        group = each.one("profile-type", "single") == "group"
        has = groups.get(each.one("profile-group"), False) if group else each.one("av-profile")
        (filtered if has and _inspects(each) else unfiltered).append(_named(each))
    if filtered or unfiltered:
        yield DeviceMalwareFilter(
            subject="malware filter", filtered=tuple(filtered), unfiltered=tuple(unfiltered)
        )
    else:
        yield Absent("no rule of the device lets traffic out to everywhere")


def _act(entries: list[Entry]) -> Act | None:
    """The weakest act of a sensor's entries that are not switched off."""
    acts: set[Act] = set()
    for each in entries:
        if each.section != "ips sensor/entries" or not each.name:
            continue
        if each.one("status", "default") != "disable":
            acts.add(_ACTS.get(each.one("action", "default"), "detect"))
    weakest: tuple[Act, ...] = ("detect", "signature", "block")
    return next((each for each in weakest if each in acts), None)


def intrusion(config: Forti) -> Iterator[DeviceIntrusion | Missing | Absent]:
    """Sensors that a policy in force uses."""
    if not config.section("firewall policy"):
        yield Missing("intrusion", GapReason.UNPARSABLE, _NO_POLICY)
        return
    groups = {
        each.name: each.one("ips-sensor")
        for each in config.section("firewall profile-group")
        if each.name
    }
    used: dict[str, str] = {}
    for each in policies(config):
        group = each.one("profile-type", "single") == "group"
        name = groups.get(each.one("profile-group"), "") if group else each.one("ips-sensor")
        if name and _inspects(each):
            used.setdefault(name, _named(each))
    sensors = {each.name: _act(entries) for each, entries in below(config, "ips sensor")}
    if used:
        yield DeviceIntrusion(
            subject="intrusion",
            policies=tuple(
                IntrusionPolicy(name=name, act=sensors.get(name), shown=f"policy {policy}")
                for name, policy in used.items()
            ),
        )
    else:
        yield Absent("no rule of the device uses an intrusion policy")


_SESSIONS = frozenset(
    f"{protocol}_{end}_session"
    for protocol in ("tcp", "udp", "icmp", "sctp", "ip")
    for end in ("src", "dst")
)


def connection_limits(config: Forti) -> Iterator[DeviceConnectionLimits]:
    """Anomalies of a DoS policy that count sessions, and shapers by address that policies use."""
    limits: list[str] = []
    watched: list[str] = []
    for section in ("firewall DoS-policy", "firewall DoS-policy6"):
        for policy, anomalies in below(config, section):
            if policy.one("status", "enable") != "enable":
                continue
            for each in anomalies:
                if each.name in _SESSIONS and each.one("status", "disable") == "enable":
                    stops = each.one("action", "pass") == "block"
                    (limits if stops else watched).append(f"DoS {policy.name} {each.name}")
    used = {each.one("per-ip-shaper") for each in policies(config)}
    limits += [
        f"per-ip-shaper {each.name}"
        for each in config.section("firewall shaper per-ip-shaper")
        if each.name in used and each.one("max-concurrent-session", "0") != "0"
    ]
    yield DeviceConnectionLimits(
        subject="connection limits", limits=tuple(limits), watched=tuple(watched)
    )


def monitoring(config: Forti) -> Iterator[DeviceMonitoring]:
    """SNMP, whoever may ask."""
    ways = ["SNMP"] if any(isinstance(each, DeviceSnmp) for each in fortios.snmp(config)) else []
    yield DeviceMonitoring(subject="monitoring", ways=tuple(ways))


SAYS: Mapping[str, Callable[[Forti], Iterator[Fact | Missing | Absent]]] = {
    kind_of(DeviceDhcp): dhcp,
    kind_of(DeviceFlows): flows,
    kind_of(DeviceWireless): wireless,
    kind_of(DeviceStandby): standby,
    kind_of(DeviceMalwareFilter): malware_filter,
    kind_of(DeviceIntrusion): intrusion,
    kind_of(DeviceConnectionLimits): connection_limits,
    kind_of(DeviceMonitoring): monitoring,
}
