"""
Asking MariaDB or MySQL by PyMySQL (`pip install "cdso-audit[mysql]"`).

Some ways to log in hand the server the password itself. Those are refused unless TLS has verified
who the server is: anybody on the way could ask for them.
"""

import ssl
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from cdso_audit.collect.connecting import PATIENCE, plain
from cdso_audit.collect.sql_line import Line, NoAnswerError, cut, package, unreadable
from cdso_audit.facts.database_mariadb import QUERIES, SESSION
from cdso_audit.model import GapReason

MARIADB_PORT = 3306
#: Errors of the server that say: not allowed (sql/share/errmsg-utf8.txt).
_DENIED = (1044, 1045, 1095, 1130, 1142, 1143, 1227, 1370, 1698, 1820, 1862, 3118, 4151)
#: Errors that the client makes itself (CR_…), as when the line is cut.
_CLIENT = range(2000, 3000)
#: Ways to log in that send the password, or next to it.
_PLAIN = ("mysql_clear_password", "dialog", "mysql_old_password", "sha256_password")


@dataclass(frozen=True, slots=True)
class _Where:
    user: str
    password: str
    host: str
    port: int
    socket: str
    tls: str
    ca: str | None


def _where(dsn: str) -> _Where:
    """`mysql://USER:PASSWORD@HOST:PORT/?tls=…&ca=…&socket=…`. Raises NoAnswerError."""
    try:
        url = urlsplit(dsn.strip())
        more = dict(parse_qsl(url.query, strict_parsing=True)) if url.query else {}
        port = url.port or MARIADB_PORT
    except ValueError:
        raise unreadable("mysql") from None
    ca = more.pop("ca", None)
    socket = more.pop("socket", "")
    tls = more.pop("tls", "verify" if ca else "preferred")
    known = tls in ("verify", "required", "preferred", "off") and not more
    if url.scheme not in ("mysql", "mariadb") or not (url.hostname or socket) or not known:
        raise unreadable("mysql")
    return _Where(
        user=unquote(url.username or ""),
        password=unquote(url.password or ""),
        host=url.hostname or "localhost",
        port=port,
        socket=socket,
        tls=tls,
        ca=ca,
    )


class _Refused:
    """A way to log in that nobody who was not verified may ask for."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def authenticate(self, packet: Any) -> Any:
        del packet
        raise NoAnswerError(
            GapReason.REFUSED,
            "the server wants the password itself, and its certificate was not verified; "
            "write ?ca=FILE or ?tls=verify at the end of the connection string",
        )


class _Proof(_Refused):
    """caching_sha2_password, as far as it is a proof: for a server that knows the password."""

    def authenticate(self, packet: Any) -> Any:
        scramble = package("pymysql._auth", "mysql").scramble_caching_sha2
        connection = self.connection
        if packet.is_auth_switch_request():
            salt = packet.read_all().removesuffix(b"\0")
            connection.write_packet(scramble(connection.password, salt))
            packet = connection._read_packet()  # noqa: SLF001
        if packet.is_ok_packet():
            return packet
        if packet.get_all_data()[:2] != b"\x01\x03":  # 3: well known; 4: the password, please
            return super().authenticate(packet)
        return connection._read_packet()  # noqa: SLF001


def _make_careful(connection: Any) -> None:
    """PyMySQL sends a password at once to a server whose greeting names sha256_password."""
    greeted = connection._get_server_information  # noqa: SLF001

    def greet() -> None:
        greeted()
        if connection._auth_plugin_name == "sha256_password":  # noqa: SLF001
            connection._auth_plugin_name = "mysql_native_password"  # noqa: SLF001

    connection._get_server_information = greet  # noqa: SLF001


def mariadb(line: Line) -> str:
    """Every row of `QUERIES` as a line, an error in the place of what was refused."""
    pymysql = package("pymysql", "mysql")
    where = _where(line.dsn)
    relay = line.connect(where.socket or where.host, where.port)
    plugins = {**dict.fromkeys(_PLAIN, _Refused), "caching_sha2_password": _Proof}
    verified = where.tls == "verify" and not where.socket
    seconds = max(1.0, min(PATIENCE, line.deadline.left))
    connection = None
    try:
        connection = pymysql.connections.Connection(
            user=where.user, password=where.password, host=where.host, charset="utf8mb4",
            auth_plugin_map={} if verified else plugins, read_timeout=seconds,
            write_timeout=seconds, defer_connect=True, autocommit=True,
            program_name="cdso-audit", **_tls(where),
        )  # fmt: skip
        if not verified:
            _make_careful(connection)
        connection.connect(sock=relay.end())
        return _told(pymysql, connection)
    except ssl.SSLError as problem:
        raise NoAnswerError(GapReason.REFUSED, plain(problem)) from None
    except (pymysql.err.Error, OSError, ValueError, AssertionError) as problem:
        cut(relay)
        raise NoAnswerError(*_refused(problem, where.password)) from None
    finally:
        if connection is not None and connection.open:
            with suppress(pymysql.err.Error, OSError):
                connection.close()
        relay.close()


def _tls(where: _Where) -> dict[str, Any]:
    if where.tls == "off" or where.socket:
        return {"ssl_disabled": True}
    if where.tls == "preferred":
        return {}
    context = ssl.create_default_context(cafile=where.ca)
    if where.tls == "required":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return {"ssl": context}


def _told(pymysql: Any, connection: Any) -> str:
    lines = []
    with connection.cursor() as cursor:
        for query in SESSION:
            cursor.execute(query)
        for query in QUERIES:
            try:
                cursor.execute(query)
            except pymysql.err.Error as problem:
                code = problem.args[0] if problem.args else 0
                if not isinstance(code, int) or code in _CLIENT:  # the connection is gone
                    raise
                state = "42000" if code in _DENIED else "HY000"
                lines.append(f"ERROR:  {state}: {plain(problem.args[-1])} ({code})")
            else:
                lines += [str(row[0]) for row in cursor.fetchall()]
    return "\n".join(lines) + "\n"


def _refused(problem: Exception, password: str) -> tuple[GapReason, str]:
    code = problem.args[0] if problem.args else 0
    said = str(problem.args[-1]) if problem.args else type(problem).__name__
    reason = GapReason.DENIED if code in _DENIED else GapReason.UNREACHABLE
    if code not in _DENIED and ("SSL" in said or "certificate" in said):
        reason = GapReason.REFUSED
    return reason, plain(said.replace(password, "…") if password else said)
