"""`postgresql-checksums` sees one setting."""

import pytest
from tests.databases import NO_DATABASE, SOCKET, postgresql, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_postgresql import POSTGRESQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.postgresql_checksums import postgresql_checksums

CASES = [
    Case("good", postgresql(settings={"data_checksums": "on"}), Outcome.PASS),
    Case("bad: as shipped", postgresql(), Outcome.FAIL, says="no checksums"),
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
    agree(postgresql_checksums, case)
