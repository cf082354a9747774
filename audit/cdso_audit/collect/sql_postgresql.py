"""
Asking PostgreSQL by psycopg and libpq (`pip install "cdso-audit[postgres]"`).

Each question is a transaction that only reads and is rolled back.
"""

import re
from contextlib import suppress
from typing import Any

from cdso_audit.collect.connecting import PATIENCE, plain
from cdso_audit.collect.relay import Relay
from cdso_audit.collect.sql_line import Line, NoAnswerError, cut, package, unreadable
from cdso_audit.facts.database_postgresql import QUERIES, SESSION
from cdso_audit.facts.databases import refusal
from cdso_audit.model import GapReason

POSTGRESQL_PORT = 5432

#: libpq's parameters that a connection string may set; the others are ours or nobody's.
_LIBPQ = (
    "user", "password", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl",
    "sslpassword", "ssl_min_protocol_version", "channel_binding", "require_auth",
)  # fmt: skip


def postgresql(line: Line) -> str:
    """Every part of `QUERIES` as a line, an error in the place of what was refused."""
    psycopg = package("psycopg", "postgres")
    try:
        given = psycopg.conninfo.conninfo_to_dict(line.dsn)
        port = int(given.get("port") or POSTGRESQL_PORT)
    except (psycopg.Error, ValueError):
        # libpq repeats in its message what it cannot read, which may be the password
        raise unreadable("postgresql") from None
    host = str(given.get("host") or given.get("hostaddr") or "localhost")
    where = str(given.get("hostaddr") or host)
    is_socket = host.startswith("/")
    relay = line.connect(f"{host}/.s.PGSQL.{port}" if is_socket else where, port)
    try:
        return _told(psycopg, relay, _parameters(given, host, is_socket=is_socket), line)
    finally:
        relay.close()


def _parameters(given: dict[str, Any], host: str, *, is_socket: bool) -> dict[str, str]:
    """What libpq is given. A password goes out in the clear only to a server that TLS verified."""
    made = {name: str(given[name]) for name in _LIBPQ if given.get(name)}
    made |= {"host": "localhost" if is_socket else host, "gssencmode": "disable"}
    made |= {"application_name": "cdso-audit", "passfile": "/nonexistent"}
    made.setdefault("dbname", "postgres")
    if is_socket:
        made["sslmode"] = "disable"
    elif made.get("sslmode") not in ("verify-ca", "verify-full"):
        made.setdefault("require_auth", "!password")
    return made


def _told(psycopg: Any, relay: Relay, parameters: dict[str, str], line: Line) -> str:
    seconds = max(2, int(min(PATIENCE, line.deadline.left)))
    try:
        connection = psycopg.connect(
            **parameters,
            hostaddr="127.0.0.1",
            port=relay.port(),
            connect_timeout=seconds,
            autocommit=True,
            prepare_threshold=None,
        )
    except psycopg.Error as problem:
        cut(relay)
        raise NoAnswerError(*_refused(str(problem), parameters.get("password", ""))) from None
    begin = "BEGIN READ ONLY" + "".join(
        f"; SET LOCAL {name} = {value}" for name, value in SESSION if not name.startswith("default")
    )
    lines = []
    try:
        for query in QUERIES.values():
            connection.execute(begin)
            try:
                told = connection.execute(query)
                lines.append(told.pgresult.get_value(0, 0).decode("utf-8", "replace"))
            except psycopg.Error as problem:
                if problem.sqlstate is None:  # the connection is gone
                    raise
                lines.append(f"ERROR:  {problem.sqlstate}: {plain(problem.diag.message_primary)}")
            connection.execute("ROLLBACK")
    except (psycopg.Error, AttributeError):
        cut(relay)
        raise NoAnswerError(
            GapReason.UNREACHABLE, "the connection ended before all questions were answered"
        ) from None
    finally:
        with suppress(psycopg.Error):
            connection.close()
    return "\n".join(lines) + "\n"


def _refused(said: str, password: str) -> tuple[GapReason, str]:
    """Why libpq did not connect: what it says of its first attempt."""
    # before that it names the address of our relay
    first = r"(?s)connection to server at .*? failed: (.*?)(?=\nconnection to|\Z)"
    told = re.search(first, said)
    reason, words = refusal(told[1] if told else said)
    if reason is GapReason.UNREACHABLE and re.search("SSL|certificate", words):
        reason = GapReason.REFUSED
    if "timeout expired" in words:
        reason = GapReason.TIMEOUT
    if password:
        words = words.replace(password, "…")
    return reason, plain(words)
