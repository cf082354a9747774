"""`postgresql-statement-log` takes PostgreSQL's own log or pgaudit's."""

import pytest
from tests.databases import NO_DATABASE, SOCKET, postgresql, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_postgresql import POSTGRESQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.postgresql_statement_log import postgresql_statement_log

CASES = [
    Case("good: ddl", postgresql(settings={"log_statement": "ddl"}), Outcome.PASS),
    Case("good: pgaudit", postgresql(settings={"pgaudit.log": "role, DDL, write"}), Outcome.PASS),
    Case("bad: as shipped", postgresql(), Outcome.FAIL),
    Case("bad: pgaudit, reads alone", postgresql(settings={"pgaudit.log": "read"}), Outcome.FAIL),
    Case(
        "bad: pgaudit, all but roles",
        postgresql(settings={"pgaudit.log": "all, -role"}),
        Outcome.FAIL,
    ),
    Case(
        "bad: off for one",
        postgresql(
            settings={"log_statement": "all"}, overrides=[("portal", "dvc", "log_statement=none")]
        ),
        Outcome.FAIL,
        says="portal@dvc",
    ),
    Case(
        "good: more for one",
        postgresql(settings={"log_statement": "ddl"}, overrides=[("ops", "", "log_statement=all")]),
        Outcome.PASS,
    ),
    Case(
        "good: each by one of both",
        postgresql(
            settings={"log_statement": "ddl", "pgaudit.log": "all"},
            overrides=[("app", "", "log_statement=none")],
        ),
        Outcome.PASS,
    ),
    Case(
        "bad: every access is asked for",
        postgresql(settings={"log_statement": "mod", "pgaudit.log": "write, ddl, role"}),
        Outcome.FAIL,
        parameters={"good": ["all"], "pgaudit": ["read", "write"]},
    ),
    Case(
        "good: every access",
        postgresql(settings={"pgaudit.log": "read, write"}),
        Outcome.PASS,
        parameters={"good": ["all"], "pgaudit": ["read", "write"]},
    ),
    Case(
        "bad: pgaudit, all and then none",
        postgresql(settings={"pgaudit.log": "all, -all"}),
        Outcome.FAIL,
    ),
    Case(
        "unreadable: nobody tells whether it is off for some",
        postgresql(
            settings={"log_statement": "ddl"}, errors={"overrides": "57014: canceling statement"}
        ),
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
    agree(postgresql_statement_log, case)
