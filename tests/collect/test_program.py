"""The program for a host, run by the shells that hosts have: what a lane says arrives whole."""

import shlex
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cdso_audit.collect.program import (
    ERROR_CAP,
    WORTH_A_LANE,
    Question,
    frames,
    is_complete,
    observations,
    program,
)
from cdso_audit.facts.reading import Observation, Probe
from cdso_audit.model import GapReason

AT = datetime(2026, 11, 22, tzinfo=UTC)
MARKER = "m" * 48
SHELLS = [
    pytest.param(
        words, id=words[0], marks=pytest.mark.skipif(not shutil.which(words[0]), reason="")
    )
    for words in (
        ["dash", "-s"],
        ["bash", "--posix", "-s"],
        ["bash", "-s"],
        ["busybox", "sh", "-s"],
    )
]
QUICK = Probe(id="quick", run="echo swift; echo careful >&2; exit 3", why="")


def run(shell: list[str], *probes: Probe) -> dict[str, Observation]:
    questions = [Question(each) for each in probes]
    text = program(questions, MARKER, sudo=False)
    done = subprocess.run(shell, input=text.encode(), capture_output=True, timeout=60, check=False)
    assert is_complete(done.stdout, MARKER), done
    found = observations(
        questions, MARKER, done.stdout, done.stderr, asset="h", at=AT
    )  # fmt: skip
    return {each.probe: each for each in found}


@pytest.mark.parametrize("shell", SHELLS)
class TestLanes:
    def test_all_that_is_said_beside_arrives(self, shell: list[str]) -> None:
        slow = Probe(
            id="slow", run=r"printf '%s\n' '  a\b'; echo oh >&2; echo z; exit 7", lane="x", why=""
        )
        found = run(shell, slow, QUICK)

        assert found["slow"].output == b"  a\\b\nz\n"
        assert (found["slow"].exit_code, found["slow"].errors) == (7, b"oh")
        assert (found["quick"].output, found["quick"].errors) == (b"swift\n", b"careful")
        assert found["quick"].exit_code == 3

    def test_each_waits_for_the_other_and_so_they_run_together(
        self, shell: list[str], tmp_path: Path
    ) -> None:
        def meets(name: str, other: str, lane: str) -> Probe:
            mine, theirs = (shlex.quote(str(tmp_path / each)) for each in (name, other))
            text = f": > {mine}; until [ -e {theirs} ]; do sleep 0.05; done; echo met"
            return Probe(id=name, run=text, lane=lane, why="", deadline=5)

        found = run(shell, meets("a", "b", "x"), meets("b", "c", "y"), meets("c", "a", ""))

        assert {each.output for each in found.values()} == {b"met\n"}

    def test_more_than_a_pipe_holds_waits_and_is_not_lost(self, shell: list[str]) -> None:
        many = Probe(id="many", run="seq 1 60000; seq 1 90000 >&2", lane="x", why="")
        waits = Probe(id="waits", run="sleep 0.3; echo late", why="")
        found = run(shell, many, waits)

        assert found["many"].output == b"".join(b"%d\n" % each for each in range(1, 60001))
        assert len(found["many"].errors) <= ERROR_CAP
        assert found["many"].errors.startswith(b"1\n2\n")
        assert found["waits"].output == b"late\n"

    def test_limits_hold_in_a_lane(self, shell: list[str]) -> None:
        flood = Probe(id="flood", run="yes", lane="x", why="", cap=1000, deadline=5)
        hangs = Probe(id="hangs", run="sleep 30", lane="x", why="", deadline=1)
        after = Probe(id="after", run="echo here", lane="x", why="")
        found = run(shell, flood, hangs, after, QUICK)

        assert found["flood"].gap is GapReason.TOO_LARGE
        assert len(found["flood"].output) == 1000
        assert found["hangs"].gap is GapReason.TIMEOUT
        assert found["hangs"].seconds == pytest.approx(1, abs=0.9) or "busybox" in shell
        assert found["after"].output == b"here\n"

    def test_what_is_not_there_is_said_in_a_lane_too(self, shell: list[str]) -> None:
        gone = Probe(id="gone", run="true", tool="no-such-tool", lane="x", why="")
        found = run(shell, gone, QUICK)

        assert found["gone"].gap is GapReason.MISSING_TOOL

    def test_many_quick_ones_run_two_at_a_time(self, shell: list[str], tmp_path: Path) -> None:
        def meets(mine: Path, theirs: Path) -> Probe:
            words = [shlex.quote(str(each)) for each in (mine, theirs)]
            text = f": > {words[0]}; until [ -e {words[1]} ]; do sleep 0.05; done; echo met"
            return Probe(id=mine.name, run=text, why="", deadline=5)

        others = [
            Probe(id=f"p-{each}", run=f"echo {each}; echo e{each} >&2; exit {each}", why="")
            for each in range(WORTH_A_LANE)
        ]
        a, b = tmp_path / "a", tmp_path / "b"
        found = run(shell, meets(a, b), meets(b, a), *others)

        assert found["a"].output == found["b"].output == b"met\n"
        for number, each in enumerate(others):
            answer = found[each.id]
            assert (answer.output, answer.errors) == (b"%d\n" % number, b"e%d" % number)
            assert answer.exit_code == number

    def test_no_quick_question(self, shell: list[str]) -> None:
        assert run(shell, Probe(id="slow", run="echo 1", lane="x", why=""))["slow"].output == b"1\n"

    def test_complaints_with_odd_bytes(self, shell: list[str]) -> None:
        odd = Probe(id="odd", run=r"printf 'a\000b\nend\n' >&2; printf 'x\000y'", lane="x", why="")
        found = run(shell, odd, QUICK)

        assert found["odd"].errors == b"ab\nend"
        assert found["odd"].output == b"x\0y"


def said(*lines: str) -> bytes:
    return "".join(
        f"\n{MARKER} {line}\n" if line[:1] != "'" else line[1:] for line in lines
    ).encode()


@pytest.mark.parametrize(
    ("stream", "names"),
    [
        (said("begin a", "'x", "end a 0"), ["a"]),
        (said("begin a", "'x", "errors a", "'oh", "end a 0 12"), ["a"]),
        (said("begin a", "'x", "errors b", "'oh", "end a 0 12", "begin c", "end c 0"), ["a"]),
        (said("begin a", "errors a", "errors a", "end a 0"), ["a"]),
        (said("errors a", "begin a", "end a 0"), []),
        (said("begin a", "'x", "errors a", "'oh"), ["a"]),
    ],
)
def test_lines_that_stand_where_they_cannot(stream: bytes, names: list[str]) -> None:
    """What came before is kept; the open answer has no code, the rest is not trusted."""
    found = frames(stream, MARKER)

    assert [each.name for each in found] == names
    whole = b"errors b" not in stream and stream.count(b"errors") < 2 and b" end a" in stream
    assert [each.code is not None for each in found] == [whole] * len(names)


def test_errors_and_time_of_a_lane() -> None:
    text = said("begin a", "'x", "errors a", "'oh", "code 4", "'dear", "end a 4 1250")
    frame = frames(text, MARKER)[0]

    assert (frame.body, frame.errors, frame.code, frame.seconds) == (b"x", b"ohdear", "4", 1.25)


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("-250", [0.0]), ("9" * 15, [999999999999.999]), ("9" * 400, []), ("9" * 5000, [])],
)
def test_a_host_whose_clock_jumps_or_lies_takes_nothing_down(
    told: str, seconds: list[float]
) -> None:
    """A number that no clock gives is no end of a frame; a step back takes no time."""
    found = frames(said("begin a", "'x", f"end a 0 {told}"), MARKER)

    assert [each.seconds for each in found if each.code is not None] == seconds
