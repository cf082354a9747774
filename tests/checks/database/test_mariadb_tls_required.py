"""`mariadb-tls-required` takes the server's word or each account's."""

import pytest
from tests.databases import MARIADB_ROOT, MARIADB_SOCKET, NO_DATABASE, account, mariadb, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_mariadb import MARIADB, MYSQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.mariadb_tls_required import mariadb_tls_required

CASES = [
    Case("good: of everybody", mariadb(settings={"require_secure_transport": "ON"}), Outcome.PASS),
    Case(
        "good: of each",
        mariadb(accounts=(MARIADB_ROOT, account("app@10.%", tls="ANY"))),
        Outcome.PASS,
        says="1 accounts",
    ),
    Case("bad: not of one", mariadb(accounts=(account("app@10.%"),)), Outcome.FAIL, says="'app'@"),
    Case(
        "absent: the loopback alone",
        mariadb(settings={"bind_address": "127.0.0.1"}),
        Outcome.NOT_APPLICABLE,
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
    agree(mariadb_tls_required, case)
