"""
A drill's clock: what is read at each event, and how long things took, without flattering anybody.

It is never stopped. Within one boot a span is the difference of CLOCK_BOOTTIME, which goes on while
a machine sleeps; across boots it is the difference of UTC, with what is known of its error. A span
that would be negative is refused. Pure: the engine reads the clocks (`drill.run.clocks`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Annotated, Final

from pydantic import AwareDatetime, Field, PlainSerializer

from cdso_audit.model import Frozen

#: UTC and CLOCK_BOOTTIME may differ that much between two events before it counts as a clock step
#: (drills: NTP slews far slower; a probe's own reading takes microseconds).
STEP: Final = timedelta(seconds=2)
#: A machine that slept shorter than this is not said to have slept.
SUSPEND: Final = timedelta(seconds=2)
#: What UTC is taken to be wrong by, at most, across a reboot, when nobody measured it.
UNMEASURED: Final = timedelta(seconds=5)
#: A host whose clock is off by more gives no evidence about the age of data.
MOST_SKEW: Final = timedelta(seconds=60)


def _micros(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


Moment = Annotated[AwareDatetime, PlainSerializer(_micros, return_type=str, when_used="json")]
"""An instant in UTC, to the microsecond."""


class Stamp(Frozen):
    """What one reading of a machine's clocks says."""

    wall: Moment
    boottime: Annotated[
        float, Field(ge=0, description="Seconds since the boot, sleep included (CLOCK_BOOTTIME).")
    ]
    awake: Annotated[
        float, Field(ge=0, description="Seconds since the boot, without sleep (CLOCK_MONOTONIC).")
    ]
    boot_id: Annotated[str, Field(description="The kernel's name of this boot.")]


class NegativeSpanError(ValueError):
    """A span that would be negative: the clocks cannot be believed, and nothing is measured."""


@dataclass(frozen=True, slots=True)
class Span:
    """How long it took; `bound` is how much that may be wrong, `source` which clock says so."""

    length: timedelta
    bound: timedelta
    source: str

    @property
    def longest(self) -> timedelta:
        """The span at its longest: what a target is compared with."""
        return self.length + self.bound


def elapsed(first: Stamp, last: Stamp, *, wall_error: timedelta = UNMEASURED) -> Span:
    """
    The span from one stamp to a later one. `wall_error` is how much UTC may be wrong in all.

    Raises NegativeSpanError when the later stamp is the earlier moment.
    """
    if first.boot_id == last.boot_id:
        seconds = last.boottime - first.boottime
        if seconds < 0:
            raise NegativeSpanError(f"{seconds} s between two readings of one boot")
        return Span(timedelta(seconds=seconds), timedelta(0), "boottime")
    length = last.wall - first.wall
    if length < timedelta(0):
        raise NegativeSpanError(f"{length} between two boots")
    return Span(length, wall_error, "utc")


def total(stamps: Sequence[Stamp], *, wall_error: timedelta = UNMEASURED) -> Span:
    """
    The span over a whole series: each stretch within one boot by CLOCK_BOOTTIME, and only the gaps
    between boots by UTC, so that one step of the clock does not spoil the rest.
    """
    length = bound = timedelta(0)
    sources: dict[str, None] = {}
    for before, after in pairwise(stamps):
        part = elapsed(before, after, wall_error=wall_error)
        length += part.length
        bound += part.bound
        sources[part.source] = None
    return Span(length, bound, "+".join(sources) or "boottime")


@dataclass(frozen=True, slots=True)
class Jump:
    """UTC was stepped by so much (negative: back), as seen against CLOCK_BOOTTIME."""

    by: timedelta


@dataclass(frozen=True, slots=True)
class Sleep:
    """The machine slept that long."""

    length: timedelta


@dataclass(frozen=True, slots=True)
class Reboot:
    """The machine was started anew; `away` is the difference of UTC, which may be negative."""

    away: timedelta


Oddity = Jump | Sleep | Reboot


def between(before: Stamp, after: Stamp) -> Iterator[Oddity]:
    """What happened to the clocks between two readings of the same machine."""
    walls = after.wall - before.wall
    if before.boot_id != after.boot_id:
        yield Reboot(walls)
        return
    boots = timedelta(seconds=after.boottime - before.boottime)
    slept = boots - timedelta(seconds=after.awake - before.awake)
    if slept > SUSPEND:
        yield Sleep(slept)
    if abs(walls - boots) > STEP:
        yield Jump(walls - boots)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question about the time: asked at t1, taken there at t2, answered at t3, here at t4."""

    t1: float
    t2: float
    t3: float
    t4: float

    @property
    def offset(self) -> float:
        """Seconds by which the other clock is ahead."""
        return ((self.t2 - self.t1) + (self.t3 - self.t4)) / 2

    @property
    def round_trip(self) -> float:
        """Seconds on the way, both ways together."""
        return (self.t4 - self.t1) - (self.t3 - self.t2)

    @property
    def bound(self) -> float:
        """How much the offset may be wrong: half the round trip, and never less than nothing."""
        return max(self.round_trip, 0.0) / 2


def best(exchanges: Sequence[Exchange]) -> Exchange:
    """The exchange that tells most: the one with the shortest way. Raises ValueError on none."""
    return min(exchanges, key=lambda each: each.round_trip)
