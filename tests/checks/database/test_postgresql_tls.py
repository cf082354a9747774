"""`postgresql-tls` asks for TLS where other machines can come."""

import pytest
from tests.databases import NO_DATABASE, SOCKET, postgresql, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_postgresql import POSTGRESQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.postgresql_tls import postgresql_tls

CASES = [
    Case("good", postgresql(), Outcome.PASS, says="from TLSv1.2 on"),
    Case("bad: off", postgresql(settings={"ssl": "off"}), Outcome.FAIL, says="ssl is off"),
    Case(
        "bad: TLS 1.0",
        postgresql(settings={"ssl_min_protocol_version": "TLSv1"}),
        Outcome.FAIL,
        says="accepts TLSv1",
    ),
    Case(
        "bad: every version",
        postgresql(settings={"ssl_min_protocol_version": ""}),
        Outcome.FAIL,
        says="every version",
    ),
    Case(
        "absent: the loopback alone",
        postgresql(settings={"ssl": "off", "listen_addresses": "localhost"}),
        Outcome.NOT_APPLICABLE,
    ),
    Case(
        "absent: the socket alone",
        postgresql(settings={"ssl": "off", "listen_addresses": ""}),
        Outcome.NOT_APPLICABLE,
    ),
    Case(
        "unreadable: no settings",
        postgresql(errors={"settings": "57014: canceling statement due to statement timeout"}),
        Outcome.UNKNOWN,
        says="no answer in time",
    ),
    Case(
        "unreadable: before PostgreSQL 12",
        postgresql(number=110022, settings={"ssl_min_protocol_version": None}),
        Outcome.UNKNOWN,
        says="PostgreSQL 11 has no setting",
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
    agree(postgresql_tls, case)
