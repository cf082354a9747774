"""
From which networks a device lets traffic pass into which, as far as its text tells.

Names of addresses, groups and interfaces are resolved into networks, so that rules can be held
against the owner's plan of zones. Where a name cannot be resolved, or another rule may narrow what
this one lets pass, the permit is not `sure`. An interface leads outwards (to the Internet) when it
has a public address, gets its address from a provider, or carries the default route of a device
that translates addresses.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from ipaddress import IPv4Network, ip_address, ip_network, summarize_address_range
from typing import Any, Literal

from cdso_audit.facts.devices import traffic_ios, traffic_junos, traffic_routeros
from cdso_audit.facts.devices.fortios import Entry, Forti
from cdso_audit.facts.devices.ios import Block, Ios
from cdso_audit.facts.devices.junos import Junos, Words
from cdso_audit.facts.devices.routeros import Command, Export
from cdso_audit.facts.reading import Absent, Fact, Missing
from cdso_audit.model import Frozen, GapReason

EVERYWHERE = "0.0.0.0/0"
#: What lies behind an interface that leads outwards: everything but the agency's own networks.
INTERNET = "internet"
ANY = ("any",)


class Permit(Frozen):
    """
    One rule, with networks in place of names; `internet` stands for what lies outside, 0.0.0.0/0
    for that and all the rest. `services` is `any` for all of them.
    """

    name: str
    accepts: bool
    sources: tuple[str, ...]
    destinations: tuple[str, ...]
    services: tuple[str, ...]
    sure: bool = True
    shown: str = ""


class DevicePermits(Fact):
    """The rules between networks in their order; what none of them names is `rest`."""

    kind: Literal["device-permits"] = "device-permits"
    networks: tuple[str, ...]
    """Networks in which the device itself stands."""
    permits: tuple[Permit, ...]
    leads_out: bool
    """Whether an interface of its own leads outwards."""


def network(text: str, mask: str = "") -> str:
    """`10.1.2.1/24`, or an address with its mask; nothing for what is no IPv4 network."""
    try:
        found = ip_network(f"{text}/{mask}" if mask else text, strict=False)
    except ValueError:
        return ""
    return str(found) if isinstance(found, IPv4Network) else ""


def wildcard(address: str, mask: str) -> str:
    """Cisco's inverted mask; nothing for one with holes."""
    parts = mask.split(".")
    if len(parts) != 4 or not all(each.isdigit() for each in parts):  # noqa: PLR2004 - octets
        return ""
    return network(address, ".".join(str(255 - int(each)) for each in parts))


def spread(first: str, last: str) -> list[str]:
    """A range of addresses as networks."""
    try:
        low, high = ip_address(first), ip_address(last)
        return [str(each) for each in summarize_address_range(low, high)]
    except (ValueError, TypeError):
        return []


def is_public(net: str) -> bool:
    """Whether its addresses are routed on the Internet; those for documentation count as such."""
    found = ip_network(net)
    shown = ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
    own = any(found.subnet_of(ip_network(each)) for each in shown)  # type: ignore[arg-type]
    return own or not (found.is_private or found.is_loopback or found.is_link_local)


def _bounded(permits: list[Permit], own: tuple[str, ...], *, edge: bool) -> tuple[Permit, ...]:
    """
    On a device that does not lead outwards itself, what is let pass to everywhere reaches its own
    networks; what becomes of it further on is another device's affair.
    """
    if edge:
        return tuple(permits)
    return tuple(
        each.model_copy(update={"destinations": own})
        if each.accepts and each.destinations == (EVERYWHERE,)
        else each
        for each in permits
    )


def _unique(nets: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for each in nets if each))


# ---------------------------------------------------------------------------------------------
# FortiGate
# ---------------------------------------------------------------------------------------------


#: Services that leave no port out.
FORTI_ALL = frozenset({"ALL", "ALL_TCP", "ALL_UDP"})


class FortiNames:
    """Names of one configuration of a FortiGate, resolved."""

    def __init__(self, config: Forti) -> None:
        self.config = config
        self.interfaces: dict[str, list[str]] = {}
        self.outward: set[str] = set()
        for each in config.section("system interface"):
            if not each.name or each.one("status") == "down":
                continue
            value = each.values.get("ip", ())
            net = network(*value[:2]) if len(value) > 1 and value[0] != "0.0.0.0" else ""  # noqa: S104 - an address to compare with
            self.interfaces[each.name] = [net] if net else []
            from_provider = each.one("mode", "static") in ("dhcp", "pppoe")
            if from_provider or each.one("role") == "wan" or (net and is_public(net)):
                self.outward.add(each.name)
        for each in config.section("router static"):
            if each.name and not each.values.get("dst") and each.one("status") != "disable":
                self.outward.add(each.one("device"))
        self.zones = {
            each.name: each.values.get("interface", ())
            for section in ("system zone", "system sdwan/zone")
            for each in config.section(section)
            if each.name
        }
        for section in ("system sdwan/members", "system virtual-wan-link/members"):
            for each in config.section(section):
                self.outward.add(each.one("zone", "virtual-wan-link"))

    def ports(self, names: Iterable[str]) -> list[str]:
        """Interfaces, and those of zones."""
        return [one for each in names for one in (self.zones.get(each) or (each,))]

    def behind(self, ports: Iterable[str]) -> list[str]:
        """What is reached through these interfaces."""
        return [
            net
            for port in ports
            for net in ([INTERNET] if port in self.outward else self.interfaces.get(port, []))
        ]

    def addresses(self, names: Iterable[str], seen: tuple[str, ...] = ()) -> list[str] | None:
        """Networks of address objects and groups; None when one of them cannot be resolved."""
        found: list[str] = []
        for name in names:
            if name in seen:
                return None
            nets = self._address(name, (*seen, name))
            if nets is None:
                return None
            found += nets
        return found

    def _address(self, name: str, seen: tuple[str, ...]) -> list[str] | None:
        if name in ("all", "any"):
            return [EVERYWHERE]
        for section in ("firewall addrgrp", "firewall vipgrp"):
            for each in self.config.section(section):
                if each.name == name:
                    return self.addresses(each.values.get("member", ()), seen)
        for each in self.config.section("firewall address"):
            if each.name == name:
                return self._object(each)
        for each in self.config.section("firewall vip"):
            if each.name == name:
                first, _, last = each.one("mappedip").partition("-")
                return spread(first, last or first) or None
        return None

    @staticmethod
    def _object(each: Entry) -> list[str] | None:
        match each.one("type", "ipmask"):
            case "ipmask":
                value = each.values.get("subnet", ("0.0.0.0", "0.0.0.0"))  # noqa: S104 - the default is everything
                net = network(*value[:2])
                return [net] if net else None
            case "iprange":
                return spread(each.one("start-ip"), each.one("end-ip")) or None
            case _:
                return None


def fortios_permits(config: Forti) -> Iterator[DevicePermits | Missing]:
    """Policies in their order, deny after the last."""
    known = FortiNames(config)
    if not config.section("firewall policy"):
        yield Missing("rules", GapReason.UNPARSABLE, "no `config firewall policy` is in the file")
        return
    made = []
    for each in config.section("firewall policy"):
        if not each.name or each.one("status", "enable") == "disable":
            continue
        sides: list[tuple[str, ...]] = []
        sure = not (each.values.get("groups") or each.values.get("users"))
        for interfaces, addresses in (("srcintf", "srcaddr"), ("dstintf", "dstaddr")):
            by_service = "internet-service-src" if addresses == "srcaddr" else "internet-service"
            if each.one(by_service, "disable") == "enable":
                sides.append((INTERNET,))
                continue
            ports = known.ports(each.values.get(interfaces, ()))
            nets = known.addresses(each.values.get(addresses, ()))
            if each.one(f"{addresses}-negate") == "enable" or nets is None:
                sure, nets = False, [EVERYWHERE]
            if EVERYWHERE in nets and "any" not in ports:
                nets = known.behind(ports)
            sides.append(_unique(nets))
        services = each.values.get("service", ())
        made.append(
            Permit(
                name=f"{each.name} {each.one('name')}".strip(),
                accepts=each.one("action", "deny") == "accept",
                sources=sides[0],
                destinations=sides[1],
                services=ANY
                if FORTI_ALL & set(services)
                else tuple(services) or ("internet-service",),
                sure=sure,
                shown=f"edit {each.name}",
            )
        )
    own = _unique(net for nets in known.interfaces.values() for net in nets)
    yield DevicePermits(
        subject="firewall policy",
        networks=own,
        permits=_bounded(made, own, edge=bool(known.outward)),
        leads_out=bool(known.outward),
    )


# ---------------------------------------------------------------------------------------------
# Cisco IOS
# ---------------------------------------------------------------------------------------------


def _ios_side(words: list[str]) -> tuple[str, list[str]]:
    """A source or destination of an access list, and the words after it."""
    if words[:1] == ["any"]:
        return EVERYWHERE, words[1:]
    if words[:1] == ["host"] and len(words) > 1:
        return network(words[1]), words[2:]
    if words[:1] == ["object-group"]:
        return "", words[2:]
    if len(words) > 1 and words[1].count(".") == 3:  # noqa: PLR2004 - dots of an address
        return wildcard(words[0], words[1]), words[2:]
    return network(words[0]) if words else "", words[1:]


def _ios_port(words: list[str]) -> tuple[str, list[str]]:
    if words[:1] in (["eq"], ["gt"], ["lt"], ["neq"]) and len(words) > 1:
        return f"{words[0]} {words[1]}", words[2:]
    if words[:1] == ["range"] and len(words) > 2:  # noqa: PLR2004 - range LOW HIGH
        return f"{words[1]}-{words[2]}", words[3:]
    return "", words


def _ios_entries(config: Ios, name: str) -> list[str]:
    found = [e.removeprefix(f"access-list {name} ") for e in config.lines(f"access-list {name}")]
    for block in config.blocks:
        words = block.line.split()
        if words[:2] == ["ip", "access-list"] and words[-1] == name:
            for each in block.below:
                first, _, rest = each.partition(" ")
                found.append(rest if first.isdigit() else each)
    return [each for each in found if each.startswith(("permit", "deny"))]


def _ios_permit(name: str, entry: str, nets: tuple[str, ...], sure: bool) -> Permit:
    words = entry.split()
    protocol = words[1] if len(words) > 1 else ""
    if protocol in ("any", "host") or protocol[:1].isdigit():  # a standard list: sources alone
        source, _ = _ios_side(words[1:])
        destination, service = EVERYWHERE, ""
        protocol = "ip"
    else:
        source, rest = _ios_side(words[2:])
        _, rest = _ios_port(rest)
        destination, rest = _ios_side(rest)
        service, _ = _ios_port(rest)
    return Permit(
        name=name,
        accepts=words[0] == "permit",
        sources=nets if source == EVERYWHERE else (source,) if source else nets,
        destinations=(destination or EVERYWHERE,),
        services=ANY if protocol in ("ip", "tcp", "udp") and not service
        else (f"{protocol} {service}".strip(),),
        sure=sure and bool(source) and bool(destination) and "established" not in words,
        shown=entry,
    )  # fmt: skip


def _ios_nets(block: Block) -> tuple[str, ...]:
    nets = []
    for line in block.below:
        words = line.split()
        if words[:2] == ["ip", "address"] and len(words) > 3:  # noqa: PLR2004 - ip address A M
            nets.append(network(words[2], words[3]))
    return _unique(nets)


def ios_permits(config: Ios) -> Iterator[DevicePermits | Absent]:
    """
    What comes in at each interface, by its access list or by none.

    Unless the device itself translates addresses, what leaves it may pass a firewall before the
    Internet: then its permits reach the networks in which it stands, and no further.
    """
    if not traffic_ios.routes(config):
        yield traffic_ios.NO_TRAFFIC
        return
    blocks = [each for each in config.under("interface") if not each.has("shutdown")]
    own = _unique(net for each in blocks for net in _ios_nets(each))
    edge = any("ip nat outside" in each.below for each in blocks)
    filtered = any(each.last(r"ip access-group \S+ out") for each in blocks)
    zoned = bool(config.under("zone-pair security")) or any(
        each.has("ip inspect") or each.has("ip policy") for each in blocks
    )
    made = []
    for block in blocks:
        nets = _ios_nets(block)
        if not nets or "ip nat outside" in block.below or block.line.endswith("Management0"):
            continue
        bound = block.last(r"ip access-group (\S+) in")
        entries = _ios_entries(config, bound[1]) if bound else []
        label = block.line.removeprefix("interface ")
        rules = [
            _ios_permit(f"{label} {number}", entry, nets, not zoned and not filtered)
            for number, entry in enumerate(entries, start=1)
        ]
        if not rules:
            rules = [
                Permit(
                    name=label,
                    accepts=True,
                    sources=nets,
                    destinations=(EVERYWHERE,),
                    services=ANY,
                    sure=not zoned and not filtered,
                    shown=block.line,
                )
            ]
        else:
            rules.append(
                Permit(
                    name=f"{label} end", accepts=False, sources=nets, destinations=(EVERYWHERE,),
                    services=ANY, shown="implicit deny",
                )
            )  # fmt: skip
        made += rules
    yield DevicePermits(
        subject="interfaces",
        networks=own,
        permits=_bounded(made, own, edge=edge),
        leads_out=edge,
    )


# ---------------------------------------------------------------------------------------------
# Junos
# ---------------------------------------------------------------------------------------------


_JUNOS_ALL = frozenset({"any", "junos-tcp-any", "junos-udp-any"})


class JunosNames:
    """Zones and address books of an SRX."""

    def __init__(self, config: Junos) -> None:
        self.config = config
        self.interfaces: dict[str, list[str]] = {}
        for each in config.full("interfaces", "*", "unit", "*", "family", "inet", "address"):
            if len(each) > 7:  # noqa: PLR2004 - … address A/M
                self.interfaces.setdefault(f"{each[1]}.{each[3]}", []).append(network(each[7]))
        self.zones: dict[str, list[str]] = {}
        self.outward: set[str] = set()
        provided = {
            f"{each[1]}.{each[3]}"
            for kind in ("dhcp", "dhcp-client")
            for each in config.full("interfaces", "*", "unit", "*", "family", "inet", kind)
        }
        for each in config.full("security", "zones", "security-zone", "*", "interfaces"):
            if len(each) > 5:  # noqa: PLR2004 - … interfaces NAME
                nets = self.interfaces.get(each[5], [])
                self.zones.setdefault(each[3], []).extend(nets)
                if each[5] in provided or any(is_public(net) for net in nets if net):
                    self.outward.add(each[3])

    def addresses(self, zone: str, names: Iterable[str]) -> list[str] | None:
        found: list[str] = []
        for name in names:
            if name in ("any", "any-ipv4"):
                found.append(EVERYWHERE)
                continue
            nets = self._address(zone, name, 0)
            if not nets:
                return None
            found += nets
        return found

    def _address(self, zone: str, name: str, depth: int) -> list[str]:
        if depth > 8:  # noqa: PLR2004 - sets in sets, without end
            return []
        found: list[str] = []
        books: tuple[Words, ...] = (
            ("security", "address-book", "*"),
            ("security", "zones", "security-zone", zone, "address-book"),
        )
        for book in books:
            for each in self.config.full(*book, "address", name):
                found += [network(each[-1])]
            for each in self.config.full(*book, "address-set", name):
                if each[-2:-1] in (("address",), ("address-set",)):
                    found += self._address(zone, each[-1], depth + 1)
        return [each for each in found if each]


def junos_match(statements: list[Words], key: str) -> list[str]:
    """The words of a policy's `match KEY`."""
    return [word for each in statements if each[:2] == ("match", key) for word in each[2:]]


def junos_permits(config: Junos) -> Iterator[DevicePermits | Absent | Missing]:
    """Policies between zones; a router without them is not laid out."""
    if not config.has("security", "policies"):
        if traffic_junos.routes(config):
            yield Missing(
                "rules", GapReason.MISSING_TOOL, "filters of a Junos router are not laid out"
            )
        else:
            yield traffic_junos.NO_TRAFFIC
        return
    known = JunosNames(config)
    made = []
    for name, statements in traffic_junos.rules(config):
        zones = name.partition(" ")[0].split(">")
        pair = zones if len(zones) > 1 else ["", ""]
        sides: list[tuple[str, ...]] = []
        sure = len(zones) > 1 and not junos_match(statements, "source-identity")
        for zone, key in zip(pair, ("source-address", "destination-address"), strict=True):
            nets = known.addresses(zone, junos_match(statements, key))
            if nets is None:
                sure, nets = False, [EVERYWHERE]
            if EVERYWHERE in nets and zone:
                nets = [INTERNET] if zone in known.outward else known.zones.get(zone, [])
            sides.append(_unique(nets))
        services = junos_match(statements, "application")
        made.append(
            Permit(
                name=name,
                accepts=any(each[:2] == ("then", "permit") for each in statements),
                sources=sides[0],
                destinations=sides[1],
                services=ANY if _JUNOS_ALL & set(services) else tuple(services),
                sure=sure,
                shown=f"policy {name}",
            )
        )
    if config.has("security", "policies", "default-policy", "permit-all"):
        made.append(
            Permit(
                name="default-policy", accepts=True, sources=(EVERYWHERE,),
                destinations=(EVERYWHERE,), services=ANY, shown="default-policy permit-all",
            )
        )  # fmt: skip
    own = _unique(net for nets in known.interfaces.values() for net in nets)
    yield DevicePermits(
        subject="security policies",
        networks=own,
        permits=_bounded(made, own, edge=bool(known.outward)),
        leads_out=bool(known.outward),
    )


# ---------------------------------------------------------------------------------------------
# RouterOS
# ---------------------------------------------------------------------------------------------

_ROS_KNOWN = frozenset(
    {
        *("action", "chain", "comment", "log", "log-prefix", "disabled", "place-before"),
        *("src-address", "dst-address", "src-address-list", "dst-address-list", "in-interface"),
        *("out-interface", "in-interface-list", "out-interface-list", "protocol", "dst-port"),
        *("connection-state", "reject-with", "connection-nat-state"),
    }
)


class RosNames:
    """Interfaces and lists of an export."""

    def __init__(self, config: Export) -> None:
        self.config = config
        self.interfaces: dict[str, list[str]] = {}
        self.outward: set[str] = set()
        for each in config.at("/ip address"):
            net = network(each.values.get("address", ""))
            name = each.values.get("interface", "")
            self.interfaces.setdefault(name, []).append(net)
            if net and is_public(net):
                self.outward.add(name)
        self.outward |= {e.values.get("interface", "") for e in config.at("/ip dhcp-client")}
        self.outward |= {
            each.values.get("name", "")
            for each in config.commands
            if each.path in ("/interface pppoe-client", "/interface lte") and each.verb == "add"
        }
        self.lists: dict[str, set[str]] = {}
        for each in config.at("/interface list member"):
            self.lists.setdefault(each.values.get("list", ""), set()).add(
                each.values.get("interface", "")
            )

    def side(self, rule: Command, which: Literal["src", "dst"]) -> tuple[tuple[str, ...], bool]:
        """Networks of one side of a rule, and whether that is sure."""
        way = "in" if which == "src" else "out"
        address = rule.values.get(f"{which}-address", "")
        named = rule.values.get(f"{which}-address-list", "")
        interface = rule.values.get(f"{way}-interface", "")
        listed = rule.values.get(f"{way}-interface-list", "")
        if any(each.startswith("!") for each in (address, named, interface, listed)):
            return (EVERYWHERE,), False
        if address:
            first, dash, last = address.partition("-")
            nets = spread(first, last) if dash else [network(address)]
            return _unique(nets), any(nets)
        if named:
            nets = [
                network(each.values.get("address", ""))
                for each in self.config.at("/ip firewall address-list")
                if each.values.get("list") == named
            ]
            return _unique(nets), bool(nets) and all(nets)
        ports = self.lists.get(listed, set()) if listed else {interface} if interface else set()
        if not ports:
            return (EVERYWHERE,), not (interface or listed)
        return _unique(
            net
            for port in sorted(ports)
            for net in ([INTERNET] if port in self.outward else self.interfaces.get(port, []))
        ), True


def routeros_permits(config: Export) -> Iterator[DevicePermits | Absent]:
    """The chain forward for new connections; what no rule names passes."""
    if not traffic_routeros.routes(config):
        yield traffic_routeros.NO_TRAFFIC
        return
    known = RosNames(config)
    made = []
    for number, each in enumerate(config.at("/ip firewall filter"), start=1):
        states = each.values.get("connection-state", "new").split(",")
        action = each.values.get("action", "accept")
        if each.values.get("chain") != "forward" or "new" not in states:
            continue
        if action not in ("accept", "drop", "reject", "tarpit", "jump"):
            continue
        sources, one = known.side(each, "src")
        destinations, other = known.side(each, "dst")
        protocol, port = each.values.get("protocol", ""), each.values.get("dst-port", "")
        made.append(
            Permit(
                name=f"forward {number} {each.values.get('comment', '')}".strip(),
                accepts=action in ("accept", "jump"),
                sources=sources,
                destinations=destinations,
                services=(f"{protocol} {port}".strip(),)
                if port or protocol not in ("", "tcp", "udp")
                else ANY,
                sure=one and other and action != "jump" and set(each.values) <= _ROS_KNOWN,
                shown=each.shown,
            )
        )
    made.append(
        Permit(
            name="forward end", accepts=True, sources=(EVERYWHERE,), destinations=(EVERYWHERE,),
            services=ANY, shown="the chain's end accepts",
        )
    )  # fmt: skip
    own = _unique(net for nets in known.interfaces.values() for net in nets)
    yield DevicePermits(
        subject="chain forward",
        networks=own,
        permits=_bounded(made, own, edge=bool(known.outward)),
        leads_out=bool(known.outward),
    )


BY_DIALECT: Mapping[str, Callable[[Any], Iterator[Fact | Missing | Absent]]] = {
    "cisco-ios": ios_permits,
    "juniper-junos": junos_permits,
    "fortinet-fortios": fortios_permits,
    "mikrotik-routeros": routeros_permits,
}
