"""`mariadb-tls` asks for TLS where other machines can come."""

import pytest
from tests.databases import MARIADB_SOCKET, NO_DATABASE, mariadb, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_mariadb import MARIADB, MYSQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.mariadb_tls import mariadb_tls

CASES = [
    Case("good", mariadb(), Outcome.PASS, says="offers TLSv1.2, TLSv1.3"),
    Case("bad: off", mariadb(settings={"have_ssl": "DISABLED"}), Outcome.FAIL, says="TLS is off"),
    Case(
        "bad: old ones too",
        mariadb(settings={"tls_version": "TLSv1.1,TLSv1.2"}),
        Outcome.FAIL,
        says="accepts TLSv1.1",
    ),
    Case(
        "good: MySQL 8.4 does not know have_ssl",
        mariadb(version="8.4.3", settings={"have_ssl": None}),
        Outcome.PASS,
    ),
    Case(
        "bad: neither is known",
        mariadb(version="8.4.3", settings={"have_ssl": None, "tls_version": ""}),
        Outcome.FAIL,
    ),
    Case(
        "absent: the loopback alone",
        mariadb(settings={"have_ssl": "DISABLED", "bind_address": "localhost"}),
        Outcome.NOT_APPLICABLE,
    ),
    Case("unreadable: no versions", mariadb(settings={"tls_version": ""}), Outcome.UNKNOWN),
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
    agree(mariadb_tls, case)
