"""
What follows from the events: the state of every drill of an agency, as a pure fold of entries.

An entry that cannot follow what came before it raises IllegalEventError: at the moment of writing,
when the journal refuses it, and at the moment of reading, when somebody has edited the journal.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from cdso_audit.drill.clock import Stamp
from cdso_audit.drill.events import (
    GENESIS,
    AbortRequested,
    Adopted,
    Anchored,
    Approved,
    CanarySeen,
    Closed,
    CopyIdentified,
    Declared,
    DeclaredRecovered,
    DoubtResolved,
    DrillRegistered,
    Entry,
    GuardPassed,
    GuardRefused,
    HoldBroken,
    HoldKept,
    HostOffset,
    InDoubt,
    JournalOpened,
    LeaseTaken,
    ManualAsked,
    ManualSigned,
    MilestoneReached,
    Mode,
    NegativeControl,
    Note,
    ObservationGap,
    PhaseStarted,
    ProbeResult,
    RemoteTime,
    ResourceTouched,
    ServiceVerified,
    Started,
    StepDone,
    StepEvent,
    StepFailed,
    StepIntent,
    StepSkipped,
    StepStarted,
    TimingInvalid,
    needs_lease,
)
from cdso_audit.drill.playbook import Phase


class IllegalEventError(ValueError):
    """An entry that cannot follow what came before it."""


class StepStatus(StrEnum):
    """Where a step stands."""

    PENDING = "pending"
    INTENDED = "intended"
    RUNNING = "running"
    WAITING = "waiting"
    """For people."""
    DOUBT = "in-doubt"
    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"

    @property
    def is_open(self) -> bool:
        """Whether something was begun and nobody knows yet what came of it."""
        return self in (StepStatus.INTENDED, StepStatus.RUNNING, StepStatus.WAITING)


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed a manual step, and what."""

    by: str
    accepted: bool
    own: bool
    at: Stamp
    seq: int


@dataclass(frozen=True, slots=True)
class StepState:
    """All that is known of one step."""

    id: str
    status: StepStatus = StepStatus.PENDING
    phase: Phase | None = None
    attempt: int = 0
    """The number of the newest attempt; 0 before the first."""
    failures: int = 0
    doubts: int = 0
    detached: bool = False
    unit: str = ""
    began: Stamp | None = None
    """The first intent: when the step took up time first."""
    ended: Stamp | None = None
    remote: RemoteTime | None = None
    asked: Stamp | None = None
    signatures: tuple[Signature, ...] = ()
    role: str = ""
    four_eyes: bool = False
    in_a_row: int = 0
    first_seq: int | None = None
    """The first success of the present row."""
    looks: int = 0
    looks_failed: int = 0
    verified: Stamp | None = None
    """When the N-th success in a row came, unless the hold was broken since."""
    hold_kept: bool = False
    holds_broken: int = 0
    control: bool | None = None
    """Whether the negative control failed as it must; None before it ran."""
    why: str = ""
    seen: str = ""

    @property
    def ok(self) -> bool:
        """Whether the step passed."""
        return self.status is StepStatus.DONE


@dataclass(frozen=True, slots=True)
class DrillState:
    """All that is known of one drill."""

    number: int
    registered: Entry
    plan_hash: str
    mode: Mode
    operator: str
    playbook: str = ""
    system: str = ""
    approvals: tuple[tuple[str, bool], ...] = ()
    """Who approved, and whether it was their own plan."""
    fence: int = 0
    holder: str = ""
    machine: str = ""
    guards: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    started: Entry | None = None
    phase: Phase | None = None
    phases: tuple[tuple[Phase, Stamp], ...] = ()
    steps: Mapping[str, StepState] = field(default_factory=lambda: MappingProxyType({}))
    captured: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    offsets: Mapping[str, HostOffset] = field(default_factory=lambda: MappingProxyType({}))
    lost_touched: tuple[str, ...] = ()
    canaries: tuple[CanarySeen, ...] = ()
    copies: tuple[CopyIdentified, ...] = ()
    milestones: tuple[tuple[str, Stamp], ...] = ()
    outage: datetime | None = None
    """When users last had the service, as far as it was seen; None when nobody saw it."""
    declared: tuple[str, ...] = ()
    recovered: tuple[str, ...] = ()
    recovered_at: Stamp | None = None
    abort: str | None = None
    adoptions: int = 0
    timing_invalid: str = ""
    last: Stamp | None = None
    """The newest stamp of the process that runs the drill."""
    closed: Closed | None = None
    closed_at: Stamp | None = None

    @property
    def approved(self) -> bool:
        """Whether somebody allowed this plan."""
        return bool(self.approvals)

    @property
    def self_approved(self) -> bool:
        """Whether only the one who registered it did."""
        return bool(self.approvals) and all(own for _, own in self.approvals)

    def step(self, name: str) -> StepState:
        """The state of a step, also of one that was never begun."""
        return self.steps.get(name) or StepState(name)

    def waiting(self) -> tuple[StepState, ...]:
        """The steps that wait for people."""
        return tuple(each for each in self.steps.values() if each.status is StepStatus.WAITING)

    def doubts(self) -> tuple[StepState, ...]:
        """The steps of which nobody knows whether they took effect."""
        return tuple(each for each in self.steps.values() if each.status is StepStatus.DOUBT)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every drill of an agency, and the end of the chain."""

    journal: str = ""
    agency: str = ""
    head: str = GENESIS
    length: int = 0
    drills: Mapping[int, DrillState] = field(default_factory=lambda: MappingProxyType({}))
    anchors: tuple[Anchored, ...] = ()

    @property
    def next_number(self) -> int:
        """The number of the next drill."""
        return len(self.drills) + 1

    def drill(self, number: int) -> DrillState:
        """The drill of that number; raises KeyError."""
        return self.drills[number]


def fold(entries: Iterable[Entry], ledger: Ledger | None = None) -> Ledger:
    """The ledger after those entries. Raises IllegalEventError at the first that cannot be."""
    made = ledger or Ledger()
    for each in entries:
        made = after(made, each)
    return made


def after(ledger: Ledger, entry: Entry) -> Ledger:
    """The ledger after one more entry. Raises IllegalEventError when it cannot follow."""
    if entry.seq != ledger.length + 1:
        raise _illegal(entry, f"number {ledger.length + 1} comes next")
    if entry.prev != ledger.head:
        raise _illegal(entry, "it does not follow the entry before it")
    event = entry.event
    if (ledger.length == 0) != isinstance(event, JournalOpened):
        raise _illegal(entry, "a journal begins with journal_opened, and has it once")
    made = replace(ledger, head=entry.hash, length=entry.seq)
    match event:
        case JournalOpened():
            return replace(made, journal=event.journal, agency=event.agency)
        case Anchored():
            return replace(made, anchors=(*made.anchors, event))
    if entry.drill is None:
        raise _illegal(entry, "it belongs to no drill")
    if isinstance(event, DrillRegistered):
        if entry.drill != ledger.next_number:
            raise _illegal(entry, f"the next drill has the number {ledger.next_number}")
        drill = DrillState(
            number=entry.drill,
            registered=entry,
            plan_hash=event.plan_hash,
            mode=event.mode,
            operator=entry.actor,
            playbook=event.playbook,
            system=event.system,
        )
    else:
        known = ledger.drills.get(entry.drill)
        if known is None:
            raise _illegal(entry, f"there is no drill {entry.drill}")
        drill = _drill_after(known, entry)
    return replace(made, drills=MappingProxyType({**ledger.drills, entry.drill: drill}))


def _earlier(known: datetime | None, event: MilestoneReached) -> datetime | None:
    if event.milestone != "outage" or event.at is None:
        return known
    return event.at if known is None else min(known, event.at)


def _illegal(entry: Entry, why: str) -> IllegalEventError:
    return IllegalEventError(f"entry {entry.seq} ({entry.event.type}): {why}")


def _drill_after(  # noqa: C901, PLR0911, PLR0912 - one case an event
    drill: DrillState, entry: Entry
) -> DrillState:
    event = entry.event
    if drill.closed is not None and not isinstance(event, Note):
        raise _illegal(entry, f"drill {drill.number} is closed")
    if needs_lease(event):
        if entry.fence == 0 or entry.fence != drill.fence:
            raise _illegal(entry, f"the lease is {drill.fence}, not {entry.fence}")
        drill = _with_clock(drill, entry)
    match event:
        case Approved():
            if event.plan_hash != drill.plan_hash:
                raise _illegal(entry, "another plan was approved than the registered one")
            if drill.started is not None:
                raise _illegal(entry, "the drill has begun")
            return replace(drill, approvals=(*drill.approvals, (event.by, event.own)))
        case LeaseTaken():
            if event.fence <= drill.fence or event.fence != entry.fence:
                raise _illegal(entry, "a lease must be higher than every one before it")
            return replace(drill, fence=event.fence, holder=entry.actor, machine=entry.machine)
        case Adopted():
            return replace(drill, adoptions=drill.adoptions + 1)
        case GuardPassed():
            return replace(drill, guards=(*drill.guards, _guard(event.guard, event.host)))
        case GuardRefused():
            return replace(drill, refused=(*drill.refused, _guard(event.guard, event.host)))
        case Started():
            if drill.started is not None:
                raise _illegal(entry, "the drill has begun before")
            if not drill.approved:
                raise _illegal(entry, "nobody approved the plan")
            if drill.refused:
                raise _illegal(entry, "a guard refused")
            return replace(drill, started=entry)
        case PhaseStarted():
            _begun(drill, entry)
            order = list(Phase)
            if drill.phase is not None and order.index(event.phase) <= order.index(drill.phase):
                raise _illegal(entry, "the phases follow one another")
            return replace(
                drill, phase=event.phase, phases=(*drill.phases, (event.phase, entry.at))
            )
        case MilestoneReached():
            _begun(drill, entry)
            return replace(
                drill,
                milestones=(*drill.milestones, (event.milestone, entry.at)),
                outage=_earlier(drill.outage, event),
            )
        case Declared():
            _begun(drill, entry)
            return replace(drill, declared=event.by)
        case DeclaredRecovered():
            _begun(drill, entry)
            return replace(drill, recovered=event.by, recovered_at=entry.at)
        case AbortRequested():
            return replace(drill, abort=event.by if drill.abort is None else drill.abort)
        case Closed():
            if any(each.status.is_open for each in drill.steps.values()):
                raise _illegal(entry, "a step is still open")
            _closing(drill, entry, event)
            return replace(drill, closed=event, closed_at=entry.at)
        case HostOffset():
            return replace(drill, offsets=MappingProxyType({**drill.offsets, event.host: event}))
        case ResourceTouched():
            return replace(drill, lost_touched=_united(drill.lost_touched, event.lost))
        case TimingInvalid():
            return replace(drill, timing_invalid=event.why)
        case ObservationGap():
            # nobody looked: no row of successes reaches across it
            steps = {
                name: replace(each, in_a_row=0, first_seq=None, verified=None)
                if each.status.is_open
                else each
                for name, each in drill.steps.items()
            }
            return replace(drill, steps=MappingProxyType(steps))
        case CanarySeen():
            return replace(drill, canaries=(*drill.canaries, event))
        case CopyIdentified():
            return replace(drill, copies=(*drill.copies, event))
        case StepEvent():
            return _step_after(drill, entry, event)
    return drill


def _guard(name: str, host: str) -> str:
    return f"{name}@{host}" if host else name


def _united(before: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*before, *more)))


def _begun(drill: DrillState, entry: Entry) -> None:
    if drill.started is None:
        raise _illegal(entry, "the drill has not begun")


def _with_clock(drill: DrillState, entry: Entry) -> DrillState:
    """Time goes forward: within one boot of one machine CLOCK_BOOTTIME never falls."""
    before = drill.last
    if (
        before is not None
        and before.boot_id == entry.at.boot_id
        and entry.at.boottime < before.boottime
    ):
        raise _illegal(entry, "its clock is before that of the entry before it")
    return replace(drill, last=entry.at)


def planned_steps(plan: Mapping[str, Any]) -> tuple[str, ...]:
    """The ids of all steps of the phases of a plan's JSON."""
    phases = plan.get("playbook", {}).get("phases", {})
    return tuple(step["id"] for steps in phases.values() for step in steps)


def _closing(drill: DrillState, entry: Entry, event: Closed) -> None:
    """An outcome follows from the events; none can be claimed."""
    rehearsal = drill.mode in (Mode.DRY_RUN, Mode.TABLETOP)
    if event.outcome == "rehearsed" and not rehearsal:
        raise _illegal(entry, f"a drill of mode {drill.mode} is not rehearsed")
    if event.outcome != "succeeded":
        return
    if rehearsal:
        raise _illegal(entry, f"a drill of mode {drill.mode} proves nothing, so it is rehearsed")
    if drill.started is None or drill.abort is not None:
        raise _illegal(entry, "it has not begun, or somebody stopped it")
    registered = drill.registered.event
    planned = planned_steps(registered.plan) if isinstance(registered, DrillRegistered) else ()
    lacking = [name for name in planned if not drill.step(name).ok]
    unclean = [
        each.id
        for each in drill.steps.values()
        if each.id not in planned
        and not (each.ok or (each.status is StepStatus.SKIPPED and each.why == "not-begun"))
    ]
    if lacking or unclean:
        raise _illegal(entry, f"these steps did not pass: {', '.join((*lacking, *unclean))}")


def _step_after(drill: DrillState, entry: Entry, event: StepEvent) -> DrillState:
    state = _one_step_after(drill, drill.step(event.step), entry, event)
    made = replace(drill, steps=MappingProxyType({**drill.steps, event.step: state}))
    if isinstance(event, StepDone) and event.captured:
        return replace(made, captured=MappingProxyType({**drill.captured, **event.captured}))
    return made


def _one_step_after(  # noqa: C901, PLR0911, PLR0912 - one case an event
    drill: DrillState, state: StepState, entry: Entry, event: StepEvent
) -> StepState:
    status = state.status
    if isinstance(event, StepIntent):
        return _intended(drill, state, entry, event)
    if isinstance(event, NegativeControl):
        return replace(state, control=event.failed_as_it_must, seen=event.seen)
    if isinstance(event, StepSkipped):
        if status is not StepStatus.PENDING:
            raise _illegal(entry, f"step {state.id} was begun, so it cannot be skipped")
        return replace(state, status=StepStatus.SKIPPED, why=event.why)
    if event.attempt != state.attempt:
        raise _illegal(entry, f"step {state.id} is in attempt {state.attempt}")
    if isinstance(event, DoubtResolved):
        return _resolved(state, entry, event)
    if not status.is_open:
        raise _illegal(entry, f"step {state.id} is {status}, not under way")
    match event:
        case StepStarted():
            return replace(state, status=StepStatus.RUNNING, unit=event.unit, remote=event.remote)
        case ManualAsked():
            return replace(
                state,
                status=StepStatus.WAITING,
                asked=entry.at,
                role=event.role,
                four_eyes=event.four_eyes,
            )
        case ManualSigned():
            if status is not StepStatus.WAITING:
                raise _illegal(entry, f"nobody was asked to sign {state.id}")
            if any(each.by == event.by for each in state.signatures):
                raise _illegal(entry, f"{event.by} has signed {state.id}")
            signed = Signature(event.by, event.accepted, event.own, entry.at, entry.seq)
            return replace(state, signatures=(*state.signatures, signed))
        case ProbeResult():
            return _looked(state, entry, event)
        case ServiceVerified():
            if state.in_a_row < event.consecutive or state.first_seq != event.first_seq:
                raise _illegal(entry, f"only {state.in_a_row} successes in a row were seen")
            return replace(state, verified=entry.at)
        case HoldBroken():
            return replace(
                state,
                verified=None,
                in_a_row=0,
                first_seq=None,
                holds_broken=state.holds_broken + 1,
            )
        case HoldKept():
            if state.verified is None:
                raise _illegal(entry, f"{state.id} was not verified")
            return replace(state, hold_kept=True)
        case InDoubt():
            return replace(state, status=StepStatus.DOUBT, doubts=state.doubts + 1, why=event.why)
        case StepDone():
            return replace(
                state,
                status=StepStatus.DONE,
                ended=entry.at,
                remote=event.remote or state.remote,
                seen=event.seen,
                why="",
            )
        case StepFailed():
            return replace(
                state,
                status=StepStatus.FAILED,
                failures=state.failures + 1,
                ended=entry.at,
                remote=event.remote or state.remote,
                seen=event.seen,
                why=event.why,
            )
    return state


def _intended(drill: DrillState, state: StepState, entry: Entry, event: StepIntent) -> StepState:
    """A step begins: first, after a failure, or after a resolved doubt; never otherwise."""
    if event.phase is not None:
        _begun(drill, entry)
    may = state.status in (StepStatus.PENDING, StepStatus.FAILED)
    if not may or event.attempt != state.attempt + 1:
        raise _illegal(entry, f"step {state.id} is {state.status} after attempt {state.attempt}")
    return replace(
        state,
        status=StepStatus.INTENDED,
        phase=event.phase,
        attempt=event.attempt,
        detached=event.detached,
        unit=event.unit,
        began=state.began or entry.at,
        ended=None,
        in_a_row=0,
        first_seq=None,
        verified=None,
        hold_kept=False,
        signatures=(),
    )


def _resolved(state: StepState, entry: Entry, event: DoubtResolved) -> StepState:
    if state.status is not StepStatus.DOUBT:
        raise _illegal(entry, f"step {state.id} is not in doubt")
    status = {
        "happened": StepStatus.DONE,
        "running": StepStatus.RUNNING,
        "rerun": StepStatus.PENDING,
        "failed": StepStatus.FAILED,
    }[event.says]
    ended = entry.at if event.says in ("happened", "failed") else None
    failures = state.failures + (event.says == "failed")
    return replace(state, status=status, ended=ended, failures=failures, seen=event.seen)


def _looked(state: StepState, entry: Entry, event: ProbeResult) -> StepState:
    row = state.in_a_row + 1 if event.passed else 0
    if event.in_a_row != row:
        raise _illegal(entry, f"this would be success {row} in a row")
    first = (state.first_seq or entry.seq) if event.passed else None
    return replace(
        state,
        in_a_row=row,
        first_seq=first,
        looks=state.looks + 1,
        looks_failed=state.looks_failed + (not event.passed),
        seen=event.seen,
    )
