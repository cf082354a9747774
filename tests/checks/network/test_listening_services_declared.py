"""`listening-services-declared` compares sockets with what is declared."""

# ruff: noqa: E501 - text is as the programs print it

import pytest
from tests.support import DENIED, Case, agree

from cdso_audit.facts.sockets import SOCKET_NAMES, SOCKETS
from cdso_audit.model import Declared, HostAsset, Outcome
from cdso_checks.network.listening_services_declared import listening_services_declared

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"


def row(address: str, port: int, state: str = "0A") -> str:
    """A line of /proc/net/tcp or udp."""
    return f"   0: {address}:{port:04X} 00000000:0000 {state} 00000000:00000000 00:00000000 0 0 0\n"


def sockets(tcp: str = "", tcp6: str = "", udp: str = "") -> str:
    return f"== tcp\n{HEAD}{tcp}== tcp6\n{HEAD}{tcp6}== udp\n{HEAD}{udp}== udp6\n== end\n"


ANY, LOOPBACK, ONE = "00000000", "0100007F", "0A4D12C6"
ANY6, MAPPED = "0" * 32, "0000000000000000FFFF00000100007F"
PORTS = Declared(ports={"web1": (80, 443)})

CASES = [
    Case(
        "good",
        {SOCKETS: sockets(row(ANY, 22) + row(ANY, 80)), SOCKET_NAMES: DENIED},
        Outcome.PASS,
        declared=PORTS,
    ),
    Case(
        "good: loopback needs nothing",
        {SOCKETS: sockets(row(LOOPBACK, 5432), row(MAPPED, 25)), SOCKET_NAMES: DENIED},
        Outcome.PASS,
    ),
    Case(
        "good: a client of DHCP",
        {SOCKETS: sockets(row(ANY, 80), udp=row(ANY, 68, "07")), SOCKET_NAMES: DENIED},
        Outcome.PASS,
        declared=PORTS,
    ),
    Case(
        "good: a connection is no listener",
        {SOCKETS: sockets(row(ONE, 40000, "01")), SOCKET_NAMES: ""},
        Outcome.PASS,
        declared=PORTS,
    ),
    Case(
        "bad",
        {
            SOCKETS: sockets(row(ANY, 80) + row(ONE, 8080)),
            SOCKET_NAMES: 'tcp LISTEN 0 5 198.18.77.10:8080 0.0.0.0:* users:(("python3",pid=7,fd=3))\n',
        },
        Outcome.FAIL,
        says="8080/tcp",
        declared=PORTS,
    ),
    Case(
        "bad: IPv6 alone",
        {SOCKETS: sockets(tcp6=row(ANY6, 9000)), SOCKET_NAMES: DENIED},
        Outcome.FAIL,
        declared=PORTS,
    ),
    Case(
        "bad: UDP",
        {SOCKETS: sockets(udp=row(ANY, 161, "07")), SOCKET_NAMES: DENIED},
        Outcome.FAIL,
        says="161/udp",
        declared=PORTS,
    ),
    Case(
        "bad: on this machine SSH is declared too",
        {SOCKETS: sockets(row(ANY, 22)), SOCKET_NAMES: DENIED},
        Outcome.FAIL,
        declared=PORTS,
        asset=HostAsset(id="web1", host="localhost", local=True),
    ),
    Case("absent: nothing waits", {SOCKETS: sockets(), SOCKET_NAMES: ""}, Outcome.PASS),
    Case(
        "unreadable: nothing is declared",
        {SOCKETS: sockets(row(ANY, 80)), SOCKET_NAMES: DENIED},
        Outcome.UNKNOWN,
        says="declared.ports says nothing of web1",
    ),
    Case("unreadable: cut", {SOCKETS: "== tcp\n", SOCKET_NAMES: ""}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(listening_services_declared, case)
