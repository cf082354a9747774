"""
By how many wires a host hangs on the network: bonds, teams, and what their members do now.

The kernel's own view of each link and of what lies below it. A virtual machine and a container have
the wires of the machine that carries them, which is looked at by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from cdso_audit.facts.firewall import INNER
from cdso_audit.facts.mounts import SURROUNDINGS, parse_surroundings
from cdso_audit.facts.network_state import parts_of
from cdso_audit.facts.reading import (
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnreadableError,
    reader,
)
from cdso_audit.model import Frozen, GapReason, KnownBy

LINK_MEMBERS = Probe(
    id="link-members",
    run=r"""
echo '== links'
for each in /sys/class/net/*; do
  [ -e "$each/ifindex" ] || continue
  kind=virtual
  [ -e "$each/device" ] && kind=hardware
  [ -e "$each/bridge" ] && kind=bridge
  [ -e "$each/bonding" ] && kind=bond
  below=
  for part in "$each"/lower_*; do
    [ -e "$part" ] && below="$below,${part##*/lower_}"
  done
  state=; carrier=; mii=; mode=
  { read -r state <"$each/operstate"; } 2>/dev/null
  { read -r carrier <"$each/carrier"; } 2>/dev/null
  [ -e "$each/bonding_slave" ] && { read -r mii <"$each/bonding_slave/mii_status"; } 2>/dev/null
  [ "$kind" = bond ] && { read -r mode _ <"$each/bonding/mode"; } 2>/dev/null
  echo "${each##*/} $kind ${state:-unknown} ${carrier:--} ${mii:--} ${mode:--} ${below:--}"
done
echo '== route4'; cat /proc/net/route
echo '== route6'; cat /proc/net/ipv6_route 2>/dev/null
echo '== switches'; [ -d /sys/module/openvswitch ] && echo openvswitch
echo '== end'
""",
    why="links of the host, the members of bonds and teams, and which of them live",
)

#: Default routes: destination and mask are nought (proc(5)).
_NOUGHT = "0" * 8


class Member(Frozen):
    """A wire of a bond or team, and whether it carries now."""

    name: str
    lives: bool


class Uplink(Frozen):
    """A link by which the host reaches others: one wire, or several that share its work."""

    name: str
    way: Literal["wire", "bond", "team", "unknown"]
    mode: str = ""
    members: tuple[Member, ...]


class ServerLinks(Fact):
    """The uplinks of a host of its own hardware."""

    kind: Literal["server-links"] = "server-links"
    known_by: KnownBy = KnownBy.DAEMON
    uplinks: tuple[Uplink, ...]
    switch: str = ""
    """A software switch whose own bonds the kernel does not tell of."""


@dataclass(frozen=True, slots=True)
class Link:
    """One line of the probe."""

    name: str
    kind: str
    lives: bool
    mode: str
    below: tuple[str, ...]


def parse_link(line: str) -> Link:
    """Raises UnreadableError."""
    words = line.split()
    if len(words) != 7:  # noqa: PLR2004 - the words that the probe prints
        raise UnreadableError(f"not a line of links: {line[:60]!r}")
    name, kind, state, carrier, mii, mode, below = words
    lives = mii in ("up", "-") and carrier != "0" and state not in ("down", "lowerlayerdown")
    return Link(
        name=name,
        kind=kind,
        lives=lives,
        mode="" if mode == "-" else mode,
        below=tuple(each for each in below.strip("-").split(",") if each),
    )


def default_links(route4: list[str], route6: list[str]) -> list[str]:
    """The links of default routes."""
    found = [
        words[0]
        for line in route4[1:]
        if len(words := line.split()) > 7 and words[1] == words[7] == _NOUGHT  # noqa: PLR2004 - proc(5)
    ]
    found += [
        words[-1]
        for line in route6
        if len(words := line.split()) > 9 and words[0] == "0" * 32 and words[1] == "00"  # noqa: PLR2004 - proc(5)
    ]
    return [each for each in dict.fromkeys(found) if each != "lo"]


def wires(links: Mapping[str, Link], name: str, seen: tuple[str, ...] = ()) -> list[Link]:
    """The hardware below a link, through VLANs, bridges, bonds and teams."""
    link = links.get(name)
    if link is None or name in seen:
        return []
    if link.kind == "hardware":
        return [link]
    return [each for below in link.below for each in wires(links, below, (*seen, name))]


def uplink(links: Mapping[str, Link], name: str) -> Uplink | None:
    """The uplink at or below a link: the first that has more than one wire, or else the wire."""
    link = links.get(name)
    if link is None or INNER.match(name):
        return None
    below = [each for each in link.below if wires(links, each)]
    if link.kind == "hardware":
        return Uplink(name=name, way="wire", members=(Member(name=name, lives=link.lives),))
    if link.kind != "bond" and len(below) == 1:  # a VLAN, a bridge of one wire and guests
        return uplink(links, below[0])
    members = tuple(Member(name=each.name, lives=each.lives) for each in wires(links, name))
    if not members:
        return None
    way: Literal["bond", "team", "unknown"] = "bond" if link.kind == "bond" else "team"
    if link.kind == "bridge":  # its wires lead to different places, or it is a ring
        way = "unknown"
    return Uplink(name=name, way=way, mode=link.mode, members=members)


@reader(ServerLinks, LINK_MEMBERS, SURROUNDINGS)
def read_server_links(outputs: Outputs) -> Iterator[ServerLinks | Missing | Absent]:
    """Only hardware has wires of its own."""
    around = parse_surroundings(outputs.text(SURROUNDINGS))
    if around["container"] != "none":
        yield Absent(
            "a container ({kind}) has the links of its host", {"kind": around["container"]}
        )
        return
    machine = around.get("machine", "unknown")
    if machine not in ("none", "unknown"):
        yield Absent("a virtual machine ({kind}) has the links of its host", {"kind": machine})
        return
    parts = parts_of(outputs.text(LINK_MEMBERS))
    links = {each.name: each for each in map(parse_link, parts["links"])}
    if machine == "unknown":
        detail = "whether this is a virtual machine is not told (systemd-detect-virt)"
        yield Missing("links", GapReason.MISSING_TOOL, detail)
        return
    names = default_links(parts["route4"], parts.get("route6", []))
    found: dict[str, Uplink] = {}
    for name in names:
        made = uplink(links, name)
        if made is not None:
            found[made.name] = made
    switch = " ".join(parts.get("switches", [])).strip()
    if not found and not switch:
        yield Absent("no default route leads over a wire of this machine")
        return
    yield ServerLinks(subject="links", uplinks=tuple(found.values()), switch=switch)
