"""`database-listen` believes the sockets."""

import pytest
from tests.support import DENIED, Case, agree

from cdso_audit.facts.sockets import SOCKET_NAMES, SOCKETS
from cdso_audit.model import Declared, Outcome
from cdso_checks.network.database_listen import database_listen

HEAD = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"


def row(address: str, port: int, state: str = "0A") -> str:
    """A line of /proc/net/tcp or udp."""
    return f"   0: {address}:{port:04X} 00000000:0000 {state} 00000000:00000000 00:00000000 0 0 0\n"


def sockets(tcp: str = "", tcp6: str = "", udp: str = "") -> str:
    return f"== tcp\n{HEAD}{tcp}== tcp6\n{HEAD}{tcp6}== udp\n{HEAD}{udp}== udp6\n== end\n"


ANY, LOOPBACK, ONE = "00000000", "0100007F", "0A4D12C6"
ANY6, MAPPED = "0" * 32, "0000000000000000FFFF00000100007F"

CASES = [
    Case(
        "good: loopback",
        {SOCKETS: sockets(row(LOOPBACK, 5432), row(MAPPED, 3306)), SOCKET_NAMES: DENIED},
        Outcome.PASS,
    ),
    Case(
        "good: declared",
        {SOCKETS: sockets(row(ANY, 5432)), SOCKET_NAMES: DENIED},
        Outcome.PASS,
        declared=Declared(ports={"web1": (5432,)}),
    ),
    Case(
        "bad",
        {SOCKETS: sockets(row(ANY, 5432) + row(LOOPBACK, 6379)), SOCKET_NAMES: DENIED},
        Outcome.FAIL,
        says="5432",
    ),
    Case(
        "bad: memcached over UDP",
        {SOCKETS: sockets(udp=row(ONE, 11211, "07")), SOCKET_NAMES: DENIED},
        Outcome.FAIL,
        declared=Declared(ports={"web1": (11211,)}),
    ),
    Case(
        "good: UDP, declared as such",
        {SOCKETS: sockets(udp=row(ONE, 11211, "07")), SOCKET_NAMES: DENIED},
        Outcome.PASS,
        declared=Declared(udp_ports={"web1": (11211,)}),
    ),
    Case(
        "bad: declared for another asset",
        {SOCKETS: sockets(tcp6=row(ANY6, 3306)), SOCKET_NAMES: DENIED},
        Outcome.FAIL,
        declared=Declared(ports={"db1": (3306,)}),
    ),
    Case(
        "absent: no database",
        {SOCKETS: sockets(row(ANY, 80)), SOCKET_NAMES: ""},
        Outcome.NOT_APPLICABLE,
    ),
    Case("unreadable: cut", {SOCKETS: "== tcp\n", SOCKET_NAMES: ""}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(database_listen, case)
