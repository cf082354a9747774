"""`postgresql-authentication` knows which line decides."""

import pytest
from tests.databases import NO_DATABASE, SOCKET, postgresql, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_postgresql import POSTGRESQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.postgresql_authentication import postgresql_authentication

CASES = [
    Case("good: as Debian ships it", postgresql(), Outcome.PASS, says="5 lines"),
    Case(
        "good: trust behind a line that covers it",
        postgresql(rules=("host all all 0.0.0.0/0 reject", "host all ops 10.1.0.0/16 trust")),
        Outcome.PASS,
        says="0 lines",
    ),
    Case(
        "bad: replication is not among all databases",
        postgresql(rules=("host all all all reject", "host replication all 10.1.0.0/16 trust")),
        Outcome.FAIL,
        says="lets in by trust: lines 2",
    ),
    Case(
        "bad: a line for TLS alone does not cover the plain one",
        postgresql(rules=("hostssl all all 0.0.0.0/0 md5", "host all all 0.0.0.0/0 trust")),
        Outcome.FAIL,
    ),
    Case(
        "bad: one covers IPv4 alone",
        postgresql(rules=("host all all 0.0.0.0/0 reject", "host all all all trust")),
        Outcome.FAIL,
    ),
    Case(
        "bad: the laboratory's",
        postgresql(rules=("local all all peer", "host all all 0.0.0.0/0 trust")),
        Outcome.FAIL,
        says="lines 2",
    ),
    Case(
        "bad: in an included file",
        postgresql(rules=("/a/b.conf> local app app peer", "/a/c.conf> local all all trust")),
        Outcome.FAIL,
        says="lines c.conf:2 of",
    ),
    Case("bad: on the socket", postgresql(rules=("local all all trust",)), Outcome.FAIL),
    Case(
        "bad: in the clear", postgresql(rules=("host all all 10.0.0.0/8 password",)), Outcome.FAIL
    ),
    Case("bad: ident", postgresql(rules=("host all all 10.0.0.0/8 ident",)), Outcome.FAIL),
    Case(
        "bad: in the file, though not loaded",
        postgresql(rules=("local all all trust",), loaded=(1000.0, 2000.0)),
        Outcome.FAIL,
    ),
    Case(
        "good: nobody can reach the line",
        postgresql(
            rules=("host all all 10.0.0.0/8 trust", "local all all peer"),
            settings={"listen_addresses": "localhost"},
        ),
        Outcome.PASS,
    ),
    Case(
        "good: never met while TLS is off",
        postgresql(rules=("hostssl all all 10.0.0.0/8 trust",), settings={"ssl": "off"}),
        Outcome.PASS,
    ),
    Case(
        "unreadable: changed since it was loaded",
        postgresql(loaded=(1000.0, 2000.0)),
        Outcome.UNKNOWN,
        says="pg_reload_conf",
    ),
    Case(
        "unreadable: another one in a container",
        {**postgresql(), DATABASE_TRACES: traces(SOCKET, own="postgres", inner="postgres")},
        outcomes={"postgresql:5432": Outcome.PASS, "postgresql (container)": Outcome.UNKNOWN},
    ),
    Case(
        "unreadable: it has no socket",
        {DATABASE_TRACES: traces(own="postgres"), POSTGRESQL: MISSING_TOOL},
        Outcome.UNKNOWN,
        says="no socket",
    ),
    Case("unreadable: a broken line", postgresql(broken=(9,)), Outcome.UNKNOWN, says="lines 9 of"),
    Case(
        "unreadable: nobody tells whether it is loaded",
        postgresql(errors={"loaded": "42501: permission denied for function pg_stat_file"}),
        Outcome.UNKNOWN,
        says="may not see whether",
    ),
    Case(
        "unreadable: before PostgreSQL 10 there was no view",
        postgresql(errors={"rules": '42P01: relation "pg_hba_file_rules" does not exist'}),
        Outcome.UNKNOWN,
        says="does not exist",
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
    agree(postgresql_authentication, case)
