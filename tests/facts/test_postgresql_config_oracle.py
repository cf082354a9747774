"""`postgres -C` reads generated files by itself; the server's own word must come out the same."""

import random
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from tests.databases import (
    POSTGRESQL_BIN,
    PostgresqlCluster,
    needs_postgresql,
    running_postgresql,
    traces,
)
from tests.support import AT, HOST, SYSTEM, observation

from cdso_audit.facts.database_postgresql import POSTGRESQL, QUERIES, PostgresqlServer
from cdso_audit.facts.databases import DATABASE_TRACES
from cdso_audit.facts.reading import snapshot

CONFIGURATIONS: Final = 45
SETPRIV: Final = shutil.which("setpriv") or ""
BOOLEAN: Final = ("on", "off", "true", "no", "1", "'off'", "TRUE", "'yes'")
#: Settings that a reload takes over, and those for which the server must start again.
RELOADED: Final = {
    "log_connections": BOOLEAN,
    "log_disconnections": BOOLEAN,
    "full_page_writes": BOOLEAN,
    "log_statement": ("none", "ddl", "'mod'", "ALL"),
    "log_min_messages": ("warning", "'error'", "debug1"),
    "log_min_error_statement": ("error", "panic"),
    "password_encryption": ("md5", "'scram-sha-256'"),
    "log_line_prefix": ("'%m [%p] '", "'it''s %u\\t'", "''", r"'a \'b\' %q'"),
    "log_destination": ("stderr", "'stderr,syslog'"),
    "log_file_mode": ("0600", "0640", "384"),
    "ssl_min_protocol_version": ("'TLSv1.2'", "'TLSv1.3'", "'TLSv1'"),
}
RESTARTED: Final = {
    "wal_level": ("replica", "logical"),
    "listen_addresses": ("'127.0.0.1'", "'*'", "'localhost, 10.0.0.1'"),
    "archive_mode": ("off", "on", "always"),
    "logging_collector": ("on", "off"),
    "fsync": ("off", "off"),
}


@pytest.fixture(scope="module")
def cluster() -> Iterator[PostgresqlCluster]:
    with running_postgresql() as made:
        yield made


def lines(chance: random.Random, most: int) -> list[str]:
    """Assignments, in each way to write one."""
    known = RELOADED | RESTARTED
    made = []
    for name in chance.sample(sorted(known), chance.randint(0, most)):
        spelled = chance.choice((name, name, name.upper()))
        sign = chance.choice((" = ", "=", " ", "   =\t"))
        comment = chance.choice(("", "", " # note", "\t#'x'"))
        given = f"{spelled}{sign}{chance.choice(known[name])}{comment}"
        made.append(chance.choice(("", "", "", "", "#", "  ")) + given)
    return made


def configuration(chance: random.Random, data: Path, base: str, number: int) -> None:
    """postgresql.conf and whatever it includes, in place of the last one's."""
    shutil.rmtree(data / "conf.d", ignore_errors=True)
    (data / "conf.d").mkdir()
    for each in ("10.conf", "20.conf", "9.conf", ".30.conf", "40.conf.bak"):
        if chance.random() < 0.4:
            (data / "conf.d" / each).write_text("\n".join(lines(chance, 3)) + "\n")
    for each in ("one.inc", "two.inc"):
        (data / each).write_text("\n".join(lines(chance, 3)) + "\n")
    with (data / "one.inc").open("a") as file:
        file.write(chance.choice(("", "include 'two.inc'\n", "include_dir = 'conf.d'\n")))
    own = [*lines(chance, 5), *lines(chance, 3)]
    includes = ("include 'one.inc'", "include_if_exists = 'two.inc'", "include_dir 'conf.d'",
                "include_if_exists 'absent.inc'", "INCLUDE 'two.inc'")  # fmt: skip
    own += chance.sample(includes, chance.randint(0, 2))
    chance.shuffle(own)
    text = "\n".join((base, *own, f"cdso.mark = '{number}'", ""))
    (data / "postgresql.conf").write_text(text)
    for path in (data, *data.glob("*.inc"), *(data / "conf.d").rglob("*"), data / "conf.d"):
        shutil.chown(path, "postgres", "postgres")


def as_postgres(*words: str, text: str = "") -> str:
    done = subprocess.run(
        [SETPRIV, "--reuid=postgres", "--regid=postgres", "--clear-groups", "--", *words],
        input=text, capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def asked(cluster: PostgresqlCluster, number: int) -> PostgresqlServer:
    """What the reader makes of a new session, once the server has read its files."""
    psql = (f"{POSTGRESQL_BIN}/psql", "-XAtq", "-h", str(cluster.folder), "-p", str(cluster.port),
            "postgres")  # fmt: skip
    text = "SHOW cdso.mark;\n" + "".join(f"{each};\n" for each in QUERIES.values())
    for _ in range(100):
        mark, _, told = as_postgres(*psql, text=text).partition("\n")
        if mark == str(number):
            break
        time.sleep(0.02)
    answer = f"@@ socket {cluster.socket}\n{told}@@ done 0\n@@ end\n"
    seen = [
        observation(DATABASE_TRACES, traces(cluster.socket, own="postgres")),
        observation(POSTGRESQL, answer),
    ]
    [fact] = snapshot(HOST, SYSTEM, seen, [PostgresqlServer], at=AT).facts
    assert isinstance(fact, PostgresqlServer)
    return fact


@needs_postgresql
@pytest.mark.daemon
@pytest.mark.skipif(not SETPRIV, reason="needs apt package util-linux")
@pytest.mark.parametrize("seed", range(4))
def test_the_server_tells_what_its_files_say(cluster: PostgresqlCluster, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same files every time
    base = (
        f"port = {cluster.port}\nlisten_addresses = '127.0.0.1'\nfsync = off\n"
        f"unix_socket_directories = '{cluster.folder}'\n"
    )
    waiting = 0
    ask = f'for each; do v=$({POSTGRESQL_BIN}/postgres -C "$each" -D "$0") || exit; echo "$v"; done'
    for number in range(CONFIGURATIONS):
        configuration(chance, cluster.data, base, number + 1000 * seed)
        system = ["ALTER SYSTEM RESET ALL;"]
        for name in chance.sample(sorted(RELOADED), chance.choice((0, 0, 1, 2))):
            value = chance.choice([each for each in RELOADED[name] if "\\" not in each])
            quoted = value if value.startswith("'") else f"'{value}'"
            system.append(f"ALTER SYSTEM SET {name} = {quoted};")
        cluster.sql("\n".join((*system, "SELECT pg_reload_conf();")))

        found = asked(cluster, number + 1000 * seed)
        names = [*chance.sample(sorted(RELOADED), 3), *chance.sample(sorted(RESTARTED), 1)]
        said = as_postgres("sh", "-c", ask, str(cluster.data), *names).split("\n")
        for name, value in zip(names, said, strict=False):
            context = (number, name, value, (cluster.data / "postgresql.conf").read_text())
            if name == "log_file_mode":  # the view writes it as chmod(1) does
                assert int(found.settings[name], 8) == int(value), context
            elif name in RELOADED:
                assert found.settings[name] == value, context
            else:
                # The other way round the server is careful: it goes on saying that a restart is
                # pending when the line is taken out of the files again.
                is_other = found.settings[name] != value
                assert name in found.pending_restart or not is_other, context
                waiting += is_other
    assert waiting
