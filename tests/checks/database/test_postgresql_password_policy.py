"""`postgresql-password-policy` looks for a module that looks at passwords."""

import pytest
from tests.databases import NO_DATABASE, SOCKET, postgresql, role, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_postgresql import POSTGRESQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.postgresql_password_policy import postgresql_password_policy

PASSWORDS = {"roles": (role("app"),), "verifiers": {"app": "scram-sha-256"}}

CASES = [
    Case(
        "good",
        postgresql(
            settings={"shared_preload_libraries": "pgaudit, $libdir/credcheck"}, **PASSWORDS
        ),
        Outcome.PASS,
        says="credcheck",
    ),
    Case("bad: as shipped", postgresql(**PASSWORDS), Outcome.FAIL, says="any new password"),
    Case(
        "bad: one of two has a password",
        postgresql(
            roles=(role("app"), role("ops")), verifiers={"app": "scram-sha-256", "ops": "none"}
        ),
        Outcome.FAIL,
    ),
    Case(
        "absent: no role has a password",
        postgresql(verifiers={"postgres": "none"}),
        Outcome.NOT_APPLICABLE,
    ),
    Case(
        "unreadable: no settings",
        postgresql(errors={"settings": "57014: canceling statement"}, **PASSWORDS),
        Outcome.UNKNOWN,
    ),
    Case(
        "absent: no server",
        {DATABASE_TRACES: NO_DATABASE, POSTGRESQL: MISSING_TOOL},
        Outcome.NOT_APPLICABLE,
        says="no PostgreSQL runs",
    ),
    Case(
        "unreadable: sudo refuses",
        {DATABASE_TRACES: traces(SOCKET, own="postgres"), POSTGRESQL: DENIED},
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(postgresql_password_policy, case)
