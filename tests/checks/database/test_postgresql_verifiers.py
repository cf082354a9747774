"""`postgresql-verifiers` looks at what is kept, not only at the setting."""

import pytest
from tests.databases import NO_DATABASE, SOCKET, postgresql, role, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_postgresql import POSTGRESQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.postgresql_verifiers import postgresql_verifiers

CASES = [
    Case(
        "good",
        postgresql(
            roles=(role("app"), role("old")), verifiers={"app": "scram-sha-256", "old": "none"}
        ),
        Outcome.PASS,
        says="1 passwords",
    ),
    Case(
        "bad: kept from before",
        postgresql(roles=(role("replica"),), verifiers={"replica": "md5"}),
        Outcome.FAIL,
        says="replica",
    ),
    Case(
        "bad: in the clear, before PostgreSQL 10",
        postgresql(roles=(role("app"),), verifiers={"app": "other"}),
        Outcome.FAIL,
    ),
    Case(
        "bad: the next will be weak",
        postgresql(settings={"password_encryption": "md5"}, verifiers={"postgres": "none"}),
        Outcome.FAIL,
        says="under md5",
    ),
    Case(
        "unreadable: no superuser asked",
        postgresql(errors={"verifiers": "42501: permission denied for table pg_authid"}),
        Outcome.UNKNOWN,
        says="only a superuser",
    ),
    Case(
        "unreadable: the asking role has a setting of its own",
        postgresql(source="user", verifiers={"postgres": "none"}, errors={}),
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
    agree(postgresql_verifiers, case)
