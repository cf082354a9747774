"""
Asking a database over a connection of its own, by the protocol of its engine.

The packages are extras: `pip install "cdso-audit[postgres]"`, `"cdso-audit[mysql]"`. Nothing is
written: each question is a transaction that only reads and is rolled back. The connection string
is a secret; it is used here and stands in no message, fact or log.
"""

import re
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from cdso_audit import address
from cdso_audit.collect.connecting import PATIENCE, Deadline, addresses, plain, reason_of
from cdso_audit.collect.relay import Relay
from cdso_audit.collect.secret import resolve
from cdso_audit.errors import SecretError
from cdso_audit.facts.database_postgresql import POSTGRESQL_CONNECTION, QUERIES, SESSION
from cdso_audit.facts.databases import refusal
from cdso_audit.facts.reading import Observation, Probe
from cdso_audit.model import Asset, DatabaseAsset, GapReason, System

INSTALL = 'the package {package} is not installed here: pip install "cdso-audit[{extra}]"'
POSTGRESQL_PORT = 5432

#: libpq's parameters that a connection string may set; the others are ours or nobody's.
_LIBPQ = (
    "user", "password", "dbname", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl",
    "sslpassword", "ssl_min_protocol_version", "channel_binding", "require_auth",
)  # fmt: skip


class NoAnswerError(Exception):
    """The database did not answer, and why."""

    def __init__(self, reason: GapReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Line:
    """Where a database is and within which bounds it may answer."""

    dsn: str
    system: System
    deadline: Deadline
    cap: int

    def connect(self, host: str, port: int) -> Relay:
        """A bounded line to a host, or to a socket's path. Raises NoAnswerError, OSError."""
        if host.startswith("/"):
            local = socket.socket(socket.AF_UNIX)
            local.settimeout(min(PATIENCE, self.deadline.left))
            local.connect(host)
            return Relay(local, self.deadline, self.cap)
        found = addresses(host, self.deadline)
        if self.system.scope:
            found = [each for each in found if address.inside(each, self.system.scope)]
            if not found:
                raise NoAnswerError(
                    GapReason.DENIED, "the connection string leads outside the system's scope"
                )
        for each in found[:-1]:
            with suppress(OSError):
                return self._to(each, port)
        return self._to(found[-1], port)

    def _to(self, where: str, port: int) -> Relay:
        seconds = min(PATIENCE, self.deadline.left)
        return Relay(
            socket.create_connection((where, port), timeout=seconds), self.deadline, self.cap
        )


def collect(
    probe: Probe,
    asset: Asset,
    system: System,
    *,
    at: Callable[[], datetime],
    deadline: float,
) -> Observation:
    """One observation, whatever the server does. A probe of another engine is not asked."""
    started = at()
    gap: GapReason | None = None
    detail = output = ""
    ask = (
        ENGINES.get(probe.id, {}).get(asset.database) if isinstance(asset, DatabaseAsset) else None
    )
    if ask is not None and isinstance(asset, DatabaseAsset):
        secret = ""
        try:
            secret = _secret(asset)
            output = ask(Line(secret, system, Deadline.after(deadline), probe.cap))
        except NoAnswerError as problem:
            gap, detail = problem.reason, problem.detail
        except SecretError as problem:
            gap, detail = GapReason.DENIED, problem.message
        except OSError as problem:
            gap, detail = reason_of(problem)
        detail = detail.replace(secret, "…") if secret else detail
    return Observation(
        probe=probe.id,
        asset=asset.id,
        gap=gap,
        detail=detail,
        exit_code=None if gap else 0,
        at=started,
        output=output.encode(),
    )


def _secret(asset: DatabaseAsset) -> str:
    if asset.dsn is None:
        raise NoAnswerError(GapReason.UNREACHABLE, "the inventory names no dsn for it")
    return resolve(asset.dsn, Path())


def _package(name: str, extra: str) -> Any:
    try:
        return import_module(name)
    except ImportError as problem:
        missing = INSTALL.format(package=name, extra=extra)
        raise NoAnswerError(GapReason.MISSING_TOOL, missing) from problem


def _unreadable(engine: str) -> NoAnswerError:
    return NoAnswerError(
        GapReason.UNPARSABLE,
        f"the connection string cannot be read; its form is {engine}://USER:PASSWORD@HOST/DATABASE",
    )


def _cut(relay: Relay) -> None:
    """Raise for a line that we cut ourselves, since the library only saw it end."""
    if relay.problem is not None:
        reason, detail = reason_of(relay.problem)
        if reason in (GapReason.TIMEOUT, GapReason.TOO_LARGE):
            raise NoAnswerError(reason, detail)


# ---------------------------------------------------------------------------------------------
# PostgreSQL
# ---------------------------------------------------------------------------------------------


def postgresql(line: Line) -> str:
    """Every part of `QUERIES` as a line, an error in the place of what was refused."""
    psycopg = _package("psycopg", "postgres")
    try:
        given = psycopg.conninfo.conninfo_to_dict(line.dsn)
        port = int(given.get("port") or POSTGRESQL_PORT)
    except (psycopg.Error, ValueError):
        # libpq repeats in its message what it cannot read, which may be the password
        raise _unreadable("postgresql") from None
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
        _cut(relay)
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
        _cut(relay)
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


#: Probe → engine as the inventory names it → who asks.
ENGINES: dict[str, dict[str, Callable[[Line], str]]] = {
    POSTGRESQL_CONNECTION.id: {"postgresql": postgresql},
}
