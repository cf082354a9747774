"""`mariadb-file-access` wants both closed."""

import pytest
from tests.databases import MARIADB_SOCKET, NO_DATABASE, mariadb, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_mariadb import MARIADB, MYSQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.mariadb_file_access import mariadb_file_access

CASES = [
    Case(
        "good",
        mariadb(settings={"local_infile": "OFF", "secure_file_priv": "/var/lib/mysql-files/"}),
        Outcome.PASS,
    ),
    Case(
        "good: none at all",
        mariadb(settings={"local_infile": "OFF", "secure_file_priv": "NULL"}),
        Outcome.PASS,
    ),
    Case("bad: as shipped", mariadb(), Outcome.FAIL, says="local_infile, secure_file_priv"),
    Case(
        "bad: the root folder",
        mariadb(settings={"local_infile": "OFF", "secure_file_priv": "/"}),
        Outcome.FAIL,
    ),
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
    agree(mariadb_file_access, case)
