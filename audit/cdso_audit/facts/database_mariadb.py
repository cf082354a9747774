"""
What a MariaDB or MySQL server says of itself: settings, plug-ins, accounts.

The server is asked, not its files. Of an account's password it tells whether there is none; the
hash never leaves it. The two engines keep some of it in different tables, so a few questions are
asked in both forms, and the one that the server does not know fails by itself.
"""

# ruff: noqa: S608 - the queries are made of constants of this module
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Final, Literal

from cdso_audit.facts.databases import (
    DATABASE_TRACES,
    in_containers,
    other_engine,
    parse_rows,
    parse_traces,
    refusal,
    sturdy,
    without_socket,
)
from cdso_audit.facts.reading import MIB, Absent, Fact, Missing, Outputs, Probe, reader
from cdso_audit.model import AssetKind, DatabaseAsset, Frozen, GapReason, KnownBy

_SETTINGS: Final = (
    "bind_address", "binlog_format", "cracklib_password_check_dictionary", "expire_logs_days",
    "general_log", "have_ssl", "innodb_checksum_algorithm", "innodb_doublewrite",
    "innodb_flush_log_at_trx_commit", "local_infile", "log_bin", "log_output", "old_passwords",
    "port", "require_secure_transport", "secure_file_priv", "server_audit_events",
    "server_audit_excl_users", "server_audit_incl_users", "server_audit_logging",
    "simple_password_check_digits", "simple_password_check_letters_same_case",
    "simple_password_check_minimal_length", "simple_password_check_other_characters",
    "skip_grant_tables", "skip_networking", "socket", "sync_binlog", "tls_version",
    "validate_password.length", "validate_password.policy", "validate_password_length",
    "validate_password_policy",
)  # fmt: skip
#: Columns of mysql.user that give power over the whole server, and what they are called.
_RIGHTS: Final = {
    "Super_priv": "SUPER",
    "File_priv": "FILE",
    "Grant_priv": "GRANT OPTION",
    "Create_user_priv": "CREATE USER",
    "Shutdown_priv": "SHUTDOWN",
    "Process_priv": "PROCESS",
    "Reload_priv": "RELOAD",
}
_NAMES = ", ".join(f"'{each}'" for each in _SETTINGS)
_HELD = ", ".join(f"IF({column} = 'Y', '{right}', NULL)" for column, right in _RIGHTS.items())
_ROLE: Final = "u.is_role = 'Y'"
_OTHERS: Final = "COALESCE(JSON_EXTRACT(g.Priv, '$.auth_or[*].plugin'), JSON_ARRAY())"
_JOIN: Final = "JOIN mysql.global_priv g ON g.Host = u.Host AND g.User = u.User"
#: Plug-ins that check a password; with others an empty string means nothing.
_BY_PASSWORD: Final = (
    "", "mysql_native_password", "mysql_old_password", "caching_sha2_password", "sha256_password",
    "ed25519", "parsec",
)  # fmt: skip


#: What the server counts of others that take its changes, by replication or Galera.
_COPIES: Final = (
    "Rpl_semi_sync_master_clients", "Rpl_semi_sync_master_status", "Rpl_semi_sync_source_clients",
    "Rpl_semi_sync_source_status", "Slave_running", "wsrep_cluster_size", "wsrep_cluster_status",
    "wsrep_ready",
)  # fmt: skip


def _either(mariadb: str, mysql: str, least: str = "100004") -> str:
    """
    Text that each of the two engines reads its own half of: comments with a condition. MariaDB
    leaves out MySQL's from 5.7.0 to 5.9.99, MySQL all of MariaDB's.
    """
    return f"/*M!{least} {mariadb} */ /*!50701 {mysql} */"


def _value(path: str, mysql: str) -> str:
    return _either(f"COALESCE(JSON_VALUE(g.Priv, '$.{path}'), '')", mysql, "100400")


_PLUGIN = _value("plugin", "u.plugin")
_TEXT = _value("authentication_string", "COALESCE(u.authentication_string, '')")
_KINDS = ", ".join(f"'{each}'" for each in _BY_PASSWORD)

#: Question → its query. A row is one JSON value with its `part`. Of a password the server says only
#: what kind of it there is. The last but one needs MariaDB 10.4, or MySQL 5.7.
_ASKED: Final[Mapping[str, str]] = {
    "settings": "SELECT JSON_OBJECT('part', 'setting', 'name', LOWER(VARIABLE_NAME), 'value',"
    " VARIABLE_VALUE) FROM"
    f" {_either('information_schema.GLOBAL_VARIABLES', 'performance_schema.global_variables')}"
    f" WHERE VARIABLE_NAME IN ({_NAMES})",
    "line": "SELECT JSON_OBJECT('part', 'line', 'tls', VARIABLE_VALUE) FROM"
    f" {_either('information_schema.SESSION_STATUS', 'performance_schema.session_status')}"
    " WHERE VARIABLE_NAME = 'Ssl_version'",
    "plugins": "SELECT JSON_OBJECT('part', 'plugin', 'name', PLUGIN_NAME, 'type', PLUGIN_TYPE) FROM"
    " information_schema.PLUGINS WHERE PLUGIN_STATUS = 'ACTIVE' AND PLUGIN_TYPE = 'AUDIT'",
    "test": "SELECT JSON_OBJECT('part', 'test', 'name', SCHEMA_NAME) FROM"
    " information_schema.SCHEMATA WHERE SCHEMA_NAME = 'test'",
    "grants": "SELECT JSON_OBJECT('part', 'grant', 'host', Host, 'user', User, 'on', Db) FROM"
    " mysql.db WHERE 'mysql' LIKE Db OR User IN ('', 'PUBLIC')",
    "accounts": "SELECT JSON_OBJECT('part', 'account', 'host', u.Host, 'user', u.User, 'plugin',"
    f" {_PLUGIN}, 'opened_by', CASE WHEN {_PLUGIN} NOT IN ({_KINDS}) THEN 'other' WHEN {_TEXT} = ''"
    f" THEN 'anybody' WHEN {_TEXT} = 'invalid' THEN 'nobody' ELSE 'password' END, 'rights',"
    f" CONCAT_WS(', ', {_HELD}), 'tls', u.ssl_type, 'others',"
    f" {_either(_OTHERS, 'JSON_ARRAY()', '100400')}, 'locked',"
    f" {_value('account_locked', 'u.account_locked')} IN ('1', 'true', 'Y'), 'role',"
    f" {_either(_ROLE, 'FALSE')}) FROM mysql.user u {_either(_JOIN, '', '100400')}",
    "copies": "SELECT JSON_OBJECT('part', 'copy', 'name', 'streams', 'value', COUNT(*)) FROM"
    " information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%' UNION ALL SELECT"
    " JSON_OBJECT('part', 'copy', 'name', LOWER(VARIABLE_NAME), 'value', VARIABLE_VALUE) FROM"
    f" {_either('information_schema.GLOBAL_STATUS', 'performance_schema.global_status')}"
    f" WHERE VARIABLE_NAME IN ({', '.join(repr(each) for each in _COPIES)})",
}
#: What comes first: the older the server, the less else it knows.
_SERVER: Final = (
    """SELECT CONCAT('{"part": "server", "version": "', VERSION(), '", "comment": "',"""
    """ REPLACE(@@version_comment, '"', ''), '", "as": "', CURRENT_USER(), '"}')"""
)
#: Every query in its order. Each ends in a row with its name, so that an empty answer differs from
#: none. No backslash, no newline: sudoers has no spelling for them.
QUERIES: Final = (
    _SERVER,
    *(
        f"{query} UNION ALL SELECT JSON_OBJECT('part', 'done', 'name', '{name}')"
        for name, query in _ASKED.items()
    ),
)
#: What every session of ours is: nothing can be written, no question takes longer than 5 s.
SESSION: Final = (
    "SET SESSION TRANSACTION READ ONLY",
    "SET SESSION " + _either("max_statement_time = 5", "max_execution_time = 5000", "100101"),
)


def _client(program: str) -> tuple[str, ...]:
    """The client, as root through the socket that it was built for; no file of options is read."""
    return (
        *(program, "--no-defaults", "--protocol=socket", "--user=root", "--batch", "--raw"),
        *("--skip-column-names", "--comments", "--connect-timeout=5"),
        *("--default-character-set=utf8mb4", "-e", "; ".join((*SESSION, *QUERIES))),
    )


MARIADB = Probe(
    id="mariadb",
    run=_client("/usr/bin/mariadb"),
    root=True,
    lane="databases",
    why="what MariaDB or MySQL says of its settings and accounts; no hash, no data",
    deadline=20,
    cap=2 * MIB,
)
MYSQL = Probe(
    id="mysql",
    run=_client("/usr/bin/mysql"),
    root=True,
    lane="databases",
    why="the same by the client of MySQL, where that of MariaDB is not there",
    deadline=20,
    cap=2 * MIB,
)
MARIADB_CONNECTION = Probe(
    id="mariadb-connection",
    run="; ".join(QUERIES),
    via="sql",
    why="what MariaDB or MySQL says of its settings and accounts; no hash, no data",
    deadline=30,
    cap=2 * MIB,
)
_PROCESSES = frozenset({"mariadbd", "mysqld"})
_ENGINES = ("mariadb", "mysql")


# ---------------------------------------------------------------------------------------------
# Facts
# ---------------------------------------------------------------------------------------------


def is_loopback(settings: Mapping[str, str]) -> bool:
    """Whether only its own host can reach a server with these settings."""
    if settings.get("skip_networking") in ("ON", "1"):
        return True
    for each in settings.get("bind_address", "*").split(","):
        name = each.strip().partition("/")[0]
        try:
            if not ip_address(name).is_loopback:
                return False
        except ValueError:
            if name != "localhost":
                return False
    return True


class MariadbServer(Fact):
    """Version and settings as the running server has them."""

    kind: Literal["mariadb-server"] = "mariadb-server"
    known_by: KnownBy = KnownBy.DAEMON
    engine: Literal["MariaDB", "MySQL"]
    version: str
    settings: Mapping[str, str] = {}
    audit: tuple[str, ...] = ()
    """Active plug-ins that audit."""
    line: str = ""
    """TLS of the connection that asked; empty without."""

    @property
    def release(self) -> str:
        """What support is counted by: `10.11`, `8.0`."""
        return ".".join(re.findall(r"\d+", self.version)[:2])

    @property
    def is_local(self) -> bool:
        """Whether only its own host can reach it."""
        return is_loopback(self.settings)

    def shown(self, *names: str) -> str:
        """Settings as a finding shows them, one a line; what the server does not know is left."""
        return "\n".join(
            f"{name} = {self.settings[name]}" for name in names if name in self.settings
        )


class MariadbReplication(Fact):
    """
    Which servers take the changes as they are made.

    `streams` replicas read the binary log; a commit `waits` for one of `waited_for` (semi-sync);
    `cluster` is the number of nodes of Galera, 0 without it, and `in_cluster` whether this one
    belongs to the part that may write.
    """

    kind: Literal["mariadb-replication"] = "mariadb-replication"
    known_by: KnownBy = KnownBy.DAEMON
    streams: int = 0
    is_replica: bool = False
    waits: bool = False
    waited_for: int = 0
    cluster: int = 0
    in_cluster: bool = False


class MariadbAccount(Frozen):
    """
    One account. `plugin` checks who it is, `others` may do so too.

    `opened_by`: `anybody` (an empty password), a `password`, `nobody` (none fits), `other` (the
    plug-in asks for something else).
    """

    user: str
    host: str
    plugin: str = ""
    others: tuple[str, ...] = ()
    opened_by: Literal["anybody", "password", "nobody", "other"] = "nobody"
    locked: bool = False
    rights: tuple[str, ...] = ()
    tls: str = ""

    @property
    def name(self) -> str:
        """As the server writes it."""
        return f"'{self.user}'@'{self.host}'"

    @property
    def is_local(self) -> bool:
        """Whether only the server's own host can log in as it."""
        try:
            return ip_address(self.host.partition("/")[0]).is_loopback
        except ValueError:
            return self.host == "localhost"

    @property
    def is_wide(self) -> bool:
        """Whether the host's pattern leaves out next to nobody: wildcards and dots alone."""
        return not self.host.strip("%_.:") or self.host.endswith("/0.0.0.0")


class MariadbAccounts(Fact):
    """Every account that can log in, and what lets everybody in."""

    kind: Literal["mariadb-accounts"] = "mariadb-accounts"
    known_by: KnownBy = KnownBy.DAEMON
    accounts: tuple[MariadbAccount, ...]
    checks_nobody: bool = False
    """The server was started with `skip-grant-tables`."""
    test_database: bool = False
    for_all: tuple[str, ...] = ()
    """Databases that an account without a name may use."""
    requires_tls: bool = False
    listens_only_here: bool = False


# ---------------------------------------------------------------------------------------------
# Reading
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Answer:
    """One server's rows by part, and which questions it answered to their end."""

    rows: Mapping[str, list[dict[str, Any]]]
    problem: tuple[GapReason, str] = (GapReason.UNPARSABLE, "the server did not answer")
    done: frozenset[str] = field(default_factory=frozenset)

    @property
    def server(self) -> dict[str, Any]:
        return self.rows["server"][0]

    @property
    def settings(self) -> dict[str, str]:
        return {each["name"]: str(each["value"]) for each in self.rows.get("setting", ())}

    @property
    def subject(self) -> str:
        engine = "mariadb" if "mariadb" in self.server["version"].lower() else "mysql"
        port = self.settings.get("port", "")
        return f"{engine}:{port}" if port else engine

    def lacks(self, *questions: str) -> Missing | None:
        """The gap if one of these questions was not answered to its end."""
        return None if self.done.issuperset(questions) else Missing(self.subject, *self.problem)


def _answer(text: str, errors: str) -> _Answer | Missing:
    rows, refused = parse_rows(text)
    complaint = errors.strip() or refused
    if "server" not in rows:
        return Missing("mariadb", *refusal(complaint))
    done = frozenset(str(each["name"]) for each in rows.get("done", ()))
    denied = "denied" in complaint.lower()
    problem = (
        GapReason.DENIED if denied else GapReason.UNPARSABLE,
        " ".join(complaint.split())[:300] or "the server did not answer all questions",
    )
    return _Answer(rows, problem, done)


def _asked(outputs: Outputs) -> Iterator[_Answer | Missing | Absent]:
    """Every MariaDB or MySQL of the asset, on a host or behind a connection."""
    asset = outputs.asset
    if isinstance(asset, DatabaseAsset):
        if asset.database not in _ENGINES:
            yield other_engine(asset)
            return
        yield _answer(outputs.text(MARIADB_CONNECTION), "")
        return
    traces = parse_traces(outputs.text(DATABASE_TRACES))
    waiting = [
        each
        for each in traces.sockets
        if "/.s.PGSQL." not in each and not each.endswith("mysqlx.sock")
    ]
    if not waiting:
        yield from without_socket(outputs, traces, "mariadb", "MariaDB or MySQL", _PROCESSES)
        return
    yield from in_containers(outputs, traces, "mariadb", "MariaDB or MySQL", _PROCESSES)
    probe = MARIADB if outputs.has_tool(MARIADB) else MYSQL
    seen = outputs.observation(probe)
    found = _answer(outputs.text(probe, codes=None), seen.errors.decode("utf-8", "replace"))
    yield found
    here = _plain(found.settings.get("socket", "")) if isinstance(found, _Answer) else ""
    for socket in waiting:
        if isinstance(found, _Answer) and _plain(socket) != here:
            yield Missing(
                f"mariadb ({socket})",
                GapReason.UNDECLARED,
                f"the client asks its usual socket alone, not {socket}; add an asset "
                "`database: mariadb` with a connection",
            )


def _plain(socket: str) -> str:
    return socket.replace("/var/run/", "/run/")


def read_server(outputs: Outputs) -> Iterator[MariadbServer | Missing | Absent]:
    """One fact a server."""
    for each in _asked(outputs):
        if not isinstance(each, _Answer):
            yield each
        elif missing := each.lacks("settings", "plugins"):
            yield missing
        else:
            is_mariadb = "mariadb" in each.server["version"].lower()
            comment = each.server["comment"]
            line = next(iter(each.rows.get("line", ())), {})
            yield MariadbServer(
                subject=each.subject,
                engine="MariaDB" if is_mariadb else "MySQL",
                version=f"{each.server['version']} ({comment})",
                settings=each.settings,
                audit=tuple(
                    row["name"] for row in each.rows.get("plugin", ()) if row["type"] == "AUDIT"
                ),
                line=line.get("tls") or "",
            )


def _accounts(
    rows: Iterable[Mapping[str, Any]], grants: Mapping[tuple[str, str], list[str]]
) -> Any:
    for row in rows:
        if row["role"]:
            continue
        who = (row["user"], row["host"])
        rights = [each for each in (row["rights"] or "").split(", ") if each]
        rights += [f"all of {each}" for each in grants.get(who, ())]
        yield MariadbAccount(
            user=row["user"],
            host=row["host"],
            plugin=row["plugin"],
            others=tuple(each for each in row["others"] if each),
            opened_by=row["opened_by"],
            locked=bool(row["locked"]),
            rights=tuple(rights),
            tls=row["tls"] or "",
        )


def read_accounts(outputs: Outputs) -> Iterator[MariadbAccounts | Missing | Absent]:
    """One fact a server."""
    for each in _asked(outputs):
        if not isinstance(each, _Answer):
            yield each
            continue
        missing = each.lacks("settings", "test", "grants", "accounts")
        if missing:
            yield missing
            continue
        grants: dict[tuple[str, str], list[str]] = {}
        for row in each.rows.get("grant", ()):
            grants.setdefault((row["user"], row["host"]), []).append(row["on"])
        settings = each.settings
        yield MariadbAccounts(
            subject=each.subject,
            accounts=tuple(_accounts(each.rows.get("account", ()), grants)),
            checks_nobody=settings.get("skip_grant_tables") == "ON"
            or str(each.server["as"]).startswith("skip-grants"),
            test_database=bool(each.rows.get("test")),
            for_all=tuple(
                name
                for (user, _), names in grants.items()
                for name in names
                if user in ("", "PUBLIC")
            ),
            requires_tls=settings.get("require_secure_transport") in ("ON", "1"),
            listens_only_here=is_loopback(settings),
        )


def read_replication(outputs: Outputs) -> Iterator[MariadbReplication | Missing | Absent]:
    """One fact a server."""
    for each in _asked(outputs):
        if not isinstance(each, _Answer):
            yield each
        elif missing := each.lacks("settings", "copies"):
            yield missing
        else:
            told = {row["name"]: str(row["value"]) for row in each.rows.get("copy", ())}
            semi = [name for name in told if name.startswith("rpl_semi_sync_")]
            yield MariadbReplication(
                subject=each.subject,
                streams=int(told.get("streams", "0")),
                is_replica=told.get("slave_running", "OFF") == "ON",
                waits=any(told[name] == "ON" for name in semi),
                waited_for=max((int(told[n]) for n in semi if n.endswith("clients")), default=0),
                cluster=int(told.get("wsrep_cluster_size", "0")),
                in_cluster=told.get("wsrep_cluster_status") == "Primary"
                and told.get("wsrep_ready") == "ON",
            )


_PROBES = (DATABASE_TRACES, MARIADB, MYSQL)
reader(MariadbReplication, *_PROBES)(sturdy(read_replication))
reader(MariadbReplication, MARIADB_CONNECTION, on=AssetKind.DATABASE)(sturdy(read_replication))
reader(MariadbServer, *_PROBES)(sturdy(read_server))
reader(MariadbServer, MARIADB_CONNECTION, on=AssetKind.DATABASE)(sturdy(read_server))
reader(MariadbAccounts, *_PROBES)(sturdy(read_accounts))
reader(MariadbAccounts, MARIADB_CONNECTION, on=AssetKind.DATABASE)(sturdy(read_accounts))
