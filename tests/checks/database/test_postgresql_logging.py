"""`postgresql-logging` wants both, for everybody."""

import pytest
from tests.databases import NO_DATABASE, SOCKET, postgresql, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_postgresql import POSTGRESQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.postgresql_logging import postgresql_logging

LOGGED = {"log_connections": "on", "log_disconnections": "on"}

CASES = [
    Case("good", postgresql(settings=LOGGED), Outcome.PASS),
    Case(
        "good: PostgreSQL 18's list",
        postgresql(settings={**LOGGED, "log_connections": "receipt, authorization"}),
        Outcome.PASS,
    ),
    Case("bad: as shipped", postgresql(), Outcome.FAIL, says="log_connections, log_disconn"),
    Case(
        "bad: PostgreSQL 18 without the name",
        postgresql(settings={**LOGGED, "log_connections": "receipt"}),
        Outcome.FAIL,
    ),
    Case(
        "bad: leaving alone",
        postgresql(settings={**LOGGED, "log_connections": "off"}),
        Outcome.FAIL,
        says="not logged: log_connections",
    ),
    Case(
        "bad: coming is off for one",
        postgresql(settings=LOGGED, overrides=[("portal", "", "log_connections=off")]),
        Outcome.FAIL,
    ),
    Case(
        "good: on for one",
        postgresql(settings=LOGGED, overrides=[("portal", "", "log_disconnections=on")]),
        Outcome.PASS,
    ),
    Case(
        "bad: off for one",
        postgresql(settings=LOGGED, overrides=[("portal", "", "log_disconnections=off")]),
        Outcome.FAIL,
        says="portal@*",
    ),
    Case(
        "unreadable: nobody tells whether it is off for some",
        postgresql(settings=LOGGED, errors={"overrides": "57014: canceling statement"}),
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
    agree(postgresql_logging, case)
