"""`mariadb-addresses` reads the hosts of accounts."""

import pytest
from tests.databases import MARIADB_ROOT, MARIADB_SOCKET, NO_DATABASE, account, mariadb, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_mariadb import MARIADB, MYSQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.mariadb_addresses import mariadb_addresses

CASES = [
    Case(
        "good", mariadb(accounts=(MARIADB_ROOT, account("app@10.1.%"))), Outcome.PASS, says="1 acc"
    ),
    Case(
        "good: the loopback alone",
        mariadb(accounts=(account("app@%"),), settings={"bind_address": "127.0.0.1,::1"}),
        Outcome.PASS,
    ),
    Case(
        "good: no network at all",
        mariadb(accounts=(account("app@%"),), settings={"skip_networking": "ON"}),
        Outcome.PASS,
    ),
    Case("bad: everywhere", mariadb(accounts=(account("app@%"),)), Outcome.FAIL, says="'app'@'%'"),
    Case("bad: nearly", mariadb(accounts=(account("app@%.%"),)), Outcome.FAIL),
    Case("bad: root from afar", mariadb(accounts=(account("root@10.1.2.3"),)), Outcome.FAIL),
    Case("good: locked", mariadb(accounts=(account("app@%", locked=True),)), Outcome.PASS),
    Case("unreadable: no settings", mariadb(without=("settings",)), Outcome.UNKNOWN),
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
    agree(mariadb_addresses, case)
