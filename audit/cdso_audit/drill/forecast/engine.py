"""
The event engine of the forecast: one project, thousands of runs at once. Pure; needs numpy.

A project is a set of tasks with predecessors. Work needs a person who has its skill and is on
shift; a transfer needs a slot and shares the bandwidth with the others. Whenever somebody or a
slot is free, the first ready task of the priority list starts (list scheduling, Graham 1969; no
task waits on purpose). Runs differ in their amounts alone; each is exact: the engine jumps from
event to event, there is no time step.

All runs advance together, each to its own next event, so that numpy does the work of one Python
loop for thousands of them. Times are hours after the attack, amounts of data are GB.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Words = NDArray[np.uint64]

#: People and transfers in flight are bits of one machine word; skills are bits of a table's index.
MOST_PEOPLE: Final = 62
MOST_SLOTS: Final = 62
MOST_SKILLS: Final = 16

#: Runs that advance together: enough to pay for numpy's calls, few enough for the cache.
_BATCH: Final = 10_000
_WORD: Final = 64
_WORD_BITS: Final = 6
#: Idle people are looked up so many at a time.
_CHUNK: Final = 12
#: The batch is packed anew when fewer than this share of its runs are still going on.
_PACK_BELOW: Final = 0.5

#: Stands for "no limit", in GB/h; infinity times no time is no number.
_FASTEST: Final = 1e15

#: What somebody does who does no task.
_IDLE, _OFF = -1, -2


@dataclass(frozen=True, slots=True)
class Calendar:
    """
    When somebody works: windows of hours within a period that repeats.

    `clocked` windows are hours of the week from Monday 00:00 (the run's start is somewhere in it);
    others count from the attack, none before it. A window may reach over the period's end. No
    window: always.
    """

    windows: tuple[tuple[float, float], ...] = ()
    period: float = 168.0
    clocked: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, with what they can do and when they work."""

    skills: frozenset[str]
    calendar: Calendar = Calendar()


@dataclass(frozen=True, slots=True)
class Task:
    """Work that needs a skill, or a transfer where `skill` is empty; starts when `after` ended."""

    skill: str = ""
    after: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """
    Tasks in the order of their priority (the first one first), people, bandwidth, slots.

    `repeats` leads from a task that checks to the transfer that is done again, once, when the
    check finds the copy bad; the check must be the transfer's only successor.
    `handover` is added to work that stands still at the end of a shift, in hours.
    """

    tasks: tuple[Task, ...]
    people: tuple[Person, ...] = ()
    bandwidth: float = np.inf
    slots: int = MOST_SLOTS
    repeats: tuple[tuple[int, int], ...] = ()
    handover: float = 0.0


@dataclass(frozen=True, slots=True)
class Amounts:
    """
    What each run must do, a column a run.

    `hours`, a row a task, is work; of a transfer it is the setup, during which the slot is held
    and nothing flows. `gb` and `cap` (GB/h of one stream) have a row a transfer, in the order of
    the tasks. `bad` (a row a repeat) says in which runs the copy is bad, `again_*` what the second
    attempt amounts to: `again_hours` of the check, a row a repeat, the others of the transfer.
    `active`: where it is false the task does not exist in that run; nothing that exists may come
    after it.
    """

    hours: Floats
    gb: Floats | None = None
    cap: Floats | None = None
    start: Floats | None = None
    phase: Floats | None = None
    """The hour of the week of the attack, a number a run."""
    active: NDArray[np.bool_] | None = None
    bad: NDArray[np.bool_] | None = None
    again_hours: Floats | None = None
    again_setup: Floats | None = None
    again_gb: Floats | None = None
    again_cap: Floats | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """
    How it came about, tasks x traced runs. `ready`: when the last predecessor ended (`by`, or -1);
    `began`: when the task first started; `freed`: whose end freed the person or the slot that it
    had waited for, or -1 when it waited for none of them (a shift, or nothing).
    """

    ready: Floats
    began: Floats
    by: NDArray[np.int16]
    freed: NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When each task ended, tasks x runs in hours after the attack; nan where it did not exist."""

    finish: Floats
    trace: Trace | None = None
    events: int = field(default=0, compare=False)


def simulate(project: Project, amounts: Amounts, *, traced: int = 0) -> Schedule:
    """
    Run the project once for each column of the amounts; the first `traced` runs leave a trace.

    Raises ValueError when a task needs a skill that nobody has, when the predecessors form a
    circle, or beyond the engine's limits (62 people, 62 slots, 16 skills).
    """
    plan = _Plan(project)
    count, runs = amounts.hours.shape
    if count != len(project.tasks):
        raise ValueError("one row of hours a task")
    finish = np.full((count, runs), np.nan)
    traced = min(traced, runs)
    trace = Trace(
        ready=np.zeros((count, traced)),
        began=np.full((count, traced), np.nan),
        by=np.full((count, traced), -1, np.int16),
        freed=np.full((count, traced), -1, np.int16),
    )
    events = 0
    for first in range(0, runs, _BATCH):
        part = slice(first, min(first + _BATCH, runs))
        events += _Batch(plan, amounts, part, finish, trace if first < traced else None).run()
    if not traced:
        return Schedule(finish, None, events)
    _look_back(project, amounts, finish[:, :traced], trace)
    return Schedule(finish, trace, events)


def _look_back(project: Project, amounts: Amounts, finish: Floats, trace: Trace) -> None:
    """When each task was ready, and by whom; who had not waited was freed by nobody."""
    for index, task in enumerate(project.tasks):
        ready = trace.ready[index]
        ready[:] = 0 if amounts.start is None else amounts.start[: ready.size]
        for other in task.after:
            later = finish[other] > ready
            ready[later] = finish[other][later]
            trace.by[index][later] = other
        trace.freed[index][trace.began[index] <= ready] = -1


# ---------------------------------------------------------------------------------------------
# What is the same in all runs
# ---------------------------------------------------------------------------------------------


def _lowest_bit(words: Words) -> Ints:
    """The index of the lowest bit set: the number of bits below it."""
    lowest = words & (~words + np.uint64(1))
    return np.bitwise_count(lowest - np.uint64(1)).astype(np.int64)


class _Plan:
    """The project as tables."""

    def __init__(self, project: Project) -> None:  # noqa: C901 - a list of tables
        tasks, people = project.tasks, project.people
        needed = sorted({each.skill for each in tasks if each.skill})
        if len(people) > MOST_PEOPLE or project.slots > MOST_SLOTS or len(needed) > MOST_SKILLS:
            raise ValueError("at most 62 people, 62 slots and 16 skills")
        for skill in needed:
            if not any(skill in each.skills for each in people):
                raise ValueError(f"nobody has the skill {skill}")
        _no_circle(tasks)
        self.project = project
        self.count = len(tasks)
        self.is_transfer = np.array([not each.skill for each in tasks])
        self.transfer_row = np.cumsum(self.is_transfer) - 1
        self._number_bits()
        self.before = np.array([len(set(each.after)) for each in tasks], np.int16)
        after: list[list[int]] = [[] for _ in tasks]
        for index, each in enumerate(tasks):
            for other in set(each.after):
                after[other].append(index)
        self.degree = np.array([len(each) for each in after])
        self.first = np.concatenate([[0], np.cumsum(self.degree)[:-1]]).astype(np.int64)
        self.next = np.array([index for each in after for index in each], np.int64)
        alone = [each[0] if len(each) == 1 else -1 for each in after]
        self.only = np.array([-1 if self.before[each] > 1 else each for each in alone], np.int64)
        """The task that waits for this one alone, where that is all that waits for it, or -1."""
        self.skill = np.array([needed.index(each.skill) if each.skill else -1 for each in tasks])
        of_skill = [self._mask(name) for name in needed]
        self.startable = np.zeros((self.words, 2 ** len(needed)), np.uint64)
        """What can start, a column of words, when people of these skills (a bit each) are free."""
        for code in range(2 ** len(needed)):
            for at, mask in enumerate(of_skill):
                if code >> at & 1:
                    self.startable[:, code] |= mask
        # Who can do least is asked first, so that who can do much is kept free.
        self.people = sorted(people, key=lambda each: len(each.skills & set(needed)))
        self.bits = np.uint64(1) << np.arange(_WORD).astype(np.uint64)
        self._tabulate_calendars()
        self.can = np.array(
            [
                sum(1 << p for p, each in enumerate(self.people) if name in each.skills)
                for name in needed
            ],
            np.uint64,
        )
        self.can_do = np.append(self.can, np.uint64(0))[self.skill]
        """Who can do each task, a bit a person."""
        self._tabulate_codes()
        self.repeat = np.full(self.count, -1)
        self.repeated = np.full(self.count, -1)
        for row, (check, transfer) in enumerate(project.repeats):
            if after[transfer] != [check]:
                raise ValueError("a repeated transfer has its check as its only successor")
            self.repeat[check] = row
            self.repeated[check] = transfer

    def _tabulate_codes(self) -> None:
        """Which skills are free (a bit each) when these people are, a dozen people at a time."""
        some = np.arange(2**_CHUNK, dtype=np.uint64)
        chunks = range(0, len(self.people), _CHUNK)
        self.codes = np.zeros((len(chunks), some.size), np.int64)
        for chunk, first in enumerate(chunks):
            for shift, can in enumerate(self.can):
                free = some & (can >> np.uint64(first))
                self.codes[chunk] |= (free != 0).astype(np.int64) << shift

    def code(self, idle: Words) -> Ints:
        """The skills of those who are idle, as an index of `startable`."""
        if len(self.codes) == 1:
            return np.asarray(self.codes[0].take(idle.view(np.int64)))
        low = np.uint64(2**_CHUNK - 1)
        found = self.codes[0].take((idle & low).view(np.int64))
        for chunk in range(1, len(self.codes)):
            part = (idle >> np.uint64(chunk * _CHUNK)) & low
            found |= self.codes[chunk].take(part.view(np.int64))
        return np.asarray(found)

    def _tabulate_calendars(self) -> None:
        people = self.people
        most = max((len(each.calendar.windows) for each in people), default=0) or 1
        self.begins = np.full((len(people), most), -np.inf)
        self.ends = np.full((len(people), most), np.inf)
        self.windows = np.array([len(each.calendar.windows) or 1 for each in people], np.int64)
        self.period = np.array([each.calendar.period for each in people])
        self.clocked = np.array([float(each.calendar.clocked) for each in people])
        for p, each in enumerate(people):
            for at, (begin, end) in enumerate(sorted(each.calendar.windows)):
                self.begins[p, at], self.ends[p, at] = begin, end

    def _number_bits(self) -> None:
        """Give each task its bit: work fills the first `words` words, transfers the others."""
        work, transfers = (np.flatnonzero(self.is_transfer == kind) for kind in (False, True))
        self.words = -(-work.size // _WORD)
        self.all_words = self.words + -(-transfers.size // _WORD)
        self.word = np.zeros(self.count, np.int64)
        self.bit = np.zeros(self.count, np.uint64)
        self.task_of = np.zeros(self.all_words * _WORD, np.int64)
        for base, members in ((0, work), (self.words, transfers)):
            at = np.arange(members.size)
            self.word[members] = base + at // _WORD
            self.bit[members] = np.uint64(1) << (at % _WORD).astype(np.uint64)
            self.task_of[base * _WORD + at] = members

    def _mask(self, skill: str) -> Words:
        mask = np.zeros(self.words, np.uint64)
        for index, each in enumerate(self.project.tasks):
            if each.skill == skill:
                mask[self.word[index]] |= self.bit[index]
        return mask


def _no_circle(tasks: Sequence[Task]) -> None:
    left = {index: set(each.after) for index, each in enumerate(tasks)}
    while left:
        free = {index for index, after in left.items() if not after}
        if not free:
            raise ValueError("the predecessors form a circle")
        left = {index: after - free for index, after in left.items() if index not in free}


# ---------------------------------------------------------------------------------------------
# What differs: the state of a batch of runs
# ---------------------------------------------------------------------------------------------


class _Batch:
    """Runs that advance together. Every array is flat: row * runs + run, whatever its rows are."""

    def __init__(
        self, plan: _Plan, amounts: Amounts, part: slice, finish: Floats, trace: Trace | None
    ) -> None:
        self.plan, self.amounts, self.trace = plan, amounts, trace
        self.out = finish
        self.columns = np.arange(part.start, part.stop)
        """Where each run of the batch stands in the output."""
        self.traces = 0 if trace is None else trace.began.shape[1]
        self.traced = int(np.searchsorted(self.columns, self.traces))
        """How many of the runs leave a trace; they are the first ones."""
        runs = self.runs = len(self.columns)

        def of_transfers(given: Floats | None, fill: float) -> Floats:
            if given is None:
                return np.full(int(plan.is_transfer.sum()) * runs, float(fill))
            return np.array(given[:, part], float, order="C").reshape(-1)

        self.hours = np.array(amounts.hours[:, part], float, order="C").reshape(-1)
        self.gb = of_transfers(amounts.gb, 0)
        self.cap = np.minimum(of_transfers(amounts.cap, _FASTEST), _FASTEST)
        zeros = np.zeros(finish.shape[1])
        self.now: Floats = np.array((zeros if amounts.start is None else amounts.start)[part])
        self.phase: Floats = np.array((zeros if amounts.phase is None else amounts.phase)[part])
        waits = np.repeat(plan.before[:, None], runs, axis=1)
        self.only = plan.only.copy()
        self.open = np.full(runs, plan.count)
        if amounts.active is not None:
            active = amounts.active[:, part]
            waits += ~active * np.int16(1_000)  # never ready
            self.open = active.sum(axis=0)
            self.only[(active & ~active[self.only]).any(axis=1)] = -1
        rows = max(len(plan.project.repeats), 1)
        self.bad = np.zeros(rows * runs, bool)
        if amounts.bad is not None:
            self.bad = np.array(amounts.bad[:, part], order="C").reshape(-1)
        ready = np.zeros((plan.all_words, runs), np.uint64)
        for task in range(plan.count):
            ready[plan.word[task], waits[task] == 0] |= plan.bit[task]
        self.waits, self.ready = waits.reshape(-1), ready.reshape(-1)
        self._begin_people()
        self._begin_slots()

    def _begin_slots(self) -> None:
        plan, runs = self.plan, self.runs
        slots = self.slots = min(plan.project.slots, int(plan.is_transfer.sum()))
        self.taken = np.zeros(runs, np.uint64)
        self.all_slots = np.uint64((1 << slots) - 1)
        self.slot_task = np.full(slots * runs, -1)
        self.slot_last = np.full(slots * runs, -1, np.int16)
        self.slot_free = np.full(slots * runs, -np.inf)
        self.slot_until = np.full(slots * runs, np.inf)
        self.flows = np.zeros(slots * runs, bool)
        self.left = np.zeros(slots * runs)
        self.rate = np.zeros(slots * runs)
        self.slot_cap = np.zeros(slots * runs)
        self.as_of = np.zeros(slots * runs)
        """When what is left of a transfer was last reckoned."""
        self.load = np.zeros(runs)
        """What all flowing transfers would take if the bandwidth had no end, in GB/h."""
        self.tight = np.zeros(runs, bool)
        self.changed = np.zeros(runs, bool)
        self.held = np.zeros(runs)
        """The same of all that hold a slot, those in their setup included, …"""
        self.most_held = 2 * plan.project.bandwidth
        """… none counted as more than this, so that a sum without a limit loses no digit."""

    # People --------------------------------------------------------------------------------

    def _begin_people(self) -> None:
        plan, runs = self.plan, self.runs
        shape = (len(plan.people), runs)
        doing = np.full(shape, _IDLE)
        until, shift_end = np.full(shape, np.inf), np.full(shape, np.inf)
        window = np.zeros(shape, np.int64)
        self.idle = np.zeros(runs, np.uint64)
        for p, each in enumerate(plan.people):
            if not each.calendar.windows:
                self.idle |= np.uint64(1) << np.uint64(p)
                continue
            size, period = int(plan.windows[p]), plan.period[p]
            at = self.now + plan.clocked[p] * self.phase
            cycle = (np.floor(at / period) - 1).astype(np.int64)
            ends = plan.ends[p, :size]
            found = np.searchsorted(ends, at - cycle * period, "right")
            later = np.searchsorted(ends, at - (cycle + 1) * period, "right")
            window[p] = cycle * size + np.where(found < size, found, size + later)
            if not each.calendar.clocked:
                np.maximum(window[p], 0, out=window[p])
            begin, end = self._window(np.full(runs, p), np.arange(runs), window[p])
            on = begin <= self.now
            doing[p] = np.where(on, _IDLE, _OFF)
            until[p] = np.where(on, end, begin)
            shift_end[p] = end
            self.idle |= on.astype(np.uint64) << np.uint64(p)
        self.doing, self.window = doing.reshape(-1), window.reshape(-1)
        self.until, self.shift_end = until.reshape(-1), shift_end.reshape(-1)
        self.did = np.full(self.until.size, -1, np.int16)
        self.did_at = np.full(self.until.size, -np.inf)
        self.ends_at = np.zeros(self.until.size)

    def _window(self, person: Ints, run: Ints, window: Ints) -> tuple[Floats, Floats]:
        """When that window of these people begins and ends, in hours after the attack."""
        plan = self.plan
        cycle, at = np.divmod(window, plan.windows[person])
        shift = cycle * plan.period[person] - plan.clocked[person] * self.phase[run]
        return plan.begins[person, at] + shift, plan.ends[person, at] + shift

    # The loop ------------------------------------------------------------------------------

    def run(self) -> int:
        """Advance until every run is done; gives the number of rounds."""
        rounds = 0
        self._start_work()
        self._start_transfers()
        while True:
            going = self.open > 0
            alive = int(np.count_nonzero(going))
            if alive == 0:
                return rounds
            if alive < _PACK_BELOW * self.runs:
                self._pack(going)
                going = np.ones(alive, bool)
            rounds += 1
            people, slots = (
                each.reshape(-1, self.runs).min(axis=0, initial=np.inf)
                for each in (self.until, self.slot_until)
            )
            upcoming = np.minimum(people, slots)
            if alive < self.runs:
                upcoming[~going] = np.nan  # equal to no event
            if np.isinf(upcoming).any():
                raise RuntimeError("a task can never start")
            self.now = upcoming
            self._slot_events(int(np.count_nonzero(slots == upcoming)))
            self._people_events(int(np.count_nonzero(people == upcoming)))
            self._start_work()
            self._start_transfers()

    def _pack(self, keep: NDArray[np.bool_]) -> None:
        """Drop the runs that are done."""
        runs, kept = self.runs, np.flatnonzero(keep)
        self.runs = kept.size
        for name, value in vars(self).items():
            if isinstance(value, np.ndarray) and name not in ("out", "only"):
                setattr(self, name, value.reshape(-1, runs).take(kept, axis=1).reshape(-1))
        self.traced = int(np.searchsorted(self.columns, self.traces))

    # Ends ----------------------------------------------------------------------------------

    def _slot_events(self, among: int) -> None:
        """Setups and transfers that end now, in so many runs."""
        if not among:
            return
        runs = self.runs
        at = np.flatnonzero(self.slot_until.reshape(-1, runs) == self.now)
        single = at.size == among
        flowed = self.flows.take(at)
        begins = at.compress(~flowed)
        if begins.size:
            at = at.compress(flowed)
        if at.size:
            slot = at // runs
            run = at - slot * runs
            task, cap = self.slot_task.take(at), self.slot_cap.take(at)
            if self.trace is not None:
                self.slot_last[at] = task
                self.slot_free[at] = self.now.take(run)
            self.slot_until[at] = np.inf
            self.flows[at] = False
            self.rate[at] = 0
            self.changed[run] = True
            if single:
                self.taken[run] &= ~self.plan.bits.take(slot)
            else:
                np.bitwise_and.at(self.taken, run, ~self.plan.bits.take(slot))
            np.subtract.at(self.load, run, cap)
            np.subtract.at(self.held, run, np.minimum(cap, self.most_held))
            self._ended(task, run, single=single)
        if begins.size:
            self._flow(begins, begins % runs)

    def _flow(self, at: Ints, run: Ints) -> None:
        """These transfers begin to flow, at their own speed until the bandwidth is shared."""
        now, cap = self.now[run], self.slot_cap[at]
        self.flows[at] = True
        self.rate[at] = cap
        self.as_of[at] = now
        self.slot_until[at] = now + self.left[at] / cap
        self.changed[run] = True
        np.add.at(self.load, run, cap)

    def _people_events(self, among: int) -> None:
        """People whose work or shift ends now, or whose shift begins, in so many runs."""
        if not among:
            return
        runs = self.runs
        flat = np.flatnonzero(self.until.reshape(-1, runs) == self.now)
        single = flat.size == among
        person = flat // runs
        run = flat - person * runs
        now, task = self.now.take(run), self.doing.take(flat)
        shift_end, bits = self.shift_end.take(flat), self.plan.bits.take(person)
        leaves = ((now >= shift_end) & (task != _OFF)).nonzero()[0]
        busy = (task >= 0).nonzero()[0]
        if busy.size:
            self._leave_off(flat.take(busy), run.take(busy), task.take(busy), single, leaves.size)
        self.doing[flat] = _IDLE
        self.until[flat] = shift_end
        if single:
            self.idle[run] |= bits
        else:
            np.bitwise_or.at(self.idle, run, bits)
        if leaves.size:
            at, where = flat.take(leaves), run.take(leaves)
            window = self.window[at] + 1
            begin, end = self._window(person.take(leaves), where, window)
            self.window[at] = window
            self.doing[at] = _OFF
            self.until[at] = begin
            self.shift_end[at] = end
            np.bitwise_and.at(self.idle, where, ~bits.take(leaves))

    def _leave_off(self, at: Ints, run: Ints, task: Ints, single: bool, leaving: int) -> None:
        """These people's work ends, or stands still where a shift ends (for so many) before it."""
        now = self.now.take(run)
        if self.trace is not None:
            self.did[at] = task
            self.did_at[at] = now
        if leaving:
            ends = self.ends_at.take(at)
            stopped = ends > now
            if stopped.any():
                self._stands_still(task[stopped], run[stopped], at[stopped])
                task, run = task[~stopped], run[~stopped]
        self._work_ends(task, run, single=single)

    def _stands_still(self, task: Ints, run: Ints, at: Ints) -> None:
        """This work is left to others at the end of a shift."""
        self.did[at] = -1
        left = self.ends_at[at] - self.now[run]
        self.hours[task * self.runs + run] = left + self.plan.project.handover
        self._make_ready(task, run)

    def _work_ends(self, task: Ints, run: Ints, *, single: bool) -> None:
        """This work is done, unless it finds a bad copy."""
        if self.plan.project.repeats:
            row = self.plan.repeat.take(task)
            again = (row >= 0) & self.bad.take(row * self.runs + run, mode="wrap")
            if again.any():
                self._repeat(task[again], run[again])
                task, run = task[~again], run[~again]
        if task.size:
            self._ended(task, run, single=single)

    def _ended(self, task: Ints, run: Ints, *, single: bool) -> None:
        """These tasks end now: write it down, free what comes after. `single`: no run twice."""
        plan, runs = self.plan, self.runs
        cell = task * self.out.shape[1]
        cell += self.columns.take(run)
        self.out.reshape(-1)[cell] = self.now.take(run)
        np.subtract.at(self.open, run, 1)
        only = self.only.take(task)
        sole = only >= 0
        if sole.all():
            self._ready_after(only, run, single=single)
            return
        if sole.any():
            self._ready_after(only.compress(sole), run.compress(sole), single=single)
            task, run = task.compress(~sole), run.compress(~sole)
        degree = plan.degree.take(task)
        last = np.cumsum(degree)
        # The places of what follows: first, first + 1, … of each task.
        place = np.repeat(plan.first.take(task) - last + degree, degree)
        place += np.arange(place.size)
        following, where = plan.next.take(place), np.repeat(run, degree)
        cell = following * runs
        cell += where
        np.subtract.at(self.waits, cell, np.int16(1))
        free = (self.waits.take(cell) == 0).nonzero()[0]
        self._make_ready(following.take(free), where.take(free))

    def _ready_after(self, task: Ints, run: Ints, *, single: bool) -> None:
        """These tasks have waited for one other alone, which ends now."""
        if single:
            self.ready[self.plan.word.take(task) * self.runs + run] |= self.plan.bit.take(task)
        else:
            self._make_ready(task, run)

    def _repeat(self, check: Ints, run: Ints) -> None:
        """The copy was bad: the transfer and its check are done again, with other amounts."""
        plan, runs = self.plan, self.runs
        transfer = plan.repeated[check]
        row = plan.transfer_row[transfer]
        self.bad[plan.repeat[check] * runs + run] = False
        given, column = self.amounts, self.columns[run]
        for target, at, source, of in (
            (self.hours, check, given.again_hours, plan.repeat[check]),
            (self.hours, transfer, given.again_setup, row),
            (self.gb, row, given.again_gb, row),
            (self.cap, row, given.again_cap, row),
        ):
            if source is not None:
                target[at * runs + run] = source[of, column]
        self.waits[check * runs + run] = 1
        np.add.at(self.open, run, 1)  # the transfer ends twice
        self._make_ready(transfer, run)

    def _make_ready(self, task: Ints, run: Ints) -> None:
        plan = self.plan
        np.bitwise_or.at(self.ready, plan.word[task] * self.runs + run, plan.bit[task])

    # Starts --------------------------------------------------------------------------------

    @staticmethod
    def _first(words: list[Words]) -> tuple[Ints, Ints]:
        """Where any bit is set, and the place of the first one, counted over the words."""
        word, at = words[0], np.zeros(words[0].size, np.int64)
        for each in words[1:]:
            empty = word == 0
            at += empty
            word = np.where(empty, each, word)
        some = word.nonzero()[0]
        return some, _lowest_bit(word.take(some)) + _WORD * at.take(some)

    def _start_work(self) -> None:
        plan, runs = self.plan, self.runs
        if not plan.words:
            return
        ready = self.ready.reshape(-1, runs)[: plan.words]
        queued = np.bitwise_or.reduce(ready, axis=0)
        run = ((self.idle != 0) & (queued != 0)).nonzero()[0]
        while run.size:
            idle = self.idle.take(run)
            code = plan.code(idle)
            some, place = self._first(
                [
                    mine.take(run) & may.take(code)
                    for mine, may in zip(ready, plan.startable, strict=True)
                ]
            )
            if not place.size:
                return
            run, idle = run.take(some), idle.take(some)
            task = plan.task_of.take(place)
            person = _lowest_bit(idle & plan.can_do.take(task))
            idle &= ~plan.bits.take(person)
            self.idle[run] = idle
            self.ready[(place >> _WORD_BITS) * runs + run] &= ~plan.bit.take(task)
            at, now = person * runs, self.now.take(run)
            at += run
            if self.traced:
                self._trace_start(task, run, at, self.did, self.did_at)
            self.doing[at] = task
            ends = self.hours.take(task * runs + run)
            ends += now
            self.ends_at[at] = ends
            self.until[at] = np.minimum(ends, self.shift_end.take(at))
            run = run.compress(idle != 0)

    def _start_transfers(self) -> None:
        plan, runs = self.plan, self.runs
        if not self.slots:
            return
        ready = self.ready.reshape(-1, runs)[plan.words :]
        queued = np.bitwise_or.reduce(ready, axis=0)
        run = ((self.taken != self.all_slots) & (queued != 0)).nonzero()[0]
        while run.size:
            some, place = self._first([each.take(run) for each in ready])
            if not place.size:
                break
            run = run.take(some)
            task = plan.task_of.take(place + plan.words * _WORD)
            taken = self.taken.take(run)
            slot = _lowest_bit(~taken)
            taken |= plan.bits.take(slot)
            self.taken[run] = taken
            self.ready[plan.word.take(task) * runs + run] &= ~plan.bit.take(task)
            at = slot * runs + run
            if self.traced:
                self._trace_start(task, run, at, self.slot_last, self.slot_free)
            self._begin_transfer(task, run, at)
            run = run.compress(taken != self.all_slots)
        total = plan.project.bandwidth
        short = np.flatnonzero(self.changed & (self.tight | (self.load > total)))
        self.changed[:] = False
        if short.size:
            self._await_setups(short)
            short = short[self.tight[short] | (self.load[short] > total)]
            self._share(short)

    def _begin_transfer(self, task: Ints, run: Ints, at: Ints) -> None:
        """
        The setup of these transfers begins; no run stands twice.

        Where the bandwidth suffices for all that hold a slot, the setup's end changes nothing for
        anybody, so it is no event: the transfer is noted as one that will flow from then on. What
        flows later and makes the bandwidth short takes that back (`_await_setups`).
        """
        row = self.plan.transfer_row.take(task) * self.runs
        row += run
        left, cap = self.gb.take(row), self.cap.take(row)
        flows_at = self.hours.take(task * self.runs + run)
        at_once = flows_at <= 0
        flows_at += self.now.take(run)
        held = self.held.take(run) + np.minimum(cap, self.most_held)
        self.held[run] = held
        self.slot_task[at] = task
        self.left[at] = left
        self.slot_cap[at] = cap
        self.as_of[at] = flows_at
        suffices = held <= self.plan.project.bandwidth
        if not suffices.all():
            scarce = ~suffices
            waits = at.compress(scarce)
            self.flows[waits] = False
            self.rate[waits] = 0
            self.slot_until[waits] = flows_at.compress(scarce)
            at_once &= scarce
            if at_once.any():
                self._flow(at.compress(at_once), run.compress(at_once))
            at, run, cap = at.compress(suffices), run.compress(suffices), cap.compress(suffices)
            left, flows_at = left.compress(suffices), flows_at.compress(suffices)
        self.flows[at] = True
        self.rate[at] = cap
        np.add.at(self.load, run, cap)
        left /= cap
        left += flows_at
        self.slot_until[at] = left

    def _await_setups(self, run: Ints) -> None:
        """The setups that still go on in these runs end with an event after all."""
        at = run + np.arange(self.slots)[:, None] * self.runs
        early = self.flows[at] & (self.as_of[at] > self.now[run])
        if early.any():
            self.load[run] -= (self.slot_cap[at] * early).sum(axis=0)
            at = at[early]
            self.flows[at] = False
            self.rate[at] = 0
            self.slot_until[at] = self.as_of[at]

    def _trace_start(
        self, task: Ints, run: Ints, at: Ints, did: NDArray[np.int16], did_at: Floats
    ) -> None:
        """Note when the task first began, and whose end freed the person or the slot just then."""
        trace = self.trace
        if trace is None:
            return
        noted = int(run.searchsorted(self.traced))  # the runs stand in their order
        run, at = run[:noted], at[:noted]
        cell = task[:noted] * self.traces
        cell += self.columns.take(run)
        began, freed = trace.began.reshape(-1), trace.freed.reshape(-1)
        first = np.isnan(began.take(cell)).nonzero()[0]
        cell, at, now = cell.take(first), at.take(first), self.now.take(run.take(first))
        began[cell] = now
        freed[cell] = np.where(did_at.take(at) == now, did.take(at), -1)

    @staticmethod
    def _levelled(cap: Floats, total: float) -> Floats:
        """The caps cut to the level at which they sum up to the total; it lies below their sum."""
        number = np.count_nonzero(cap, axis=0)
        level = total / number
        for _ in range(len(cap)):
            small = cap <= level  # what does not flow has no cap, and counts as small
            spent = (cap * small).sum(axis=0)
            others = len(cap) - np.add.reduce(small.view(np.int8), axis=0, dtype=np.int8)
            raised = (total - spent) / np.maximum(others, 1)
            grown = (raised > level * (1 + 1e-12)) & (others > 0)
            if not grown.any():
                break
            level = np.where(grown, raised, level)
        return np.asarray(np.minimum(cap, level))

    def _share(self, run: Ints) -> None:
        """
        Share the bandwidth of these runs among the transfers that flow: equal parts, none more
        than its cap, what one cannot use going to the others (max-min fairness).
        """
        shape, total = (self.slots, self.runs), self.plan.project.bandwidth
        at = run + np.arange(self.slots)[:, None] * self.runs
        flows, now = self.flows[at], self.now[run]
        left = self.left[at] - self.rate[at] * (now - self.as_of[at])
        cap = self.slot_cap[at] * flows
        load = cap.sum(axis=0)
        tight = load > total
        rate = cap
        if tight.all():
            rate = self._levelled(cap, total)
        elif tight.any():
            rate[:, tight] = self._levelled(cap[:, tight], total)
        self.load[run], self.tight[run] = load, tight
        self.left[at], self.rate[at] = left, rate
        self.as_of.reshape(shape)[:, run] = now
        takes = np.divide(left, rate, out=np.zeros_like(rate), where=flows & (left > 0))
        self.slot_until[at] = np.where(flows, now + takes, self.slot_until[at])
