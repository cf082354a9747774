"""
Where a host stands in the network: its own addresses, the neighbours that it hears of, and the name
servers that it asks.

Neighbours are those of the host's own segments and of the last minutes only: a quiet stranger is
not among them. Addresses of containers on the host (veth, bridges without a wire) are left out.
"""

import re
from collections.abc import Iterator
from ipaddress import ip_address, ip_interface
from typing import Literal

from cdso_audit.facts.reading import Absent, Fact, Outputs, Probe, UnreadableError, reader
from cdso_audit.model import Frozen, KnownBy

NETWORK_STATE = Probe(
    id="network-state",
    run=r"""
echo '== name'; uname -n
echo '== links'
for each in /sys/class/net/*; do
  [ -r "$each/address" ] || continue
  nature=virtual
  [ -e "$each/device" ] && nature=hardware
  [ -e "$each/bridge" ] && nature=bridge
  [ -e "$each/bonding" ] && nature=bond
  echo "${each##*/} $(cat "$each/address") $nature"
done
echo '== addresses'; ip -o addr show || exit 4
echo '== neighbours'; ip neigh show || exit 4
echo '== end'
""",
    tool="ip",
    why="addresses of the host, and the devices that it hears of on its own segments",
)
NAME_SERVERS = Probe(
    id="name-servers",
    run=r"""
echo '== conf'; cat /etc/resolv.conf || exit 4
echo '== behind'
for each in /run/systemd/resolve/resolv.conf /run/NetworkManager/no-stub-resolv.conf \
  /run/dnsmasq/resolv.conf /run/resolvconf/resolv.conf; do
  if [ -r "$each" ]; then echo "file $each"; cat "$each"; break; fi
done
echo '== end'
""",
    why="name servers that the host asks, and those behind its own stub",
)

#: Links without a wire: their addresses are the host's own affair.
_INNER = re.compile(r"^(lo|veth|docker|br-|virbr|cni|flannel|cali|vnet|tap|lxc|lxdbr|podman)")

#: States of a neighbour in which it answered, or answered lately; FAILED and INCOMPLETE never did.
_HEARD = frozenset({"REACHABLE", "STALE", "DELAY", "PROBE", "PERMANENT", "NOARP"})


class HostNetwork(Fact):
    """The host's name and its addresses; those of the loopback and of a link alone left out."""

    kind: Literal["host-network"] = "host-network"
    known_by: KnownBy = KnownBy.DAEMON
    name: str
    addresses: tuple[str, ...] = ()
    macs: tuple[str, ...] = ()
    """Hardware addresses of links with a wire, bonds and bridges."""


class Neighbour(Frozen):
    """A device that answered on one of the host's segments."""

    address: str
    mac: str
    link: str


class Neighbours(Fact):
    """Every device that the host hears of beside itself, on links with a wire."""

    kind: Literal["network-neighbours"] = "network-neighbours"
    known_by: KnownBy = KnownBy.DAEMON
    devices: tuple[Neighbour, ...] = ()


class NameServers(Fact):
    """Whom the host asks for names; behind a stub of its own, whom that asks."""

    kind: Literal["name-servers"] = "name-servers"
    servers: tuple[str, ...] = ()
    stub: str = ""
    """The stub on the loopback, when there is one."""


def parts_of(text: str) -> dict[str, list[str]]:
    """Lines by part. Raises UnreadableError unless the last part is `end`."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if line.startswith("== "):
            name = line[3:].strip()
            found[name] = []
        elif name:
            found[name].append(line)
    if name != "end":
        raise UnreadableError("the answer has no end, so part of it is missing")
    return found


def parse_links(lines: list[str]) -> dict[str, tuple[str, str]]:
    """Link → hardware address and nature."""
    made = {}
    for line in lines:
        words = line.split()
        if len(words) == 3:  # noqa: PLR2004 - name, address, nature
            made[words[0]] = words[1].lower(), words[2]
    return made


def parse_addresses(lines: list[str]) -> list[tuple[str, str]]:
    """Link and address, from `ip -o addr`. Raises UnreadableError."""
    found = []
    for line in lines:
        match = re.match(r"^\d+:\s+(\S+?)(?:@\S+)?\s+inet6?\s+(\S+)", line)
        if match is None:
            continue
        try:
            address = ip_interface(match[2]).ip
        except ValueError as problem:
            raise UnreadableError(f"not an address: {match[2][:60]!r}") from problem
        if not (address.is_loopback or address.is_link_local):
            found.append((match[1], str(address)))
    return found


def _outer(link: str) -> bool:
    return _INNER.match(link) is None


@reader(HostNetwork, NETWORK_STATE)
def read_host_network(outputs: Outputs) -> Iterator[HostNetwork]:
    """One fact a host."""
    parts = parts_of(outputs.text(NETWORK_STATE))
    links = parse_links(parts.get("links", []))
    macs = [
        mac
        for link, (mac, nature) in links.items()
        if _outer(link) and nature != "virtual" and mac.strip("0:")
    ]
    addresses = [each for link, each in parse_addresses(parts["addresses"]) if _outer(link)]
    yield HostNetwork(
        subject="network",
        name=" ".join(parts.get("name", [])).strip(),
        addresses=tuple(dict.fromkeys(addresses)),
        macs=tuple(dict.fromkeys(macs)),
    )


@reader(Neighbours, NETWORK_STATE)
def read_neighbours(outputs: Outputs) -> Iterator[Neighbours | Absent]:
    """One fact a host; a container's and a cloud's table may hold its gateway alone."""
    parts = parts_of(outputs.text(NETWORK_STATE))
    found = []
    for line in parts["neighbours"]:
        match = re.match(r"^(\S+) dev (\S+)(?: lladdr ([0-9a-fA-F:]{17}))?(.*)$", line)
        if match is None or match[3] is None or not _outer(match[2]):
            continue
        if not _HEARD & set(match[4].split()):
            continue
        try:
            address = ip_address(match[1])
        except ValueError as problem:
            raise UnreadableError(f"not an address: {match[1][:60]!r}") from problem
        found.append(Neighbour(address=str(address), mac=match[3].lower(), link=match[2]))
    if found:
        yield Neighbours(subject="neighbours", devices=tuple(found))
    else:
        yield Absent("the host hears of no other device on its own segments")


def parse_resolvers(lines: list[str]) -> list[str]:
    """The addresses of `nameserver` lines, without the zone of a link."""
    found = []
    for line in lines:
        words = line.split()
        if len(words) > 1 and words[0] == "nameserver":
            found.append(words[1].partition("%")[0])
    return found


def _is_loopback(text: str) -> bool:
    try:
        return ip_address(text).is_loopback
    except ValueError:
        return False


@reader(NameServers, NAME_SERVERS)
def read_name_servers(outputs: Outputs) -> Iterator[NameServers]:
    """One fact a host; without any server the host asks itself (resolv.conf(5))."""
    parts = parts_of(outputs.text(NAME_SERVERS))
    asked = parse_resolvers(parts["conf"])
    stub = next((each for each in asked if _is_loopback(each)), "")
    behind = parse_resolvers(parts["behind"])
    servers = [each for each in (*asked, *(behind if stub else [])) if not _is_loopback(each)]
    yield NameServers(subject="name-servers", servers=tuple(dict.fromkeys(servers)), stub=stub)
