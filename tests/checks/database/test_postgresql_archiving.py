"""`postgresql-archiving` believes the archiver, not the setting."""

import pytest
from tests.databases import NO_DATABASE, SOCKET, postgresql, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_postgresql import POSTGRESQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.postgresql_archiving import postgresql_archiving

ARCHIVED = {"archive_mode": "on", "archive_command": "set"}

CASES = [
    Case("good", postgresql(settings=ARCHIVED, archiver=(5e8, 4e8)), Outcome.PASS, says="1985"),
    Case("bad: as shipped", postgresql(), Outcome.FAIL),
    Case("bad: nowhere to go", postgresql(settings={"archive_mode": "on"}), Outcome.FAIL),
    Case(
        "bad: it fails",
        postgresql(settings=ARCHIVED, archiver=(4e8, 5e8)),
        Outcome.FAIL,
        says="failed, at 1985-11-05",
    ),
    Case("bad: it never worked", postgresql(settings=ARCHIVED, archiver=(None, 5e8)), Outcome.FAIL),
    Case("unreadable: nothing yet", postgresql(settings=ARCHIVED), Outcome.UNKNOWN),
    Case("absent: a standby", postgresql(recovery=True), Outcome.NOT_APPLICABLE),
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
    agree(postgresql_archiving, case)
