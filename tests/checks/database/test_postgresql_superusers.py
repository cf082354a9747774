"""`postgresql-superusers` knows more than one way to all rights."""

import pytest
from tests.databases import NO_DATABASE, SOCKET, postgresql, role, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_postgresql import POSTGRESQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Declared, Outcome
from cdso_checks.database.postgresql_superusers import postgresql_superusers

CASES = [
    Case("good: postgres alone", postgresql(), Outcome.PASS),
    Case(
        "good: declared",
        postgresql(roles=(role("ops", superuser=True), role("app"))),
        Outcome.PASS,
        declared=Declared(admins=("ops",)),
    ),
    Case(
        "good: nobody can log in as it",
        postgresql(roles=({**role("owner", superuser=True), "login": False},)),
        Outcome.PASS,
        declared=Declared(admins=()),
    ),
    Case(
        "bad",
        postgresql(roles=(role("portal", superuser=True),)),
        Outcome.FAIL,
        says="portal",
        declared=Declared(admins=("ops",)),
    ),
    Case(
        "bad: by membership",
        postgresql(roles=({**role("etl"), "through": ["pg_execute_server_program"]},)),
        Outcome.FAIL,
        says="etl",
        declared=Declared(admins=()),
    ),
    Case(
        "unreadable: nobody declared who may",
        postgresql(roles=(role("portal", superuser=True),)),
        Outcome.UNKNOWN,
        says="declared: admins",
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
    agree(postgresql_superusers, case)
