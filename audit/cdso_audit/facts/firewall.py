"""
What the packet filter of a host lets in, worked out from the rules that the kernel holds now.

Every kind of firewall (nftables, iptables of both kinds, ufw, firewalld) ends as rules in the
kernel, so the rules are read and not the tools' own word. The answer is, for each interface that
leads out, the list of ports that a stranger reaches: whatever chain, set or jump decides it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cdso_audit.facts.firewall_iptables import iptables_tables
from cdso_audit.facts.firewall_nft import nft_tables, opaque_tables
from cdso_audit.facts.firewall_packet import Ranges, RuleTable, open_ports
from cdso_audit.facts.reading import (
    MIB,
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnavailableError,
    UnreadableError,
    reader,
)
from cdso_audit.model import Frozen, GapReason, KnownBy

_WHY = "the packet filter's rules as the kernel holds them"
#: Rule sets of Kubernetes nodes and of large block lists run to megabytes.
_CAP = 4 * MIB


def _root(name: str, *run: str) -> Probe:
    return Probe(id=name, run=run, root=True, why=_WHY, cap=_CAP)


NFT = _root("firewall-nft", "/usr/sbin/nft", "-j", "list", "ruleset")
IPTABLES = _root("firewall-iptables", "/usr/sbin/iptables-save")
IP6TABLES = _root("firewall-ip6tables", "/usr/sbin/ip6tables-save")
IPTABLES_LEGACY = _root("firewall-iptables-legacy", "/usr/sbin/iptables-legacy-save")
IP6TABLES_LEGACY = _root("firewall-ip6tables-legacy", "/usr/sbin/ip6tables-legacy-save")
NETWORK = Probe(
    id="firewall-network",
    run=r"""
echo '== interfaces'
for each in /sys/class/net/*; do
  [ -e "$each" ] || continue
  master=-; [ -e "$each/master" ] && master=slave
  printf '%s %s %s\n' "${each##*/}" "$(cat "$each/operstate" 2>/dev/null || echo unknown)" "$master"
done
echo '== route4'
cat /proc/net/route
echo '== route6'
cat /proc/net/ipv6_route 2>/dev/null
echo '== addresses6'
cat /proc/net/if_inet6 2>/dev/null
echo '== stack6'
if [ -d /proc/sys/net/ipv6 ]; then cat /proc/sys/net/ipv6/conf/all/disable_ipv6
else echo none; fi
echo '== tools'
for each in nft iptables iptables-nft iptables-legacy ip6tables ufw firewall-cmd shorewall; do
  command -v "$each" >/dev/null 2>&1 && echo "$each"
done
echo '== modules'
cut -d' ' -f1 /proc/modules 2>/dev/null | grep -xE 'nf_tables|ip6?_tables'
echo '== end'
""",
    why="interfaces, default routes and which firewall tools are installed",
)

#: Interfaces that lead to guests, containers or tunnels of this very host, not to strangers.
INNER = re.compile(
    r"(lo|docker|br-|veth|virbr|vnet|cni|flannel|cali|cilium|kube|lxc|lxd|podman|tun|tap|wg|tailscale"
    r"|zt|ifb|dummy|ip6tnl|sit|gre|erspan|tunl|ip_vti|ip6_vti|nerdctl|vb-|ve-)"
)


class InterfaceView(Frozen):
    """What a stranger reaches through one interface. Ranges of ports, both ends included."""

    interface: str
    is_uplink: bool
    tcp: Ranges
    udp: Ranges
    unclear: bool
    """Whether some rule cannot be understood, so that the ports might be closed or open."""

    @property
    def open_count(self) -> int:
        """How many ports of either protocol are surely open."""
        return sum(high - low + 1 for low, high in (*self.tcp, *self.udp))


class InboundFilter(Fact):
    """What IPv4 packets from outside reach on this host."""

    kind: Literal["inbound-filter"] = "inbound-filter"
    known_by: KnownBy = KnownBy.DAEMON
    tools: tuple[str, ...]
    """Firewall programs that are installed."""
    has_rules: bool
    """Whether the kernel holds any chain that sees inbound packets."""
    views: tuple[InterfaceView, ...]


class InboundFilterIpv6(Fact):
    """What IPv6 packets from outside reach on this host."""

    kind: Literal["inbound-filter-ipv6"] = "inbound-filter-ipv6"
    known_by: KnownBy = KnownBy.DAEMON
    tools: tuple[str, ...]
    has_rules: bool
    views: tuple[InterfaceView, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """What the host told of its interfaces and tools."""

    interfaces: Mapping[str, tuple[str, bool]]
    """Name → operational state, and whether it is part of a bond or bridge."""
    uplinks: Mapping[int, tuple[str, ...]]
    addresses6: tuple[str, ...]
    """Interfaces with an IPv6 address other than loopback."""
    stack6: str
    tools: tuple[str, ...]
    modules: tuple[str, ...]

    def facing_out(self, family: int) -> tuple[tuple[str, bool], ...]:
        """Interfaces to judge, with whether the default route leads through them."""
        uplinks = self.uplinks[family]
        others = [
            name
            for name, (state, is_part) in self.interfaces.items()
            if name not in uplinks and state != "down" and not is_part and not INNER.match(name)
        ]
        if not uplinks:
            return tuple((name, True) for name in others)
        return (*((name, True) for name in uplinks), *((name, False) for name in others))


def sections(text: str) -> dict[str, list[str]]:
    """The lines below each `== name` of a probe. Raises UnreadableError without the last one."""
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if line.startswith("== "):
            current = found.setdefault(line[3:], [])
        else:
            current.append(line)
    if "end" not in found:
        raise UnreadableError("the answer has no end")
    return found


def parse_network(text: str) -> Network:
    """The answer of `firewall-network`."""
    part = sections(text)
    interfaces = {}
    for line in part["interfaces"]:
        name, state, master = line.split()
        interfaces[name] = (state, master == "slave")
    route4 = [line.split() for line in part["route4"][1:]]
    route6 = [line.split() for line in part["route6"]]
    up4 = [each[0] for each in route4 if each[1] == each[7] == "0" * 8]
    up6 = [each[-1] for each in route6 if each[0] == "0" * 32 and each[1] == "00"]
    addresses = [line.split()[-1] for line in part["addresses6"] if line.strip()]
    return Network(
        interfaces=interfaces,
        uplinks={
            4: tuple(dict.fromkeys(up4)),
            6: tuple(dict.fromkeys(name for name in up6 if name != "lo")),
        },
        addresses6=tuple(dict.fromkeys(name for name in addresses if name != "lo")),
        stack6=part["stack6"][0] if part["stack6"] else "",
        tools=tuple(part["tools"]),
        modules=tuple(part["modules"]),
    )


def _nft(outputs: Outputs) -> tuple[list[RuleTable], set[str]]:
    if not outputs.has_tool(NFT):
        return [], set()
    text = outputs.text(NFT)
    if not text.strip():  # nft prints nothing at all for an empty rule set before 0.9.4
        return [], set()
    document: Any = outputs.json(NFT)
    return nft_tables(document), opaque_tables(document)


def rule_tables(outputs: Outputs, network: Network, family: int) -> list[RuleTable]:
    """
    Every table that inbound packets of this family pass.

    Raises UnavailableError when a tool that is there did not answer, or when the kernel holds rules
    of a kind for which there is no tool.
    """
    probes = (IPTABLES, IPTABLES_LEGACY) if family == 4 else (IP6TABLES, IP6TABLES_LEGACY)  # noqa: PLR2004
    saves = [each for each in probes if outputs.has_tool(each)]
    spelled = [table for each in saves for table in iptables_tables(outputs.text(each), family)]
    tables, opaque = _nft(outputs)
    # A table of iptables-nft stands in both; iptables-save is the one that spells it out.
    if probes[0] in saves:
        tables = [each for each in tables if each.name not in opaque]
    has_nft = outputs.has_tool(NFT) or any(each in saves for each in probes[:1])
    if "nf_tables" in network.modules and not has_nft and network.tools:
        raise UnavailableError(
            GapReason.MISSING_TOOL, "the kernel has nf_tables loaded, but nft is not installed"
        )
    return [*tables, *spelled]


def _views(tables: list[RuleTable], network: Network, family: int) -> tuple[InterfaceView, ...]:
    views = []
    for name, is_uplink in network.facing_out(family):
        tcp, tcp_unclear = open_ports(tables, family, "tcp", name)
        udp, udp_unclear = open_ports(tables, family, "udp", name)
        views.append(
            InterfaceView(
                interface=name,
                is_uplink=is_uplink,
                tcp=tcp,
                udp=udp,
                unclear=bool(tcp_unclear or udp_unclear),
            )
        )
    return tuple(views)


def _filters(tables: list[RuleTable], family: int) -> bool:
    return any(
        chain.hook and family in chain.families
        for table in tables
        for chain in table.chains.values()
    )


_PROBES = (NFT, IPTABLES, IPTABLES_LEGACY)
_PROBES6 = (NFT, IP6TABLES, IP6TABLES_LEGACY)


@reader(InboundFilter, NETWORK, *_PROBES)
def read_inbound_filter(outputs: Outputs) -> Iterator[InboundFilter | Missing | Absent]:
    """IPv4."""
    network = parse_network(outputs.text(NETWORK))
    if not network.facing_out(4):
        yield Absent("no interface but the loopback leads out of this machine")
        return
    tables = rule_tables(outputs, network, 4)
    yield InboundFilter(
        subject="ipv4",
        tools=network.tools,
        has_rules=_filters(tables, 4),
        views=_views(tables, network, 4),
    )


@reader(InboundFilterIpv6, NETWORK, *_PROBES6)
def read_inbound_filter_ipv6(outputs: Outputs) -> Iterator[InboundFilterIpv6 | Missing | Absent]:
    """IPv6, unless the host does not speak it."""
    network = parse_network(outputs.text(NETWORK))
    if network.stack6 in ("none", "1") and not network.addresses6:
        yield Absent("IPv6 is switched off on this machine")
        return
    if not network.facing_out(6):
        yield Absent("no interface but the loopback leads out of this machine")
        return
    tables = rule_tables(outputs, network, 6)
    yield InboundFilterIpv6(
        subject="ipv6",
        tools=network.tools,
        has_rules=_filters(tables, 6),
        views=_views(tables, network, 6),
    )
