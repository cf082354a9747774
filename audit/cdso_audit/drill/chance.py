"""
How likely a drill that runs still makes it, from what its steps took in earlier drills. Pure.

What counts is the time to the last proof, as in the verdict. Each step that is left is drawn from
the prediction of its earlier runs (`drill.statistics`), given that the present one already takes as
long as it does; times of people share one night (the forecast's common shock). A step that never
ran before has no time, and then there is no chance to tell: a budget is a wish, so it is shown
beside and never turned into a probability.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Final

from cdso_audit.drill.clock import Stamp
from cdso_audit.drill.forecast.plan import PRIORS
from cdso_audit.drill.ledger import DrillState, StepState, StepStatus
from cdso_audit.drill.plan import Plan
from cdso_audit.drill.playbook import AutomaticBase, CanaryStep, ManualStep, Phase, Step, WaitStep
from cdso_audit.drill.progress import progress, span
from cdso_audit.drill.proof import DrillResult, StepTime
from cdso_audit.drill.statistics import HOUR, ProjectionRefusedError, Restore, project

#: Runs that are drawn, always the same ones: a number that is looked at twice must not flicker.
RUNS: Final = 4000
#: With fewer runs than this left that take as long as the present step, nothing is said.
LEAST_RUNS: Final = 40
_ZERO: Final = timedelta(0)


@dataclass(frozen=True, slots=True)
class Chance:
    """How a running drill stands to its target."""

    value: float | None = None
    """Between 0 and 1, if no step fails; None when there is nothing honest to say."""
    drills: int = 0
    """Earlier drills whose times it rests on."""
    prior: bool = False
    """How much a step varies is a prior of ours for at least one step, too few runs to know."""
    changed: bool = False
    """At least one of those drills ran another version of the playbook."""
    unknown: tuple[str, ...] = ()
    """Steps that are left and never ended in an earlier drill: then there is no value."""
    overdue: str = ""
    """The step that takes longer than its earlier runs led to expect: then there is no value."""
    spare: timedelta | None = None
    """What would be left of the target if every phase that is left keeps to its budget; negative
    when even that is too late, None when one of them has no budget or has used it up."""
    spent_up: Phase | None = None
    """A phase that is left and has used up its budget, so that it cannot keep to it."""
    proved: bool = False
    """The last proof is there: nothing is left that counts."""


def chance_now(
    state: DrillState, plan: Plan, now: Stamp, earlier: Sequence[DrillResult] = ()
) -> Chance | None:
    """
    The chance that the last proof comes within the target; None before T0 and after the end.

    `earlier` are drills of the same journal; those of this playbook, system and mode are used.
    """
    if state.started is None or state.closed is not None:
        return None
    left = list(_left(state, plan))
    if not left:
        return Chance(proved=True)
    stand = progress(state, plan, now)
    held = [
        each
        for each in earlier
        if (each.playbook, each.system, each.mode)
        == (plan.playbook.id, plan.system, plan.mode.value)
        and not each.lost_touched
    ]
    spent = {each.phase: each.spent for each in stand.phases}
    phases = dict.fromkeys(phase for phase, _ in left)
    spare = _spare(plan, stand.left, spent, phases)
    spent_up = next((each for each in phases if _used_up(plan, each, spent)), None)
    times: list[_Time] = []
    unknown: list[str] = []
    used: set[int] = set()
    last = left[-1][1].id
    for phase, step in left:
        if isinstance(step, WaitStep):
            times.append(
                _Time(step.id, math.log(max(step.length / HOUR, 1e-9)), 0.0, 0, fixed=True)
            )
            continue
        ran = [each for each in held if (found := _ran(each, step.id)) and found.status == "done"]
        try:
            times.append(_predicted(step, phase, plan, held, until_verified=step.id == last))
        except ProjectionRefusedError:
            unknown.append(step.id)
        used |= {each.number for each in ran}
    if unknown:
        return Chance(drills=len(used), unknown=tuple(unknown), spare=spare, spent_up=spent_up)
    drawn = _drawn(times, [step for _, step in left], state, now)
    changed = any(
        each.number in used and each.playbook_hash not in ("", plan.playbook_hash) for each in held
    )
    if isinstance(drawn, str):
        return Chance(
            drills=len(used), overdue=drawn, changed=changed, spare=spare, spent_up=spent_up
        )
    limit = stand.left / HOUR
    return Chance(
        value=sum(each <= limit for each in drawn) / len(drawn),
        drills=len(used),
        prior=any(not each.freedom and not each.fixed for each in times),
        changed=changed,
        spare=spare,
        spent_up=spent_up,
    )


def _left(state: DrillState, plan: Plan) -> Iterator[tuple[Phase, Step]]:
    """The steps that are not done, up to the one whose end is the last proof."""
    every = list(plan.playbook.steps())
    proving = [number for number, (_, step) in enumerate(every) if _proves(step)]
    end = max(proving, default=len(every) - 1)
    for number, (phase, step) in enumerate(every[: end + 1]):
        found = state.step(step.id)
        if found.ok or (number == end and found.verified is not None):
            continue
        yield phase, step


def _proves(step: Step) -> bool:
    return isinstance(step, CanaryStep) or (
        isinstance(step, AutomaticBase)
        and (step.proves in ("data", "service") or (step.proves is None and step.hold is not None))
    )


def _spare(
    plan: Plan, left: timedelta, spent: Mapping[Phase, timedelta], phases: Iterable[Phase]
) -> timedelta | None:
    for phase in phases:
        budget = plan.playbook.budget.of(phase)
        if budget is None or _used_up(plan, phase, spent):
            return None
        left -= budget - spent.get(phase, _ZERO)
    return left


def _used_up(plan: Plan, phase: Phase, spent: Mapping[Phase, timedelta]) -> bool:
    budget = plan.playbook.budget.of(phase)
    return budget is not None and spent.get(phase, _ZERO) >= budget


@dataclass(frozen=True, slots=True)
class _Time:
    """The logarithm of the hours that a step takes: Student's t about `mean`."""

    step: str
    mean: float
    spread: float
    freedom: int
    fixed: bool = False


def _ran(drill: DrillResult, step: str) -> StepTime | None:
    return next((each for each in drill.steps if each.id == step), None)


def _predicted(
    step: Step, phase: Phase, plan: Plan, held: Sequence[DrillResult], *, until_verified: bool
) -> _Time:
    """Raises ProjectionRefusedError when the step never ended before."""
    grows = phase is Phase.RESTORE and not isinstance(step, ManualStep)
    known = grows and plan.data_gb and all(each.data_gb for each in held)
    runs = []
    for each in held:
        ran = _ran(each, step.id)
        if ran is None or ran.ended is None:
            continue
        end = ran.ended
        proof = next((one.verified for one in each.services if one.step == step.id), None)
        if until_verified and proof is not None:
            end = proof
        took = max(end - ran.began, timedelta(milliseconds=1))
        gb = (each.data_gb or 1.0) if known else 1.0
        runs.append(Restore(gb=gb, took=took, completed=ran.status == "done"))
    found = project(runs, (plan.data_gb or 1.0) if known else 1.0)
    return _Time(step.id, found.mean_log, found.spread, found.freedom)


def _drawn(
    times: Sequence[_Time], steps: Sequence[Step], state: DrillState, now: Stamp
) -> list[float] | str:
    """Hours that are left, in each run that agrees with the present; or the overdue step."""
    chance = Random(24)  # noqa: S311 - a simulation
    shocks = [PRIORS.common_shock * chance.gauss(0, 1) for _ in range(RUNS)]
    totals = [0.0] * RUNS
    agreed = list(range(RUNS))
    for time, step in zip(times, steps, strict=True):
        gone = _gone(state.step(step.id), now) / HOUR
        took = [
            math.exp(
                min(time.mean + time.spread * _student(chance, time.freedom), 20.0)
                + (shocks[run] if isinstance(step, ManualStep) else 0.0)
            )
            for run in range(RUNS)
        ]
        if time.fixed:
            took = [max(each, gone) for each in took]
        elif gone:
            agreed = [run for run in agreed if took[run] > gone]
            if len(agreed) < LEAST_RUNS:
                return step.id
        for run in range(RUNS):
            totals[run] += took[run] - gone
    return [totals[run] for run in agreed]


def _gone(step: StepState, now: Stamp) -> timedelta:
    """How long the step has taken already."""
    if step.began is None or step.status is StepStatus.SKIPPED:
        return _ZERO
    return span(step.began, now)


def _student(chance: Random, freedom: int) -> float:
    """A draw of Student's t; of the normal distribution where the spread is a prior."""
    drawn = chance.gauss(0, 1)
    if not freedom:
        return drawn
    return drawn / math.sqrt(2 * chance.gammavariate(freedom / 2, 1) / freedom)
