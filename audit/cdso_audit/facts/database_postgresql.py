"""
What a PostgreSQL server says of itself: settings, who may connect from where, roles.

The server is asked, not its files: pg_settings, pg_hba_file_rules, pg_roles. The view of pg_hba
shows the file as the server would read it now, so the time of the last reload is asked besides. Of
a password's verifier the server itself tells only the scheme. Secrets in options of pg_hba
(`ldapbindpasswd`, `radiussecrets`) and in settings (`primary_conninfo`) are never asked for.
"""

# ruff: noqa: S608 - the queries are made of constants of this module
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any, Final, Literal

from pydantic import AwareDatetime

from cdso_audit.facts.databases import (
    DATABASE_TRACES,
    Server,
    in_containers,
    other_engine,
    parse_parts,
    parse_traces,
    refusal,
    sturdy,
    without_socket,
)
from cdso_audit.facts.reading import (
    MIB,
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnreadableError,
    reader,
)
from cdso_audit.model import AssetKind, DatabaseAsset, Frozen, GapReason, KnownBy

_SETTINGS: Final = (
    "archive_command", "archive_library", "archive_mode", "data_checksums", "fsync",
    "full_page_writes", "listen_addresses", "log_connections", "log_destination",
    "log_disconnections", "log_file_mode", "log_line_prefix", "log_min_error_statement",
    "log_min_messages", "log_statement", "logging_collector", "password_encryption", "pgaudit.log",
    "port", "shared_preload_libraries", "ssl", "ssl_max_protocol_version",
    "ssl_min_protocol_version", "wal_level",
)  # fmt: skip
#: Options of a pg_hba line that hold no secret; of the others only the name is told.
_OPTIONS: Final = ("clientcert", "clientname", "map", "ldaptls", "include_realm", "krb_realm")
#: Roles whose members reach the server's files and programs, and so its superuser.
_MIGHTY: Final = (
    "pg_execute_server_program", "pg_write_server_files", "pg_read_server_files",
)  # fmt: skip


def _list(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{each}'" for each in words)


#: Part → a query with one row of one JSON value. No backslash, no newline: sudoers has no spelling
#: for them. Everything that the answer holds is chosen by name.
QUERIES: Final[Mapping[str, str]] = {
    "server": "SELECT json_build_object('part', 'server', 'version', version(), 'number',"
    " current_setting('server_version_num')::int, 'recovery', pg_is_in_recovery())",
    "settings": "SELECT jsonb_build_object('part', 'settings', 'values', jsonb_object_agg(name,"
    " jsonb_build_array(CASE WHEN name <> 'archive_command' THEN setting WHEN setting IN ('',"
    " '(disabled)') THEN '' ELSE 'set' END, source, pending_restart))) FROM pg_settings WHERE name"
    f" IN ({_list(_SETTINGS)})",
    "overrides": "SELECT jsonb_build_object('part', 'overrides', 'found', coalesce(jsonb_agg("
    "jsonb_build_array(coalesce(r.rolname, ''), coalesce(d.datname, ''), o)), '[]')) FROM"
    " pg_db_role_setting s CROSS JOIN unnest(s.setconfig) o LEFT JOIN pg_roles r ON r.oid ="
    " s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase WHERE split_part(o, '=', 1) IN"
    " ('log_statement', 'log_disconnections', 'log_connections', 'pgaudit.log',"
    " 'password_encryption')",
    "line": "SELECT json_build_object('part', 'line', 'tls', ssl, 'version', version, 'cipher',"
    " cipher) FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
    "archiver": "SELECT json_build_object('part', 'archiver', 'archived', extract(epoch FROM"
    " last_archived_time), 'failed', extract(epoch FROM last_failed_time)) FROM pg_stat_archiver",
    "roles": "SELECT jsonb_build_object('part', 'roles', 'found', jsonb_agg(jsonb_build_object("
    "'name', r.rolname, 'login', r.rolcanlogin, 'superuser', r.rolsuper, 'replication',"
    " r.rolreplication, 'create_role', r.rolcreaterole, 'bypass_rls', r.rolbypassrls, 'expired',"
    " coalesce(r.rolvaliduntil <= now(), false), 'through', (SELECT coalesce(jsonb_agg(s.rolname"
    " ORDER BY s.rolname), '[]') FROM pg_roles s WHERE NOT r.rolsuper AND s.oid <> r.oid AND"
    f" (s.rolsuper OR s.rolname IN ({_list(_MIGHTY)})) AND pg_has_role(r.oid, s.oid, 'MEMBER')))"
    " ORDER BY r.rolname)) FROM pg_roles r WHERE r.rolname !~ '^pg_'",
    "verifiers": "SELECT jsonb_build_object('part', 'verifiers', 'found', jsonb_agg("
    "jsonb_build_array(rolname, CASE WHEN rolpassword IS NULL THEN 'none' WHEN rolpassword LIKE"
    " 'SCRAM-SHA-256%' THEN 'scram-sha-256' WHEN rolpassword ~ '^md5[0-9a-f]{32}' THEN 'md5'"
    " ELSE 'other' END))) FROM pg_authid WHERE rolname !~ '^pg_'",
    "rules": "SELECT jsonb_build_object('part', 'rules', 'found', coalesce(jsonb_agg("
    "jsonb_build_object('file', to_jsonb(h) ->> 'file_name', 'line', line_number, 'type', type,"
    " 'databases', database, 'users', user_name, 'address', address, 'netmask', netmask,"
    " 'method', auth_method, 'options', (SELECT"
    f" jsonb_agg(CASE WHEN split_part(o, '=', 1) IN ({_list(_OPTIONS)}) THEN o ELSE split_part(o,"
    " '=', 1) END) FROM unnest(options) o), 'broken', type IS NULL)), '[]')) FROM"
    " pg_hba_file_rules h",
    "loaded": "SELECT jsonb_build_object('part', 'loaded', 'at', extract(epoch FROM"
    " pg_conf_load_time()), 'changed', extract(epoch FROM max((pg_stat_file(f)).modification)))"
    " FROM (SELECT current_setting('hba_file') f UNION SELECT to_jsonb(h) ->> 'file_name' FROM"
    " pg_hba_file_rules h) files WHERE f IS NOT NULL",
    # a column that an older server lacks is null; of a standby only its state leaves the server
    "replication": "SELECT jsonb_build_object('part', 'replication', 'demanded',"
    " current_setting('synchronous_standby_names') <> '', 'commit',"
    " current_setting('synchronous_commit'), 'standbys', (SELECT coalesce(jsonb_agg("
    "jsonb_build_object('state', r.state, 'sync', r.sync_state, 'lag', extract(epoch FROM"
    " (to_jsonb(r) ->> 'replay_lag')::interval))), '[]') FROM pg_stat_replication r), 'idle_slots',"
    " (SELECT count(*) FROM pg_replication_slots WHERE slot_type = 'physical' AND NOT active))",
}


#: What every session of ours is: nothing is written, nothing waits long, no function that somebody
#: left in a schema is called in place of PostgreSQL's own.
SESSION: Final = (
    ("search_path", "pg_catalog"),
    ("default_transaction_read_only", "on"),
    ("statement_timeout", "5000"),
    ("lock_timeout", "1000"),
)
SESSION_OPTIONS = " ".join(f"-c {name}={value}" for name, value in (*SESSION, ("lc_messages", "C")))

# One shell of the account `postgres`, not of root: it asks every socket that waits. libpq refuses
# a socket that belongs to another account (`requirepeer`), and never asks for a password (`-w`).
# A server has a lock beside its socket; PgBouncer has none.
_SCRIPT = (
    "LC_ALL=C; export LC_ALL; cd /; b=/usr/bin/psql;"
    # Debian's /usr/bin/psql is a wrapper that takes longer than the question
    ' for x in /usr/lib/postgresql/*/bin/psql; do [ ! -x "$x" ] || b=$x; done;'
    """ awk '$4 == "00010000" && (i = index($0, "/")) { print substr($0, i) }' /proc/net/unix |"""
    " sort -u | while read -r s; do case $s in */.s.PGSQL.*) ;; (*) continue;; esac;"
    ' [ ! -e "$s" ] || [ -e "$s.lock" ] || { echo "@@ pooler $s"; continue; };'
    ' p=${s##*.}; echo "@@ socket $s"; for d in postgres template1; do'
    ' "$b" -XAtqw -v VERBOSITY=verbose -h "${s%/.s.PGSQL.*}" -p "$p" -d "dbname=$d user=postgres'
    " requirepeer=postgres connect_timeout=5 passfile=/nonexistent"
    f" options='{SESSION_OPTIONS}'\""
    + "".join(f' -c "${{{at}}}"' for at in range(1, len(QUERIES) + 1))
    + ' </dev/null 2>&1; c=$?; [ "$c" = 2 ] || break; done; echo "@@ done $c"; done; echo "@@ end"'
)

POSTGRESQL = Probe(
    id="postgresql",
    run=("/usr/sbin/runuser", "-u", "postgres", "--", "/bin/sh", "-c", _SCRIPT, "sh",
         *QUERIES.values()),
    root=True,
    tool="/usr/bin/psql",
    why="what each PostgreSQL here says of its settings, rules and roles; no verifier, no data",
    lane="databases",
    deadline=30,
    cap=2 * MIB,
)  # fmt: skip
POSTGRESQL_CONNECTION = Probe(
    id="postgresql-connection",
    run="; ".join(QUERIES.values()),
    via="sql",
    why="what the PostgreSQL server says of its settings, rules and roles; no verifier, no data",
    deadline=30,
    cap=2 * MIB,
)
PROCESSES = frozenset({"postgres", "postmaster", "edb-postgres"})


# ---------------------------------------------------------------------------------------------
# Facts
# ---------------------------------------------------------------------------------------------


def is_loopback(addresses: str) -> bool:
    """Whether `listen_addresses` names nothing but this very host. Nothing at all is so too."""
    for each in addresses.split(","):
        name = each.strip().strip('"')
        try:
            if not ip_address(name).is_loopback:
                return False
        except ValueError:
            if name not in ("", "localhost", "ip6-localhost"):
                return False
    return True


class PostgresqlServer(Fact):
    """Version and settings as the running server has them."""

    kind: Literal["postgresql-server"] = "postgresql-server"
    known_by: KnownBy = KnownBy.DAEMON
    version: str
    number: int
    """`server_version_num`: 130023 is 13.23, 90624 is 9.6.24."""
    settings: Mapping[str, str] = {}
    pending_restart: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    """Settings of a role or a database that differ: `role@database name=value`."""
    line: str = ""
    """TLS of the connection that asked; empty without."""
    in_recovery: bool = False
    archived_at: AwareDatetime | None = None
    archive_failed_at: AwareDatetime | None = None

    @property
    def release(self) -> str:
        """What support is counted by: `13`, and `9.6` before 10."""
        major = self.number // 10_000
        return str(major) if major >= 10 else f"{major}.{self.number // 100 % 100}"  # noqa: PLR2004

    @property
    def is_local(self) -> bool:
        """Whether only its own host can reach it."""
        return is_loopback(self.settings["listen_addresses"])

    def shown(self, *names: str) -> str:
        """Settings as a finding shows them, one a line; what the server does not know is left."""
        return "\n".join(
            f"{name} = {self.settings[name]}" for name in names if name in self.settings
        )


class Standby(Frozen):
    """
    A server that takes this one's changes. `state` and `sync` are as pg_stat_replication has them,
    empty where the asking account may not see them; `lag` is in seconds, None when nothing waits.
    """

    state: str = ""
    sync: str = ""
    lag: float | None = None


class PostgresqlReplication(Fact):
    """
    Which servers take the changes as they are made. `demanded`: a commit waits for a synchronous
    one; `idle_slots`: places kept for standbys of which none is connected.
    """

    kind: Literal["postgresql-replication"] = "postgresql-replication"
    known_by: KnownBy = KnownBy.DAEMON
    in_recovery: bool
    demanded: bool
    commit: str
    standbys: tuple[Standby, ...] = ()
    idle_slots: int = 0


class HbaRule(Frozen):
    """
    One line of pg_hba as the server reads it. `network` is empty for `local` and for names;
    `address` is the word or name in its place.
    """

    line: int
    file: str = ""
    """Its file, where pg_hba includes others (PostgreSQL 16)."""
    type: str
    databases: tuple[str, ...]
    users: tuple[str, ...]
    address: str = ""
    network: str = ""
    method: str
    options: tuple[str, ...] = ()

    @property
    def is_local(self) -> bool:
        """Whether only this very host can use it."""
        if self.type == "local" or self.address == "samehost":
            return True
        return bool(self.network) and ip_network(self.network).is_loopback

    @property
    def networks(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """The addresses that it lets in, where they are numbers."""
        if self.address == "all":
            return (ip_network("0.0.0.0/0"), ip_network("::/0"))
        return (ip_network(self.network),) if self.network else ()

    def covers(self, other: "HbaRule") -> bool:
        """Whether every connection that `other` is for meets this one first."""
        types = {"host": {"host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"}}
        if other.type not in types.get(self.type, {self.type}):
            return False
        names = "all" in self.users or self.users == other.users
        # `all` databases leave replication out
        wide = "all" in self.databases and "replication" not in other.databases
        if not names or not (wide or self.databases == other.databases):
            return False
        if self.type == "local":
            return True
        mine = self.networks
        return bool(other.networks) and all(
            any(theirs.version == own.version and theirs.subnet_of(own) for own in mine)  # type: ignore[arg-type]
            for theirs in other.networks
        )

    @property
    def shown(self) -> str:
        """The line as pg_hba would have it."""
        where = "" if self.type == "local" else f" {self.network or self.address}"
        options = "".join(f" {each}" for each in self.options)
        people = f"{','.join(self.databases)} {','.join(self.users)}"
        return f"{self.at}: {self.type} {people}{where} {self.method}{options}"

    @property
    def at(self) -> str:
        """Where it stands, as a person looks for it."""
        return f"{self.file}:{self.line}" if self.file else str(self.line)


class PostgresqlAccess(Fact):
    """Who may connect from where, and how he proves who he is."""

    kind: Literal["postgresql-access"] = "postgresql-access"
    known_by: KnownBy = KnownBy.DAEMON
    rules: tuple[HbaRule, ...]
    is_loaded: bool | None = None
    """Whether the file is no younger than the last reload; None when nobody could tell."""
    broken_lines: tuple[str, ...] = ()
    listen_addresses: str = ""
    tls: bool = False

    @property
    def listens_only_here(self) -> bool:
        """Whether no other machine can connect, whatever the rules say."""
        return is_loopback(self.listen_addresses)

    @property
    def effective(self) -> tuple[HbaRule, ...]:
        """The rules by which somebody gets in: not behind one that covers them, not closed."""
        return self._open(self.rules)

    @property
    def unencrypted(self) -> tuple[HbaRule, ...]:
        """The rules by which another machine gets in without encryption."""
        kinds = {"host", "hostnossl", "hostnogssenc"}
        plain = [
            each.model_copy(update={"type": "hostnossl"})
            for each in self.rules
            if each.type in kinds
        ]
        places = {(each.file, each.line) for each in self._open(plain) if not each.is_local}
        return tuple(
            each
            for each in self.effective
            if (each.file, each.line) in places and each.type in kinds
        )

    def _open(self, rules: Iterable[HbaRule]) -> tuple[HbaRule, ...]:
        met: list[HbaRule] = []
        for rule in rules:
            if not any(before.covers(rule) for before in met):
                met.append(rule)
        return tuple(
            each
            for each in met
            if each.method != "reject"
            and (each.is_local or not self.listens_only_here)
            and (each.type != "hostssl" or self.tls)
        )


class PostgresqlRole(Frozen):
    """One role. `through` are the mighty roles that it is a member of."""

    name: str
    login: bool
    superuser: bool = False
    replication: bool = False
    create_role: bool = False
    bypass_rls: bool = False
    expired: bool = False
    through: tuple[str, ...] = ()
    verifier: str = ""
    """`none`, `md5`, `scram-sha-256`, `other`; empty when it was not told."""


class PostgresqlRoles(Fact):
    """Every role of the server, and the scheme of its verifier where that was told."""

    kind: Literal["postgresql-roles"] = "postgresql-roles"
    known_by: KnownBy = KnownBy.DAEMON
    roles: tuple[PostgresqlRole, ...]
    verifiers_known: bool = False
    password_encryption: str = ""
    libraries: str | None = None
    """shared_preload_libraries; None when it was not told."""


# ---------------------------------------------------------------------------------------------
# Reading
# ---------------------------------------------------------------------------------------------


def servers(text: str) -> Iterator[Server | Missing]:
    """The answer of the host's sockets, each with its parts or its gap. Raises UnreadableError."""
    if not re.search(r"^@@ end$", text, re.MULTILINE):
        raise UnreadableError("the answer of the sockets is cut short")
    seen: set[str] = set()
    for block in re.split(r"^@@ socket ", text, flags=re.MULTILINE)[1:]:
        socket, _, rest = block.partition("\n")
        body = rest.partition("\n@@ end")[0]
        folder, _, port = socket.rpartition("/.s.PGSQL.")
        subject = f"postgresql:{port}"
        subject = f"{subject} ({folder})" if subject in seen else subject
        seen.add(subject)
        yield _server(subject, body, socket)


def _server(subject: str, body: str, route: str) -> Server | Missing:
    parts, problems = parse_parts(body, tuple(QUERIES))
    if "server" not in parts:
        without_frame = re.sub(r"^@@ .*$", "", body, flags=re.MULTILINE)
        return Missing(subject, *(problems.get("server") or refusal(without_frame)))
    return Server(subject, parts, problems, route)


def _asked(outputs: Outputs) -> Iterator[Server | Missing | Absent]:
    """Every PostgreSQL of the asset, on a host or behind a connection."""
    asset = outputs.asset
    if isinstance(asset, DatabaseAsset):
        if asset.database != "postgresql":
            yield other_engine(asset)
            return
        text = outputs.text(POSTGRESQL_CONNECTION)
        found = _server("postgresql", text, "")
        if isinstance(found, Server):
            values = found.parts.get("settings", {}).get("values", {})
            port = values["port"][0] if "port" in values else ""
            found = Server(
                f"postgresql:{port}" if port else "postgresql", found.parts, found.problems
            )
        yield found
        return
    traces = parse_traces(outputs.text(DATABASE_TRACES))
    waiting = [each for each in traces.sockets if "/.s.PGSQL." in each]
    if not waiting:
        yield from without_socket(outputs, traces, "postgresql", "PostgreSQL", PROCESSES)
        return
    yield from in_containers(outputs, traces, "postgresql", "PostgreSQL", PROCESSES)
    text = outputs.text(POSTGRESQL)
    told = list(servers(text))
    poolers = re.findall(r"(?m)^@@ pooler (.*)$", text)
    yield from told
    if poolers and not told:
        yield Absent(
            "what waits at {sockets} is no PostgreSQL server, but passes on to one",
            {"sockets": ", ".join(poolers)},
        )
    routes = {each.route for each in told if isinstance(each, Server)}
    missed = {each.subject.partition(" ")[0] for each in told if isinstance(each, Missing)}
    for socket in waiting:
        subject = f"postgresql:{socket.rpartition('.')[2]}"
        if socket not in routes and socket not in poolers and subject not in missed:
            yield Missing(subject, GapReason.UNPARSABLE, f"{socket} was not asked")


def _moment(seconds: Any) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(float(seconds), UTC)


def _settings(server: Server) -> dict[str, str]:
    """The server's settings; what the asking account has set for itself says nothing of others."""
    return {
        name: str(value)
        for name, (value, source, _) in server.parts["settings"]["values"].items()
        if source not in ("user", "database", "database user", "session", "client")
    }


def _override(role: str, database: str, setting: str) -> str:
    return f"{role or '*'}@{database or '*'} {setting}"


def read_server(outputs: Outputs) -> Iterator[PostgresqlServer | Missing | Absent]:
    """One fact a server."""
    for each in _asked(outputs):
        if not isinstance(each, Server):
            yield each
        elif missing := each.lacks("server", "settings", "overrides"):
            yield missing
        else:
            parts = each.parts
            line = parts.get("line", {})
            archiver = parts.get("archiver", {})
            yield PostgresqlServer(
                subject=each.subject,
                version=parts["server"]["version"],
                number=parts["server"]["number"],
                in_recovery=parts["server"]["recovery"],
                settings=_settings(each),
                pending_restart=tuple(
                    name for name, (_, _, waits) in parts["settings"]["values"].items() if waits
                ),
                overrides=tuple(_override(*found) for found in parts["overrides"]["found"]),
                line=f"{line['version']} {line['cipher']}" if line.get("tls") else "",
                archived_at=_moment(archiver.get("archived")),
                archive_failed_at=_moment(archiver.get("failed")),
            )


def _files(rules: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """File → how it is shown: by its name where there are several, else not at all."""
    paths = list(dict.fromkeys(each.get("file") or "" for each in rules))
    return {each: each.rpartition("/")[2] if len(paths) > 1 else "" for each in paths}


def prefix_length(mask: str) -> int:
    """The ones at the start of a netmask. ValueError where it has gaps, as no network has."""
    if not isinstance(mask, str):  # a number would be taken for an address
        raise TypeError(f"a netmask is text, this is a {type(mask).__name__}")
    packed = ip_address(mask).packed
    bits = int.from_bytes(packed)
    length = bits.bit_count()
    if bits != ((1 << length) - 1) << (8 * len(packed) - length):
        raise ValueError(f"the netmask {mask} has gaps")
    return length


def _rule(told: Mapping[str, Any], file: str) -> HbaRule:
    address, mask = told["address"] or "", told["netmask"]
    network = ""
    if mask:
        network = str(ip_network(f"{address}/{prefix_length(mask)}", strict=False))
    return HbaRule(
        line=told["line"] or 0,
        file=file,
        type=told["type"],
        databases=tuple(told["databases"] or ()),
        users=tuple(told["users"] or ()),
        address="" if network else address,
        network=network,
        method=told["method"],
        options=tuple(told["options"] or ()),
    )


def read_access(outputs: Outputs) -> Iterator[PostgresqlAccess | Missing | Absent]:
    """One fact a server."""
    for each in _asked(outputs):
        if not isinstance(each, Server):
            yield each
        elif missing := each.lacks("settings", "rules"):
            yield missing
        else:
            found = each.parts["rules"]["found"]
            files = _files(found)
            loaded = each.parts.get("loaded", {})
            values = _settings(each)
            yield PostgresqlAccess(
                subject=each.subject,
                rules=tuple(
                    _rule(one, files[one.get("file") or ""]) for one in found if not one["broken"]
                ),
                broken_lines=tuple(
                    f"{files[one.get('file') or '']}:{one['line']}".removeprefix(":")
                    for one in found
                    if one["broken"]
                ),
                is_loaded=loaded["changed"] <= loaded["at"] if loaded.get("changed") else None,
                listen_addresses=values["listen_addresses"],
                tls=values["ssl"] == "on",
            )


def read_roles(outputs: Outputs) -> Iterator[PostgresqlRoles | Missing | Absent]:
    """One fact a server; without the right to see verifiers it has the roles alone."""
    for each in _asked(outputs):
        if not isinstance(each, Server):
            yield each
        elif missing := each.lacks("roles"):
            yield missing
        else:
            told = each.parts.get("verifiers")
            schemes = dict(told["found"]) if told else {}
            values = _settings(each) if "settings" in each.parts else {}
            yield PostgresqlRoles(
                subject=each.subject,
                roles=tuple(
                    PostgresqlRole(**role, verifier=schemes.get(role["name"], ""))
                    for role in each.parts["roles"]["found"]
                ),
                verifiers_known=told is not None,
                password_encryption=values.get("password_encryption", ""),
                libraries=values.get("shared_preload_libraries"),
            )


def read_replication(outputs: Outputs) -> Iterator[PostgresqlReplication | Missing | Absent]:
    """One fact a server."""
    for each in _asked(outputs):
        if not isinstance(each, Server):
            yield each
        elif missing := each.lacks("server", "replication"):
            yield missing
        else:
            told = each.parts["replication"]
            yield PostgresqlReplication(
                subject=each.subject,
                in_recovery=each.parts["server"]["recovery"],
                demanded=told["demanded"],
                commit=told["commit"],
                standbys=tuple(
                    Standby(state=one["state"] or "", sync=one["sync"] or "", lag=one["lag"])
                    for one in told["standbys"]
                ),
                idle_slots=told["idle_slots"],
            )


reader(PostgresqlReplication, DATABASE_TRACES, POSTGRESQL)(sturdy(read_replication))
reader(PostgresqlReplication, POSTGRESQL_CONNECTION, on=AssetKind.DATABASE)(
    sturdy(read_replication)
)
reader(PostgresqlServer, DATABASE_TRACES, POSTGRESQL)(sturdy(read_server))
reader(PostgresqlServer, POSTGRESQL_CONNECTION, on=AssetKind.DATABASE)(sturdy(read_server))
reader(PostgresqlAccess, DATABASE_TRACES, POSTGRESQL)(sturdy(read_access))
reader(PostgresqlAccess, POSTGRESQL_CONNECTION, on=AssetKind.DATABASE)(sturdy(read_access))
reader(PostgresqlRoles, DATABASE_TRACES, POSTGRESQL)(sturdy(read_roles))
reader(PostgresqlRoles, POSTGRESQL_CONNECTION, on=AssetKind.DATABASE)(sturdy(read_roles))
