"""`declared-services-listen`: what is listed for the host has its socket."""

import pytest
from tests.checks.lists.rows import lists
from tests.checks.network.test_listening_services_declared import ANY, LOOPBACK, row, sockets
from tests.support import DENIED, Case, agree

from cdso_audit.facts.sockets import SOCKET_NAMES, SOCKETS
from cdso_audit.model import Outcome, ServiceRow
from cdso_checks.lists.declared_services_listen import declared_services_listen

HERE = {
    SOCKETS: sockets(tcp=row(ANY, 443) + row(LOOPBACK, 5432), udp=row(ANY, 123, "07")),
    SOCKET_NAMES: DENIED,
}


def services(*rows: tuple[int, str], assets: str = "web1") -> object:
    return lists(
        services=tuple(
            ServiceRow.model_validate(
                {"assets": (assets,), "port": port, "protocol": protocol, "purpose": "x"}
            )
            for port, protocol in rows
        )
    )


CASES = [
    Case(
        "good",
        HERE,
        Outcome.PASS,
        says="all 3",
        lists=services((443, "tcp"), (5432, "tcp"), (123, "udp")),
    ),
    Case(
        "good: a pattern",
        HERE,
        Outcome.PASS,
        says="all 0",
        lists=services((8443, "tcp"), assets="web*"),
    ),
    Case("bad: gone", HERE, Outcome.FAIL, says="8443/tcp (x)", lists=services((8443, "tcp"))),
    Case("bad: of the other protocol", HERE, Outcome.FAIL, lists=services((123, "tcp"))),
    Case("absent: no list", HERE, Outcome.UNKNOWN),
    Case(
        "unreadable: sockets",
        {SOCKETS: DENIED, SOCKET_NAMES: DENIED},
        Outcome.UNKNOWN,
        lists=services((443, "tcp")),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(declared_services_listen, case)
