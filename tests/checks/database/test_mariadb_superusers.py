"""`mariadb-superusers` knows what is all rights."""

import pytest
from tests.databases import MARIADB_SOCKET, NO_DATABASE, account, mariadb, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_mariadb import MARIADB, MYSQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Declared, Outcome
from cdso_checks.database.mariadb_superusers import mariadb_superusers

CASES = [
    Case("good: root alone", mariadb(), Outcome.PASS),
    Case(
        "good: declared",
        mariadb(accounts=(account("ops@localhost", rights="SUPER"),)),
        Outcome.PASS,
        declared=Declared(admins=("ops",)),
    ),
    Case(
        "good: less than that",
        mariadb(accounts=(account("watch@localhost", rights="PROCESS, RELOAD"),)),
        Outcome.PASS,
        declared=Declared(admins=()),
    ),
    Case(
        "bad: FILE",
        mariadb(accounts=(account("app@%", rights="FILE"),)),
        Outcome.FAIL,
        says="'app'@'%'",
        declared=Declared(admins=("ops",)),
    ),
    Case(
        "bad: FILE among lesser ones",
        mariadb(accounts=(account("app@%", rights="PROCESS, FILE"),)),
        Outcome.FAIL,
        declared=Declared(admins=()),
    ),
    Case(
        "bad: by the schema mysql",
        mariadb(accounts=(account("app@%"),), grants=[("app@%", "my%")]),
        Outcome.FAIL,
        declared=Declared(admins=()),
    ),
    Case(
        "unreadable: nobody declared who may",
        mariadb(accounts=(account("app@%", rights="SUPER"),)),
        Outcome.UNKNOWN,
        says="declared: admins",
    ),
    Case("unreadable: no grants", mariadb(without=("grants",)), Outcome.UNKNOWN),
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
    agree(mariadb_superusers, case)
