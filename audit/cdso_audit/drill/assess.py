"""
The events of one drill → what it proves, and what it does not. Pure.

The time that is judged begins at the earliest provable start and ends with the N-th success in a
row from outside; it is counted here from the single looks, not taken from what the engine said of
them. Nothing is subtracted: nights, lunch and broken tools count. Every rule that lowers the claim
is a cap with its reason and with what would lift it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final, Literal

from pydantic import ValidationError

from cdso_audit.drill.clock import MOST_SKEW, UNMEASURED
from cdso_audit.drill.events import (
    SAME_MACHINE,
    Adopted,
    Approved,
    CanarySeen,
    ClockStep,
    Closed,
    CopyIdentified,
    Declared,
    DeclaredRecovered,
    DrillRegistered,
    Entry,
    GuardPassed,
    HoldKept,
    HostOffset,
    ManualAsked,
    MilestoneReached,
    Mode,
    NegativeControl,
    Note,
    ObservationGap,
    PhaseStarted,
    ProbeResult,
    RebootSeen,
    ResourceTouched,
    StepDone,
    StepEvent,
    StepFailed,
    StepIntent,
    SuspendSeen,
)
from cdso_audit.drill.ledger import DrillState, Ledger, StepStatus, fold
from cdso_audit.drill.plan import Plan
from cdso_audit.drill.playbook import AutomaticBase, CanaryStep, ManualStep, Phase, Step, WaitStep
from cdso_audit.drill.proof import (
    CanaryProof,
    Claim,
    ClockNotes,
    Control,
    CopyProof,
    DataProof,
    Discussed,
    DrillResult,
    Interval,
    Level,
    LevelCap,
    Mark,
    NotHeld,
    PhaseTime,
    ProjectedOutage,
    ProofState,
    Readable,
    Rehearsed,
    Sampled,
    ServiceProof,
    StartName,
    StepFault,
    StepTime,
    Verdict,
)
from cdso_audit.drill.reasons import CAP_TEXT, CLAIM_TEXT, NOT_PROVED_TEXT, cap, told
from cdso_audit.drill.said import in_words
from cdso_audit.drill.statistics import (
    AtLeast,
    Measured,
    ProjectionRefusedError,
    Restore,
    Standing,
    against_target,
    project,
)
from cdso_audit.drill.timing import ZERO, Timeline, critical, timeline, watched
from cdso_audit.duration import parse_duration, written
from cdso_audit.errors import InvalidValueError
from cdso_audit.language import both, said
from cdso_audit.model import Text

# The house's least proof that service is back. They are our own choice, and stand here alone.
#: Successes in a row.
LEAST_LOOKS: Final = 5
#: Between the first and the last of them: five looks a minute apart.
LEAST_SPREAD: Final = timedelta(minutes=4)
#: How long service must then hold.
LEAST_HOLD: Final = timedelta(minutes=30)
#: How much looks may come early, since sleeping is not exact.
SLACK: Final = 0.95
#: A "full" restore of less than this share of the data that the inventory names is a sample.
FULL_SHARE: Final = 0.8
#: The direction of 2024: no drill has a longer target.
LONGEST_TARGET: Final = timedelta(hours=24)
#: Two people, not the operator alone, for a declaration and for the acceptance.
PAIR: Final = 2
#: Bytes of a gigabyte, as in the inventory's `data_gb`.
GB: Final = 1e9


def assess_all(
    entries: Sequence[Entry], depends_on: Mapping[str, tuple[str, ...]] = MappingProxyType({})
) -> tuple[DrillResult, ...]:
    """
    Every drill of a ledger, in its order: refused, aborted and open ones too.

    `depends_on` is by system. Earlier restores of the same playbook and system inform the
    projection of a later one. Raises IllegalEventError for entries that cannot be.
    """
    ledger = fold(entries)
    by_drill: dict[int, list[Entry]] = {}
    for each in entries:
        if each.drill is not None:
            by_drill.setdefault(each.drill, []).append(each)
    made: list[DrillResult] = []
    for number, state in sorted(ledger.drills.items()):
        earlier = [
            each.restore
            for each in made
            if each.restore is not None
            and (each.system, each.playbook) == (state.system, state.playbook)
        ]
        needs = depends_on.get(state.system, ())
        made.append(_assessed(ledger, by_drill[number], state, needs, earlier))
    return tuple(made)


def assess(
    entries: Sequence[Entry],
    number: int,
    *,
    depends_on: Sequence[str] = (),
    earlier: Sequence[Restore] = (),
) -> DrillResult:
    """
    What the drill of that number proves.

    `entries` is the whole ledger, `depends_on` the systems that its system needs. Raises KeyError
    for a number that is not there, IllegalEventError for entries that cannot be.
    """
    ledger = fold(entries)
    own = [each for each in entries if each.drill == number]
    return _assessed(ledger, own, ledger.drill(number), depends_on, earlier)


def _assessed(
    ledger: Ledger,
    own: list[Entry],
    state: DrillState,
    depends_on: Sequence[str],
    earlier: Sequence[Restore],
) -> DrillResult:
    registered = state.registered.event
    if not isinstance(registered, DrillRegistered):  # the fold has seen to it
        raise TypeError("a drill begins with its registration")
    try:
        plan = Plan.model_validate(registered.plan)
    except ValidationError:
        return _unreadable(ledger.journal, own, state, registered)
    end = next((each.seq for each in own if isinstance(each.event, Closed)), own[-1].seq)
    anchored = any(each.head_seq >= end for each in ledger.anchors)
    return _Assessment(
        ledger.journal,
        own,
        state,
        registered,
        plan,
        tuple(depends_on),
        tuple(earlier),
        anchored,
    ).result()


def verdict_of(  # noqa: PLR0911 - one return a claim
    claim: Claim, target: timedelta
) -> Verdict:
    """A claim beside the longest outage allowed; only a measured one is in time or late."""
    match claim:
        case Measured():
            return Verdict.IN_TIME if claim.took <= target else Verdict.LATE
        case AtLeast():
            return Verdict.NOT_RECOVERED
        case ProjectedOutage():
            if target <= claim.before:
                return Verdict.LIKELY_LATE
            match against_target(claim.rest, target - claim.before):
                case Standing.LIKELY_IN:
                    return Verdict.LIKELY_IN_TIME
                case Standing.LIKELY_OUT:
                    return Verdict.LIKELY_LATE
            return Verdict.OPEN
    return Verdict.NOT_MEASURED


def target_of(approved: timedelta | None, playbook: timedelta | None = None) -> timedelta:
    """The smallest of 24 hours, what the owner approved, and what the playbook promises."""
    return min(each for each in (LONGEST_TARGET, approved, playbook) if each is not None)


# ---------------------------------------------------------------------------------------------
# One drill
# ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Assessment:
    journal: str
    own: list[Entry]
    state: DrillState
    registered: DrillRegistered
    plan: Plan
    depends_on: tuple[str, ...]
    earlier: tuple[Restore, ...]
    anchored: bool
    line: Timeline = field(init=False)
    zero: timedelta = field(init=False, default=ZERO)
    """How much earlier than T0 the earliest provable start is."""
    zero_bound: timedelta = field(init=False, default=ZERO)

    def __post_init__(self) -> None:
        self.line = timeline(self.own)
        self.zero, self.zero_bound = self._before_t0()

    # -- places in time -----------------------------------------------------------------------

    def _before_t0(self) -> tuple[timedelta, timedelta]:
        started = self.state.started
        earliest, bound = ZERO, ZERO
        looks = self._own_looks()
        for each in self._events(MilestoneReached):
            event = each.event
            if (
                started is not None
                and isinstance(event, MilestoneReached)
                and event.milestone == "outage"
                and event.at is not None
                and event.at not in looks  # its place is known without UTC, and is after T0
                and started.at.wall - event.at > earliest
            ):
                earliest, bound = started.at.wall - event.at, UNMEASURED
        return earliest, bound

    def _at(self, entry: Entry) -> timedelta:
        return self.line.position(entry) + self.zero

    def _bound(self, entry: Entry) -> timedelta:
        return self.line.wrong_by(entry) + self.zero_bound

    def _events(self, *kinds: type) -> Iterator[Entry]:
        return (each for each in self.own if isinstance(each.event, kinds))

    def _after_t0(self) -> Iterator[tuple[Entry, timedelta, timedelta]]:
        for each in self.own:
            if each.seq in self.line.at:
                yield each, self._at(each), self._bound(each)

    def _mark(self, name: str, entry: Entry, by: str = "") -> Mark:
        return Mark(
            name=name, at=self._at(entry), bound=self._bound(entry), wall=entry.at.wall, by=by
        )

    def _milestone(self, name: str) -> Mark | None:
        for each in self._events(MilestoneReached):
            event = each.event
            if isinstance(event, MilestoneReached) and event.milestone == name:
                return self._mark(name, each, event.by)
        return None

    def _starts(self) -> list[Mark]:
        """The four times, and T0; each as early as it can be proved."""
        started = self.state.started
        if started is None:
            return []
        found = []
        outage = self._outage(started)
        if outage is not None:
            found.append(outage)
        found.append(self._mark("inject", started))
        for name in ("detected", "declared"):
            marks = [self._milestone(name)]
            if name == "declared":
                marks += [self._mark(name, each) for each in self._events(Declared)]
            known = [each for each in marks if each is not None]
            if known:
                found.append(min(known, key=lambda each: each.at))
        restore = [self._milestone("restore-started")] + [
            self._mark("restore-started", each)
            for each in self._events(StepIntent)
            if isinstance(each.event, StepIntent) and each.event.phase is Phase.RESTORE
        ]
        begun = [each for each in restore if each is not None]
        if begun:
            found.append(min(begun, key=lambda each: each.at))
        return found

    def _outage(self, started: Entry) -> Mark | None:
        """
        When users last had the service. Before T0 it is where the clock begins; after T0 it is told
        beside, at the place of the look that saw it, and shortens nothing.
        """
        if self.zero > ZERO:
            wall = started.at.wall - self.zero
            return Mark(name="outage", at=ZERO, bound=self.zero_bound, wall=wall)
        looks, marks = self._own_looks(), []
        for each in self._events(MilestoneReached):
            event = each.event
            if not isinstance(event, MilestoneReached) or event.milestone != "outage":
                continue
            if event.at is None or event.at in looks:
                marks.append(self._mark("outage", looks.get(event.at or each.at.wall, each)))
            else:
                at = max(min(event.at - started.at.wall, self._at(each)), ZERO)
                marks.append(Mark(name="outage", at=at, bound=UNMEASURED, wall=event.at))
        return min(marks, key=lambda each: each.at, default=None)

    def _own_looks(self) -> dict[datetime, Entry]:
        """When the engine itself looked, by UTC as it was noted then."""
        return {each.at.wall: each for each in self._events(ProbeResult, StepIntent)}

    # -- proofs -------------------------------------------------------------------------------

    def _state_of(self, step: str) -> ProofState:
        match self.state.step(step).status:
            case StepStatus.DONE:
                return "passed"
            case StepStatus.PENDING | StepStatus.SKIPPED:
                return "not-run"
        return "failed"

    def _data(self) -> tuple[DataProof, ...]:
        return tuple(
            DataProof(
                step=step.id,
                title=step.title,
                kind=step.kind,
                state=self._state_of(step.id),
                seen=self.state.step(step.id).seen,
            )
            for _, step in self.plan.playbook.steps()
            if isinstance(step, AutomaticBase) and step.proves == "data"
        )

    def _watched_steps(self) -> list[Step]:
        return [
            step
            for _, step in self.plan.playbook.steps()
            if isinstance(step, AutomaticBase)
            and (step.proves == "service" or (step.proves is None and step.hold is not None))
        ]

    def _services(self) -> tuple[ServiceProof, ...]:
        return tuple(self._service(each) for each in self._watched_steps())

    def _service(self, step: Step) -> ServiceProof:
        if not isinstance(step, AutomaticBase):  # the caller has chosen
            raise TypeError(step.id)
        vantage = getattr(step, "vantage", None) or getattr(step, "host", None) or ""
        role = self.plan.playbook.hosts.get(vantage)
        planned = self.plan.hosts.get(vantage)
        # the operator's own machine is outside unless it is itself the target
        outside = (role is None or role.side != "target") if vantage else not self._target_is_here()
        if planned is not None and planned.local and self._target_is_here():
            outside = outside and self.plan.playbook.hosts[vantage].side == "outside"
        if vantage in self._one_with_a_target():
            outside = False
        base = ServiceProof(
            step=step.id,
            title=step.title,
            vantage=vantage,
            outside=outside,
            needed=step.consecutive,
            hold_needed=step.hold,
            state=self._state_of(step.id),
        )
        if step.consecutive == 1 and step.hold is None:
            done = self._done(step.id)
            if done is None:
                return base
            at = self._at(done)
            update = {"looks": 1, "available_since": at, "verified": at, "spread": ZERO}
            return base.model_copy(update=update)
        watch = watched(self._after_t0(), step.id, step.consecutive, step.every)
        row = watch.row
        held = row.held if row is not None else None
        proved = (
            row is not None
            and base.state == "passed"
            and (step.hold is None or (held is not None and held >= step.hold * SLACK))
        )
        return base.model_copy(
            update={
                "looks": watch.looks,
                "looks_failed": watch.failed,
                "holds_broken": watch.broken,
                "available_since": row.first if row else None,
                "verified": row.nth if row and proved else None,
                "spread": row.nth - row.first if row else None,
                "held": held,
                "state": "passed" if proved else "failed" if watch.looks else base.state,
            }
        )

    def _one_with_a_target(self) -> set[str]:
        """Hosts that are said to look from outside, and are the restored machine itself."""
        return {
            each.event.host
            for each in self._events(GuardPassed)
            if isinstance(each.event, GuardPassed)
            and each.event.guard == "apart"
            and each.event.seen.startswith(SAME_MACHINE)
        }

    def _target_is_here(self) -> bool:
        sides = self.plan.playbook.hosts
        return any(
            each.local and name in sides and sides[name].side == "target"
            for name, each in self.plan.hosts.items()
        )

    def _done(self, step: str) -> Entry | None:
        found = [
            each
            for each in self._events(StepDone)
            if isinstance(each.event, StepDone) and each.event.step == step
        ]
        return found[-1] if found and self.state.step(step).ok else None

    def _controls(self) -> tuple[Control, ...]:
        seen = {
            each.event.step: each.event
            for each in self.own
            if isinstance(each.event, NegativeControl)
        }
        made = []
        for _, step in self.plan.playbook.steps():
            if not isinstance(step, AutomaticBase) or not step.negative_control:
                continue
            event = seen.get(step.id)
            state: Literal["failed-as-it-must", "unreached", "passed", "absent"] = "absent"
            if event is not None:
                state = "passed"
                if event.failed_as_it_must:
                    state = "failed-as-it-must" if event.reached else "unreached"
            made.append(Control(step=step.id, title=step.title, state=state))
        return tuple(made)

    def _canaries(self) -> tuple[CanaryProof, ...]:
        newest = {
            each.event.step: (each.seq, each.event)
            for each in self.own
            if isinstance(each.event, CanarySeen)
        }
        started = self.state.started
        made = []
        for _, step in self.plan.playbook.steps():
            if not isinstance(step, CanaryStep):
                continue
            state = self._state_of(step.id)
            if step.id not in newest or started is None:
                made.append(CanaryProof(system=step.system, step=step.id, state=state))
                continue
            seq, event = newest[step.id]
            missing = sum(last - first + 1 for first, last in event.missing)
            if event.invalid or missing or not event.valid or event.newest_at is None:
                state = "failed"
            begun = started.at.wall - self.zero
            loss = max(begun - event.newest_at, ZERO) if event.newest_at is not None else None
            refused = self._skewed(step.host, seq)
            made.append(
                CanaryProof(
                    system=event.system,
                    step=step.id,
                    state=state,
                    valid=event.valid,
                    invalid=event.invalid,
                    missing=missing,
                    newest_at=event.newest_at,
                    loss=None if refused else loss,
                    refused=refused,
                )
            )
        return tuple(made)

    def _skewed(self, host: str | None, seq: int) -> Text | None:
        """Why a host's clock is not believed: by its offset when it was asked, or else the next."""
        known = [
            (each.seq, each.event)
            for each in self.own
            if isinstance(each.event, HostOffset) and each.event.host == (host or "")
        ]
        before = [offset for at, offset in known if at <= seq]
        told_by = before[-1:] or [offset for _, offset in known[:1]]
        if not any(abs(each.seconds) + each.bound > MOST_SKEW.total_seconds() for each in told_by):
            return None
        return told(CAP_TEXT["clock-skew"][0], names=host, most=written(MOST_SKEW))

    def _copy(self) -> CopyProof:
        looked = [each.event for each in self.own if isinstance(each.event, CopyIdentified)]
        last = looked[-1] if looked else None
        given = self.plan.copy_used
        taken = (last.taken_at if last else None) or given.taken_at
        begun = self.state.started
        return CopyProof(
            kind=self.plan.playbook.scenario.copy_used,
            identity=(last.identity if last else "") or given.identity,
            sha256=last.sha256 if last else "",
            taken_at=taken,
            age=max(begun.at.wall - taken, ZERO) if begun and taken else None,
            looked_at=last is not None,
        )

    def _lost_touched(self) -> tuple[str, ...]:
        """What was used though the scenario lost it: by the engine's word, and by the plan's."""
        lost = set(self.plan.playbook.scenario.lost)
        found: dict[str, None] = dict.fromkeys(self.state.lost_touched)
        for each in self._events(ResourceTouched):
            if isinstance(each.event, ResourceTouched):
                found.update(
                    dict.fromkeys(
                        name for name in (each.event.name, *each.event.resources) if name in lost
                    )
                )
        if self.state.started is not None:
            found.update(
                dict.fromkeys(each for each in self.plan.copy_used.resources if each in lost)
            )
        return tuple(found)

    # -- the stop -----------------------------------------------------------------------------

    def _stop(
        self, services: Sequence[ServiceProof], data: Sequence[DataProof]
    ) -> tuple[timedelta, timedelta] | None:
        """
        When the last of all proofs was there, and how much that may be wrong; None when one lacks.

        Service that answers before its data are proved is not yet back.
        """
        if any(each.verified is None for each in services):
            return None
        wanted = [each.step for each in data] + [each.step for each in self._canaries()]
        ends = [self._done(each) for each in wanted]
        if any(each is None for each in ends) or not (services or ends):
            return None
        places = [each.verified for each in services if each.verified is not None]
        places += [self._at(each) for each in ends if each is not None]
        stop = max(places)
        bounds = [wrong for _, at, wrong in self._after_t0() if at <= stop]
        return stop, max(bounds, default=ZERO)

    # -- steps and phases ---------------------------------------------------------------------

    def _steps(self, stop: timedelta | None) -> tuple[StepTime, ...]:
        book = self.plan.playbook
        every: list[tuple[str, Step]] = [(phase.value, step) for phase, step in book.steps()]
        every += [("", step) for step in book.cleanup]
        made = []
        for phase, step in every:
            events = [
                each
                for each in self.own
                if isinstance(each.event, StepEvent)
                and each.event.step == step.id
                and not isinstance(each.event, NegativeControl)
                and each.seq in self.line.at
            ]
            begun = next((each for each in events if isinstance(each.event, StepIntent)), None)
            state = self.state.step(step.id)
            if begun is None:
                continue
            ended = None
            if state.status in (StepStatus.DONE, StepStatus.FAILED):
                ended = self._at(events[-1])
            remote = state.remote
            made.append(
                StepTime(
                    id=step.id,
                    title=step.title,
                    phase=phase,
                    by="people"
                    if isinstance(step, ManualStep)
                    else "wait"
                    if isinstance(step, WaitStep)
                    else "machine",
                    status=state.status.value,
                    began=self._at(begun),
                    ended=ended,
                    work=timedelta(seconds=remote.seconds)
                    if remote is not None and remote.seconds is not None
                    else None,
                    failures=state.failures,
                    doubts=state.doubts,
                    why=state.why if state.status is StepStatus.FAILED else "",
                )
            )
        on_path = critical(made, stop)
        return tuple(each.model_copy(update={"critical": each.id in on_path}) for each in made)

    def _phases(self, steps: Sequence[StepTime]) -> tuple[PhaseTime, ...]:
        begun = [
            (each.event.phase, self._at(each))
            for each in self.own
            if isinstance(each.event, PhaseStarted)
        ]
        budget = self.plan.playbook.budget
        made = []
        for number, (phase, at) in enumerate(begun):
            if number + 1 < len(begun):
                end = begun[number + 1][1]
            else:
                ends = [each.ended for each in steps if each.phase == phase.value and each.ended]
                still = any(each.phase == phase.value and each.ended is None for each in steps)
                end = max(ends, default=at)
                if still:
                    end = max((place for _, place, _ in self._after_t0()), default=at)
            made.append(
                PhaseTime(
                    phase=phase.value,
                    began=at,
                    spent=max(end - at, ZERO),
                    budget=budget.of(phase),
                )
            )
        return tuple(made)

    def _waited(self) -> timedelta:
        """The time that passed while people were asked, never counted twice."""
        spans = []
        for each in self._events(ManualAsked):
            if not isinstance(each.event, ManualAsked):
                continue
            step, attempt = each.event.step, each.event.attempt
            end = [
                later
                for later in self.own
                if later.seq > each.seq
                and isinstance(later.event, StepDone | StepFailed)
                and (later.event.step, later.event.attempt) == (step, attempt)
            ]
            if end:
                spans.append((self._at(each), self._at(end[0])))
        total, last = ZERO, ZERO
        for start, stop in sorted(spans):
            total += max(stop - max(start, last), ZERO)
            last = max(last, stop)
        return total

    def _clock(self, bound: timedelta) -> ClockNotes:
        invalid = self.state.timing_invalid or self.line.broken
        gaps = [each.event.seconds for each in self.own if isinstance(each.event, ObservationGap)]
        return ClockNotes(
            steps=tuple(
                timedelta(seconds=each.event.seconds)
                for each in self.own
                if isinstance(each.event, ClockStep)
            ),
            slept=timedelta(
                seconds=sum(
                    each.event.seconds for each in self.own if isinstance(each.event, SuspendSeen)
                )
            ),
            reboots=sum(isinstance(each.event, RebootSeen) for each in self.own),
            unobserved=timedelta(seconds=sum(gaps)),
            gaps=sum(seconds > 0 for seconds in gaps),
            bound=bound,
            invalid=invalid,
        )

    # -- what it proves -----------------------------------------------------------------------

    def result(self) -> DrillResult:
        """Everything together."""
        plan, state = self.plan, self.state
        book = plan.playbook
        approved = _span(plan.max_outage_approved)
        target = target_of(approved, book.target.max_outage)
        data, services = self._data(), self._services()
        found = self._stop(services, data)
        stop, bound = found if found is not None else (None, ZERO)
        steps = self._steps(stop)
        canaries = self._canaries()
        losses = [each.loss for each in canaries if each.loss is not None]
        complete = all(
            state.step(step.id).ok or state.mode is Mode.TABLETOP for _, step in book.steps()
        )
        starts = self._starts()
        restore_at = next((each.at for each in starts if each.name == "restore-started"), None)
        restore = self._restore(stop, restore_at, complete=complete)
        clock = self._clock(bound)
        accepted = next((each for each in self._events(DeclaredRecovered)), None)
        event = accepted.event if accepted is not None else None
        confirmed = (
            isinstance(event, DeclaredRecovered)
            and not event.own
            and len(_people(event.by)) >= PAIR
        )
        controls, copy, lost = self._controls(), self._copy(), self._lost_touched()
        reached = self._reached(stop, complete=complete)
        caps = (
            tuple(self._caps(data, services, canaries, controls, copy, lost, clock))
            if reached is not None and reached >= 2  # noqa: PLR2004 - below it nothing is restored
            else ()
        )
        caps = tuple(sorted((each for each in caps if each.to < (reached or 0)), key=_by_level))
        level = min((each.to for each in caps), default=reached)
        claim = self._claim(level, stop, bound, restore_at, restore)
        closed = state.closed
        approvers = {each.event.by: each.event.own for each in self.own
                     if isinstance(each.event, Approved)}  # fmt: skip
        return DrillResult(
            id=f"{self.journal[:8]}-{state.number}",
            number=state.number,
            journal=self.journal,
            head=self.own[-1].hash,
            playbook=book.id,
            title=book.title,
            playbook_hash=plan.playbook_hash,
            scenario=book.scenario.name,
            system=plan.system,
            mode=state.mode.value,
            outcome=closed.outcome if closed is not None else "open",
            why=closed.why if closed is not None else "",
            operator=state.operator,
            tool=self.registered.software,
            registered_at=state.registered.at.wall,
            held_at=(state.started or state.registered).at.wall,
            closed_at=state.closed_at.wall if state.closed_at is not None else None,
            minimum_service=book.target.minimum_service,
            target=target,
            approved=approved,
            rpo_target=book.target.rpo,
            level=level,
            reached=reached,
            caps=caps,
            claim=claim,
            verdict=verdict_of(claim, target),
            marks=(*starts, *self._afterwards(stop, bound, accepted)),
            intervals=_intervals(starts, stop, bound),
            phases=self._phases(steps),
            steps=steps,
            waited=self._waited(),
            timeouts_called=sum(
                isinstance(each.event, Note) and each.event.kind == "timeout-called"
                for each in self.own
            ),
            clock=clock,
            controls=controls,
            data=data,
            services=services,
            canaries=canaries,
            loss=max(losses) if losses and len(losses) == len(canaries) else None,
            copy_used=copy,
            lost=book.scenario.lost,
            lost_touched=lost,
            faults=self._faults(),
            cleanup_proved=closed is not None and closed.cleanup_proved,
            declared_by=state.declared,
            accepted_by=state.recovered,
            approved_by=tuple(approvers),
            self_approved=state.self_approved,
            confirmed=confirmed,
            adoptions=state.adoptions,
            anchored=self.anchored,
            announced=plan.announced,
            differences=self._differences(),
            not_proved=tuple(
                self._not_proved(reached, controls, data, canaries, copy, clock, confirmed)
            ),
            restore=restore,
            data_gb=plan.data_gb,
            software={
                name: value for name, value in state.captured.items() if name.startswith("version")
            },
        )

    def _differences(self) -> tuple[str, ...]:
        noted = [
            each.event.text
            for each in self.own
            if isinstance(each.event, Note) and each.event.kind == "difference"
        ]
        return tuple(dict.fromkeys((*self.plan.differences, *noted)))

    def _faults(self) -> tuple[StepFault, ...]:
        book = self.plan.playbook
        every = [*(step for _, step in book.steps()), *book.cleanup]
        return tuple(
            StepFault(step=each.id, title=each.title, why=self.state.step(each.id).why)
            for each in every
            if self.state.step(each.id).status in (StepStatus.FAILED, StepStatus.DOUBT)
        )

    def _afterwards(
        self, stop: timedelta | None, bound: timedelta, accepted: Entry | None
    ) -> Iterator[Mark]:
        partial = self._milestone("partial-service")
        if partial is not None:
            yield partial
        if stop is not None:
            yield Mark(name="verified", at=stop, bound=bound)
        held = list(self._events(HoldKept))
        if held:
            yield self._mark("hold-kept", held[-1])
        if accepted is not None:
            yield self._mark("accepted", accepted, ", ".join(self.state.recovered))
        backup = self._milestone("backup-taken")
        if backup is not None:
            yield backup
        for each in self._events(Closed):
            if self.state.started is not None:
                yield self._mark("closed", each)

    def _restore(
        self, stop: timedelta | None, begun: timedelta | None, *, complete: bool
    ) -> Restore | None:
        """
        The restore as an observation: from its first byte to the proof, or "longer than" until it
        was given up. Never dropped, unless it stood on what the scenario had lost.
        """
        if begun is None or self.state.mode not in (Mode.FULL, Mode.SAMPLE):
            return None
        if self.state.timing_invalid or self.line.broken or self._lost_touched():
            return None
        end = stop
        done = complete and stop is not None
        if not done:
            closed = [self._at(each) for each in self._events(Closed)]
            end = closed[0] if closed else None
        if end is None or end <= begun:
            return None
        size = self._restored_gb() or (self.plan.data_gb if self.state.mode is Mode.FULL else None)
        if not size:
            return None
        return Restore(gb=size, took=end - begun, completed=done, drill=f"{self.state.number}")

    def _restored_gb(self) -> float | None:
        text = self.state.captured.get("bytes", "")
        return int(text) / GB if text.isdigit() and int(text) > 0 else None

    def _reached(self, stop: timedelta | None, *, complete: bool) -> Level | None:
        """How far up the ladder it would stand if no rule capped it."""
        closed = self.state.closed
        if closed is None or closed.outcome in ("refused", "superseded"):
            return None
        if self.state.mode is Mode.TABLETOP:
            return 0 if closed.outcome == "rehearsed" else None
        if self.state.mode is Mode.DRY_RUN:
            return 1 if closed.outcome == "rehearsed" else None
        if not complete or self.state.started is None or closed.outcome == "aborted":
            return None
        if stop is None:
            return 2 if self._touched_copy() else 1
        return 6 if self.plan.playbook.safety.class_ == "switchover" else 5

    def _touched_copy(self) -> bool:
        return any(
            isinstance(step, AutomaticBase)
            and step.proves == "copy"
            and self.state.step(step.id).ok
            for _, step in self.plan.playbook.steps()
        )

    def _caps(  # noqa: C901, PLR0912 - one rule after the other
        self,
        data: Sequence[DataProof],
        services: Sequence[ServiceProof],
        canaries: Sequence[CanaryProof],
        controls: Sequence[Control],
        copy: CopyProof,
        lost: Sequence[str],
        clock: ClockNotes,
    ) -> Iterator[LevelCap]:
        book, state = self.plan.playbook, self.state
        least: Level = 2 if self._touched_copy() else 1  # "the copy can be read" needs a copy
        if clock.invalid:
            yield cap(least, "clock", why=clock.invalid)
        passed = [each.step for each in controls if each.state == "passed"]
        if passed:
            yield cap(least, "control-passed", names=", ".join(passed))
        if not any(each.state == "passed" for each in data):
            yield cap(least, "no-data-proof")
        if not any(each.state in ("failed-as-it-must", "unreached") for each in controls):
            yield cap(3, "no-control")
        if state.self_approved:
            yield cap(3, "self-approved")
        if lost:
            yield cap(3, "lost-resource", names=", ".join(lost))
        yield from self._service_caps(services)
        if book.target.rpo is not None and not any(each.state == "passed" for each in canaries):
            yield cap(3, "no-canary")
        skewed = [each.system for each in canaries if each.refused is not None]
        if skewed:
            yield cap(3, "clock-skew", names=", ".join(skewed), most=written(MOST_SKEW))
        if not (state.closed and state.closed.cleanup_proved):
            yield cap(3, "cleanup")
        if not any(
            isinstance(each.event, GuardPassed) and each.event.guard == "marker"
            for each in self.own
        ) and any(each.side == "target" for each in book.hosts.values()):
            yield cap(3, "guards")
        if any(isinstance(each.event, Adopted) and each.event.behind for each in self.own):
            yield cap(3, "behind")
        if state.mode is Mode.SAMPLE:
            yield cap(3, "sample")
        restored, full = self._restored_gb(), self.plan.data_gb
        if state.mode is Mode.FULL and restored and full and restored < FULL_SHARE * full:
            yield cap(3, "part", restored=f"{restored:.3g}", full=f"{full:.3g}")
        if book.safety.class_ != "switchover":
            yield from self._earnest_caps(copy)

    def _service_caps(self, services: Sequence[ServiceProof]) -> Iterator[LevelCap]:
        proved = [each for each in services if each.verified is not None]
        if not proved:
            yield cap(3, "no-service-proof")
            return
        inside = [each.step for each in proved if not each.outside]
        if inside:
            yield cap(3, "not-outside", names=", ".join(inside))
        hasty = [
            each
            for each in proved
            if each.needed < LEAST_LOOKS or (each.spread or ZERO) < LEAST_SPREAD * SLACK
        ]
        if hasty:
            worst = min(hasty, key=lambda each: (each.needed, each.spread or ZERO))
            yield cap(
                3,
                "few-looks",
                looks=worst.needed,
                spread=written(worst.spread or ZERO),
                least=LEAST_LOOKS,
                least_spread=written(LEAST_SPREAD),
            )
        brief = [each for each in proved if (each.held or ZERO) < LEAST_HOLD * SLACK]
        if brief:
            shortest = min((each.held or ZERO) for each in brief)
            yield cap(3, "short-hold", held=written(shortest), least=written(LEAST_HOLD))

    def _earnest_caps(self, copy: CopyProof) -> Iterator[LevelCap]:
        """What keeps a full, proved restore from being as it would be on the day."""
        if copy.kind == "online":
            yield cap(4, "copy")
        elif copy.kind != "none" and not (copy.looked_at and copy.age is not None):
            yield cap(4, "copy-unknown")
        if self.plan.announced:
            yield cap(4, "announced")
        differences = self._differences()
        if differences:
            yield cap(4, "differences", names="; ".join(differences))
        up = [each for each in self.depends_on if each not in self.plan.playbook.scenario.lost]
        if up:
            yield cap(4, "dependencies", names=", ".join(up))
        if len(_people(self.state.declared)) < PAIR:
            yield cap(4, "declaration")
        if not self.anchored:
            yield cap(4, "anchor")

    def _claim(  # noqa: C901, PLR0911 - one return a claim
        self,
        level: Level | None,
        stop: timedelta | None,
        bound: timedelta,
        begun: timedelta | None,
        restore: Restore | None,
    ) -> Claim:
        state, closed = self.state, self.state.closed
        name = f"{self.journal[:8]}-{state.number}"
        if closed is None:
            return NotHeld(why=told(CLAIM_TEXT["open"]))
        if closed.outcome == "refused":
            return NotHeld(
                why=Text(
                    vi=told(CLAIM_TEXT["refused"], why=in_words(closed.why, "vi")).vi,
                    en=told(CLAIM_TEXT["refused"], why=closed.why).en,
                )
            )
        if closed.outcome == "superseded":
            return NotHeld(why=told(CLAIM_TEXT["superseded"]))
        if state.started is None and state.mode is not Mode.DRY_RUN:
            return NotHeld(why=told(CLAIM_TEXT["not begun"]))
        match level:
            case None:
                if state.mode in (Mode.TABLETOP, Mode.DRY_RUN):
                    return NotHeld(why=told(CLAIM_TEXT["not begun"]))
                ends = [self._at(each) for each in self._events(Closed)]
                return AtLeast(longer_than=max(ends[0], ZERO), aborted=1)
            case 0:
                return Discussed()
            case 1:
                return Rehearsed()
            case 2:
                return Readable()
            case 3:
                return self._projected(stop, begun, restore)
        if stop is None:  # a level from 4 on has one
            raise TypeError("no stop")
        return Measured(level=level, took=stop + bound, drill=name)

    def _projected(
        self, stop: timedelta | None, begun: timedelta | None, restore: Restore | None
    ) -> Claim:
        """A sample, or a full restore that is capped: what the whole would take, as an interval."""
        lost = self._lost_touched()
        if lost:
            return Sampled(why=told(CLAIM_TEXT["lost"], names=", ".join(lost)))
        if stop is None or begun is None or stop <= begun:
            return Sampled(why=told(CLAIM_TEXT["no time"]))
        full = self.plan.data_gb
        if restore is None or (self.state.mode is Mode.SAMPLE and not full):
            if self.state.mode is Mode.SAMPLE or not self._whole():
                return Sampled(why=told(CLAIM_TEXT["no size"]))
            restore = Restore(gb=1.0, took=stop - begun)  # of all data, whatever their size
            full = 1.0
            earlier: tuple[Restore, ...] = ()
        else:
            earlier = self.earlier
        size = max(full or restore.gb, restore.gb)
        try:
            rest = project([*earlier, restore], size)
        except ProjectionRefusedError as problem:
            return Sampled(why=told(CLAIM_TEXT["too small"], why=problem.message))
        notices = tuple(both(each.template, **each.values) for each in rest.notices)
        return ProjectedOutage(before=begun, rest=rest, notices=notices)

    def _whole(self) -> bool:
        """Whether all data were restored, as far as anybody knows."""
        return self.state.mode is Mode.FULL and self._restored_gb() is None

    def _not_proved(  # noqa: C901 - one sentence after the other
        self,
        reached: Level | None,
        controls: Sequence[Control],
        data: Sequence[DataProof],
        canaries: Sequence[CanaryProof],
        copy: CopyProof,
        clock: ClockNotes,
        confirmed: bool,
    ) -> Iterator[Text]:
        """What a reader might take for proved, and was not."""
        if self.state.started is None or reached is None:
            return
        book = self.plan.playbook
        text = NOT_PROVED_TEXT
        unreached = [each.step for each in controls if each.state == "unreached"]
        if unreached:
            yield told(text["unreached"], names=", ".join(unreached))
        if not confirmed and reached >= 3:  # noqa: PLR2004 - below it nothing was recovered
            yield told(text["unconfirmed"])
        undone = [each.step for each in data if each.state == "not-run"]
        if undone:
            yield told(text["data-open"], names=", ".join(undone))
        losses = [each.loss for each in canaries if each.loss is not None]
        if not losses:
            yield told(text["no-loss"])
        elif book.target.rpo is not None and max(losses) > book.target.rpo:
            yield told(text["loss-over"], loss=written(max(losses)), limit=written(book.target.rpo))
        if self.line.by_utc:
            yield told(text["utc"], bound=written(clock.bound))
        if clock.unobserved > ZERO:
            yield told(text["unobserved"], span=written(clock.unobserved))
        if copy.age is None and copy.kind != "none":
            yield told(text["copy-age"])
        service = book.target.minimum_service
        yield Text(
            vi=said(text["minimum"], {"service": service.vi}, "vi"),
            en=said(text["minimum"], {"service": service.en}, "en"),
        )
        signed = dict.fromkeys((*self.state.declared, *self.state.recovered))
        if signed:
            yield told(text["people"], names=", ".join(signed))


def _intervals(
    starts: Sequence[Mark], stop: timedelta | None, bound: timedelta
) -> tuple[Interval, ...]:
    """From every start to the stop, the largest first; that one is judged."""
    if stop is None:
        return ()
    names: dict[str, StartName] = {
        "outage": "outage",
        "inject": "inject",
        "detected": "detected",
        "declared": "declared",
        "restore-started": "restore-started",
    }
    made = [
        Interval(
            start=names[each.name],
            length=max(stop - each.at, ZERO),
            bound=bound,
        )
        for each in starts
    ]
    made.sort(key=lambda each: each.length, reverse=True)
    return tuple(
        each.model_copy(update={"judged": number == 0}) for number, each in enumerate(made)
    )


def _by_level(cap: LevelCap) -> tuple[int, str]:
    return cap.to, cap.rule


def _people(names: Iterable[str]) -> set[str]:
    """Different people: blanks and capitals make no second one."""
    return {" ".join(each.split()).casefold() for each in names if each.strip()}


def _span(text: str) -> timedelta | None:
    try:
        return parse_duration(text) if text else None
    except InvalidValueError:
        return None


def _unreadable(
    journal: str, own: Sequence[Entry], state: DrillState, registered: DrillRegistered
) -> DrillResult:
    """A drill of another version's plan: it stays in the list, and proves nothing here."""
    closed = state.closed
    title = Text(vi=registered.playbook, en=registered.playbook)
    at: datetime = state.registered.at.wall
    return DrillResult(
        id=f"{journal[:8]}-{state.number}",
        number=state.number,
        journal=journal,
        head=own[-1].hash,
        playbook=registered.playbook,
        title=title,
        system=registered.system,
        mode=state.mode.value,
        outcome=closed.outcome if closed is not None else "open",
        why=closed.why if closed is not None else "",
        operator=state.operator,
        tool=registered.software,
        registered_at=at,
        held_at=(state.started or state.registered).at.wall,
        closed_at=state.closed_at.wall if state.closed_at is not None else None,
        target=LONGEST_TARGET,
        claim=NotHeld(why=told(CLAIM_TEXT["unreadable"])),
        verdict=Verdict.NOT_MEASURED,
    )
