"""Limits of the checks of databases, on this side and on the other."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.edges import Edge, holds
from tests.support import AT

from cdso_audit.facts.database_mariadb import MariadbServer
from cdso_audit.facts.database_postgresql import PostgresqlServer
from cdso_audit.model import Outcome
from cdso_checks.database.mariadb_audit import mariadb_audit
from cdso_checks.database.mariadb_durability import mariadb_durability
from cdso_checks.database.mariadb_end_of_life import mariadb_end_of_life
from cdso_checks.database.postgresql_archiving import postgresql_archiving
from cdso_checks.database.postgresql_end_of_life import postgresql_end_of_life

PASS, FAIL, UNKNOWN, NOT = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
SECOND = timedelta(seconds=1)


def on(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def archiving(
    mode: str = "on",
    *,
    level: str = "replica",
    command: str = "cp %p /a/%f",
    good: datetime | None = AT,
    bad: datetime | None = None,
    standby: bool = False,
) -> PostgresqlServer:
    settings = {"archive_mode": mode, "wal_level": level, "archive_command": command}
    return PostgresqlServer(
        subject="postgresql", version="15.3", number=150003, settings=settings,
        in_recovery=standby, archived_at=good, archive_failed_at=bad,
    )  # fmt: skip


def maria(*audit: str, version: str = "10.11.6-MariaDB", **settings: str) -> MariadbServer:
    return MariadbServer(
        subject="mariadb", engine="MariaDB", version=version, settings=settings, audit=audit
    )


AUDIT = {"server_audit_logging": "ON", "server_audit_events": "CONNECT,QUERY"}
DURABLE = {"innodb_flush_log_at_trx_commit": "1", "innodb_doublewrite": "ON"}
DEBIAN = "10.11.6-MariaDB-0+deb12u1"
PROJECT = "10.11.6-MariaDB-1:10.11.6+maria~deb12"
EDGES = [
    Edge(postgresql_archiving, archiving(), PASS),
    Edge(postgresql_archiving, archiving("always"), PASS),
    Edge(postgresql_archiving, archiving("always", standby=True), PASS),
    Edge(postgresql_archiving, archiving("on", standby=True), NOT),
    Edge(postgresql_archiving, archiving("off"), FAIL),
    Edge(postgresql_archiving, archiving(level="minimal"), FAIL),
    Edge(postgresql_archiving, archiving(command=""), FAIL),
    Edge(postgresql_archiving, archiving(bad=AT + SECOND), FAIL, says="failed"),
    Edge(postgresql_archiving, archiving(bad=AT), PASS),
    Edge(postgresql_archiving, archiving(good=None, bad=AT), FAIL),
    Edge(postgresql_archiving, archiving(good=None), UNKNOWN),
    Edge(mariadb_durability, maria(**DURABLE), PASS),
    Edge(mariadb_durability, maria(**DURABLE | {"innodb_flush_log_at_trx_commit": "3"}), PASS),
    Edge(mariadb_durability, maria(**DURABLE | {"innodb_flush_log_at_trx_commit": "2"}), FAIL),
    Edge(mariadb_durability, maria(**DURABLE | {"innodb_doublewrite": "DETECT_ONLY"}), FAIL),
    Edge(mariadb_durability, maria(**DURABLE | {"innodb_doublewrite": ""}), FAIL),
    Edge(mariadb_durability, maria(**DURABLE | {"innodb_doublewrite": "off"}), FAIL),
    Edge(mariadb_audit, maria(general_log="ON", log_output="FILE"), PASS, says="general_log"),
    Edge(mariadb_audit, maria(general_log="ON", log_output="NONE"), FAIL),
    Edge(mariadb_audit, maria("SERVER_AUDIT", **AUDIT), PASS, says="server_audit"),
    Edge(mariadb_audit, maria("SERVER_AUDIT", **AUDIT | {"server_audit_events": "QUERY"}), FAIL),
    Edge(mariadb_audit, maria("SERVER_AUDIT", **AUDIT | {"server_audit_events": ""}), PASS),
    Edge(mariadb_audit, maria("SERVER_AUDIT", **AUDIT, server_audit_incl_users="an"), FAIL, "an"),
    Edge(mariadb_audit, maria("SERVER_AUDIT", **AUDIT, server_audit_excl_users="an"), FAIL, "an"),
    Edge(mariadb_audit, maria("AUDIT_LOG"), UNKNOWN),
    Edge(mariadb_end_of_life, maria(), PASS, at=on("2028-02-16")),
    Edge(mariadb_end_of_life, maria(version=DEBIAN), PASS, says="mended", at=on("2028-06-30")),
    Edge(mariadb_end_of_life, maria(version=DEBIAN), FAIL, at=on("2028-07-01")),
    Edge(mariadb_end_of_life, maria(version=PROJECT), FAIL, at=on("2028-06-30")),
    Edge(
        postgresql_end_of_life,
        PostgresqlServer(subject="postgresql", version="15.3-0+deb12u1", number=150003),
        PASS,
        at=on("2028-06-30"),
    ),
    Edge(
        postgresql_end_of_life,
        PostgresqlServer(subject="postgresql", version="15.3-0+deb12u1", number=150003),
        FAIL,
        at=on("2028-07-01"),
    ),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
