"""
What can happen in a drill: typed events, and the entries of the journal that hold them.

An `Entry` is one line of the journal: an event with its place in the chain, its clocks and its
author. What follows from entries is in `drill.ledger`. Pure.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, Final, Literal

from pydantic import Field, TypeAdapter

from cdso_audit.drill.clock import Moment, Stamp
from cdso_audit.drill.playbook import Phase
from cdso_audit.model import Frozen

#: What is hashed before an entry's text, so that a hash of ours is no hash of anything else.
HASH_PREFIX: Final = b"cdso/journal-v1\n"
#: The hash before the first entry.
GENESIS: Final = "0" * 64

Number = Annotated[int, Field(ge=1)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="64 hexadecimal digits")]
Seconds = Annotated[float, Field(ge=0)]


class Mode(StrEnum):
    """
    How a drill is held. `dry-run` contacts nobody but for looking and ends as rehearsed; `tabletop`
    asks people only; `sample` restores a part, `full` everything.
    """

    TABLETOP = "tabletop"
    DRY_RUN = "dry-run"
    SAMPLE = "sample"
    FULL = "full"


class Kept(Frozen):
    """Bytes kept beside the journal under their hash, scrubbed of secrets before."""

    sha256: Sha256
    size: Annotated[int, Field(ge=0)]
    what: Literal["stdout", "stderr", "answer", "document", "photo", "note", "list"] = "stdout"
    cut: bool = False
    """More came than is kept."""


class RemoteTime(Frozen):
    """
    How long a detached step took by the target's own clocks.

    `seconds` is from its CLOCK_BOOTTIME (its uptime, which sleep does not stop); the two moments
    are its UTC, to be corrected by the last `host_offset` of that host.
    """

    began: Moment
    ended: Moment | None = None
    seconds: Seconds | None = None


class Event(Frozen):
    """Anything that is written into the journal."""


# ---------------------------------------------------------------------------------------------
# The ledger and the life of a drill
# ---------------------------------------------------------------------------------------------


class JournalOpened(Event):
    """The first entry: whose ledger this is. `journal` is random, and names the ledger for ever."""

    type: Literal["journal_opened"] = "journal_opened"
    journal: str
    agency: str
    version: Literal[1] = 1


class DrillRegistered(Event):
    """
    A drill has its number, before anything is done. `plan` is everything that will be done, as
    approved (`drill.plan.Plan` as JSON), without any secret.
    """

    type: Literal["drill_registered"] = "drill_registered"
    playbook: str
    system: str
    mode: Mode
    plan: Mapping[str, Any]
    plan_hash: Sha256
    software: str
    source: str = ""
    """The file that the plan was made from: it must still make the same plan at the run."""


class Approved(Event):
    """Somebody allowed exactly this plan. `own` when it is the one who registered it."""

    type: Literal["approved"] = "approved"
    plan_hash: Sha256
    by: str
    own: bool


class LeaseTaken(Event):
    """
    From now on this process alone runs the drill. `fence` is higher than every one before; whoever
    holds a lower one is refused by the journal and by the targets.
    """

    type: Literal["lease_taken"] = "lease_taken"
    fence: Number
    why: Literal["run", "resume", "adopt", "abort"]


class Adopted(Event):
    """
    Another operator took over, maybe from another machine. `head` is the last hash that the copy
    held; `behind` is true when a target has seen a later entry than this copy holds.
    """

    type: Literal["adopted"] = "adopted"
    by: str
    from_operator: str
    from_machine: str
    head: Sha256
    behind: bool = False
    reason: str = ""


class GuardPassed(Event):
    """A guard looked and found nothing wrong. `seen` says what it saw."""

    type: Literal["guard_passed"] = "guard_passed"
    guard: str
    host: str = ""
    seen: str = ""


#: How the guard `apart` begins what it saw when a host that looks is itself a target.
SAME_MACHINE: Final = "the same machine as"


class GuardRefused(Event):
    """A guard refused, or could not be evaluated, which is the same."""

    type: Literal["guard_refused"] = "guard_refused"
    guard: str
    host: str = ""
    why: str
    evaluated: bool = True


class Started(Event):
    """The inject: T0. Written by the engine; nobody types this moment."""

    type: Literal["started"] = "started"
    by: str
    announced: bool = True


class PhaseStarted(Event):
    """A phase begins; the one before it ends with this entry."""

    type: Literal["phase_started"] = "phase_started"
    phase: Phase


class Note(Event):
    """
    A remark. `timeout-called` says that people stopped for a while; the clock does not stop, and
    there is nothing that could subtract it.
    """

    type: Literal["note"] = "note"
    by: str
    kind: Literal["remark", "timeout-called", "timeout-over", "difference"] = "remark"
    text: str


class MilestoneReached(Event):
    """A moment of the recovery, as its step's end or as a person states and signs it."""

    type: Literal["milestone_reached"] = "milestone_reached"
    milestone: Literal[
        "outage", "detected", "declared", "restore-started", "partial-service", "backup-taken"
    ]
    step: str = ""
    by: str = ""
    at: Moment | None = None
    """Where it is not this entry's own moment: only `outage`, seen by an outside monitor."""


class Declared(Event):
    """The incident was declared, and signed."""

    type: Literal["declared"] = "declared"
    by: tuple[str, ...]
    step: str


class DeclaredRecovered(Event):
    """
    The end of the recovery, on its criteria, by people. `own` when one of two was the operator
    or only one signed: then the drill stays unconfirmed.
    """

    type: Literal["declared_recovered"] = "declared_recovered"
    by: tuple[str, ...]
    step: str
    own: bool = False


class AbortRequested(Event):
    """Somebody asked to stop; the engine cleans up and closes. The drill stays in the ledger."""

    type: Literal["abort_requested"] = "abort_requested"
    by: str
    why: str = ""


class Closed(Event):
    """
    The end. `succeeded`: every step passed. `failed`: one did not. `aborted`: stopped by somebody.
    `refused`: a guard did not let it begin. `rehearsed`: a dry run or a tabletop, which proves
    nothing about time. `superseded`: another machine adopted it.

    `seconds` is T0 to here for a right-censored observation, None where there was no T0.
    """

    type: Literal["closed"] = "closed"
    outcome: Literal["succeeded", "failed", "aborted", "refused", "rehearsed", "superseded"]
    why: str = ""
    cleanup_proved: bool = False


class Anchored(Event):
    """The head of the chain was put where its owner cannot change it (paper, mail, RFC 3161)."""

    type: Literal["anchored"] = "anchored"
    head: Sha256
    head_seq: Number
    where: str
    by: str


# ---------------------------------------------------------------------------------------------
# Steps
# ---------------------------------------------------------------------------------------------


class StepEvent(Event):
    """Something about one attempt of one step; attempts count from one."""

    step: str
    attempt: Number = 1


class StepIntent(StepEvent):
    """
    The step is about to begin: written, and on disk, before anything goes out. If nothing follows,
    the step is in doubt. `unit` names the detached command on the target.
    """

    type: Literal["step_intent"] = "step_intent"
    phase: Phase | None = None
    """None: a step of the cleanup."""
    kind: str
    detached: bool = False
    unit: str = ""


class StepStarted(StepEvent):
    """The target has taken the detached command on."""

    type: Literal["step_started"] = "step_started"
    unit: str = ""
    by: Literal["systemd", "setsid", ""] = ""
    remote: RemoteTime | None = None


class StepDone(StepEvent):
    """The step passed what it expects."""

    type: Literal["step_done"] = "step_done"
    seen: str = ""
    exit: int | None = None
    captured: Mapping[str, str] = {}
    kept: tuple[Kept, ...] = ()
    remote: RemoteTime | None = None


class StepFailed(StepEvent):
    """The step did not pass. `reached` is false when nobody could be asked."""

    type: Literal["step_failed"] = "step_failed"
    why: str
    seen: str = ""
    exit: int | None = None
    reached: bool = True
    kept: tuple[Kept, ...] = ()
    remote: RemoteTime | None = None


class StepSkipped(StepEvent):
    """The step was not run: unproven, never passed."""

    type: Literal["step_skipped"] = "step_skipped"
    why: Literal["dry-run", "tabletop", "earlier-failure", "aborted", "not-begun"]


class InDoubt(StepEvent):
    """
    Nobody knows whether the step took effect: the engine ended, the line broke, or the host was
    restarted in it.
    """

    type: Literal["in_doubt"] = "in_doubt"
    why: Literal["engine-ended", "connection-lost", "host-restarted", "unreadable"]


class DoubtResolved(StepEvent):
    """
    The doubt is gone. `happened`: the effect is there, and the step counts as done. `running`: the
    detached command goes on. `rerun`: it may be run again (it had no effect, or running it twice
    does no harm). `failed`: it ended badly.
    """

    type: Literal["doubt_resolved"] = "doubt_resolved"
    how: Literal["unit", "probe", "policy", "person"]
    says: Literal["happened", "running", "rerun", "failed"]
    by: str = ""
    seen: str = ""


class ProbeResult(StepEvent):
    """One look of a repeated check. `at_vantage` says from where."""

    type: Literal["probe_result"] = "probe_result"
    passed: bool
    seen: str = ""
    reached: bool = True
    seconds: Seconds = 0
    in_a_row: Annotated[int, Field(ge=0)] = 0
    vantage: str = ""
    holding: bool = False


class ServiceVerified(StepEvent):
    """
    The N-th success in a row. `first_seq` is the entry of the first of them, which is shown as
    "available since" and never judged.
    """

    type: Literal["service_verified"] = "service_verified"
    consecutive: Number
    first_seq: Number
    hold: Seconds = 0


class HoldBroken(StepEvent):
    """A failure in the hold: the clock goes on as if it had never stopped."""

    type: Literal["hold_broken"] = "hold_broken"
    seen: str = ""
    reason: Literal["failed", "gap"] = "failed"


class HoldKept(StepEvent):
    """The service went on through the whole hold."""

    type: Literal["hold_kept"] = "hold_kept"


class NegativeControl(StepEvent):
    """
    The check ran before the restore, where it must fail. `failed_as_it_must` false: the check
    measures production, or nothing. `reached` false: it failed only since nobody answered.
    """

    type: Literal["negative_control"] = "negative_control"
    failed_as_it_must: bool
    reached: bool = True
    seen: str = ""


class CanarySeen(StepEvent):
    """
    What the heartbeats of a restored system say (`drill.canary`).

    `newest_at` is the time written in the newest valid one; `loss_seconds` is from there to T0,
    never less than nothing; `missing` are gaps in the numbers, as [first, last]; `invalid` have a
    wrong MAC.
    """

    type: Literal["canary_seen"] = "canary_seen"
    system: str
    valid: Annotated[int, Field(ge=0)]
    invalid: Annotated[int, Field(ge=0)] = 0
    newest_number: int | None = None
    newest_at: Moment | None = None
    oldest_at: Moment | None = None
    missing: tuple[tuple[int, int], ...] = ()
    loss_seconds: Seconds | None = None
    host: str = ""


class ResourceTouched(Event):
    """
    The engine used something: a host, a secret's store, a name server, a copy. `resources` are the
    names that the plan gives to what it stands on; `lost` are those that the scenario destroyed.
    """

    type: Literal["resource_touched"] = "resource_touched"
    kind: Literal["host", "secret", "name", "copy", "url"]
    name: str
    resources: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


class CopyIdentified(StepEvent):
    """Which copy is restored: its kind, identity, hash and age, as far as a step found them."""

    type: Literal["copy_identified"] = "copy_identified"
    copy_used: Literal["offline", "immutable", "online", "none"]
    identity: str
    sha256: str = ""
    taken_at: Moment | None = None


# ---------------------------------------------------------------------------------------------
# People
# ---------------------------------------------------------------------------------------------


class ManualAsked(StepEvent):
    """The drill waits for people from here on."""

    type: Literal["manual_asked"] = "manual_asked"
    role: str
    who: tuple[str, ...] = ()
    four_eyes: bool = False


class ManualSigned(StepEvent):
    """A signature. `accepted` false fails the step. `own`: it is the operator of this drill."""

    type: Literal["manual_signed"] = "manual_signed"
    by: str
    role: str
    accepted: bool = True
    own: bool = False
    note: str = ""
    kept: tuple[Kept, ...] = ()


# ---------------------------------------------------------------------------------------------
# Clocks
# ---------------------------------------------------------------------------------------------


class ClockStep(Event):
    """UTC of the operator's machine was stepped; negative is back."""

    type: Literal["clock_step"] = "clock_step"
    seconds: float


class SuspendSeen(Event):
    """The operator's machine slept that long. It counts."""

    type: Literal["suspend_seen"] = "suspend_seen"
    seconds: Seconds


class RebootSeen(Event):
    """The operator's machine, or the one that takes over, is in another boot than before."""

    type: Literal["reboot_seen"] = "reboot_seen"
    before: str
    seconds: float
    """Difference of UTC; negative when the clock went back, and then no span across it is valid."""


class HostOffset(Event):
    """How far a host's clock is ahead, best of several exchanges, and how wrong that may be."""

    type: Literal["host_offset"] = "host_offset"
    host: str
    seconds: float
    bound: Seconds
    exchanges: Number


class ObservationGap(Event):
    """
    Nobody looked for that long (sleep, crash, lost line). Success cannot be claimed inside, and
    the count of successes begins anew after it.
    """

    type: Literal["observation_gap"] = "observation_gap"
    seconds: Seconds
    step: str = ""


class TimingInvalid(Event):
    """A span would have been negative: nothing of this drill may be called measured."""

    type: Literal["timing_invalid"] = "timing_invalid"
    why: str


AnyEvent = Annotated[
    JournalOpened | DrillRegistered | Approved | LeaseTaken | Adopted | GuardPassed | GuardRefused
    | Started | PhaseStarted | Note | MilestoneReached | Declared | DeclaredRecovered
    | AbortRequested | Closed | Anchored | StepIntent | StepStarted | StepDone | StepFailed
    | StepSkipped | InDoubt | DoubtResolved | ProbeResult | ServiceVerified | HoldBroken | HoldKept
    | NegativeControl | CanarySeen | ResourceTouched | CopyIdentified | ManualAsked | ManualSigned
    | ClockStep | SuspendSeen | RebootSeen | HostOffset | ObservationGap | TimingInvalid,
    Field(discriminator="type"),
]  # fmt: skip

#: What only the process that holds the lease may write.
EXECUTION: Final = (
    PhaseStarted, StepEvent, GuardPassed, GuardRefused, Started, Closed, ClockStep, SuspendSeen,
    RebootSeen, HostOffset, ObservationGap, TimingInvalid, ResourceTouched, Declared,
    DeclaredRecovered, MilestoneReached,
)  # fmt: skip


def needs_lease(event: Event) -> bool:
    """Whether only the process that runs the drill may write this."""
    if isinstance(event, ManualSigned):
        return False
    if isinstance(event, DoubtResolved):
        return event.how != "person"
    return isinstance(event, EXECUTION)


class Entry(Frozen):
    """
    One line of the journal.

    `drill` is the number of the drill, None for the ledger itself. `actor` is who ran the command
    (account and host), `fence` the lease under which it was written, 0 without one.
    """

    seq: Number
    prev: Sha256
    drill: Number | None = None
    at: Stamp
    actor: str
    machine: str
    fence: Annotated[int, Field(ge=0)] = 0
    event: AnyEvent

    @property
    def hash(self) -> str:
        """The entry's place in the chain."""
        return entry_hash(self.text)

    @property
    def text(self) -> bytes:
        """The canonical text, which is what is stored and hashed."""
        return canonical(self.model_dump(mode="json"))


ENTRY: Final[TypeAdapter[Entry]] = TypeAdapter(Entry)


def canonical(value: Any) -> bytes:
    """JSON with sorted keys, no blanks, UTF-8; a NaN is refused."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def entry_hash(text: bytes) -> str:
    """SHA-256 of an entry's text."""
    return sha256(HASH_PREFIX + text).hexdigest()


#: Every type of event, by its name in the journal.
TYPES: Final[Mapping[str, type[Event]]] = {
    each.model_fields["type"].default: each
    for each in (
        JournalOpened, DrillRegistered, Approved, LeaseTaken, Adopted, GuardPassed, GuardRefused,
        Started, PhaseStarted, Note, MilestoneReached, Declared, DeclaredRecovered, AbortRequested,
        Closed, Anchored, StepIntent, StepStarted, StepDone, StepFailed, StepSkipped, InDoubt,
        DoubtResolved, ProbeResult, ServiceVerified, HoldBroken, HoldKept, NegativeControl,
        CanarySeen, ResourceTouched, CopyIdentified, ManualAsked, ManualSigned, ClockStep,
        SuspendSeen, RebootSeen, HostOffset, ObservationGap, TimingInvalid,
    )
}  # fmt: skip
