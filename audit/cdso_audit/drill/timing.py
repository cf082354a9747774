"""
When things happened in a drill, by a clock that nobody stops: places of entries after T0, looks at
the service counted anew, and the path of steps that decided the time. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from typing import Final

from cdso_audit.drill.clock import UNMEASURED, NegativeSpanError, elapsed
from cdso_audit.drill.events import (
    Entry,
    HoldBroken,
    HoldKept,
    HostOffset,
    ObservationGap,
    ProbeResult,
    Started,
    StepDone,
    StepEvent,
    StepIntent,
    needs_lease,
)
from cdso_audit.drill.proof import StepTime

ZERO: Final = timedelta(0)
#: How long nobody may have looked within a row of successes.
LONGEST_BLIND: Final = timedelta(minutes=3)
#: No drill takes longer.
LONGEST_SPAN: Final = timedelta(days=36525)


@dataclass(slots=True)
class Timeline:
    """Where each entry stands, in seconds after T0, by its number; never backwards."""

    at: dict[int, float] = field(default_factory=dict)
    bound: dict[int, float] = field(default_factory=dict)
    broken: str = ""
    by_utc: bool = False

    def position(self, entry: Entry) -> timedelta:
        """The entry's place after T0."""
        return timedelta(seconds=self.at.get(entry.seq, 0.0))

    def wrong_by(self, entry: Entry) -> timedelta:
        """How much that may be wrong."""
        return timedelta(seconds=self.bound.get(entry.seq, 0.0))


def timeline(entries: Sequence[Entry]) -> Timeline:
    """
    The places of all entries from T0 on.

    Within a boot by CLOCK_BOOTTIME. Across boots by UTC, mended by how far the offsets of the other
    hosts moved meanwhile: a clock that was set back while the machine was off shows there.
    """
    made = Timeline()
    begun = [each for each in entries if isinstance(each.event, Started)]
    if not begun:
        return made
    last, now, wrong = begun[0], 0.0, 0.0
    made.at[last.seq] = made.bound[last.seq] = 0.0
    for each in entries:
        if each.seq <= begun[0].seq:
            continue
        same = each.at.boot_id == last.at.boot_id
        if not needs_lease(each.event):
            # written by another process, maybe on another machine: it moves no clock of the drill
            ahead = (
                each.at.boottime - last.at.boottime
                if same
                else (each.at.wall - last.at.wall).total_seconds()
            )
            made.at[each.seq] = now + max(0.0, ahead)
            made.bound[each.seq] = wrong + (0.0 if same else UNMEASURED.total_seconds())
            continue
        try:
            span = elapsed(last.at, each.at)
        except NegativeSpanError as problem:
            made.broken = made.broken or str(problem)
        else:
            moved, unsure = (0.0, 0.0) if same else _moved(entries, last, each)
            step = span.length.total_seconds() + moved
            if step < 0:
                made.broken = made.broken or f"{step:.0f} s between two boots, by the other hosts"
            now += max(step, 0.0)
            wrong += max(span.bound.total_seconds(), unsure)
            made.by_utc = made.by_utc or not same
        made.at[each.seq], made.bound[each.seq] = now, wrong
        last = each
    return made


def _moved(entries: Sequence[Entry], before: Entry, after: Entry) -> tuple[float, float]:
    """By how much UTC here fell back between two boots, by the hosts asked before and after."""
    old: dict[str, HostOffset] = {}
    new: dict[str, HostOffset] = {}
    for each in entries:
        if not isinstance(each.event, HostOffset):
            continue
        if each.seq <= before.seq:
            old[each.event.host] = each.event
        elif each.seq >= after.seq and each.at.boot_id == after.at.boot_id:
            new.setdefault(each.event.host, each.event)
    shared = sorted(old.keys() & new.keys())
    if not shared:
        return 0.0, 0.0
    moved = median(new[name].seconds - old[name].seconds for name in shared)
    bound = max(new[name].bound + old[name].bound for name in shared)
    return (moved, bound) if abs(moved) > bound + UNMEASURED.total_seconds() else (0.0, bound)


# ---------------------------------------------------------------------------------------------
# Looking at the service
# ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Row:
    """Successes in a row that reached their number: the first, the last, and whether it held."""

    first: timedelta
    nth: timedelta
    wrong_by: timedelta
    held: timedelta | None = None


@dataclass(slots=True)
class Watch:
    """What the single looks of one repeated check say."""

    needed: int
    looks: int = 0
    failed: int = 0
    broken: int = 0
    row: Row | None = None
    """The row that counts: it is gone again when the hold is broken."""

    def ended(self) -> int:
        """Nothing is in a row any more: the new count, which is none."""
        if self.row is not None:
            self.row = None
            self.broken += 1
        return 0


def watched(  # noqa: C901 - one case an event
    entries: Iterable[tuple[Entry, timedelta, timedelta]],
    step: str,
    needed: int,
    every: timedelta,
) -> Watch:
    """
    The looks of one step, counted anew: the N-th success in a row, and whether it was taken back.

    `entries` come with their place and its error. A failure, a new attempt, and a time in which
    nobody looked (`LONGEST_BLIND`, or three times `every`) end the row; while the hold runs, they
    open the clock again. Until the step is done, nothing is final.
    """
    watch = Watch(needed)
    blind = max(LONGEST_BLIND, 3 * every)
    count = 0
    first = last = ZERO
    final = False
    for entry, at, wrong in entries:
        event = entry.event
        if final or (isinstance(event, StepEvent) and event.step != step):
            continue
        if isinstance(event, ProbeResult | HoldKept):
            # what the look itself took is no time in which nobody looked
            spent = event.seconds if isinstance(event, ProbeResult) else 0.0
            if count and at - last - timedelta(seconds=spent) > blind:
                count = watch.ended()
            last = at
        match event:
            case ProbeResult() if event.passed:
                watch.looks += 1
                count += 1
                first = at if count == 1 else first
                if count >= needed and watch.row is None:
                    watch.row = Row(first, at, wrong)
            case ProbeResult():
                watch.looks += 1
                watch.failed += 1
                count = watch.ended()
            case StepIntent() | HoldBroken():
                count = watch.ended()
            case ObservationGap() if event.step in (step, ""):
                count = watch.ended()
            case HoldKept() if watch.row is not None:
                watch.row.held = at - watch.row.nth
            case StepDone():
                final = True
    return watch


# ---------------------------------------------------------------------------------------------
# The critical path
# ---------------------------------------------------------------------------------------------


def critical(steps: Sequence[StepTime], stop: timedelta | None) -> frozenset[str]:
    """
    The steps without which the stop would have come sooner: back from the last that ended by it,
    each time to the one that ended last before the present one began.

    Without a stop (a drill that failed) it is the path to its last step.
    """
    known = [each for each in steps if each.phase and each.ended is not None]
    if stop is not None:
        known = [each for each in known if each.began < stop or (each.ended or ZERO) <= stop]
    if not known:
        return frozenset()
    at = max(known, key=lambda each: (min(each.ended or ZERO, stop or LONGEST_SPAN), each.began))
    found = [at.id]
    left = [each for each in known if each.id != at.id]
    while True:
        before = [each for each in left if (each.ended or ZERO) <= at.began]
        if not before:
            return frozenset(found)
        at = max(before, key=lambda each: (each.ended or ZERO, each.began))
        found.append(at.id)
        left = [each for each in before if each.id != at.id]
