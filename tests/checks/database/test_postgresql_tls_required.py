"""`postgresql-tls-required` looks at the lines, not at the setting."""

import pytest
from tests.databases import NO_DATABASE, SOCKET, postgresql, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_postgresql import POSTGRESQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.postgresql_tls_required import postgresql_tls_required

CASES = [
    Case(
        "good: hostssl alone",
        postgresql(rules=("local all all peer", "hostssl all all 10.0.0.0/8 scram-sha-256")),
        Outcome.PASS,
        says="1 lines",
    ),
    Case(
        "good: what comes plain is closed first",
        postgresql(rules=("hostnossl all all all reject", "host all all 10.0.0.0/8 md5")),
        Outcome.PASS,
    ),
    Case("bad: host", postgresql(rules=("host all all 10.0.0.0/8 md5",)), Outcome.FAIL),
    Case(
        "bad: closed too late",
        postgresql(rules=("host all all 10.0.0.0/8 md5", "hostnossl all all all reject")),
        Outcome.FAIL,
    ),
    Case(
        "bad: closed, but not for replication",
        postgresql(rules=("hostnossl all all all reject", "host replication all 10.0.0.0/8 md5")),
        Outcome.FAIL,
    ),
    Case("absent: no other machine", postgresql(), Outcome.NOT_APPLICABLE, says="no line"),
    Case(
        "unreadable: changed since it was loaded",
        postgresql(rules=("hostssl all all 10.0.0.0/8 md5",), loaded=(1000.0, 2000.0)),
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
    agree(postgresql_tls_required, case)
