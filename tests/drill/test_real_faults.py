"""
Faults that must turn a drill red, on a real PostgreSQL: each is planted in the copy, not in the
drill, and each must be found by the step that is there to find it.
"""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from tests.drill.held import Held
from tests.drill.staged import Stage, carried_out, heartbeat_of, need, recent, stage, staged, story
from tests.drill.test_real_databases import BIN, Postgresql, postgresql_params
from tests.sshd import free_port

pytestmark = pytest.mark.daemon


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    monkeypatch.setenv("CDSO_DRILL_DB_PASSWORD", "citizen's word")
    monkeypatch.setenv("PATH", f"{BIN}:{os.environ['PATH']}:/usr/sbin")
    with stage(tmp_path) as made:
        yield made


def dumped(
    place: Stage,
    fault: Callable[[Postgresql], None] = lambda _: None,
    *,
    hours_ago: float = 0.1,
    options: tuple[str, ...] = (),
    destroy: bool = True,
    **params: object,
) -> Held:
    """A drill from a dump, with a fault in the source just before it was dumped."""
    source = Postgresql(place)
    if not destroy:  # production is still there, and answers where the drill will look
        params["port"] = port = free_port()
        source.start(f"listen_addresses = '127.0.0.1'\nport = {port}")
        source.port = port
    else:
        source.start()
    source.fill()
    source.beat(recent(60 * hours_ago))
    fault(source)
    at = ["-h", source.data, "-p", str(source.port), "-U", "postgres"]
    dump, globals_ = place.path("dvc.dump"), place.path("globals.sql")
    place.run(BIN / "pg_dump", *at, *options, "-Fc", "-f", dump, "dvc")
    place.run(BIN / "pg_dumpall", *at, "--globals-only", "-f", globals_)
    if destroy:
        source.destroy()
    return staged(
        place,
        "postgresql-dump",
        params=postgresql_params(
            place, dump=str(dump), globals=str(globals_),
            dump_sha256=sha256(dump.read_bytes()).hexdigest(), **params,
        ),
    )  # fmt: skip


def red(drill: Held, step: str, outcome: str = "failed") -> None:
    state = carried_out(drill)

    assert state.closed is not None
    assert state.closed.outcome == outcome, story(drill)
    if outcome == "failed":
        assert state.step(step).status == "failed", story(drill)
        assert state.closed.cleanup_proved
    else:
        assert state.closed.why.startswith(step), state.closed.why


def test_one_table_is_missing(place: Stage) -> None:
    red(dumped(place, options=("--exclude-table=dossier",)), "tables")


def test_yesterdays_backup_instead_of_todays(place: Stage) -> None:
    drill = dumped(place, hours_ago=30)
    red(drill, "heartbeat")
    loss = heartbeat_of(drill).loss_seconds
    assert loss is not None
    assert loss > timedelta(hours=29).total_seconds()


def test_an_hour_is_missing_though_the_count_is_right(place: Stage) -> None:
    def lose(source: Postgresql) -> None:
        source.sql(
            "delete from cdso_canary where number between 8 and 11;"
            "insert into dossier select n, 'x' from generate_series(6001, 6004) n"
        )

    drill = dumped(place, lose)
    red(drill, "heartbeat")
    assert heartbeat_of(drill).missing == ((8, 11),)


def test_a_table_without_its_rows(place: Stage) -> None:
    red(dumped(place, options=("--exclude-table-data=dossier",)), "rows")


def test_an_empty_database(place: Stage) -> None:
    """The dump is whole and restores without a complaint; there is nothing in it."""

    def lose(source: Postgresql) -> None:
        source.sql("drop schema public cascade; create schema public")

    red(dumped(place, lose), "listing")


def test_a_service_that_answers_before_the_restore_is_production(place: Stage) -> None:
    drill = dumped(place, destroy=False)
    try:
        red(drill, "negative-control", "refused")
    finally:
        place.run(BIN / "pg_ctl", "-D", place.path("source"), "-m", "immediate", "stop")


def test_one_page_is_corrupt(place: Stage) -> None:
    """A page was damaged on the disk before the physical backup took it, unseen."""
    need("pgbackrest")
    source = Postgresql(place)
    config = place.write(
        "pgbackrest.conf",
        f"[global]\nrepo1-path={place.path('repository')}\nlog-path={place.path('logs')}\n"
        f"lock-path={place.path('locks')}\nspool-path={place.path('spool')}\nstart-fast=y\n"
        f"process-max=1\n[dvc]\npg1-path={source.data}\npg1-port={source.port}\n"
        f"pg1-socket-path={source.data}\npg1-user=postgres\n",
    )
    for name in ("repository", "logs", "locks", "spool"):
        place.path(name).mkdir()
        place.own(place.path(name))
    push = f"pgbackrest --config={config} --stanza=dvc archive-push %p"
    source.start("wal_level = replica", "archive_mode = on", f"archive_command = '{push}'")
    source.fill()
    tool = ("pgbackrest", f"--config={config}", "--stanza=dvc")
    place.run(*tool, "stanza-create")
    path = source.sql("select pg_relation_filepath('dossier')")
    source.control("stop")
    table = source.data / path
    with table.open("r+b") as file:
        file.seek(8192 * 5 + 24)
        file.write(os.urandom(1200))
    source.control("start")
    place.run(*tool, "--type=full", "backup")
    source.sql("select pg_sleep(2.1)")  # it ends at a whole second, before the moment asked for
    source.beat(recent())
    until = source.sql("select now()")
    source.sql("select pg_sleep(1.1); create table later (); select pg_switch_wal()")
    source.destroy()

    red(
        staged(
            place,
            "postgresql-pitr",
            params=postgresql_params(place, stanza="dvc", backup_config=str(config), until=until),
        ),
        "every-block",
    )
