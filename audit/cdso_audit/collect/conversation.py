"""
Talking to one shell: feed it the program, drain both streams together, watch every deadline.

A `Stream` is one shell somewhere (a local process, an SSH session). Three threads serve it, one to
write and two to read, so that neither stream can block the other whatever the far side does.
"""

import contextlib
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from cdso_audit.collect.program import (
    ERROR_CAP,
    GRACE,
    Question,
    first_questions,
    frames,
    is_complete,
    observations,
    program,
)
from cdso_audit.facts.reading import MIB, Observation, Outputs, Probe, UnavailableError
from cdso_audit.model import Asset, GapReason, System

#: Seconds that a probe may stay silent beyond its own deadline before the session is given up.
PATIENCE = 5.0
#: Noise that a host may print besides its answers (rc files, banners), in bytes.
NOISE = MIB


class Stream(Protocol):
    """One shell, somewhere."""

    def write(self, data: bytes) -> None:
        """Write all of it and close the input; raises OSError when the far side is gone."""

    def read_output(self) -> bytes:
        """Some bytes of standard output, waiting for them; nothing when it has ended."""

    def read_errors(self) -> bytes:
        """Some bytes of standard error, waiting for them; nothing when it has ended."""

    def close(self) -> None:
        """End it, whatever it is doing; both reads come back."""


class Session(Protocol):
    """A way to open shells on one asset, at most two of them."""

    run_as: str
    vantage: str
    timeout: float
    """Seconds that the far side may take to start a shell."""

    def open(self) -> Stream:
        """A shell that reads its program from standard input; raises ConnectionLostError."""

    def close(self) -> None:
        """End the connection."""


class ConnectionLostError(Exception):
    """No connection, or none any more. Becomes the gap of all that was still to be asked."""

    def __init__(self, reason: GapReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(slots=True)
class Heard:
    """What one program brought back, and the marker that frames it."""

    marker: str
    output: bytearray = field(default_factory=bytearray)
    errors: bytearray = field(default_factory=bytearray)
    broken: tuple[GapReason, str] | None = None
    hung: str = ""
    """The probe that never ended, if that is why the session was given up."""
    seconds: dict[str, float] = field(default_factory=dict)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))


def converse(
    stream: Stream,
    text: str,
    marker: str,
    questions: Sequence[Question],
    *,
    start: float,
    progress: Callable[[str], None] = lambda _: None,
) -> Heard:
    """
    Run one program to its end, or until it hangs, floods or the connection goes.

    `start` is how many seconds the shell and its rc files may take before the first frame.
    """
    heard = Heard(marker=marker)
    condition = threading.Condition()
    done = {"output": False, "errors": False}
    limits = {
        "output": NOISE + sum(each.probe.cap + 200 for each in questions),
        "errors": NOISE + len(questions) * (ERROR_CAP + 200),
    }

    def drain(name: str, read: Callable[[], bytes], into: bytearray) -> None:
        try:
            while data := read():
                with condition:
                    into += data
                    if len(into) > limits[name]:
                        heard.broken = heard.broken or (
                            GapReason.TOO_LARGE,
                            f"the host sent more than {limits[name]} bytes",
                        )
                        break
                    condition.notify()
        except (OSError, EOFError):
            pass  # seen by what is missing from the answer
        with condition:
            done[name] = True
            condition.notify()

    def feed() -> None:
        with contextlib.suppress(OSError, EOFError):  # the reading side tells what came of it
            stream.write(text.encode())

    threads = [
        threading.Thread(target=feed, daemon=True),
        threading.Thread(
            target=drain, args=("output", stream.read_output, heard.output), daemon=True
        ),
        threading.Thread(
            target=drain, args=("errors", stream.read_errors, heard.errors), daemon=True
        ),
    ]
    for thread in threads:
        thread.start()
    deadlines = {each.probe.id: each.probe.deadline for each in questions}
    _watch(heard, condition, done, deadlines, start, progress)
    stream.close()
    for thread in threads:
        thread.join(timeout=2)
    if heard.broken is None and not is_complete(bytes(heard.output), marker):
        heard.broken = (GapReason.UNREACHABLE, _last_words(heard))
    return heard


def _watch(
    heard: Heard,
    condition: threading.Condition,
    done: dict[str, bool],
    deadlines: dict[str, float],
    start: float,
    progress: Callable[[str], None],
) -> None:
    """Follow the frames as they come; give the session up when one outlives its deadline."""
    line = re.compile(rb"\n" + heard.marker.encode() + rb" (begin|end) ([a-z0-9-]+)[^\n]*\n")
    position = 0
    current = ""
    since = time.monotonic()
    allowed = start
    with condition:
        while not heard.broken:
            while found := line.search(heard.output, position):
                position = found.end() - 1  # the newline may open the next marker line
                name = found[2].decode()
                now = time.monotonic()
                if found[1] == b"end":
                    heard.seconds[name] = now - since
                    if name == "done":
                        return
                else:
                    progress(name)
                current, since = name, now
                allowed = deadlines.get(name, 5.0) + GRACE + PATIENCE
            if all(done.values()):
                return
            left = since + allowed - time.monotonic()
            if left <= 0:
                where = current or "the shell's start"
                heard.broken = (GapReason.TIMEOUT, f"no answer after {allowed:.0f} s at {where}")
                heard.hung = current
                return
            condition.wait(min(left, 1.0))


def _last_words(heard: Heard) -> str:
    """Why a session ended early, as far as the host said it."""
    noise = bytes(heard.errors) + bytes(heard.output)
    if heard.marker.encode() in noise:
        return "the connection ended before all questions were answered"
    words = " ".join(noise.decode("utf-8", "replace").split())[:200]
    return f"no shell ran the questions; the host said: {words or 'nothing'}"


def collect_shell(  # noqa: C901 - one story, told in order
    session: Session,
    asset: Asset,
    system: System,
    probes: Iterable[Probe],
    *,
    sudo: bool,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Observation]:
    """
    Ask a host everything: one program, and at most one more.

    The second one asks what needs the first one's answers, and what a hung probe kept from being
    asked. Raises nothing: what could not be had is an observation with its gap.
    """
    wanted = [each for each in probes if each.via == "shell"]
    made: dict[str, Observation] = {}

    def ask(questions: Sequence[Question]) -> Heard:
        heard = _heard(session, questions, sudo=sudo, progress=progress)
        found = observations(
            questions,
            heard.marker,
            bytes(heard.output),
            bytes(heard.errors),
            asset=asset.id,
            at=heard.started_at,
            run_as=session.run_as,
            vantage=session.vantage,
            broken=heard.broken,
            seconds=heard.seconds,
        )
        made.update((each.probe, each) for each in found)
        return heard

    def without(probe: Probe, at: datetime, reason: GapReason, detail: str) -> None:
        made[probe.id] = Observation(
            probe=probe.id,
            asset=asset.id,
            gap=reason,
            detail=detail,
            at=at,
            vantage=session.vantage,
        )

    first = first_questions(wanted)
    heard = ask(first)
    second: list[Question] = []
    if heard.hung:
        begun = {each.name for each in frames(bytes(heard.output), heard.marker)}
        second = [each for each in first if each.probe.id not in begun]
    outputs = Outputs(observations=made, asset=asset, system=system, at=heard.started_at)
    for probe in wanted:
        if probe.follow is None:
            continue
        if heard.broken is not None and not heard.hung:
            without(probe, heard.started_at, *heard.broken)
            continue
        try:
            arguments = probe.follow(outputs)
        except UnavailableError as missing:
            without(probe, heard.started_at, missing.reason, missing.detail)
        except Exception as problem:  # noqa: BLE001 - the host's answer must not take the scan down
            without(probe, heard.started_at, GapReason.BUG, f"{type(problem).__name__}: {problem}")
        else:
            if arguments:
                second.append(Question(probe, tuple(arguments)))
    if second:
        ask(second)
    return [made[each.id] for each in wanted if each.id in made]


def _heard(
    session: Session,
    questions: Sequence[Question],
    *,
    sudo: bool,
    progress: Callable[[str], None],
) -> Heard:
    marker = secrets.token_hex(24)
    started_at = datetime.now(UTC)
    try:
        stream = session.open()
    except ConnectionLostError as lost:
        return Heard(marker=marker, broken=(lost.reason, lost.detail), started_at=started_at)
    text = program(questions, marker, sudo=sudo)
    return converse(stream, text, marker, questions, start=session.timeout, progress=progress)
