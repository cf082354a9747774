"""`mariadb-test-database` finds what an old installation leaves."""

import pytest
from tests.databases import MARIADB_SOCKET, NO_DATABASE, mariadb, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_mariadb import MARIADB, MYSQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.mariadb_test_database import mariadb_test_database

CASES = [
    Case("good", mariadb(), Outcome.PASS),
    Case("bad: there", mariadb(test=True), Outcome.FAIL, says="the database test"),
    Case("bad: for all", mariadb(grants=[("@%", "test\\_%")]), Outcome.FAIL, says="test"),
    Case("unreadable: not allowed", mariadb(without=("test",)), Outcome.UNKNOWN),
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
    agree(mariadb_test_database, case)
