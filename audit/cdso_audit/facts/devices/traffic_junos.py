"""Juniper Junos: what the device does with the traffic that it carries."""

from collections.abc import Callable, Iterator, Mapping

from cdso_audit.facts.devices import junos
from cdso_audit.facts.devices.junos import Junos, Words
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
)
from cdso_audit.facts.reading import Absent, Fact, Missing, kind_of
from cdso_audit.model import GapReason

NO_TRAFFIC = Absent("the device carries no traffic from one network into another")
_POLICY = ("security", "policies", "from-zone", "*", "to-zone", "*", "policy", "*")
_GLOBAL = ("security", "policies", "global", "policy", "*")
_STOPS = frozenset(
    {"drop-packet", "drop-connection", "close-client", "close-server", "close-client-and-server"}
)


def routes(config: Junos) -> bool:
    """A firewall, or interfaces in two networks; the loopback and management apart."""
    if config.has("security", "policies"):
        return True
    named = {
        (each[1], each[3])
        for family in ("inet", "inet6")
        for each in config.full("interfaces", "*", "unit", "*", "family", family, "address")
        if not each[1].startswith(("lo0", "fxp", "em0", "me0", "vme"))
    }
    return len(named) > 1


def dhcp(config: Junos) -> Iterator[DeviceDhcp | Absent]:
    """What the daemon says of a lease depends on the release; a trace holds each."""
    pools = config.names("system", "services", "dhcp-local-server", "group")
    pools += config.names("system", "services", "dhcp", "pool")
    if not pools and not config.has("system", "services", "dhcp-local-server"):
        yield Absent("the device hands out no addresses")
        return
    traced = config.has("system", "processes", "dhcp-service", "traceoptions", "file")
    traced = traced or config.has("system", "services", "dhcp", "traceoptions", "file")
    yield DeviceDhcp(
        subject="dhcp",
        pools=tuple(pools) or ("dhcp-local-server",),
        logged=True if traced else None,
        where="traceoptions" if traced else "",
    )


def rules(config: Junos) -> Iterator[tuple[str, list[Words]]]:
    """Each policy of the firewall with its statements."""
    found: dict[str, list[Words]] = {}
    for each in config.full(*_POLICY):
        found.setdefault(f"{each[3]}>{each[5]} {each[7]}", []).append(each[8:])
    for each in config.full(*_GLOBAL):
        found.setdefault(f"global {each[4]}", []).append(each[5:])
    yield from found.items()


def _permits(statements: list[Words]) -> bool:
    return any(each[:2] == ("then", "permit") for each in statements)


def flows(config: Junos) -> Iterator[DeviceFlows | Absent]:
    """Sampling to a flow server, sFlow, copies of ports, and a firewall's own session log."""
    if not routes(config):
        yield NO_TRAFFIC
        return
    servers = list(
        dict.fromkeys(
            each[at + 1]
            for each in config.full("forwarding-options", "sampling")
            for at, word in enumerate(each[:-1])
            if word == "flow-server"
        )
    )
    sampled = any(
        each[-2:] == ("sampling", "input")
        or each[-2:] == ("sampling", "output")
        or each[-2:] == ("then", "sample")
        for each in (*config.full("interfaces"), *config.full("firewall"))
    )
    collectors = list(servers) if sampled else []
    idle = [] if sampled else list(servers)
    sflow = config.names("protocols", "sflow", "collector")
    (collectors if config.has("protocols", "sflow", "interfaces") else idle).extend(sflow)
    mirrors = config.names("forwarding-options", "analyzer")
    if config.has("forwarding-options", "port-mirroring"):
        mirrors.append("port-mirroring")
    hosts = [
        each[6] if each[5:6] == ("ipaddr",) and len(each) > 6 else each[5]  # noqa: PLR2004 - where the address stands
        for each in config.full("security", "log", "stream", "*", "host")
        if len(each) > 5  # noqa: PLR2004 - … host ADDRESS
    ]
    permits = [statements for _, statements in rules(config) if _permits(statements)]
    logs = all(any(each[:2] == ("then", "log") for each in statements) for statements in permits)
    yield DeviceFlows(
        subject="flows",
        collectors=tuple(collectors),
        idle=tuple(idle),
        mirrors=tuple(mirrors),
        logs=tuple(dict.fromkeys(hosts)) if permits and logs else (),
    )


def wireless(config: Junos) -> Iterator[DeviceWireless | Missing | Absent]:
    """Old branch devices lead access points; that part is not read."""
    if config.has("wlan"):
        yield Missing("wireless", GapReason.MISSING_TOOL, "`wlan` of Junos is not read")
    else:
        yield Absent("the device leads no wireless network")


def standby(config: Junos) -> Iterator[DeviceStandby | Absent]:
    """A cluster, a virtual chassis, VRRP, or a second routing engine."""
    if not routes(config):
        yield NO_TRAFFIC
        return
    ways = []
    if config.has("chassis", "cluster", "redundancy-group"):
        ways.append("chassis cluster")
    if len(config.names("virtual-chassis", "member")) > 1:
        ways.append("virtual chassis")
    if any(
        "vrrp-group" in each or "vrrp-inet6-group" in each for each in config.full("interfaces")
    ):
        ways.append("VRRP")
    if config.has("chassis", "redundancy", "graceful-switchover"):
        ways.append("graceful-switchover")
    spoken = {"ospf": "OSPF", "ospf3": "OSPF", "bgp": "BGP", "isis": "IS-IS", "rip": "RIP"}
    protocols = [name for word, name in spoken.items() if config.has("protocols", word)]
    yield DeviceStandby(
        subject="standby", ways=tuple(ways), routing=tuple(dict.fromkeys(protocols))
    )


def malware_filter(config: Junos) -> Iterator[DeviceMalwareFilter | Absent]:
    """Policies to everywhere whose `utm-policy` names a profile against viruses."""
    filtered: list[str] = []
    unfiltered: list[str] = []
    for name, statements in rules(config):
        everywhere = ("match", "destination-address", "any") in statements
        if not (_permits(statements) and everywhere):
            continue
        used = [
            each[4]
            for each in statements
            if each[:4] == ("then", "permit", "application-services", "utm-policy")
            and len(each) > 4  # noqa: PLR2004 - utm-policy NAME
        ]
        has = any(config.has("security", "utm", "utm-policy", each, "anti-virus") for each in used)
        (filtered if has else unfiltered).append(name)
    if filtered or unfiltered:
        yield DeviceMalwareFilter(
            subject="malware filter", filtered=tuple(filtered), unfiltered=tuple(unfiltered)
        )
    else:
        yield Absent("no rule of the device lets traffic out to everywhere")


def _act(config: Junos, policy: str) -> Act | None:
    acts: set[Act] = set()
    for each in config.at("security", "idp", "idp-policy", policy, "rulebase-ips", "rule", "*"):
        if each[:2] == ("then", "action") and len(each) > 2:  # noqa: PLR2004 - action NAME
            acts.add(
                "block"
                if each[2] in _STOPS
                else "signature"
                if each[2] == "recommended"
                else "detect"
            )
    weakest: tuple[Act, ...] = ("detect", "signature", "block")
    return next((each for each in weakest if each in acts), None)


def intrusion(config: Junos) -> Iterator[DeviceIntrusion | Absent]:
    """The active policy, where a rule of the firewall asks for it; or policies by name."""
    asked = [
        each[3:]
        for _, statements in rules(config)
        for each in statements
        if each[:3] == ("then", "permit", "application-services")
    ]
    names = [each[1] for each in asked if each[:1] == ("idp-policy",) and len(each) > 1]
    if any(each == ("idp",) for each in asked):
        names.append(config.value("security", "idp", "active-policy") or "active-policy")
    if names:
        yield DeviceIntrusion(
            subject="intrusion",
            policies=tuple(
                IntrusionPolicy(name=name, act=_act(config, name), shown=f"idp-policy {name}")
                for name in dict.fromkeys(names)
            ),
        )
    else:
        yield Absent("no rule of the device uses an intrusion policy")


def connection_limits(config: Junos) -> Iterator[DeviceConnectionLimits | Absent]:
    """Screens that bound the sessions of an address, in a zone that uses them."""
    if not config.has("security", "policies"):
        yield Absent("the device keeps no table of connections")
        return
    used = {
        each[0] for each in config.at("security", "zones", "security-zone", "*", "screen") if each
    }
    limits: list[str] = []
    watched: list[str] = []
    for each in config.full("security", "screen", "ids-option", "*", "limit-session"):
        only_alarm = config.has("security", "screen", "ids-option", each[3], "alarm-without-drop")
        if each[3] in used:
            (watched if only_alarm else limits).append(" ".join(each[2:]))
    yield DeviceConnectionLimits(
        subject="connection limits", limits=tuple(limits), watched=tuple(watched)
    )


def monitoring(config: Junos) -> Iterator[DeviceMonitoring]:
    """SNMP, whoever may ask, or telemetry."""
    ways = ["SNMP"] if any(isinstance(each, DeviceSnmp) for each in junos.snmp(config)) else []
    if config.has("services", "analytics"):
        ways.append("telemetry")
    yield DeviceMonitoring(subject="monitoring", ways=tuple(ways))


SAYS: Mapping[str, Callable[[Junos], Iterator[Fact | Missing | Absent]]] = {
    kind_of(DeviceDhcp): dhcp,
    kind_of(DeviceFlows): flows,
    kind_of(DeviceWireless): wireless,
    kind_of(DeviceStandby): standby,
    kind_of(DeviceMalwareFilter): malware_filter,
    kind_of(DeviceIntrusion): intrusion,
    kind_of(DeviceConnectionLimits): connection_limits,
    kind_of(DeviceMonitoring): monitoring,
}
