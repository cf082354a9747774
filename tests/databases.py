"""What tests of databases share: answers as servers give them, built of what a case is about."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from tests.support import Answer

from cdso_audit.facts.database_mariadb import MARIADB, MYSQL
from cdso_audit.facts.database_postgresql import POSTGRESQL, QUERIES
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.facts.reading import Probe
from cdso_audit.model import GapReason

SOCKET = "/var/run/postgresql/.s.PGSQL.5432"
NO_DATABASE = "@@ sockets\n@@ processes\n@@ hidden\n@@ end\n"

#: As Debian 12 ships it.
POSTGRESQL_SETTINGS: Mapping[str, str] = {
    "archive_command": "",
    "archive_library": "",
    "archive_mode": "off",
    "data_checksums": "off",
    "fsync": "on",
    "full_page_writes": "on",
    "listen_addresses": "*",
    "log_connections": "off",
    "log_disconnections": "off",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "log_statement": "none",
    "password_encryption": "scram-sha-256",
    "port": "5432",
    "shared_preload_libraries": "",
    "ssl": "on",
    "ssl_min_protocol_version": "TLSv1.2",
    "wal_level": "replica",
}
DEBIAN_15 = "PostgreSQL 15.14 (Debian 15.14-0+deb12u1) on x86_64-pc-linux-gnu"
DEBIAN_RULES = (
    "local all postgres peer",
    "local all all peer",
    "host all all 127.0.0.1/32 scram-sha-256",
    "host all all ::1/128 scram-sha-256",
    "local replication all peer",
)


def traces(*sockets: str, own: str = "", inner: str = "", hidden: str = "") -> str:
    """The answer of `DATABASE_TRACES`."""
    processes = "".join(
        f"{where} {name}\n" for where, names in (("own", own), ("inner", inner))
        for name in names.split()
    )  # fmt: skip
    listed = "".join(f"{each}\n" for each in sockets)
    return f"@@ sockets\n{listed}@@ processes\n{processes}@@ hidden\n{hidden}@@ end\n"


def hba_rule(number: int, line: str) -> dict[str, Any]:
    """
    A line of pg_hba as the view tells it: `host all all 10.0.0.0/8 md5`. One that another file
    holds has its name before it: `/etc/more.conf> host …`.
    """
    file, _, line = line.rpartition("> ")
    kind, databases, users, *rest = line.split()
    address = rest.pop(0) if kind != "local" else None
    netmask = None
    if address and "/" in address:
        network = ip_network(address)
        address, netmask = str(network.network_address), str(network.netmask)
    return {
        "file": file or None,
        "line": number,
        "type": kind,
        "databases": databases.split(","),
        "users": users.split(","),
        "address": address,
        "netmask": netmask,
        "method": rest[0],
        "options": rest[1:] or None,
        "broken": False,
    }


def role(name: str, **what: Any) -> dict[str, Any]:
    """A role that may log in and nothing more, but for `what`."""
    return {"name": name, "login": True, "through": [], **what}


def postgresql_text(
    *,
    version: str = DEBIAN_15,
    number: int = 150014,
    settings: Mapping[str, str | None] | None = None,
    rules: Iterable[str] = DEBIAN_RULES,
    roles: Iterable[Mapping[str, Any]] = (role("postgres", superuser=True),),
    verifiers: Mapping[str, str] | None = None,
    overrides: Iterable[tuple[str, str, str]] = (),
    loaded: tuple[float, float] = (2000.0, 1000.0),
    archiver: tuple[float | None, float | None] = (None, None),
    recovery: bool = False,
    replication: Mapping[str, Any] | None = None,
    source: str = "configuration file",
    broken: Iterable[int] = (),
    errors: Mapping[str, str] | None = None,
) -> str:
    """
    The lines of one server. A setting that is None is one that it does not know. `errors` are
    parts that it refuses, with SQLSTATE and message; `loaded` is when the rules were loaded and
    changed.
    """
    given = {**POSTGRESQL_SETTINGS, **(settings or {})}
    values = {name: value for name, value in given.items() if value is not None}
    bad = [
        {**hba_rule(at, "host all all x md5"), "type": None, "method": None, "broken": True}
        for at in broken
    ]
    parts: dict[str, Any] = {
        "server": {"version": version, "number": number, "recovery": recovery},
        "settings": {"values": {name: [value, source, False] for name, value in values.items()}},
        "overrides": {"found": [list(each) for each in overrides]},
        "line": {"tls": False, "version": None, "cipher": None},
        "archiver": {"archived": archiver[0], "failed": archiver[1]},
        "roles": {"found": list(roles)},
        "verifiers": {"found": [list(each) for each in (verifiers or {}).items()]},
        "rules": {"found": [hba_rule(at, line) for at, line in enumerate(rules, 1)] + bad},
        "loaded": {"at": loaded[0], "changed": loaded[1]},
        "replication": {
            "demanded": False, "commit": "on", "standbys": [], "idle_slots": 0,
            **(replication or {}),
        },
    }  # fmt: skip
    refused = errors or {}
    return "".join(
        f"ERROR:  {refused[name]}\nLOCATION:  aclcheck_error, aclchk.c:2812\n"
        if name in refused
        else json.dumps({"part": name, **parts[name]}) + "\n"
        for name in QUERIES
    )


def postgresql(**what: Any) -> dict[Probe, str]:
    """A host with one server on its usual socket."""
    text = postgresql_text(**what)
    return {
        DATABASE_TRACES: traces(SOCKET, own="postgres"),
        POSTGRESQL: f"@@ socket {SOCKET}\n{text}@@ done 0\n@@ end\n",
    }


MARIADB_SOCKET = "/run/mysqld/mysqld.sock"
#: As Debian 12 ships it, but for the loopback.
MARIADB_SETTINGS: Mapping[str, str] = {
    "bind_address": "*",
    "general_log": "OFF",
    "have_ssl": "YES",
    "innodb_checksum_algorithm": "full_crc32",
    "innodb_doublewrite": "ON",
    "innodb_flush_log_at_trx_commit": "1",
    "local_infile": "ON",
    "log_bin": "OFF",
    "log_output": "FILE",
    "port": "3306",
    "require_secure_transport": "OFF",
    "secure_file_priv": "",
    "skip_grant_tables": "OFF",
    "skip_networking": "OFF",
    "socket": MARIADB_SOCKET,
    "sync_binlog": "0",
    "tls_version": "TLSv1.2,TLSv1.3",
}
DEBIAN_MARIADB = "10.11.19-MariaDB-0+deb12u1"


def account(name: str, **what: Any) -> dict[str, Any]:
    """An account such as `app@10.1.%` with an ed25519 password and no rights, but for `what`."""
    user, _, host = name.partition("@")
    plain = {"plugin": "ed25519", "opened_by": "password", "rights": "", "tls": "", "others": []}
    return {"user": user, "host": host, "locked": False, "role": False, **plain, **what}


MARIADB_ROOT = account(
    "root@localhost", plugin="mysql_native_password", opened_by="nobody",
    rights="SUPER, FILE, GRANT OPTION", others=["unix_socket"],
)  # fmt: skip


def mariadb_text(
    *,
    version: str = DEBIAN_MARIADB,
    comment: str = "Debian 12",
    settings: Mapping[str, str | None] | None = None,
    accounts: Iterable[Mapping[str, Any]] = (MARIADB_ROOT,),
    grants: Iterable[tuple[str, str]] = (),
    plugins: Iterable[str] = (),
    test: bool = False,
    copies: Mapping[str, str | int] | None = None,
    user: str = "root@localhost",
    without: Iterable[str] = (),
) -> str:
    """
    The rows of one server. `grants` are accounts with their schema; a setting that is None is one
    that it does not know; `without` are questions that it refuses.
    """
    given = {**MARIADB_SETTINGS, **(settings or {})}
    values = {name: value for name, value in given.items() if value is not None}
    parts: dict[str, list[dict[str, Any]]] = {
        "settings": [{"part": "setting", "name": a, "value": b} for a, b in values.items()],
        "line": [{"part": "line", "tls": ""}],
        "plugins": [{"part": "plugin", "name": each, "type": "AUDIT"} for each in plugins],
        "test": [{"part": "test", "name": "test"}] if test else [],
        "grants": [
            {
                "part": "grant",
                "user": who.partition("@")[0],
                "host": who.partition("@")[2],
                "on": on,
            }
            for who, on in grants
        ],
        "accounts": [{"part": "account", **each} for each in accounts],
        "copies": [
            {"part": "copy", "name": name, "value": value}
            for name, value in {"streams": 0, "slave_running": "OFF", **(copies or {})}.items()
        ],
    }
    server = {"part": "server", "version": version, "comment": comment, "as": user}
    refused = set(without)
    told = [server] + [
        row
        for name, rows in parts.items()
        if name not in refused
        for row in [*rows, {"part": "done", "name": name}]
    ]
    return "".join(json.dumps(row) + "\n" for row in told)


def mariadb(**what: Any) -> dict[Probe, str | Answer]:
    """A host with one server on its usual socket."""
    errors = "ERROR 1142 (42000) at line 1: SELECT command denied" if what.get("without") else ""
    return {
        DATABASE_TRACES: traces(MARIADB_SOCKET, own="mariadbd"),
        MARIADB: Answer(mariadb_text(**what), errors=errors, code=1 if errors else 0),
        MYSQL: Answer(gap=GapReason.MISSING_TOOL),
    }


# ---------------------------------------------------------------------------------------------
# Real servers, on loopback and on ports of their own
# ---------------------------------------------------------------------------------------------

#: Where Debian keeps the programs of the server.
POSTGRESQL_BIN = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)
needs_postgresql = pytest.mark.skipif(
    os.geteuid() != 0 or POSTGRESQL_BIN is None, reason="needs root and apt package postgresql"
)


def free_port() -> int:
    """A port of the loopback that nobody waits on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def certificate(crt: Path, key: Path, owner: str) -> None:
    """A certificate of its own for 127.0.0.1, and its key for the owner alone."""
    words = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=db -addext"
    subprocess.run(
        ["openssl", *words.split(), "subjectAltName=IP:127.0.0.1", "-out", crt, "-keyout", key],
        check=True,
        capture_output=True,
    )
    for each in (crt, key):
        shutil.chown(each, owner, owner)
        each.chmod(0o600)


def as_postgres(*words: str | Path, text: str = "") -> str:
    """What a program says, run as the account `postgres`."""
    return subprocess.run(
        ["runuser", "-u", "postgres", "--", *map(str, words)],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    ).stdout


@dataclass(slots=True)
class PostgresqlCluster:
    """A running server of a test's own; its sockets lie in its folder."""

    folder: Path
    port: int

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def socket(self) -> str:
        return f"{self.folder}/.s.PGSQL.{self.port}"

    def sql(self, text: str) -> str:
        """What psql answers, as the superuser."""
        words = ("psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-p", str(self.port))
        return as_postgres(*words, "postgres", text=text)

    def rules(self, text: str, *, load: bool = True) -> None:
        """Write pg_hba.conf and, unless told otherwise, load it."""
        path = self.data / "pg_hba.conf"
        path.write_text(text)
        if not load:  # the server tells whole seconds
            os.utime(path, (time.time() + 1, time.time() + 1))
        else:
            self.sql("SELECT pg_reload_conf()")
            time.sleep(0.3)


@contextlib.contextmanager
def running_postgresql(settings: str = "", *, tls: bool = False) -> Iterator[PostgresqlCluster]:
    """A new cluster with these lines in postgresql.conf, ended and removed afterwards."""
    assert POSTGRESQL_BIN
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    cluster = PostgresqlCluster(folder, free_port())
    shutil.chown(folder, "postgres", "postgres")
    folder.chmod(0o755)
    try:
        as_postgres(POSTGRESQL_BIN / "initdb", "-D", cluster.data, "-A", "peer", "--no-sync", "-N")
        with (cluster.data / "postgresql.conf").open("a") as conf:
            conf.write(
                f"port = {cluster.port}\nlisten_addresses = '127.0.0.1'\nfsync = off\n"
                f"unix_socket_directories = '{folder}'\n{settings}\n"
            )
            if tls:
                conf.write("ssl = on\nssl_cert_file = '../crt'\nssl_key_file = '../key'\n")
                certificate(folder / "crt", folder / "key", "postgres")
        control = (POSTGRESQL_BIN / "pg_ctl", "-D", cluster.data, "-w", "-t", "30")
        subprocess.run(
            ["runuser", "-u", "postgres", "--", *control, "-l", folder / "log", "start"],
            check=True, stdout=subprocess.DEVNULL, cwd="/",
        )  # fmt: skip
        try:
            yield cluster
        finally:
            as_postgres(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


MARIADBD = shutil.which("mariadbd", path="/usr/sbin:/usr/bin")
needs_mariadb = pytest.mark.skipif(
    os.geteuid() != 0 or MARIADBD is None, reason="needs root and apt package mariadb-server"
)


@dataclass(slots=True)
class MariadbServer:
    """A running server of a test's own; its socket lies in its folder."""

    folder: Path
    port: int

    @property
    def socket(self) -> str:
        return f"{self.folder}/mysqld.sock"

    def sql(self, text: str) -> str:
        """What the client answers, as root through the socket."""
        words = ("mariadb", "--no-defaults", "-N", "-B", f"--socket={self.socket}", "-u", "root")
        done = subprocess.run(words, input=text, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextlib.contextmanager
def running_mariadb(*options: str, tls: bool = False) -> Iterator[MariadbServer]:
    """A new server with these options, ended and removed afterwards."""
    assert MARIADBD
    folder = Path(tempfile.mkdtemp(prefix="my-", dir="/tmp"))
    server = MariadbServer(folder, free_port())
    shutil.chown(folder, "mysql", "mysql")
    folder.chmod(0o755)
    data = f"--datadir={folder}/data"
    words = [MARIADBD, "--no-defaults", data, "--user=mysql", f"--socket={server.socket}",
             f"--port={server.port}", "--bind-address=127.0.0.1", f"--pid-file={folder}/pid",
             "--innodb-buffer-pool-size=16M", "--innodb-log-file-size=8M"]  # fmt: skip
    if tls:
        certificate(folder / "crt", folder / "key", "mysql")
        words += [f"--ssl-cert={folder}/crt", f"--ssl-key={folder}/key"]
    process = None
    try:
        subprocess.run(
            ["mariadb-install-db", "--no-defaults", data, "--user=mysql", "--skip-test-db",
             "--auth-root-authentication-method=socket"],
            check=True, capture_output=True,
        )  # fmt: skip
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen([*words, *options], stdout=log, stderr=log)
        deadline = time.monotonic() + 30
        while not Path(server.socket).exists() and time.monotonic() < deadline:
            assert process.poll() is None, (folder / "log").read_text()
            time.sleep(0.1)
        yield server
    finally:
        if process is not None:
            process.terminate()
            process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)
