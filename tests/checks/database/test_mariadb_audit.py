"""`mariadb-audit` takes the audit plug-in or the general log."""

import pytest
from tests.databases import MARIADB_SOCKET, NO_DATABASE, mariadb, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_mariadb import MARIADB, MYSQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.mariadb_audit import mariadb_audit

ON = {"server_audit_logging": "ON"}
#: Reading, adding, changing, deleting and copying: TRUNCATE is one of QUERY_DDL.
DATA = {"events": ["QUERY_DML", "QUERY_DDL"]}

CASES = [
    Case(
        "good",
        mariadb(
            plugins=["SERVER_AUDIT"],
            settings={**ON, "server_audit_events": "CONNECT,QUERY_DDL,QUERY_DCL"},
        ),
        Outcome.PASS,
    ),
    Case(
        "good: every event",
        mariadb(plugins=["SERVER_AUDIT"], settings={**ON, "server_audit_events": ""}),
        Outcome.PASS,
    ),
    Case(
        "good: QUERY holds the others",
        mariadb(plugins=["SERVER_AUDIT"], settings={**ON, "server_audit_events": "connect,query"}),
        Outcome.PASS,
    ),
    Case("good: general log", mariadb(settings={"general_log": "ON"}), Outcome.PASS),
    Case("bad: as shipped", mariadb(), Outcome.FAIL),
    Case(
        "bad: connections alone",
        mariadb(plugins=["SERVER_AUDIT"], settings={**ON, "server_audit_events": "CONNECT"}),
        Outcome.FAIL,
        says="QUERY_DDL, QUERY_DCL",
    ),
    Case(
        "bad: loaded and off",
        mariadb(plugins=["SERVER_AUDIT"], settings={"server_audit_logging": "OFF"}),
        Outcome.FAIL,
    ),
    Case(
        "bad: not of one",
        mariadb(plugins=["SERVER_AUDIT"], settings={**ON, "server_audit_excl_users": "app"}),
        Outcome.FAIL,
        says="app",
    ),
    Case(
        "good: every access to data",
        mariadb(
            plugins=["SERVER_AUDIT"], settings={**ON, "server_audit_events": "QUERY_DML,QUERY_DDL"}
        ),
        Outcome.PASS,
        parameters=DATA,
    ),
    Case(
        "bad: changes of data, and not who reads it",
        mariadb(
            plugins=["SERVER_AUDIT"],
            settings={**ON, "server_audit_events": "CONNECT,QUERY_DML_NO_SELECT,QUERY_DDL"},
        ),
        Outcome.FAIL,
        says="QUERY_DML",
        parameters=DATA,
    ),
    Case("unreadable: another plug-in", mariadb(plugins=["audit_log"]), Outcome.UNKNOWN),
    Case("unreadable: no plug-ins", mariadb(without=("plugins",)), Outcome.UNKNOWN),
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
    agree(mariadb_audit, case)
