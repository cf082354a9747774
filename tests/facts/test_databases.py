"""What shows that a database runs, and the form of its answer."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.databases import mariadb, postgresql, traces
from tests.support import AT, HOST, SYSTEM, observation

from cdso_audit.facts.database_mariadb import MARIADB, MariadbAccounts, MariadbServer
from cdso_audit.facts.database_postgresql import (
    POSTGRESQL,
    PostgresqlAccess,
    PostgresqlRoles,
    PostgresqlServer,
    prefix_length,
)
from cdso_audit.facts.databases import (
    DATABASE_TRACES,
    parse_parts,
    parse_rows,
    parse_traces,
    refusal,
)
from cdso_audit.facts.reading import Fact, UnreadableError, kind_of, snapshot
from cdso_audit.model import DatabaseAsset, GapReason

WAIT = "import ctypes, sys; ctypes.CDLL(None).prctl(15, sys.argv[1].encode()); input()"


@contextlib.contextmanager
def running(name: str, *before: str) -> Iterator[None]:
    """A process that is called so."""
    words = [*before, sys.executable, "-c", WAIT + "; print()", name]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            while name not in names_of(process.pid):
                pass
            yield
        finally:
            process.communicate(b"\n")


def names_of(pid: int) -> set[str]:
    """The names of a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    found = (Path(f"/proc/{each}/comm") for each in (pid, *children))
    return {each.read_text().strip() for each in found if each.exists()}


@pytest.mark.parametrize("shell", [("sh",), ("bash",), ("busybox", "sh")], ids=" ".join)
def test_traces_of_what_runs_here(tmp_path: Path, shell: tuple[str, ...]) -> None:
    if not shutil.which(shell[0]):
        pytest.skip(f"needs {shell[0]}")
    path = tmp_path / ".s.PGSQL.7001"
    with socket.socket(socket.AF_UNIX) as server, running("mariadbd"):
        server.bind(str(path))
        server.listen()
        done = subprocess.run(
            [*shell, "-c", str(DATABASE_TRACES.run)], capture_output=True, text=True, check=True
        )
    found = parse_traces(done.stdout)

    assert str(path) in found.sockets
    assert "mariadbd" in found.own
    assert done.stderr == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, for a process namespace")
def test_a_container_is_told_apart() -> None:
    with running("edb-postgres", "unshare", "--pid", "--fork", "--kill-child"):
        done = subprocess.run(
            ["sh", "-c", str(DATABASE_TRACES.run)], capture_output=True, text=True, check=True
        )
    found = parse_traces(done.stdout)

    assert "edb-postgres" in found.inner
    assert "edb-postgres" not in found.own


@pytest.mark.parametrize(
    ("engine", "process", "fact"),
    [("postgresql", "postgres", PostgresqlServer), ("mysql", "mysqld", MariadbServer)],
)
def test_a_container_with_a_connection_of_its_own_is_no_gap(
    engine: str, process: str, fact: type[PostgresqlServer | MariadbServer]
) -> None:
    beside = SYSTEM.model_copy(update={"assets": (HOST, DatabaseAsset(id="mine", database=engine))})
    seen = [observation(DATABASE_TRACES, traces(inner=process))]

    alone = snapshot(HOST, SYSTEM, seen, [fact], at=AT)
    found = snapshot(HOST, beside, seen, [fact], at=AT)

    assert [each.reason for each in alone.gaps] == [GapReason.UNDECLARED]
    assert found.gaps == ()
    assert [each.values["ids"] for each in found.absences] == ["mine"]


class TestAnswers:
    def test_an_error_belongs_to_the_part_in_its_place(self) -> None:
        text = (
            '{"part": "a", "x": 1}\nWARNING:  odd\nERROR:  42501: no\nLOCATION:  f.c\n'
            '{"part": "c"}\npsql:<stdin>:3: ERROR:  57014: too slow\n'
        )

        parts, problems = parse_parts(text, ("a", "b", "c", "d"))

        assert parts == {"a": {"x": 1}, "c": {}}
        assert problems == {
            "b": (GapReason.DENIED, "no (42501)"),
            "d": (GapReason.TIMEOUT, "too slow (57014)"),
        }

    @pytest.mark.parametrize("line", ['{"part": "a", "x', '{"x": 1}', "{}", '{"part": ["a"]}'])
    def test_what_is_cut_is_unreadable(self, line: str) -> None:
        with pytest.raises(UnreadableError):
            parse_parts(line, ("a",))
        with pytest.raises(UnreadableError):
            parse_rows(line)


def mutated(text: str, at: int, value: object) -> str:
    """The answer with the at-th value of its JSON replaced."""
    lines = text.splitlines()
    places = [
        (number, path)
        for number, line in enumerate(lines)
        if line.startswith("{")
        for path in paths(json.loads(line))
    ]
    number, path = places[at % len(places)]
    tree = json.loads(lines[number])
    inner = tree
    for each in path[:-1]:
        inner = inner[each]
    inner[path[-1]] = value
    lines[number] = json.dumps(tree)
    return "\n".join(lines) + "\n"


def paths(tree: object, here: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = (
        tree.items() if isinstance(tree, dict)
        else enumerate(tree) if isinstance(tree, list)
        else ()
    )  # fmt: skip
    for name, value in items:
        yield (*here, name)
        yield from paths(value, (*here, name))


ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.just([]),
    st.just({}), st.just([None]), st.just("999.1.2.3"), st.just(10**400),
)  # fmt: skip


@pytest.mark.parametrize(
    ("mask", "length"),
    [("255.0.0.0", 8), ("255.255.255.255", 32), ("ffff:ffff::", 32), ("::", 0)],
)
def test_a_netmask_is_its_leading_ones(mask: str, length: int) -> None:
    assert prefix_length(mask) == length


@pytest.mark.parametrize("mask", [True, 1, "255.0.255.0", "0.0.0.255", "ffff::1", "24"])
def test_a_mask_with_gaps_is_no_network(mask: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        prefix_length(mask)


@example(at=6115, value=True)
@given(at=st.integers(0, 10_000), value=ODD)
@settings(max_examples=300, deadline=None)
@pytest.mark.parametrize("engine", ["postgresql", "mariadb"])
def test_an_answer_in_another_form_is_no_fault_of_ours(engine: str, at: int, value: object) -> None:
    answers = {**mariadb(), **postgresql()} if engine == "postgresql" else mariadb()
    probe = POSTGRESQL if engine == "postgresql" else MARIADB
    told = answers[probe]
    text = told if isinstance(told, str) else str(told.text)
    seen = [observation(*each) for each in {**answers, probe: mutated(text, at, value)}.items()]
    kinds: list[type[Fact]] = (
        [PostgresqlServer, PostgresqlAccess, PostgresqlRoles]
        if engine == "postgresql"
        else [MariadbServer, MariadbAccounts]
    )

    found = snapshot(HOST, SYSTEM, seen, kinds, at=AT)

    assert {each.kind for each in found.facts} | {each.fact for each in found.gaps} == {
        kind_of(each) for each in kinds
    }
    assert [each for each in found.gaps if each.reason is GapReason.BUG] == []


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ('FATAL:  Peer authentication failed for user "postgres"', GapReason.DENIED),
        ('FATAL:  no pg_hba.conf entry for host "::1"', GapReason.DENIED),
        ("FATAL:  pg_hba.conf rejects connection for host", GapReason.DENIED),
        ("ERROR 1045 (28000): Access denied for user 'root'@'localhost'", GapReason.DENIED),
        ("No such file or directory", GapReason.UNREACHABLE),
        ("", GapReason.UNREACHABLE),
    ],
)
def test_why_there_is_no_connection(said: str, reason: GapReason) -> None:
    assert refusal(said)[0] is reason
