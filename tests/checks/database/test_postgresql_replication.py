"""`postgresql-replication` believes what the server says of its standbys, not that it has some."""

from typing import Any

import pytest
from tests.databases import NO_DATABASE, SOCKET, postgresql, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_postgresql import POSTGRESQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.postgresql_replication import postgresql_replication


def standby(state: str | None = "streaming", sync: str | None = "async", lag: Any = None) -> Any:
    return {"state": state, "sync": sync, "lag": lag}


def server(*standbys: Any, **more: Any) -> Any:
    return postgresql(replication={"standbys": list(standbys), **more})


STRICT = {"synchronous": True}
CASES = [
    Case("good: asynchronously", server(standby()), Outcome.PASS, says="1 standbys take"),
    Case("good: just in time", server(standby(lag=60.0)), Outcome.PASS),
    Case("good: one of two is late", server(standby(lag=900), standby(lag=0.2)), Outcome.PASS),
    Case("good: synchronously", server(standby(sync="sync"), demanded=True), Outcome.PASS,
         says="1 of them synchronously", parameters=STRICT),
    Case("good: by quorum", server(standby(sync="quorum"), demanded=True), Outcome.PASS),
    Case("good: no lag at all is within every limit", server(standby(lag=None)), Outcome.PASS,
         parameters={"max_lag_seconds": 0}),
    Case("bad: too late", server(standby(lag=60.1)), Outcome.FAIL, says="more than 60 s"),
    Case("bad: demanded, and gone", server(standby(), demanded=True), Outcome.FAIL,
         says="none is there"),
    Case("bad: the rule demands synchronous", server(standby()), Outcome.FAIL, parameters=STRICT),
    Case("bad: commits do not wait for it",
         server(standby(sync="sync"), demanded=True, commit="off"), Outcome.FAIL,
         parameters=STRICT),
    Case("bad: commits wait for this server alone",
         server(standby(sync="sync"), demanded=True, commit="local"), Outcome.FAIL,
         parameters=STRICT),
    Case("bad: still catching up", server(standby("catchup")), Outcome.FAIL, says="1 connected"),
    Case("bad: a slot that nobody uses", server(idle_slots=1), Outcome.FAIL, says="1 slots"),
    Case("absent: a standby", postgresql(recovery=True), Outcome.NOT_APPLICABLE),
    Case("absent: no server", {DATABASE_TRACES: NO_DATABASE, POSTGRESQL: MISSING_TOOL},
         Outcome.NOT_APPLICABLE),
    Case("unreadable: none, and the storage may copy", postgresql(), Outcome.UNKNOWN,
         says="storage"),
    Case("unreadable: an account without the right", server(standby(None, None)), Outcome.UNKNOWN,
         says="pg_monitor"),
    Case("unreadable: refused",
         postgresql(errors={"replication": "42501: permission denied"}), Outcome.UNKNOWN),
    Case("unreadable: sudo refuses",
         {DATABASE_TRACES: traces(SOCKET, own="postgres"), POSTGRESQL: DENIED}, Outcome.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(postgresql_replication, case)
