"""`mariadb-authentication` asks what opens each account."""

import pytest
from tests.databases import MARIADB_ROOT, MARIADB_SOCKET, NO_DATABASE, account, mariadb, traces
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.database_mariadb import MARIADB, MYSQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.mariadb_authentication import mariadb_authentication

CASES = [
    Case("good", mariadb(accounts=(MARIADB_ROOT, account("app@10.1.%"))), Outcome.PASS),
    Case(
        "good: the package's own is locked",
        mariadb(accounts=(account("mariadb.sys@localhost", opened_by="anybody", locked=True),)),
        Outcome.PASS,
    ),
    Case(
        "good: a role",
        mariadb(accounts=(account("r@", opened_by="anybody", role=True),)),
        Outcome.PASS,
    ),
    Case(
        "bad: no password",
        mariadb(accounts=(MARIADB_ROOT, account("app@%", opened_by="anybody"))),
        Outcome.FAIL,
        says="'app'@'%'",
    ),
    Case("bad: no name", mariadb(accounts=(account("@localhost"),)), Outcome.FAIL, says="''@"),
    Case("bad: skip-grant-tables", mariadb(user="skip-grants user@skip-grants host"), Outcome.FAIL),
    Case(
        "unreadable: not allowed",
        mariadb(without=("accounts",)),
        Outcome.UNKNOWN,
        says="not allowed to look",
    ),
    Case(
        "unreadable: another socket",
        {**mariadb(), DATABASE_TRACES: traces("/srv/my/mysqld.sock", own="mariadbd")},
        outcomes={"mariadb:3306": Outcome.PASS, "mariadb (/srv/my/mysqld.sock)": Outcome.UNKNOWN},
    ),
    Case(
        "good: asked by the other client",
        {**mariadb(), MARIADB: MISSING_TOOL, MYSQL: mariadb()[MARIADB]},
        Outcome.PASS,
    ),
    Case(
        "unreadable: in a container",
        {
            DATABASE_TRACES: traces(inner="mariadbd"),
            MARIADB: MISSING_TOOL,
            MYSQL: MISSING_TOOL,
        },
        Outcome.UNKNOWN,
        says="container",
    ),
    Case(
        "unreadable: hidden processes",
        {DATABASE_TRACES: traces(hidden="proc /proc\n"), MARIADB: DENIED, MYSQL: DENIED},
        Outcome.UNKNOWN,
        says="hidepid",
    ),
    Case(
        "unreadable: root needs a password there",
        {
            **mariadb(),
            MARIADB: Answer(
                code=1, errors="ERROR 1045 (28000): Access denied for user 'root'@'localhost'"
            ),
        },
        Outcome.UNKNOWN,
        says="not allowed to look",
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
    agree(mariadb_authentication, case)
