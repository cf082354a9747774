"""`mariadb-end-of-life` counts the project's support and the distribution's."""

from datetime import UTC, datetime

import pytest
from tests.databases import MARIADB_SOCKET, NO_DATABASE, mariadb, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_mariadb import MARIADB, MYSQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.mariadb_end_of_life import mariadb_end_of_life

CASES = [
    Case("good", mariadb(), Outcome.PASS, says="MariaDB 10.11 is supported until 2028-02-16"),
    Case(
        "good: mended by Debian",
        mariadb(version="10.5.29-MariaDB-0+deb11u1"),
        Outcome.PASS,
        at=datetime(2026, 8, 1, tzinfo=UTC),
        says="by its distribution until 2026-08-31",
    ),
    Case("good: MySQL", mariadb(version="8.4.3", comment="MySQL Community"), Outcome.PASS),
    Case(
        "bad: the project's own packages",
        mariadb(version="10.5.29-MariaDB-1:10.5.29+maria~deb11", comment="mariadb.org binary"),
        Outcome.FAIL,
        says="MariaDB 10.5 ended on 2025-06-24",
    ),
    Case(
        "bad: MySQL",
        mariadb(version="5.7.44", comment="MySQL Community Server (GPL)"),
        Outcome.FAIL,
        says="MySQL 5.7 ended on 2023-10-31",
    ),
    Case(
        "bad: the project's own, by its packages for others",
        mariadb(version="10.5.27-MariaDB-1:10.5.27+maria~el8", comment="MariaDB Server"),
        Outcome.FAIL,
    ),
    Case(
        "bad: nobody's in particular",
        mariadb(version="10.5.27-MariaDB-log", comment="Source distribution"),
        Outcome.FAIL,
    ),
    Case(
        "unreadable: another builder's dates",
        mariadb(version="10.5.27-MariaDB", comment="MariaDB Server"),
        Outcome.UNKNOWN,
    ),
    Case("unreadable: not in the table", mariadb(version="99.1.1-MariaDB"), Outcome.UNKNOWN),
    Case(
        "absent: no server",
        {DATABASE_TRACES: NO_DATABASE, MARIADB: MISSING_TOOL, MYSQL: MISSING_TOOL},
        Outcome.NOT_APPLICABLE,
        says="no MariaDB or MySQL runs",
    ),
    Case(
        "unreadable: sudo refuses",
        {DATABASE_TRACES: traces(MARIADB_SOCKET), MARIADB: DENIED, MYSQL: MISSING_TOOL},
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(mariadb_end_of_life, case)
