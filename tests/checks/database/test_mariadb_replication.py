"""`mariadb-replication`: a cluster, a replica that commits wait for, a replica, or none."""

from typing import Any

import pytest
from tests.databases import MARIADB_SOCKET, NO_DATABASE, mariadb, traces
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.database_mariadb import MARIADB, MYSQL
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.model import Outcome
from cdso_checks.database.mariadb_replication import mariadb_replication


def server(**copies: Any) -> Any:
    return mariadb(copies=copies)


def galera(size: int, status: str = "Primary", ready: str = "ON") -> Any:
    return server(wsrep_cluster_size=str(size), wsrep_cluster_status=status, wsrep_ready=ready)


STRICT = {"synchronous": True}
SEMI = {"rpl_semi_sync_master_status": "ON", "rpl_semi_sync_master_clients": "2"}
CASES = [
    Case("good: a replica", server(streams=1), Outcome.PASS, says="1 replicas take"),
    Case("good: semi-sync", server(streams=2, **SEMI), Outcome.PASS, says="one of 2 replicas",
         parameters=STRICT),
    Case("good: MySQL 8 calls it a source", server(streams=1, rpl_semi_sync_source_status="ON",
         rpl_semi_sync_source_clients="1"), Outcome.PASS, parameters=STRICT),
    Case("good: Galera", galera(3), Outcome.PASS, says="one of 3 nodes", parameters=STRICT),
    Case("good: a replica with replicas of its own", server(streams=1, slave_running="ON"),
         Outcome.PASS),
    Case("bad: asynchronous where the rule demands more", server(streams=1), Outcome.FAIL,
         parameters=STRICT),
    Case("bad: semi-sync without anybody", server(rpl_semi_sync_master_status="ON",
         rpl_semi_sync_master_clients="0"), Outcome.FAIL, says="none is there"),
    Case("bad: alone in its cluster", galera(1), Outcome.FAIL, says="alone"),
    Case("bad: cut off from its cluster", galera(3, "non-Primary"), Outcome.FAIL,
         says="not in the part"),
    Case("bad: not ready", galera(3, ready="OFF"), Outcome.FAIL),
    Case("absent: a replica", server(slave_running="ON"), Outcome.NOT_APPLICABLE),
    Case("absent: no server", {DATABASE_TRACES: NO_DATABASE, MARIADB: MISSING_TOOL,
         MYSQL: MISSING_TOOL}, Outcome.NOT_APPLICABLE),
    Case("unreadable: none, and the storage may copy", mariadb(), Outcome.UNKNOWN,
         says="storage"),
    Case("unreadable: refused", mariadb(without=["copies"]), Outcome.UNKNOWN),
    Case("unreadable: sudo refuses", {DATABASE_TRACES: traces(MARIADB_SOCKET, own="mariadbd"),
         MARIADB: DENIED, MYSQL: MISSING_TOOL}, Outcome.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(mariadb_replication, case)
