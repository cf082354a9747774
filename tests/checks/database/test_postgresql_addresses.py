"""`postgresql-addresses` measures how much of the world a line lets in."""

import pytest
from tests.databases import NO_DATABASE, SOCKET, postgresql, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_postgresql import POSTGRESQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.postgresql_addresses import postgresql_addresses

CASES = [
    Case(
        "good: named networks",
        postgresql(rules=("host all app 10.1.2.0/24 scram-sha-256", "host all all ::1/128 md5")),
        Outcome.PASS,
        says="1 lines",
    ),
    Case("good: exactly the widest", postgresql(rules=("host a b 10.0.0.0/8 md5",)), Outcome.PASS),
    Case("good: the widest of IPv6", postgresql(rules=("host a b fc00::/7 md5",)), Outcome.PASS),
    Case("bad: wider than that", postgresql(rules=("host a b fc00::/6 md5",)), Outcome.FAIL),
    Case("good: of its own network", postgresql(rules=("host a b samenet md5",)), Outcome.PASS),
    Case(
        "good: on the loopback alone",
        postgresql(
            rules=("host all all 0.0.0.0/0 md5",), settings={"listen_addresses": "127.0.0.1, ::1"}
        ),
        Outcome.PASS,
        says="its own host",
    ),
    Case("bad: all", postgresql(rules=("host all all all md5",)), Outcome.FAIL, says="lines 1"),
    Case("bad: IPv6", postgresql(rules=("hostssl all all ::/0 md5",)), Outcome.FAIL),
    Case("bad: halves", postgresql(rules=("host all all 128.0.0.0/1 md5",)), Outcome.FAIL),
    Case(
        "good: a closed line",
        postgresql(rules=("local all all peer", "host all all all reject")),
        Outcome.PASS,
    ),
    Case(
        "unreadable: changed since it was loaded",
        postgresql(loaded=(1000.0, 2000.0)),
        Outcome.UNKNOWN,
    ),
    Case(
        "absent: no server",
        {DATABASE_TRACES: NO_DATABASE, POSTGRESQL: MISSING_TOOL},
        Outcome.NOT_APPLICABLE,
        says="no PostgreSQL runs",
    ),
    Case(
        "unreadable: sudo refuses",
        {DATABASE_TRACES: traces(SOCKET, own="postgres"), POSTGRESQL: DENIED},
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(postgresql_addresses, case)
