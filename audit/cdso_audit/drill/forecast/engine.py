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
#: The batch is packed anew when fewer than this share of its runs are still going on.
_PACK_BELOW: Final = 0.7

#: Stands for "no limit", in GB/h; infinity times no time is no number.
_FASTEST: Final = 1e15

_OFF, _IDLE, _BUSY = 0, 1, 2


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
    """The index of the lowest bit set; a power of two is exact as a double."""
    lowest = words & (~words + np.uint64(1))
    return (np.frexp(lowest.astype(np.float64))[1] - 1).astype(np.int64)


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
        self.repeat = np.full(self.count, -1)
        self.repeated = np.full(self.count, -1)
        for row, (check, transfer) in enumerate(project.repeats):
            if after[transfer] != [check]:
                raise ValueError("a repeated transfer has its check as its only successor")
            self.repeat[check] = row
            self.repeated[check] = transfer

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
        runs = self.runs = len(self.columns)

        def of_transfers(given: Floats | None, fill: float) -> Floats:
            if given is None:
                return np.full(int(plan.is_transfer.sum()) * runs, fill)
            return np.array(given[:, part], float, order="C").reshape(-1)

        self.hours = np.array(amounts.hours[:, part], float, order="C").reshape(-1)
        self.gb = of_transfers(amounts.gb, 0)
        self.cap = np.minimum(of_transfers(amounts.cap, _FASTEST), _FASTEST)
        zeros = np.zeros(finish.shape[1])
        self.now: Floats = np.array((zeros if amounts.start is None else amounts.start)[part])
        self.phase: Floats = np.array((zeros if amounts.phase is None else amounts.phase)[part])
        waits = np.repeat(plan.before[:, None], runs, axis=1)
        self.open = np.full(runs, plan.count)
        if amounts.active is not None:
            active = amounts.active[:, part]
            waits += ~active * np.int16(1_000)  # never ready
            self.open = active.sum(axis=0)
        rows = max(len(plan.project.repeats), 1)
        self.bad = np.zeros(rows * runs, bool)
        if amounts.bad is not None:
            self.bad = np.array(amounts.bad[:, part], order="C").reshape(-1)
        ready = np.zeros((plan.all_words, runs), np.uint64)
        for task in range(plan.count):
            ready[plan.word[task], waits[task] == 0] |= plan.bit[task]
        self.waits, self.ready = waits.reshape(-1), ready.reshape(-1)
        self.mark = np.zeros(runs, np.int64)
        self._begin_people()
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
        most = runs * max(slots, len(plan.people), 1)
        self.order = np.arange(most)

    # People --------------------------------------------------------------------------------

    def _begin_people(self) -> None:
        plan, runs = self.plan, self.runs
        shape = (len(plan.people), runs)
        state = np.full(shape, _IDLE, np.int8)
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
            state[p] = np.where(on, _IDLE, _OFF)
            until[p] = np.where(on, end, begin)
            shift_end[p] = end
            self.idle |= on.astype(np.uint64) << np.uint64(p)
        self.state, self.window = state.reshape(-1), window.reshape(-1)
        self.until, self.shift_end = until.reshape(-1), shift_end.reshape(-1)
        self.doing = np.full(self.until.size, -1)
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
            upcoming = np.full(self.runs, np.inf)
            for each in (self.until, self.slot_until):
                if each.size:
                    np.minimum(upcoming, each.reshape(-1, self.runs).min(axis=0), out=upcoming)
            if alive < self.runs:
                upcoming[~going] = np.nan  # equal to no event
            if np.isinf(upcoming).any():
                raise RuntimeError("a task can never start")
            self.now = upcoming
            self._slot_events()
            if self.until.size:
                self._people_events()
                self._start_work()
            self._start_transfers()

    def _pack(self, keep: NDArray[np.bool_]) -> None:
        """Drop the runs that are done."""
        runs, self.runs = self.runs, int(np.count_nonzero(keep))
        for name, value in vars(self).items():
            if isinstance(value, np.ndarray) and name not in ("out", "order"):
                setattr(self, name, value.reshape(-1, runs)[:, keep].reshape(-1))

    # Ends ----------------------------------------------------------------------------------

    def _slot_events(self) -> None:
        """Setups and transfers that end now."""
        if not self.slots:
            return
        runs = self.runs
        flat = np.flatnonzero(self.slot_until.reshape(-1, runs) == self.now)
        if not flat.size:
            return
        flowed = self.flows[flat]
        ended, begins = flat.compress(flowed), flat.compress(~flowed)
        if ended.size:
            slot, run = np.divmod(ended, runs)
            task = self.slot_task[ended]
            self.slot_last[ended] = task
            self.slot_free[ended] = self.now[run]
            self.slot_until[ended] = np.inf
            self.flows[ended] = False
            self.rate[ended] = 0
            self.changed[run] = True
            if self._single(run):
                self.taken[run] &= ~self.plan.bits[slot]
                self.load[run] -= self.slot_cap[ended]
            else:
                np.bitwise_and.at(self.taken, run, ~self.plan.bits[slot])
                np.subtract.at(self.load, run, self.slot_cap[ended])
            self._ended(task, run)
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

    def _people_events(self) -> None:
        runs = self.runs
        flat = np.flatnonzero(self.until.reshape(-1, runs) == self.now)
        if not flat.size:
            return
        person, run = np.divmod(flat, runs)
        now, state = self.now[run], self.state[flat]
        shift_end, bits = self.shift_end[flat], self.plan.bits[person]
        busy = np.flatnonzero(state == _BUSY)
        if busy.size == flat.size:
            self._work_ends(flat, run, now)
        elif busy.size:
            self._work_ends(flat[busy], run[busy], now[busy])
        leaves = (state != _OFF) & (now >= shift_end)
        if leaves.any():
            at, who, where = flat[leaves], person[leaves], run[leaves]
            window = self.window[at] + 1
            begin, end = self._window(who, where, window)
            self.window[at] = window
            self.state[at] = _OFF
            self.until[at] = begin
            self.shift_end[at] = end
            np.bitwise_and.at(self.idle, where, ~bits[leaves])
            stays = ~leaves
            flat, run, shift_end, bits = flat[stays], run[stays], shift_end[stays], bits[stays]
        self.state[flat] = _IDLE
        self.until[flat] = shift_end
        if self._single(run):
            self.idle[run] |= bits
        else:
            np.bitwise_or.at(self.idle, run, bits)

    def _work_ends(self, at: Ints, run: Ints, now: Floats) -> None:
        """People whose work ends, or stands still because their shift does."""
        task = self.doing[at]
        left = self.ends_at[at] - now
        self.did[at] = task
        self.did_at[at] = now
        stopped = left > 0
        if stopped.any():
            who, where = at[stopped], run[stopped]
            self.did[who] = -1
            cell = task[stopped] * self.runs + where
            self.hours[cell] = left[stopped] + self.plan.project.handover
            self._make_ready(task[stopped], where)
            task, run = task[~stopped], run[~stopped]
        self._ended(task, run)

    def _ended(self, task: Ints, run: Ints) -> None:
        """These tasks end now: write it down, repeat what was bad, free what comes after."""
        plan, runs = self.plan, self.runs
        if plan.project.repeats:
            row = plan.repeat[task]
            again = (row >= 0) & self.bad[row * runs + run]
            if again.any():
                self._repeat(task[again], run[again])
                task, run = task[~again], run[~again]
        if not task.size:
            return
        self.out.reshape(-1)[task * self.out.shape[1] + self.columns[run]] = self.now[run]
        single = self._single(run)
        if single:
            self.open[run] -= 1
        else:
            np.subtract.at(self.open, run, 1)
        degree = plan.degree[task]
        if degree.max() > 1:
            of = np.repeat(np.arange(task.size), degree)
            offset = np.arange(of.size) - np.repeat(np.cumsum(degree) - degree, degree)
            following = plan.next[plan.first[task[of]] + offset]
            where = run[of]
        else:
            some = degree > 0
            following, where = plan.next[plan.first[task.compress(some)]], run.compress(some)
        cell = following * runs + where
        if single:  # what follows one task are different tasks
            self.waits[cell] -= 1
        else:
            np.subtract.at(self.waits, cell, np.int16(1))
        free = self.waits[cell] == 0
        following, where = following.compress(free), where.compress(free)
        if single and degree.max() <= 1:
            self.ready[plan.word[following] * runs + where] |= plan.bit[following]
        else:
            self._make_ready(following, where)

    def _single(self, run: Ints) -> bool:
        """Whether no run stands twice, so that plain indexing may update them all at once."""
        order = self.order[: run.size]
        self.mark[run] = order
        return bool((self.mark[run] == order).all())

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
    def _first(words: list[Words]) -> tuple[NDArray[np.bool_], Ints]:
        """Where any bit is set, and the place of the first one, counted over the words."""
        word, at = words[0], np.zeros(words[0].size, np.int64)
        for each in words[1:]:
            empty = word == 0
            at += empty
            word = np.where(empty, each, word)
        some = word != 0
        return some, _lowest_bit(word.compress(some)) + _WORD * at.compress(some)

    def _start_work(self) -> None:
        plan, runs = self.plan, self.runs
        if not plan.words:
            return
        ready = self.ready.reshape(-1, runs)[: plan.words]
        run = np.flatnonzero((self.idle != 0) & (np.bitwise_or.reduce(ready, axis=0) != 0))
        while run.size:
            idle = self.idle[run]
            code = np.zeros(run.size, np.int64)
            for shift, can in enumerate(plan.can):
                code |= ((idle & can) != 0).astype(np.int64) << shift
            some, place = self._first(
                [mine[run] & may[code] for mine, may in zip(ready, plan.startable, strict=True)]
            )
            if not place.size:
                return
            run, idle = run.compress(some), idle.compress(some)
            task = plan.task_of[place]
            person = _lowest_bit(idle & plan.can[plan.skill[task]])
            self.idle[run] = idle & ~plan.bits[person]
            self.ready[plan.word[task] * runs + run] &= ~plan.bit[task]
            at, now = person * runs + run, self.now[run]
            if self.trace is not None:
                self._trace_start(task, run, at, self.did, self.did_at)
            self.state[at] = _BUSY
            self.doing[at] = task
            ends = now + self.hours[task * runs + run]
            self.ends_at[at] = ends
            self.until[at] = np.minimum(ends, self.shift_end[at])
            run = run.compress(self.idle[run] != 0)

    def _start_transfers(self) -> None:
        plan, runs = self.plan, self.runs
        if not self.slots:
            return
        ready = self.ready.reshape(-1, runs)[plan.words :]
        queued = np.bitwise_or.reduce(ready, axis=0)
        run = np.flatnonzero((self.taken != self.all_slots) & (queued != 0))
        while run.size:
            some, place = self._first([each[run] for each in ready])
            if not place.size:
                break
            run = run.compress(some)
            task = plan.task_of[place + plan.words * _WORD]
            taken = self.taken[run]
            slot = _lowest_bit(~taken)
            self.taken[run] = taken | plan.bits[slot]
            self.ready[plan.word[task] * runs + run] &= ~plan.bit[task]
            at, now = slot * runs + run, self.now[run]
            cell = plan.transfer_row[task] * runs + run
            if self.trace is not None:
                self._trace_start(task, run, at, self.slot_last, self.slot_free)
            setup = self.hours[task * runs + run]
            self.slot_task[at] = task
            self.slot_until[at] = now + setup
            self.left[at] = self.gb[cell]
            self.slot_cap[at] = self.cap[cell]
            at_once = setup <= 0
            if at_once.any():
                self._flow(at.compress(at_once), run.compress(at_once))
            run = run.compress(self.taken[run] != self.all_slots)
        short = np.flatnonzero(self.changed & (self.tight | (self.load > plan.project.bandwidth)))
        self.changed[:] = False
        if short.size:
            self._share(short)

    def _trace_start(
        self, task: Ints, run: Ints, at: Ints, did: NDArray[np.int16], did_at: Floats
    ) -> None:
        """Note when the task first began, and whose end freed the person or the slot just then."""
        trace = self.trace
        if trace is None:
            return
        noted = np.flatnonzero(self.columns[run] < trace.began.shape[1])
        task, column = task[noted], self.columns[run[noted]]
        first = np.isnan(trace.began[task, column])
        task, column, noted = task.compress(first), column.compress(first), noted.compress(first)
        at, now = at[noted], self.now[run[noted]]
        trace.began[task, column] = now
        trace.freed[task, column] = np.where(did_at[at] == now, did[at], -1)

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
