"""`mariadb-binary-log` wants it written with each change."""

import pytest
from tests.databases import MARIADB_SOCKET, NO_DATABASE, mariadb, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_mariadb import MARIADB, MYSQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.mariadb_binary_log import mariadb_binary_log

CASES = [
    Case("good", mariadb(settings={"log_bin": "ON", "sync_binlog": "1"}), Outcome.PASS),
    Case("bad: as shipped", mariadb(), Outcome.FAIL),
    Case("bad: now and then", mariadb(settings={"log_bin": "ON"}), Outcome.FAIL, says="last of"),
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
    agree(mariadb_binary_log, case)
