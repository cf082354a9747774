"""`mariadb-password-policy` reads the plug-ins of both engines."""

import pytest
from tests.databases import MARIADB_SOCKET, NO_DATABASE, mariadb, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_mariadb import MARIADB, MYSQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.mariadb_password_policy import mariadb_password_policy

SIMPLE = {
    "simple_password_check_minimal_length": "14",
    "simple_password_check_digits": "1",
    "simple_password_check_letters_same_case": "1",
}

CASES = [
    Case("good", mariadb(settings=SIMPLE), Outcome.PASS, says="14"),
    Case(
        "good: MySQL",
        mariadb(
            version="8.4.3",
            settings={"validate_password.length": "16", "validate_password.policy": "MEDIUM"},
        ),
        Outcome.PASS,
    ),
    Case("bad: as shipped", mariadb(), Outcome.FAIL, says="any new password"),
    Case(
        "bad: short",
        mariadb(settings={**SIMPLE, "simple_password_check_minimal_length": "8"}),
        Outcome.FAIL,
        says="8 characters",
    ),
    Case(
        "good: short is enough with MFA",
        mariadb(settings={**SIMPLE, "simple_password_check_minimal_length": "8"}),
        Outcome.PASS,
        parameters={"min_length": 8},
    ),
    Case(
        "bad: one class",
        mariadb(settings={**SIMPLE, "simple_password_check_digits": "0"}),
        Outcome.FAIL,
        says="one class",
    ),
    Case(
        "bad: MySQL, length alone",
        mariadb(
            version="8.4.3",
            settings={"validate_password.length": "16", "validate_password.policy": "LOW"},
        ),
        Outcome.FAIL,
    ),
    Case(
        "unreadable: cracklib's own rules",
        mariadb(settings={"cracklib_password_check_dictionary": "/usr/share/dict"}),
        Outcome.UNKNOWN,
    ),
    Case(
        "good: the plug-in of MySQL 5.7",
        mariadb(
            version="8.4.3",
            settings={"validate_password_length": "14", "validate_password_policy": "STRONG"},
        ),
        Outcome.PASS,
    ),
    Case(
        "good: the stricter of two",
        mariadb(
            settings={
                **SIMPLE,
                "validate_password.length": "8",
                "validate_password.policy": "LOW",
            }
        ),
        Outcome.PASS,
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
    agree(mariadb_password_policy, case)
