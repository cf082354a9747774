"""Databases: destroyed, restored, proved, timed, cleaned up. Real servers on loopback."""

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from tests.drill.held import Held
from tests.drill.staged import (
    KEY,
    Stage,
    carried_out,
    heartbeat_of,
    heartbeats,
    need,
    recent,
    stage,
    staged,
    story,
)
from tests.sshd import free_port

pytestmark = pytest.mark.daemon
# ruff: noqa: S608 - statements of the tests, with nothing of anybody else in them
NOTE = "Hồ sơ một cửa: đã tiếp nhận, ữ ặ ỗ"
EVERY = timedelta(minutes=15)
BIN = max(Path("/usr/lib/postgresql").glob("*/bin"), default=Path("/usr/lib/postgresql/15/bin"))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setenv("CDSO_DRILL_DB_PASSWORD", "citizen's word")
    # The operator's machine and the hosts are one here, so its psql must find the programs.
    monkeypatch.setenv("PATH", f"{BIN}:{os.environ['PATH']}:/usr/sbin")
    with stage(tmp_path) as made:
        yield made


def passed(drill: Held) -> None:
    """Run the drill, and hold it to everything that every one of them must show."""
    state = carried_out(drill)

    assert state.closed is not None, story(drill)
    assert (state.closed.outcome, state.closed.why) == ("succeeded", ""), story(drill)
    assert state.closed.cleanup_proved
    assert state.step("tables").control is True
    assert state.step("service").control is True
    assert state.step("service").hold_kept
    canary = heartbeat_of(drill)
    assert canary.invalid == 0
    assert canary.missing == ()
    assert canary.loss_seconds is not None
    assert canary.loss_seconds < 3600
    text = drill.path.read_bytes()
    assert b"citizen's word" not in text
    assert KEY.encode() not in text


class Postgresql:
    """A cluster of our own, with a table of dossiers and heartbeats."""

    def __init__(self, place: Stage) -> None:
        need(str(BIN / "initdb"))
        self.place = place
        self.data = place.path("source")
        self.port = free_port()
        place.run(BIN / "initdb", "-D", self.data, "--locale=C.UTF-8", "-E", "UTF8",
                  "--username=postgres", "--auth=trust")  # fmt: skip

    def start(self, *settings: str) -> None:
        with (self.data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(f"port = {self.port}\nunix_socket_directories = '{self.data}'\n")
            file.write("listen_addresses = ''\n" + "".join(f"{each}\n" for each in settings))
        self.control("start")

    def control(self, what: str) -> None:
        more = ["-m", "fast"] if what == "stop" else []
        self.place.run(
            BIN / "pg_ctl", "-D", self.data, "-w", "-l", self.place.path("log"), *more, what
        )

    def sql(self, text: str, database: str = "dvc") -> str:
        return self.place.run(
            BIN / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.data,
            "-p", str(self.port), "-U", "postgres", "-d", database, "-f", "-", stdin=text,
        ).strip()  # fmt: skip

    def fill(self) -> None:
        self.sql("create database dvc", "postgres")
        if self.place.account != "postgres":  # who asks on the socket without a name of his own
            self.sql(f'create role "{self.place.account}" superuser login', "postgres")
        self.sql(
            "create role citizen login password 'citizen''s word';"
            "create table dossier (id bigint primary key, note text);"
            "create index on dossier (note);"
            f"insert into dossier select n, '{NOTE}' || n from generate_series(1, 5000) n;"
            "create table cdso_canary (number bigint primary key, line text not null);"
            "grant select on cdso_canary, dossier to citizen;"
        )

    def beat(self, newest: datetime, count: int = 20) -> None:
        for number, line in heartbeats("database", count, EVERY, newest):
            self.sql(f"insert into cdso_canary values ({number}, '{line}') on conflict do nothing")

    def destroy(self) -> None:
        self.control("stop")
        shutil.rmtree(self.data)


def postgresql_params(place: Stage, **more: object) -> dict[str, object]:
    return {
        "pgdata": str(place.path("restored")),
        "bindir": str(BIN),
        "port": free_port(),
        "address": "127.0.0.1",
        "database": "dvc",
        "tables": 2,
        "rows": 5020,
        "db_user": "citizen",
        **more,
    }


class TestPostgresqlDump:
    def drill(self, place: Stage) -> Held:
        source = Postgresql(place)
        source.start()
        source.fill()
        source.beat(recent())
        at = ["-h", source.data, "-p", str(source.port), "-U", "postgres"]
        dump, globals_ = place.path("dvc.dump"), place.path("globals.sql")
        place.run(BIN / "pg_dump", *at, "-Fc", "-f", dump, "dvc")
        place.run(BIN / "pg_dumpall", *at, "--globals-only", "-f", globals_)
        source.destroy()
        return staged(
            place,
            "postgresql-dump",
            params=postgresql_params(
                place, dump=str(dump), globals=str(globals_),
                dump_sha256=sha256(dump.read_bytes()).hexdigest(),
            ),
        )  # fmt: skip

    def test_lost_and_back(self, place: Stage) -> None:
        passed(self.drill(place))
        assert not place.path("restored").exists()

    def test_yesterdays_dump_is_found_out(self, place: Stage) -> None:
        drill = self.drill(place)
        path = place.path("dvc.dump")
        path.write_bytes(path.read_bytes() + b"\0")

        state = carried_out(drill)

        assert state.closed is not None
        assert state.closed.outcome == "failed"
        assert state.step("copy-is-the-one").status == "failed"


class TestPostgresqlToAPointInTime:
    def drill(self, place: Stage, *, lose: bool = False) -> Held:
        need("pgbackrest")
        source = Postgresql(place)
        config = place.write(
            "pgbackrest.conf",
            f"[global]\nrepo1-path={place.path('repository')}\nlog-path={place.path('logs')}\n"
            f"lock-path={place.path('locks')}\nspool-path={place.path('spool')}\nstart-fast=y\n"
            f"process-max=1\narchive-async=n\n[dvc]\npg1-path={source.data}\n"
            f"pg1-port={source.port}\npg1-socket-path={source.data}\npg1-user=postgres\n",
        )
        for name in ("repository", "logs", "locks", "spool"):
            place.path(name).mkdir()
            place.own(place.path(name))
        source.start(
            "wal_level = replica",
            "archive_mode = on",
            f"archive_command = 'pgbackrest --config={config} --stanza=dvc archive-push %p'",
        )
        source.fill()
        tool = ("pgbackrest", f"--config={config}", "--stanza=dvc")
        place.run(*tool, "stanza-create")
        place.run(*tool, "--type=full", "backup")
        source.sql("select pg_sleep(2.1)")  # it ends at a whole second, before the moment asked for
        # after the backup: what only the replay of the WAL can bring back
        source.beat(recent())
        source.sql("insert into dossier select n, 'sau' from generate_series(5001, 5100) n")
        until = source.sql("select now()")
        source.sql("select pg_sleep(1.1); drop table dossier; select pg_switch_wal()")
        source.sql("checkpoint")
        source.destroy()
        if lose:
            for each in sorted(place.path("repository/archive/dvc").rglob("*.gz"))[2:]:
                each.unlink()
        return staged(
            place,
            "postgresql-pitr",
            params=postgresql_params(
                place, stanza="dvc", backup_config=str(config), until=until, rows=5120
            ),
        )

    def test_lost_and_back_to_just_before_the_attack(self, place: Stage) -> None:
        passed(self.drill(place))
        assert not place.path("restored").exists()

    def test_an_hour_of_wal_that_is_lost_does_not_pass(self, place: Stage) -> None:
        drill = self.drill(place, lose=True)

        state = carried_out(drill)

        assert state.closed is not None
        assert state.closed.outcome == "failed", story(drill)


class Mariadb:
    """A MariaDB server of our own."""

    def __init__(self, place: Stage) -> None:
        need("mariadbd", "mariadb-install-db", "mariadb-dump")
        self.place = place
        self.data = place.path("source")
        self.socket = place.path("s.sock")
        place.run(
            "mariadb-install-db", "--no-defaults", f"--datadir={self.data}", "--skip-test-db",
            "--auth-root-authentication-method=socket", f"--auth-root-socket-user={place.account}",
        )  # fmt: skip
        place.run(
            "sh", "-c", 'exec setsid -f "$@" >/dev/null 2>&1 </dev/null', "sh",
            shutil.which("mariadbd", path="/usr/sbin:/usr/bin") or "mariadbd", "--no-defaults",
            f"--datadir={self.data}", f"--socket={self.socket}", "--skip-networking",
            f"--pid-file={self.data}/pid", f"--log-error={self.data}/log",
        )  # fmt: skip
        place.run("mariadb-admin", "--no-defaults", f"--socket={self.socket}", "--wait=30", "ping")

    def sql(self, text: str) -> None:
        self.place.run(
            "mariadb", "--no-defaults", f"--socket={self.socket}",
            "--default-character-set=utf8mb4", stdin=text,
        )  # fmt: skip

    def fill(self) -> None:
        beats = ",".join(
            f"({number}, '{line}', '{NOTE}')"
            for number, line in heartbeats("database", 20, EVERY, recent())
        )
        self.sql(
            "create database dvc character set utf8mb4; use dvc;"
            "create table dossier (id bigint primary key, note text);"
            f"insert into dossier select seq, '{NOTE}' from seq_1_to_3000;"
            "create table cdso_canary (number bigint primary key, line text, note text);"
            f"insert into cdso_canary values {beats};"
            "create user citizen@'%' identified by 'citizen''s word';"
            "grant select on dvc.* to citizen@'%';"
        )

    def destroy(self) -> None:
        self.place.run("mariadb-admin", "--no-defaults", f"--socket={self.socket}", "shutdown")
        shutil.rmtree(self.data)


def mariadb_params(place: Stage, **more: object) -> dict[str, object]:
    return {
        "datadir": str(place.path("restored")),
        "socket": str(place.path("r.sock")),
        "account": place.account,
        "port": free_port(),
        "database": "dvc",
        "tables": 2,
        "db_user": "citizen",
        **more,
    }


class TestMariadb:
    def test_from_a_dump(self, place: Stage) -> None:
        source = Mariadb(place)
        source.fill()
        dump = place.path("dvc.sql")
        place.run(
            "mariadb-dump", "--no-defaults", f"--socket={source.socket}", "--single-transaction",
            "--routines", "--events", "--triggers", "--hex-blob", f"--result-file={dump}",
            "--all-databases",
        )  # fmt: skip
        source.destroy()

        passed(
            staged(
                place,
                "mariadb-dump",
                params=mariadb_params(
                    place, dump=str(dump), dump_sha256=sha256(dump.read_bytes()).hexdigest()
                ),
            )
        )
        assert not place.path("restored").exists()

    def test_from_a_physical_copy(self, place: Stage) -> None:
        need("mariadb-backup")
        source = Mariadb(place)
        source.fill()
        place.run(
            "mariadb-backup", "--no-defaults", "--backup", f"--target-dir={place.path('copy')}",
            f"--datadir={source.data}", f"--socket={source.socket}", f"--user={place.account}",
        )  # fmt: skip
        source.destroy()

        passed(
            staged(
                place,
                "mariadb-physical",
                params=mariadb_params(
                    place, copy=str(place.path("copy")), staging=str(place.path("staging"))
                ),
            )
        )
        assert not place.path("restored").exists()
        assert not place.path("staging").exists()


def test_the_clock_of_a_drill_is_the_wall_of_today() -> None:
    """The heartbeats above are made around now, so that a loss of minutes is seen as such."""
    assert abs(recent(0) - datetime.now(UTC)) < timedelta(seconds=2)
