"""`mariadb-verifiers` looks at accounts that a password opens."""

import pytest
from tests.databases import MARIADB_ROOT, MARIADB_SOCKET, NO_DATABASE, account, mariadb, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_mariadb import MARIADB, MYSQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.mariadb_verifiers import mariadb_verifiers

CASES = [
    Case("good", mariadb(accounts=(MARIADB_ROOT, account("app@%"))), Outcome.PASS, says="1 pass"),
    Case(
        "bad: native",
        mariadb(accounts=(account("app@%", plugin="mysql_native_password"),)),
        Outcome.FAIL,
        says="'app'@'%'",
    ),
    Case("bad: older than plug-ins", mariadb(accounts=(account("a@b", plugin=""),)), Outcome.FAIL),
    Case(
        "good: PAM",
        mariadb(accounts=(account("a@b", plugin="pam", opened_by="other"),)),
        Outcome.PASS,
    ),
    Case("unreadable: not allowed", mariadb(without=("accounts",)), Outcome.UNKNOWN),
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
    agree(mariadb_verifiers, case)
