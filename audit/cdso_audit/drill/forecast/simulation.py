"""
The simulation of an agency's recovery: draws, runs, and what they say. Pure; needs numpy.

Deterministic: the same inventory, plan, number of runs and seed give the same forecast. A what-if
uses the same random numbers as the forecast itself, so that its gain is not noise.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cdso_audit.drill.forecast.engine import (
    MOST_PEOPLE,
    Amounts,
    Calendar,
    Floats,
    Person,
    Project,
    Schedule,
    Task,
    simulate,
)
from cdso_audit.drill.forecast.plan import ANYBODY, PRIORS, LogTime
from cdso_audit.drill.forecast.recovery import Recoverable, Unit, Worker
from cdso_audit.drill.forecast.result import (
    Chance,
    Driver,
    Forecast,
    SystemForecast,
    WhatIf,
    chance,
)
from cdso_audit.model import Notice

#: Runs whose critical path is walked: shares of it are known to one point with so many.
TRACED_RUNS: Final = 2_000
#: Runs of each what-if; its own error is printed beside it.
WHAT_IF_RUNS: Final = 2_000
#: How many systems get a pre-built image in that what-if: those that matter most.
_IMAGES: Final = 3
#: No time drawn is longer, in hours: ten years. A t distribution of one degree knows no limit.
_LONGEST: Final = 87_600.0


# ---------------------------------------------------------------------------------------------
# Tasks
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Stage:
    """One task: what it is of which unit (-1: of the agency), and its usual length in hours."""

    kind: str
    unit: int
    skill: str
    after: tuple[int, ...]
    usual: float


def _stages(agency: Recoverable, units: Sequence[Unit]) -> list[_Stage]:
    """Declare, contain, then each system: prepare, transfer, verify, accept."""
    stages = [
        _Stage("declare", -1, agency.declare_skill, (), agency.declare.median),
        _Stage("contain", -1, agency.contain_skill, (0,), agency.contain.median),
    ]
    last: dict[int, int] = {}
    waiting = list(range(len(units)))
    while waiting:
        index = next(at for at in waiting if all(other in last for other in units[at].after))
        waiting.remove(index)
        unit = units[index]
        before = tuple(last[other] for other in unit.after) or (1,)
        stages.append(_Stage("prepare", index, unit.prepare_skill, before, unit.prepare.median))
        if unit.gb:
            alone = (
                unit.alone.median
                if unit.alone
                else agency.setup.median + unit.gb / min(unit.stream, agency.bandwidth)
            )
            stages.append(_Stage("transfer", index, "", (len(stages) - 1,), alone))
        stages.append(
            _Stage("verify", index, unit.verify_skill, (len(stages) - 1,), unit.verify.median)
        )
        if agency.accept is not None:
            stages.append(
                _Stage(
                    "accept", index, agency.accept_skill, (len(stages) - 1,), agency.accept.median
                )
            )
        last[index] = len(stages) - 1
    return stages


def _by_priority(agency: Recoverable, units: Sequence[Unit]) -> list[_Stage]:
    """The tasks in the order of the list: the tier that waits for them, then the longest tail."""
    stages = _stages(agency, units)
    tail = [each.usual for each in stages]
    tier = [units[each.unit].tier if each.unit >= 0 else 1 for each in stages]
    for index in range(len(stages) - 1, -1, -1):
        for other in stages[index].after:
            tail[other] = max(tail[other], stages[other].usual + tail[index])
            tier[other] = min(tier[other], tier[index])
    order = sorted(range(len(stages)), key=lambda at: (tier[at], -tail[at], at))
    place = {at: new for new, at in enumerate(order)}
    return [
        replace(stages[at], after=tuple(place[other] for other in stages[at].after)) for at in order
    ]


def _on_paper(agency: Recoverable) -> float:
    stages = _stages(agency, agency.units)
    ends: list[float] = []
    for each in stages:
        ends.append(each.usual + max((ends[other] for other in each.after), default=0.0))
    tier1 = [
        end
        for end, each in zip(ends, stages, strict=True)
        if each.unit < 0 or agency.units[each.unit].tier == 1
    ]
    return agency.detect.median + max(tier1)


# ---------------------------------------------------------------------------------------------
# Draws
# ---------------------------------------------------------------------------------------------


class _Draws:
    """Random numbers by purpose, so that one more of one kind moves none of another."""

    def __init__(self, seed: int, runs: int) -> None:
        names = (
            "prepare", "verify", "accept", "setup", "fetch", "again", "speed", "agency", "tails",
            "bad", "shock", "active", "phase", "clones",
        )  # fmt: skip
        children = np.random.SeedSequence(seed).spawn(len(names))
        self.of = {
            name: np.random.Generator(np.random.PCG64(child))
            for name, child in zip(names, children, strict=True)
        }
        self.runs = runs

    def times(self, name: str, times: Sequence[LogTime]) -> Floats:
        """One row a time, in hours."""
        normal = self.of[name].standard_normal((len(times), self.runs))
        for row, each in enumerate(times):
            if each.freedom:  # Student's t: the normal over the root of chi-square / freedom
                square = self.of["tails"].chisquare(each.freedom, self.runs) / each.freedom
                normal[row] /= np.sqrt(np.maximum(square, 1e-12))
        sd = np.array([each.sd for each in times])[:, None]
        with np.errstate(divide="ignore"):
            mean = np.log(np.array([each.median for each in times]))[:, None]
        normal *= sd
        normal += mean
        np.minimum(normal, math.log(_LONGEST), out=normal)
        return np.exp(normal, out=normal)


def _with_unlisted(agency: Recoverable, draws: _Draws) -> tuple[tuple[Unit, ...], Floats]:
    """The units with those that no list has, and the chance of each to exist."""
    count = len(agency.units)
    expected = agency.surprise * count
    extra = math.ceil(2 * expected) if expected else 0
    sources = draws.of["clones"].integers(0, max(count, 1), extra)
    clones = tuple(
        replace(agency.units[int(at)], id=f"?{number}", name="", unlisted=True)
        for number, at in enumerate(sources, start=1)
    )
    exists = np.concatenate([np.ones(count), np.full(extra, expected / max(extra, 1))])
    return (*agency.units, *clones), exists


@dataclass(frozen=True, slots=True)
class _Model:
    """An agency ready to run: its tasks, their amounts."""

    units: tuple[Unit, ...]
    stages: tuple[_Stage, ...]
    project: Project
    amounts: Amounts
    exists: NDArray[np.bool_]


def _model(agency: Recoverable, runs: int, seed: int) -> _Model:
    draws = _Draws(seed, runs)
    units, exists = _with_unlisted(agency, draws)
    stages = tuple(_by_priority(agency, units))
    # One row a unit and kind, whatever the priority: a what-if draws the same numbers.
    times = {
        "prepare": draws.times("prepare", [each.prepare for each in units]),
        "verify": draws.times("verify", [each.verify for each in units]),
    }
    moved = [row for row, each in enumerate(units) if each.gb]
    again = draws.times("again", [units[row].verify for row in moved])
    fetch = draws.times("fetch", [agency.fetch] * len(moved))
    times["transfer"] = np.zeros((len(units), runs))
    times["transfer"][moved] = draws.times("setup", [agency.setup] * len(moved))
    speed = draws.times("speed", [_speed(units[row]) for row in moved])
    for at, row in enumerate(moved):
        if units[row].alone is not None:
            times["transfer"][row] = 0.0  # the projected time has the setup in it
            speed[at] = units[row].gb / speed[at]
    if agency.accept is not None:
        times["accept"] = draws.times("accept", [agency.accept] * len(units))
    detect, declare, contain = draws.times(
        "agency", [agency.detect, agency.declare, agency.contain]
    )
    shock = np.exp(agency.common_shock * draws.of["shock"].standard_normal(runs))
    for kind in ("prepare", "verify", "accept"):
        if kind in times:
            times[kind] *= shock
    whole = {"declare": declare * shock, "contain": contain * shock}
    share = np.array([units[row].bad for row in moved])[:, None]
    bad = draws.of["bad"].random((len(moved), runs)) < share
    exist = draws.of["active"].random((len(units), runs)) < exists[:, None]
    phase = draws.of["phase"].uniform(0, 168, runs)
    if agency.attack is not None:
        phase[:] = agency.attack

    hours = np.empty((len(stages), runs))
    active = np.ones((len(stages), runs), bool)
    for index, stage in enumerate(stages):
        hours[index] = whole[stage.kind] if stage.unit < 0 else times[stage.kind][stage.unit]
        if stage.unit >= 0 and units[stage.unit].unlisted:
            active[index] = exist[stage.unit]
    # Rows of transfers and of repeats stand in the order of the transfers among the tasks.
    place = {(each.kind, each.unit): index for index, each in enumerate(stages)}
    order = [moved.index(each.unit) for each in stages if each.kind == "transfer"]
    again *= shock
    fetch *= shock
    fetch += times["transfer"][moved]
    cap = speed[order]
    gb = np.array([units[moved[at]].gb for at in order])[:, None]
    project = Project(
        tasks=tuple(Task(each.skill, each.after) for each in stages),
        people=_people(agency.workers, stages),
        bandwidth=agency.bandwidth,
        slots=agency.slots,
        repeats=tuple((place["verify", moved[at]], place["transfer", moved[at]]) for at in order),
        handover=agency.handover,
    )
    amounts = Amounts(
        hours, np.broadcast_to(gb, cap.shape), cap, start=detect, phase=phase, active=active,
        bad=bad[order], again_hours=again[order], again_setup=fetch[order],
        again_cap=cap * agency.offline,
    )  # fmt: skip
    return _Model(units, stages, project, amounts, exist)


def _speed(unit: Unit) -> LogTime:
    """The time alone where it is projected, else the speed; log-normal, the one and the other."""
    return unit.alone or LogTime(median=unit.stream, sd=PRIORS.speed_spread)


def _people(workers: Sequence[Worker], stages: Sequence[_Stage]) -> tuple[Person, ...]:
    """The people who can do anything of it."""
    needed = {each.skill for each in stages}
    return tuple(
        Person(each.skills, Calendar(each.windows, each.period, each.clocked))
        for each in workers
        if each.skills & needed
    )


# ---------------------------------------------------------------------------------------------
# What the runs say
# ---------------------------------------------------------------------------------------------


def forecast(
    agency: Recoverable,
    *,
    name: str,
    made_at: datetime,
    runs: int = 10_000,
    seed: int = 1,
    what_if: bool = True,
    inputs: Mapping[str, str] | None = None,
    tool: str = "",
) -> Forecast:
    """Simulate the agency. Raises ValueError beyond the engine's limits."""
    model = _model(agency, runs, seed)
    schedule = simulate(model.project, model.amounts, traced=TRACED_RUNS)
    ends = _ends(model, schedule)
    tier1 = [row for row, each in enumerate(model.units) if each.tier == 1]
    last = np.nanmax(ends[tier1], axis=0)
    path = _critical(model, schedule, ends, tier1)
    critical = {
        row: float(np.mean(path[[at for at, s in enumerate(model.stages) if s.unit == row]].any(0)))
        for row in range(len(agency.units))
    }
    quantiles = np.quantile(ends[: len(agency.units)], (0.1, 0.5, 0.9), axis=1)
    systems = tuple(
        SystemForecast(
            id=unit.id,
            name=unit.name,
            tier=unit.tier,
            target=timedelta(hours=unit.target),
            chance=chance(int((ends[row] <= unit.target).sum()), runs),
            p10=_hours(quantiles[0, row]),
            p50=_hours(quantiles[1, row]),
            p90=_hours(quantiles[2, row]),
            critical=critical[row],
        )
        for row, unit in enumerate(agency.units)
    )
    first = min(runs, WHAT_IF_RUNS)
    return Forecast(
        agency=name,
        made_at=made_at,
        tool=tool,
        inputs=dict(inputs or {}),
        runs=runs,
        seed=seed,
        target=timedelta(hours=agency.target),
        tier1=tuple(each.id for each in agency.units if each.tier == 1),
        chance=_all_in(model, ends, agency.target),
        chance_own=_all_in(model, ends, None),
        p50=_hours(np.quantile(last, 0.5)),
        p90=_hours(np.quantile(last, 0.9)),
        on_paper=_hours(_on_paper(agency)),
        systems=systems,
        drivers=tuple(_drivers(model, schedule, ends, tier1)),
        what_if=tuple(_what_ifs(agency, critical, first, seed)) if what_if else (),
        assumptions=agency.assumptions,
        notices=agency.notices,
    )


def _hours(value: float) -> timedelta:
    return timedelta(hours=min(float(value), _LONGEST))


def _ends(model: _Model, schedule: Schedule) -> Floats:
    """When each unit is back, units x runs; nan where it does not exist."""
    ends = np.full((len(model.units), schedule.finish.shape[1]), np.nan)
    for index, each in enumerate(model.stages):
        if each.unit >= 0:
            ends[each.unit] = np.fmax(ends[each.unit], schedule.finish[index])
    return ends


def _hits(model: _Model, ends: Floats, target: float | None) -> NDArray[np.bool_]:
    """The runs in which each tier-1 unit that exists is back in time."""
    hit = np.ones(ends.shape[1], bool)
    for row, unit in enumerate(model.units):
        if unit.tier == 1:
            hit &= ~(ends[row] > (unit.target if target is None else target))
    return hit


def _all_in(model: _Model, ends: Floats, target: float | None) -> Chance:
    hit = _hits(model, ends, target)
    return chance(int(hit.sum()), hit.size)


def _last_stage(model: _Model, ends: Floats, tier1: Sequence[int]) -> NDArray[np.int64]:
    """The task that ends the last tier-1 unit of each run."""
    final = np.zeros(len(model.units), np.int64)
    kind = "accept" if any(each.kind == "accept" for each in model.stages) else "verify"
    for index, each in enumerate(model.stages):
        if each.kind == kind:
            final[each.unit] = index
    row = np.argmax(np.where(np.isnan(ends[tier1]), -1, ends[tier1]), axis=0)
    return np.asarray(final[np.array(tier1)[row]])


def _walk(
    before: NDArray[np.int64], last: NDArray[np.int64]
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Back from the last task: the tasks of one step, and the runs that they are of."""
    run = np.arange(last.size)
    task = last
    for _ in range(before.shape[0]):
        yield task, run
        task = before[task, run]
        some = task >= 0
        if not some.any():
            return
        task, run = task[some], run[some]


def _critical(
    model: _Model, schedule: Schedule, ends: Floats, tier1: Sequence[int]
) -> NDArray[np.bool_]:
    """Which tasks lie on the critical path, resources included: who was waited for is on it."""
    trace = schedule.trace
    assert trace is not None  # noqa: S101 - asked for by the only caller
    before = np.where(trace.freed >= 0, trace.freed, trace.by).astype(np.int64)
    found = np.zeros(before.shape, bool)
    for task, run in _walk(before, _last_stage(model, ends[:, : before.shape[1]], tier1)):
        found[task, run] = True
    return found


_DRIVER_TEXT = {
    "detect": "noticing the attack",
    "declare": "declaring the emergency",
    "contain": "containing it",
    "prepare": "preparing systems",
    "transfer": "moving the data",
    "verify": "verifying",
    "accept": "accepting the return",
    "people": "waiting for a free person ({skill})",
    "anybody": "waiting for a free person",
    "declare by": "waiting for {name}, who declares the emergency",
    "contain by": "waiting for {name}, who contains it",
    "accept by": "waiting for {name}, who accepts the return",
    "slots": "waiting for a free restore slot",
    "shared": "sharing the bandwidth with other restores",
    "shift": "work that stands still between shifts",
    "bad": "a bad copy, and the offline one after it",
}


def _drivers(
    model: _Model, schedule: Schedule, ends: Floats, tier1: Sequence[int]
) -> Iterator[Driver]:
    """Where the hours go, back along the predecessors of the last tier-1 system."""
    trace = schedule.trace
    assert trace is not None  # noqa: S101 - asked for by the only caller
    amounts, runs = model.amounts, trace.by.shape[1]
    found: dict[tuple[str, str], float] = {}

    def add(kind: str, hours: Floats, skill: str = "") -> None:
        found[kind, skill] = found.get((kind, skill), 0.0) + float(np.maximum(hours, 0).sum())

    if amounts.start is not None:
        add("detect", amounts.start[:runs])
    repeat = {check: row for row, (check, _) in enumerate(model.project.repeats)}
    repeat |= {transfer: row for row, (_, transfer) in enumerate(model.project.repeats)}
    bad = np.zeros((1, runs), bool) if amounts.bad is None else amounts.bad
    last = _last_stage(model, ends[:, :runs], tier1)
    for tasks, where in _walk(trace.by.astype(np.int64), last):
        for task in np.unique(tasks):
            run = where[tasks == task]
            stage = model.stages[task]
            ready, end = trace.ready[task, run], schedule.finish[task, run]
            began = np.clip(trace.began[task, run], ready, end)
            took, own = end - began, amounts.hours[task, run]
            again = bad[repeat[task], run] if task in repeat else np.zeros(run.size, bool)
            if stage.kind == "transfer":
                assert amounts.gb is not None  # noqa: S101 - the model has them
                assert amounts.cap is not None  # noqa: S101
                row = repeat[task]
                speed = np.minimum(amounts.cap[row, run], model.project.bandwidth)
                own = own + amounts.gb[row, run] / speed
                add("slots", began - ready)
                add("bad", (took - own)[again])
                add("shared", (took - own)[~again])
            else:
                add(*_waiting(stage.skill, began - ready))
                add("shift", (took - own)[~again])
            add(stage.kind, np.minimum(own, took))
    total = sum(found.values()) or 1.0
    for (kind, skill), hours in sorted(found.items(), key=lambda item: -item[1]):
        if hours:
            yield Driver(
                what=Notice(template=_DRIVER_TEXT[kind], values={"skill": skill, "name": skill}),
                mean=_hours(hours / runs),
                share=hours / total,
            )


def _waiting(skill: str, hours: Floats) -> tuple[str, Floats, str]:
    step, named, name = skill.partition(":")
    if named:
        return f"{step} by", hours, name
    return ("anybody", hours, "") if skill == ANYBODY else ("people", hours, skill)


# ---------------------------------------------------------------------------------------------
# What would raise it
# ---------------------------------------------------------------------------------------------

_WHAT_IF_TEXT = {
    "person": "one more person who can do: {skill}",
    "person off": "one more person who can do: {skill}, while the present one is off shift",
    "anybody": "one more person",
    "anybody off": "one more person, while the present one is off shift",
    "deputy": "a deputy for {name}, to be reached at any hour",
    "bandwidth": "twice the bandwidth",
    "streams": "twice the speed of each restore",
    "slots": "twice as many restores at the same time",
    "image": "pre-built images of {systems} (a quarter of the time to prepare them; our prior)",
    "copies": "no bad copy: each one restored and verified beforehand",
}


def _what_ifs(
    agency: Recoverable, critical: Mapping[int, float], runs: int, seed: int
) -> Iterator[WhatIf]:
    """Each change with its gain, the largest first. Common random numbers, paired difference."""
    base, last = _outcome(agency, runs, seed)
    found = []
    for template, values, changed in _changes(agency, critical):
        after, then = _outcome(changed, runs, seed)
        difference = after.astype(float) - base
        found.append(
            WhatIf(
                what=Notice(template=template, values=values),
                chance=float(after.mean()),
                gain=float(difference.mean()),
                error=float(difference.std() / math.sqrt(runs)),
                sooner=_hours(float(np.median(last) - np.median(then))),
                runs=runs,
            )
        )
    yield from sorted(found, key=lambda each: (-each.gain, -each.sooner))


def _outcome(agency: Recoverable, runs: int, seed: int) -> tuple[NDArray[np.bool_], Floats]:
    """Whether all tier-1 systems are in time, and when the last one is back, a value a run."""
    model, ends = _simulated(agency, runs, seed)
    last = np.nanmax(ends[[each.tier == 1 for each in model.units]], axis=0)
    return _hits(model, ends, agency.target), last


def _simulated(agency: Recoverable, runs: int, seed: int) -> tuple[_Model, Floats]:
    model = _model(agency, runs, seed)
    return model, _ends(model, simulate(model.project, model.amounts))


def returns(
    agency: Recoverable, runs: int = 1_000, seed: int = 1
) -> tuple[tuple[Unit, ...], Floats]:
    """
    The systems, those that no list has at the end, and when each is back: systems x runs, in hours
    after the attack, nan in the runs in which it does not exist.
    """
    model, ends = _simulated(agency, runs, seed)
    return model.units, ends


def _more_people(agency: Recoverable) -> Iterator[tuple[str, dict[str, str], Recoverable]]:
    workers = agency.workers
    if len(workers) >= MOST_PEOPLE:
        return
    skills = [agency.declare_skill, agency.contain_skill]
    skills += [agency.accept_skill] if agency.accept is not None else []
    named: dict[str, set[str]] = {}
    for skill in skills:
        if ":" in skill:
            named.setdefault(skill.partition(":")[2], set()).add(skill)
    for name, steps in named.items():
        deputy = replace(agency, workers=(*workers, Worker(frozenset(steps))))
        yield _WHAT_IF_TEXT["deputy"], {"name": name}, deputy
    for unit in agency.units:
        skills += [unit.prepare_skill, unit.verify_skill]
    plain = [each for each in dict.fromkeys(skills) if ":" not in each]
    for skill in [each for each in plain if each != ANYBODY] or plain:
        able = [each for each in workers if skill in each.skills]
        covered = any(not each.windows for each in able)
        new = Worker(frozenset({skill, ANYBODY})) if covered else _while_off(able[0], skill)
        which = ("anybody" if skill == ANYBODY else "person") + ("" if covered else " off")
        values = {} if skill == ANYBODY else {"skill": skill}
        yield _WHAT_IF_TEXT[which], values, replace(agency, workers=(*workers, new))


def _while_off(worker: Worker, skill: str) -> Worker:
    """Somebody with that skill who works while this one is off shift."""
    begins, ends = zip(*worker.windows, strict=True)
    following = [*begins[1:], begins[0] + worker.period]
    gaps = tuple((end, begin) for end, begin in zip(ends, following, strict=True) if end < begin)
    return replace(worker, skills=frozenset({skill, ANYBODY}), windows=gaps)


def _changes(
    agency: Recoverable, critical: Mapping[int, float]
) -> Iterator[tuple[str, dict[str, str], Recoverable]]:
    yield from _more_people(agency)
    if any(each.gb for each in agency.units):
        wide = replace(agency, bandwidth=2 * agency.bandwidth)
        yield _WHAT_IF_TEXT["bandwidth"], {}, wide
        fast = tuple(
            replace(
                each,
                stream=2 * each.stream,
                alone=each.alone
                and each.alone.model_copy(update={"median": each.alone.median / 2}),
            )
            for each in agency.units
        )
        yield _WHAT_IF_TEXT["streams"], {}, replace(agency, units=fast)
        yield _WHAT_IF_TEXT["slots"], {}, replace(agency, slots=min(2 * agency.slots, MOST_PEOPLE))
        good = tuple(replace(each, bad=0.0) for each in agency.units)
        yield _WHAT_IF_TEXT["copies"], {}, replace(agency, units=good)
    most = sorted(critical, key=lambda row: -critical[row])[:_IMAGES]
    ready = tuple(
        replace(
            each,
            prepare=each.prepare.model_copy(update={"median": each.prepare.median * PRIORS.image}),
        )
        if row in most
        else each
        for row, each in enumerate(agency.units)
    )
    names = ", ".join(agency.units[row].id for row in most)
    yield _WHAT_IF_TEXT["image"], {"systems": names}, replace(agency, units=ready)
