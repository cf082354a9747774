"""`postgresql-end-of-life` counts the project's support and the distribution's."""

from datetime import UTC, datetime

import pytest
from tests.databases import NO_DATABASE, SOCKET, postgresql, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_postgresql import POSTGRESQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.postgresql_end_of_life import postgresql_end_of_life

CASES = [
    Case("good", postgresql(), Outcome.PASS, says="until 2027-11-11"),
    Case(
        "good: its last day",
        postgresql(number=140019, version="PostgreSQL 14.19 (Debian 14.19-1.pgdg120+1)"),
        Outcome.PASS,
        at=datetime(2026, 11, 12, 23, tzinfo=UTC),
    ),
    Case(
        "good: mended by Ubuntu",
        postgresql(number=140019, version="PostgreSQL 14.19 (Ubuntu 14.19-0ubuntu0.22.04.1)"),
        Outcome.PASS,
        says="by its distribution until 2027-06-01",
    ),
    Case(
        "bad: the day after",
        postgresql(number=140019, version="PostgreSQL 14.19 (Debian 14.19-1.pgdg120+1)"),
        Outcome.FAIL,
        at=datetime(2026, 11, 13, tzinfo=UTC),
        says="2026-11-12",
    ),
    Case(
        "bad: the distribution is gone too",
        postgresql(number=130016, version="PostgreSQL 13.16 (Debian 13.16-0+deb11u1) on x86_64"),
        Outcome.FAIL,
        says="2026-08-31",
    ),
    Case(
        "bad: two numbers before 10",
        postgresql(number=90624, version="PostgreSQL 9.6.24 on x86_64"),
        Outcome.FAIL,
        says="PostgreSQL 9.6 ended on 2021-11-11",
    ),
    Case(
        "unreadable: Red Hat's own dates",
        postgresql(number=120022, version="PostgreSQL 12.22 on x86_64-redhat-linux-gnu"),
        Outcome.UNKNOWN,
    ),
    Case("unreadable: not in the table", postgresql(number=290001), Outcome.UNKNOWN),
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
    agree(postgresql_end_of_life, case)
