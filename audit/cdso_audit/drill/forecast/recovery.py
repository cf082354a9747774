"""
Inventory and plan → the recovery that is simulated, with each assumption and its basis. Pure.

Nothing here draws a random number; `simulation` does.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from cdso_audit.drill.forecast.plan import (
    ANYBODY,
    HOUR,
    PRIORS,
    Z90,
    ForecastFile,
    LogTime,
    Recovery,
    Shift,
    Step,
    hour_of_week,
    log_time,
    week_windows,
)
from cdso_audit.drill.forecast.result import Assumption, Basis
from cdso_audit.drill.statistics import ProjectionRefusedError, Restore, project, t_quantile
from cdso_audit.duration import written
from cdso_audit.errors import ConfigError
from cdso_audit.model import Agency, Notice, System

#: Levels from which a system is tier 1 when nobody says; our rule, not a law's.
_TIER_OF_LEVEL: Final = {5: 1, 4: 1, 3: 1, 2: 2, 1: 3}


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody, with the windows of `engine.Calendar`."""

    skills: frozenset[str]
    windows: tuple[tuple[float, float], ...] = ()
    period: float = 168.0
    clocked: bool = True


@dataclass(frozen=True, slots=True)
class Unit:
    """One system to be recovered. Times in hours, data in GB, speeds in GB/h."""

    id: str
    name: str
    tier: int
    target: float
    gb: float
    after: tuple[int, ...]
    prepare: LogTime
    verify: LogTime
    prepare_skill: str
    verify_skill: str
    stream: float
    alone: LogTime | None
    """The whole transfer alone, where timed restores say it; instead of setup and stream."""
    bad: float
    unlisted: bool = False


@dataclass(frozen=True, slots=True)
class Recoverable:
    """The agency as it is simulated."""

    units: tuple[Unit, ...]
    workers: tuple[Worker, ...]
    detect: LogTime
    declare: LogTime
    contain: LogTime
    accept: LogTime | None
    declare_skill: str
    contain_skill: str
    accept_skill: str
    setup: LogTime
    fetch: LogTime
    bandwidth: float
    offline: float
    """Speed of the offline copy as a share of the usual one's."""
    slots: int
    handover: float
    common_shock: float
    surprise: float
    attack: float | None
    target: float
    assumptions: tuple[Assumption, ...] = field(default=())
    notices: tuple[Notice, ...] = field(default=())


_WHAT_TEXT = {
    "attack": "the attack: any hour of the week, equally likely",
    "attack at": "the hour of the attack",
    "detect": "until the attack is noticed",
    "declare": "until the emergency is declared",
    "declare by": "who declares it: anybody, at once",
    "contain": "to contain it",
    "accept": "to accept a system's return",
    "prepare": "to prepare a system",
    "verify": "to verify a system",
    "setup": "to set up a restore",
    "fetch": "to fetch the offline copy",
    "gb": "size of a system's data",
    "stream": "speed of one restore",
    "restores": "speed, from timed restores",
    "speed spread": "how much the speed varies (standard deviation of its log)",
    "bandwidth": "bandwidth of all restores together",
    "offline": "speed of the offline copy",
    "slots": "restores at the same time",
    "bad": "chance that a copy is bad, and the offline one is needed",
    "people": "people at work",
    "shift": "people without a shift: twelve hours on, twelve off, half of them first",
    "handover": "what a handover costs",
    "shock": "what one night does to all human times (standard deviation of the log)",
    "surprise": "systems that no list has, as a share",
    "tier": "tier of a system, from its approved outage or its level",
    "spread": "how much human times vary, where only a median is given (standard deviation of log)",
}

_NOTICE_TEXT = {
    "no plan": "There is no forecast.yaml: people, shifts, speeds and times are all priors. This "
    "tells more about our assumptions than about the agency.",
    "no tier 1": "No system is of tier 1; all of them are taken as such.",
    "far": "The restores of {system} are too small to project its {gb} GB from; the usual speed is "
    "used",
    "weak": "The restores of {system} are less than a tenth of its size: a weak projection",
    "circle": "the systems depend on each other in a circle: {circle}",
}


def _minutes(hours: float) -> str:
    return written(timedelta(minutes=round(60 * hours)))


class _Ledger:
    """Collects where each input comes from, and counts those of systems."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.found: dict[tuple[str, str, Basis], int] = {}
        self.single: set[tuple[str, str, Basis]] = set()

    def note(self, what: str, value: str, basis: Basis, *, each: bool = False) -> None:
        key = (what, value, basis)
        self.found[key] = self.found.get(key, 0) + 1
        if not each:
            self.single.add(key)

    def time(self, what: str, time: LogTime, *, each: bool = False) -> LogTime:
        value = _minutes(time.median)
        if time.median and time.sd:
            quantile = t_quantile(0.9, time.freedom) if time.freedom else Z90
            value += f" (p90 {_minutes(time.median * math.exp(quantile * time.sd))})"
        self.note(what, value, time.basis, each=each)
        if time.basis == "given" and time.spread_is_prior and time.median:
            self.note("spread", f"{time.sd:g}", "prior")
        return time

    def assumptions(self) -> tuple[Assumption, ...]:
        order: list[Basis] = ["prior", "rule", "drills", "given", "inventory"]
        items = sorted(self.found.items(), key=lambda item: order.index(item[0][2]))
        return tuple(
            Assumption(
                what=Notice(template=_WHAT_TEXT[what]),
                value=value,
                basis=basis,
                count=0 if (what, value, basis) in self.single else count,
                total=0 if (what, value, basis) in self.single else self.total,
            )
            for (what, value, basis), count in items
        )


def recoverable(agency: Agency, plan: ForecastFile, *, planned: bool = True) -> Recoverable:
    """
    What is to be simulated; `planned` is false when there is no forecast.yaml.

    Raises ConfigError when the systems depend on each other in a circle.
    """
    _no_circle(agency.systems)
    ledger = _Ledger(len(agency.systems))
    notices = [] if planned else [Notice(template=_NOTICE_TEXT["no plan"])]
    restore = plan.restore

    def number(what: str, given: float | None, prior: float, unit: str) -> float:
        value = prior if given is None else given
        text = f"{value:.0%}" if unit == "%" else f"{value:g} {unit}".strip()
        ledger.note(what, text, "prior" if given is None else "given")
        return value

    attack = hour_of_week(plan.attack)
    if attack is None:
        ledger.note("attack", "", "prior")
    else:
        ledger.note("attack at", plan.attack, "given")
    detect = ledger.time("detect", log_time(plan.detect, PRIORS.detect))
    declare = ledger.time("declare", log_time(plan.declare.takes, PRIORS.declare))
    contain = ledger.time("contain", log_time(plan.contain.takes, PRIORS.contain))
    accept = None
    if plan.accept is not None:
        accept = ledger.time("accept", log_time(plan.accept.takes, HOUR / 4))
    if not plan.declare.by and not plan.declare.skill:
        ledger.note("declare by", "", "prior")
    setup = ledger.time("setup", log_time(restore.setup, PRIORS.setup))
    fetch = ledger.time("fetch", log_time(restore.fetch, PRIORS.fetch))
    stream = restore.stream or PRIORS.stream
    bandwidth = number("bandwidth", restore.bandwidth, PRIORS.bandwidth, "GB/h")
    offline = number("offline", restore.offline_stream, PRIORS.offline_stream, "GB/h")
    slots = int(number("slots", restore.slots, PRIORS.slots, ""))
    common_shock = number("shock", plan.common_shock, PRIORS.common_shock, "")
    surprise = number("surprise", plan.surprise, PRIORS.surprise, "%")
    handover = ledger.time(
        "handover",
        LogTime(
            median=(PRIORS.handover if plan.handover is None else plan.handover) / HOUR,
            sd=0,
            basis="prior" if plan.handover is None else "given",
        ),
    )
    ledger.note("speed spread", f"{PRIORS.speed_spread:g}", "prior")
    tiers = _tiers(agency, plan, ledger)
    if 1 not in tiers.values():
        notices.append(Notice(template=_NOTICE_TEXT["no tier 1"]))
        tiers = dict.fromkeys(tiers, 1)
    units = tuple(
        _unit(each, agency, plan, tiers[each.id], stream, ledger, notices)
        for each in agency.systems
    )
    return Recoverable(
        units=units,
        workers=_workers(plan, ledger),
        detect=detect,
        declare=declare,
        contain=contain,
        accept=accept,
        declare_skill=_skill_of("declare", plan.declare),
        contain_skill=_skill_of("contain", plan.contain),
        accept_skill=_skill_of("accept", plan.accept or Step()),
        setup=setup,
        fetch=fetch,
        bandwidth=bandwidth,
        offline=min(offline / stream, 1.0),
        slots=slots,
        handover=handover.median,
        common_shock=common_shock,
        surprise=surprise,
        attack=attack,
        target=plan.target / HOUR,
        assumptions=ledger.assumptions(),
        notices=tuple(notices),
    )


def _no_circle(systems: Sequence[System]) -> None:
    left = {each.id: set(each.depends_on) for each in systems}
    while left:
        free = {name for name, after in left.items() if not after & left.keys()}
        if not free:
            raise ConfigError(
                _NOTICE_TEXT["circle"],
                hint="one of them must be able to start alone: remove a `depends_on`",
                values={"circle": " → ".join(_circle(left))},
            )
        left = {name: after for name, after in left.items() if name not in free}


def _circle(left: dict[str, set[str]]) -> list[str]:
    path = [min(left)]
    while path[-1] not in path[:-1]:
        path.append(min(left[path[-1]] & left.keys()))
    return path[path.index(path[-1]) :]


def _tiers(agency: Agency, plan: ForecastFile, ledger: _Ledger) -> dict[str, int]:
    found = {}
    for each in agency.systems:
        given = plan.systems.get(each.id, Recovery()).tier or plan.usual.tier
        outage = each.approved.max_outage if each.approved else None
        tier = given or (1 if outage and outage <= 24 * HOUR else _TIER_OF_LEVEL[each.level])
        ledger.note("tier", str(tier), "given" if given else "rule", each=True)
        found[each.id] = tier
    return found


def _unit(
    system: System,
    agency: Agency,
    plan: ForecastFile,
    tier: int,
    stream: float,
    ledger: _Ledger,
    notices: list[Notice],
) -> Unit:
    own, usual = plan.systems.get(system.id, Recovery()), plan.usual
    order = [each.id for each in agency.systems]

    def chosen(key: str, prior: Any) -> tuple[Any, Basis]:
        value = getattr(own, key)
        value = getattr(usual, key) if value is None else value
        return (prior, "prior") if value is None else (value, "given")

    gb, basis = chosen("gb", PRIORS.gb)
    if own.gb is None and system.data_gb is not None:  # one's own size beats the usual one
        gb, basis = system.data_gb, "inventory"
    ledger.note("gb", f"{gb:g} GB" if basis == "prior" else "", basis, each=True)
    bad, basis = chosen("bad", PRIORS.bad)
    ledger.note("bad", f"{bad:.0%}", basis, each=True)
    times = {
        key: ledger.time(key, log_time(chosen(key, None)[0], prior), each=True)
        for key, prior in (("prepare", PRIORS.prepare), ("verify", PRIORS.verify))
    }
    alone = _alone(system.id, own, gb, notices) if own.restores and gb else None
    speed = own.stream or usual.stream or stream
    if alone is not None:
        ledger.time("restores", alone, each=True)
    elif gb:
        given = own.stream or usual.stream or plan.restore.stream
        ledger.note("stream", f"{speed:g} GB/h", "given" if given else "prior", each=True)
    approved = system.approved.max_outage if system.approved else None
    return Unit(
        id=system.id,
        name=system.name,
        tier=tier,
        target=min(plan.target, approved or plan.target) / HOUR,
        gb=gb,
        after=tuple(order.index(name) for name in dict.fromkeys(system.depends_on)),
        prepare=times["prepare"],
        verify=times["verify"],
        prepare_skill=own.prepare_skill or usual.prepare_skill or ANYBODY,
        verify_skill=own.verify_skill or usual.verify_skill or ANYBODY,
        stream=speed,
        alone=alone,
        bad=bad if gb else 0.0,
    )


def _alone(name: str, own: Recovery, gb: float, notices: list[Notice]) -> LogTime | None:
    timed = [Restore(gb=each.gb, took=each.took, completed=each.completed) for each in own.restores]
    values = {"system": name, "gb": f"{gb:g}"}
    try:
        found = project(timed, gb)
    except ProjectionRefusedError:
        notices.append(Notice(template=_NOTICE_TEXT["far"], values=values))
        return None
    if found.weak:
        notices.append(Notice(template=_NOTICE_TEXT["weak"], values={"system": name}))
    return LogTime(
        median=math.exp(found.mean_log),
        sd=found.spread,
        freedom=found.freedom,
        basis="drills",
        spread_is_prior=found.from_prior,
    )


# ---------------------------------------------------------------------------------------------
# People
# ---------------------------------------------------------------------------------------------


def _skill_of(name: str, step: Step) -> str:
    """Named people are a skill of their own, which nobody else has."""
    return f"{name}:{','.join(step.by)}" if step.by else step.skill or ANYBODY


def _workers(plan: ForecastFile, ledger: _Ledger) -> tuple[Worker, ...]:
    if not plan.people:
        ledger.note("people", str(PRIORS.people), "prior")
        ledger.note("shift", "", "prior")
        return tuple(
            _incident(frozenset({ANYBODY}), PRIORS.on / HOUR, PRIORS.on / HOUR, first)
            for first in (0.0, PRIORS.on / HOUR)
        )
    ledger.note("people", str(sum(each.count for each in plan.people)), "given")
    found: list[Worker] = []
    turn = 0
    for staff in plan.people:
        skills = {ANYBODY, *staff.skills}
        for name in ("declare", "contain", "accept"):
            step = getattr(plan, name) or Step()
            if staff.id in step.by:
                skills.add(_skill_of(name, step))
        for _ in range(staff.count):
            if staff.shift is None:
                ledger.note("shift", "", "prior")
                on = PRIORS.on / HOUR
                found.append(_incident(frozenset(skills), on, on, on * (turn % 2)))
                turn += 1
            else:
                found.append(_on_shift(frozenset(skills), plan.shifts[staff.shift]))
    return tuple(found)


def _incident(skills: frozenset[str], on: float, off: float, after: float) -> Worker:
    return Worker(skills, ((after, after + on),), on + off, clocked=False)


def _on_shift(skills: frozenset[str], shift: Shift) -> Worker:
    if shift.always:
        return Worker(skills)
    if shift.on is not None and shift.off is not None:
        return _incident(skills, shift.on / HOUR, shift.off / HOUR, shift.after / HOUR)
    return Worker(skills, tuple(_merged(shift.week)))


def _merged(texts: Sequence[str]) -> Iterator[tuple[float, float]]:
    """The windows of a week, those that touch joined."""
    every = sorted(window for text in texts for window in week_windows(text))
    begin, end = every[0]
    for start, stop in every[1:]:
        if start <= end:
            end = max(end, stop)
        else:
            yield begin, end
            begin, end = start, stop
    yield begin, end
