"""
Where a drill stands at a moment: what is left of each phase's budget, and who is waited for. Pure.

The times count from T0, or from an outage that was seen before it, and are never paused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from cdso_audit.drill.clock import NegativeSpanError, Stamp, elapsed
from cdso_audit.drill.ledger import DrillState, StepState, StepStatus
from cdso_audit.drill.plan import Plan
from cdso_audit.drill.playbook import ManualStep, Phase, Step


@dataclass(frozen=True, slots=True)
class PhaseProgress:
    """One phase: what was spent, and what is left of its budget (negative: overspent)."""

    phase: Phase
    spent: timedelta
    budget: timedelta | None
    running: bool
    done: int
    steps: int

    @property
    def left(self) -> timedelta | None:
        """What is left; None without a budget."""
        return None if self.budget is None else self.budget - self.spent


@dataclass(frozen=True, slots=True)
class Waiting:
    """What keeps the drill waiting: people by name, or a doubt that a person must resolve."""

    step: str
    since: timedelta
    role: str = ""
    who: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    doubt: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """A drill at a moment."""

    spent: timedelta
    target: timedelta
    phases: tuple[PhaseProgress, ...]
    current: tuple[StepState, ...]
    waiting: tuple[Waiting, ...]

    @property
    def left(self) -> timedelta:
        """What is left of the target; negative when it is missed."""
        return self.target - self.spent


def span(first: Stamp, last: Stamp) -> timedelta:
    """How long between two readings; across boots by UTC, and never less than nothing."""
    try:
        return elapsed(first, last).length
    except NegativeSpanError:
        return timedelta(0)


def progress(state: DrillState, plan: Plan, now: Stamp) -> Progress:
    """How the drill stands now; a closed one as it stood at its end."""
    end = state.closed_at or now
    zero = timedelta(0)
    started = state.started
    began = dict(state.phases)
    order = [phase for phase, _ in state.phases]
    phases = []
    for phase in Phase:
        steps = plan.playbook.phases.of(phase)
        if not steps:
            continue
        spent, running = zero, False
        if phase in began:
            follows = order[order.index(phase) + 1 :]
            running = not follows and state.closed is None
            spent = span(began[phase], began[follows[0]] if follows else end)
        done = sum(state.step(step.id).ok for step in steps)
        phases.append(
            PhaseProgress(phase, spent, plan.playbook.budget.of(phase), running, done, len(steps))
        )
    steps_by_id = {step.id: step for _, step in plan.playbook.steps()}
    before = zero
    if started is not None and state.outage is not None:
        before = max(started.at.wall - state.outage, zero)
    return Progress(
        spent=before + span(started.at, end) if started is not None else zero,
        target=plan.playbook.target.max_outage,
        phases=tuple(phases),
        current=tuple(each for each in state.steps.values() if each.status.is_open),
        waiting=tuple(_waiting(state, plan, steps_by_id, end)),
    )


def _waiting(state: DrillState, plan: Plan, steps: Mapping[str, Step], now: Stamp) -> list[Waiting]:
    found = []
    for each in state.steps.values():
        since = span(each.asked or each.began or now, now)
        step = steps.get(each.id)
        if each.status is StepStatus.WAITING and isinstance(step, ManualStep):
            found.append(
                Waiting(
                    each.id,
                    since,
                    step.role,
                    plan.people.get(step.role, ()),
                    tuple(signature.by for signature in each.signatures),
                )
            )
        elif each.status is StepStatus.DOUBT:
            found.append(Waiting(each.id, since, doubt=True))
    return found
