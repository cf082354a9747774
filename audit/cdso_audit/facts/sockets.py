"""
Sockets that wait for somebody, from the kernel's own tables.

/proc/net is open to everybody and complete; `ss` as root adds the names of the programs. Sockets in
the network namespaces of containers are not among them.
"""

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Literal

from cdso_audit.facts.reading import Fact, Outputs, Probe, UnavailableError, UnreadableError, reader
from cdso_audit.model import Frozen, KnownBy

SOCKETS = Probe(
    id="sockets",
    run=r"""
for each in tcp tcp6 udp udp6; do
  echo "== $each"
  [ -e /proc/net/$each ] && cat /proc/net/$each
done
echo '== end'
""",
    why="sockets that wait for connections",
    cap=4 * 1024 * 1024,
)
SOCKET_NAMES = Probe(
    id="socket-names",
    run=("/usr/bin/ss", "-Htulnp"),
    root=True,
    why="which programs wait for connections",
)

#: /proc/net/tcp's state of a listening socket, and /proc/net/udp's of one without a peer.
_WAITING = {"tcp": "0A", "udp": "07"}


class Listener(Frozen):
    """A socket that waits. `address` is `0.0.0.0` or `::` when it waits on every one."""

    protocol: Literal["tcp", "udp"]
    address: str
    port: int
    program: str
    """Its program, when root could ask."""

    @property
    def is_loopback(self) -> bool:
        """Whether only this very host reaches it."""
        address = ip_address(self.address)
        mapped = getattr(address, "ipv4_mapped", None)
        return (mapped or address).is_loopback

    def __str__(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        name = f" ({self.program})" if self.program else ""
        return f"{self.protocol} {host}:{self.port}{name}"


class ListeningSockets(Fact):
    """Every waiting socket of the host's own network namespace."""

    kind: Literal["listening-sockets"] = "listening-sockets"
    known_by: KnownBy = KnownBy.DAEMON
    listeners: tuple[Listener, ...]


def address_of(text: str) -> str:
    """An address as /proc/net writes it: 32-bit words in the host's own byte order (little)."""
    words = [text[at : at + 8] for at in range(0, len(text), 8)]
    return str(ip_address(b"".join(bytes.fromhex(word)[::-1] for word in words)))


def parse_sockets(text: str) -> list[tuple[str, str, int]]:
    """Protocol, address, port of what waits. Raises UnreadableError."""
    found: dict[tuple[str, str, int], None] = {}
    table = ""
    for line in text.splitlines():
        if line.startswith("== "):
            table = line[3:].rstrip("6")
            continue
        words = line.split()
        if len(words) < 4 or not re.fullmatch(r"\d+:", words[0]):  # noqa: PLR2004 - proc(5)
            continue
        if words[3] != _WAITING[table]:
            continue
        address, _, port = words[1].partition(":")
        if int(port, 16):
            found[table, address_of(address), int(port, 16)] = None
    if table != "end":
        raise UnreadableError("the list of sockets has no end")
    return list(found)


def parse_names(text: str) -> dict[tuple[str, int], str]:
    """Protocol and port → program, from `ss -Htulnp`."""
    names: dict[tuple[str, int], str] = {}
    for line in text.splitlines():
        words = line.split()
        named = re.search(r'users:\(\("([^"]*)"', line)
        if len(words) > 4 and named:  # noqa: PLR2004 - netid, state, two queues, local address
            port = words[4].rpartition(":")[2]
            if port.isdigit():
                names.setdefault((words[0], int(port)), named[1])
    return names


@reader(ListeningSockets, SOCKETS, SOCKET_NAMES)
def read_listening_sockets(outputs: Outputs) -> Iterator[ListeningSockets]:
    """The sockets; names are an extra that may be missing."""
    waiting = parse_sockets(outputs.text(SOCKETS))
    try:
        names = parse_names(outputs.text(SOCKET_NAMES))
    except UnavailableError:
        names = {}
    yield ListeningSockets(
        subject="sockets",
        listeners=tuple(
            Listener(
                protocol="tcp" if protocol == "tcp" else "udp",
                address=address,
                port=port,
                program=names.get((protocol, port), ""),
            )
            for protocol, address, port in sorted(waiting, key=lambda each: (each[0], each[2]))
        ),
    )
