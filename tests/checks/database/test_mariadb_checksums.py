"""`mariadb-checksums` sees one setting."""

import pytest
from tests.databases import MARIADB_SOCKET, NO_DATABASE, mariadb, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_mariadb import MARIADB, MYSQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.mariadb_checksums import mariadb_checksums

CASES = [
    Case("good", mariadb(), Outcome.PASS),
    Case("bad", mariadb(settings={"innodb_checksum_algorithm": "strict_none"}), Outcome.FAIL),
    Case(
        "unreadable: not told",
        mariadb(settings={"innodb_checksum_algorithm": None}),
        Outcome.UNKNOWN,
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
    agree(mariadb_checksums, case)
