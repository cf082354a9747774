"""
The heartbeat of a protected system: one line with a time, a number and a MAC, written every few
minutes into what is backed up, and read from what was restored.

The newest valid one says how much was lost, from the data itself; a number that is missing is data
that is missing; a wrong MAC is somebody's hand, or another key. A fixed token would prove none of
it, since any old backup holds it. Pure: `drill.run.canaries` writes and reads them.
"""

import hmac
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import pairwise
from typing import Final

from cdso_audit.drill.clock import MOST_SKEW
from cdso_audit.drill.events import CanarySeen
from cdso_audit.errors import UsageError

#: What every line begins with, and what is hashed first: a MAC of ours is no MAC of anything else.
MARK: Final = "cdso-canary/1"
#: The shortest key: 16 bytes are 128 bits when they are random.
SHORTEST_KEY: Final = 16
#: Gaps that stand in one event; more of them tell nothing more.
MOST_GAPS: Final = 100
#: A wait of two intervals between heartbeats is one that was missed.
MISSED: Final = 2

_LINE = re.compile(
    r"cdso-canary/1 system=(?P<system>[a-z0-9][a-z0-9._-]{0,62}) number=(?P<number>[1-9]\d{0,17})"
    r" at=(?P<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) mac=(?P<mac>[0-9a-f]{64})"
)


@dataclass(frozen=True, slots=True)
class Canary:
    """One heartbeat, as it was written: whether its MAC is right, `is_valid` tells."""

    system: str
    number: int
    at: datetime
    mac: str

    @property
    def line(self) -> str:
        """The heartbeat as it stands in a table, a file or a mail."""
        return f"{_message(self.system, self.number, self.at)} mac={self.mac}"


@dataclass(frozen=True, slots=True)
class Judged:
    """What the heartbeats of one system say. `late` are those written after the given moment."""

    valid: tuple[Canary, ...] = ()
    late: tuple[Canary, ...] = ()
    invalid: int = 0
    forked: tuple[int, ...] = ()
    """Numbers that stand on two different valid heartbeats: two writers, or a copy written to."""
    backwards: tuple[int, ...] = ()
    """Numbers whose time is before that of the number before."""
    missing: tuple[tuple[int, int], ...] = ()
    goes_on: bool = False
    """Heartbeats go on across the given moment without a break: this is the running system."""

    @property
    def newest(self) -> Canary | None:
        """The newest valid heartbeat that is not late."""
        return self.valid[-1] if self.valid else None

    @property
    def missing_count(self) -> int:
        """How many numbers are missing between the oldest and the newest."""
        return sum(last - first + 1 for first, last in self.missing)


def make_canary(system: str, number: int, at: datetime, key: bytes) -> Canary:
    """The heartbeat with that number. Raises UsageError for a key that is too short."""
    moment = at.astimezone(UTC).replace(microsecond=0)
    made = Canary(system, number, moment, _mac(system, number, moment, key))
    if _LINE.fullmatch(made.line) is None:
        raise UsageError(
            "{system} is no name of a system, or {number} no number of a heartbeat",
            hint="a name is small letters, digits and . _ -, numbers count from 1",
            values={"system": system, "number": number},
        )
    return made


def parse_canaries(text: str) -> Iterator[Canary]:
    """Each heartbeat that stands in the text, in its order; anything else is passed over."""
    for found in _LINE.finditer(text):
        try:
            at = datetime.strptime(found["at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        except ValueError:  # the 31st of February
            continue
        yield Canary(found["system"], int(found["number"]), at, found["mac"])


def is_valid(canary: Canary, key: bytes) -> bool:
    """Whether the MAC is right under that key."""
    return hmac.compare_digest(canary.mac, _mac(canary.system, canary.number, canary.at, key))


def judge(
    text: str,
    *,
    system: str,
    key: bytes,
    interval: timedelta,
    before: datetime | None = None,
) -> Judged:
    """
    What the heartbeats in a text say, for one system.

    `before` is the moment of the attack: what was written later tells nothing about what was saved,
    and where heartbeats go on across it without a missed one, nothing was restored at all.
    """
    own = [each for each in parse_canaries(text) if each.system == system]
    checked = [(each, is_valid(each, key)) for each in own]
    by_number: dict[int, Canary] = {}
    forked: dict[int, None] = {}
    for each, valid in checked:
        if valid:
            known = by_number.setdefault(each.number, each)
            if known.at != each.at:
                forked[each.number] = None
    ordered = [by_number[number] for number in sorted(by_number)]
    limit = before + MOST_SKEW if before is not None else None
    kept = tuple(each for each in ordered if limit is None or each.at <= limit)
    late = tuple(each for each in ordered if limit is not None and each.at > limit)
    return Judged(
        valid=kept,
        late=late,
        invalid=sum(not valid for _, valid in checked),
        forked=tuple(forked),
        backwards=tuple(two.number for one, two in pairwise(ordered) if two.at < one.at),
        missing=_gaps([each.number for each in ordered]),
        goes_on=bool(kept and late) and late[0].at - kept[-1].at <= MISSED * interval + MOST_SKEW,
    )


def loss(judged: Judged, before: datetime) -> timedelta | None:
    """What was lost: from the newest valid heartbeat to that moment; None without any."""
    if judged.newest is None:
        return None
    return max(before - judged.newest.at, timedelta(0))


def read(
    text: str,
    *,
    key: bytes,
    system: str,
    interval: timedelta,
    max_loss: timedelta | None = None,
    before: datetime | str | None = None,
) -> tuple[CanarySeen, str]:
    """
    The event for a drill's journal, and why the heartbeats are not as they must be (or nothing).

    `before` is T0; without it (a negative control) nothing can be lost, only missing.
    """
    at = _moment(before) if isinstance(before, str) else before
    found = judge(text, system=system, key=key, interval=interval, before=at)
    lost = loss(found, at) if at is not None else None
    newest = found.newest
    event = CanarySeen(
        step="",
        system=system,
        valid=len(found.valid) + len(found.late),
        invalid=found.invalid,
        newest_number=newest.number if newest else None,
        newest_at=newest.at if newest else None,
        oldest_at=found.valid[0].at if found.valid else None,
        missing=found.missing[:MOST_GAPS],
        loss_seconds=lost.total_seconds() if lost is not None else None,
    )
    return event, _why(found, lost, max_loss)


def _why(  # noqa: PLR0911 - one return a fault
    found: Judged, lost: timedelta | None, max_loss: timedelta | None
) -> str:
    if found.invalid:
        return f"{found.invalid} heartbeats have a wrong MAC: altered, or of another key"
    if found.newest is None:
        late = f", {len(found.late)} were written after T0" if found.late else ""
        return f"no valid heartbeat from before T0{late}"
    if found.goes_on:
        return "the heartbeats go on across T0 without a break: this is the running system"
    if found.forked:
        return f"number {found.forked[0]} stands on two heartbeats: somebody else writes here too"
    if found.missing:
        first, last = found.missing[0]
        return f"{found.missing_count} heartbeats are missing, the first ones {first} to {last}"
    if max_loss is not None and lost is not None and lost > max_loss:
        return f"{lost} of data are lost, more than {max_loss}"
    return ""


def _message(system: str, number: int, at: datetime) -> str:
    return f"{MARK} system={system} number={number} at={at:%Y-%m-%dT%H:%M:%SZ}"


def _mac(system: str, number: int, at: datetime, key: bytes) -> str:
    bare = key.strip()
    if len(bare) < SHORTEST_KEY:
        raise UsageError(
            "the key of the heartbeat is shorter than {least} bytes",
            hint="make one: openssl rand -hex 32 > keys/canary && chmod 600 keys/canary",
            values={"least": SHORTEST_KEY},
        )
    return hmac.new(bare, _message(system, number, at).encode(), sha256).hexdigest()


def _gaps(numbers: Sequence[int]) -> tuple[tuple[int, int], ...]:
    return tuple(
        (before + 1, after - 1) for before, after in pairwise(numbers) if after - before > 1
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
