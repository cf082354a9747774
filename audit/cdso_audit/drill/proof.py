"""
What one drill proves, as types that keep apart what was measured, projected, rehearsed, discussed.

A claim is exactly one of `Claim`; only `Measured` has a time that was measured, only
`ProjectedOutage` one that was computed (always an interval), and those below have none, so that no
template can print one for the other. `drill.assess` makes them from the events; nothing here does.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from cdso_audit.drill.statistics import AtLeast, Measured, Projected, Restore
from cdso_audit.model import Frozen, Text

# ---------------------------------------------------------------------------------------------
# The evidence ladder
# ---------------------------------------------------------------------------------------------

Level = Literal[0, 1, 2, 3, 4, 5, 6]
"""
0 tabletop · 1 validated dry run · 2 backup readable · 3 sample restored and data proved · 4 full
data restored on an isolated target, seen from outside · 5 that with dependencies, the real team,
the offline copy, unannounced · 6 real switchover.
"""


class Discussed(Frozen):
    """L0: people talked it through. No time."""

    kind: Literal["discussed"] = "discussed"
    level: Literal[0] = 0


class Rehearsed(Frozen):
    """L1: everything was looked at and nothing was done. No time."""

    kind: Literal["rehearsed"] = "rehearsed"
    level: Literal[1] = 1


class Readable(Frozen):
    """L2: the copy could be read, or more was done that proves no more. No time."""

    kind: Literal["readable"] = "readable"
    level: Literal[2] = 2


class Sampled(Frozen):
    """L3 without a number: a part was restored and proved, and `why` says why nothing follows."""

    kind: Literal["sampled"] = "sampled"
    level: Literal[3] = 3
    why: Text


class ProjectedOutage(Frozen):
    """
    L3: what the whole recovery would take, computed; never "measured".

    `before` is what passed before the first restored byte, as it was; `rest` is everything after
    it, projected to the full size. The bounds are one-sided 95 % prediction bounds.
    """

    kind: Literal["projected"] = "projected"
    level: Literal[3] = 3
    before: timedelta
    rest: Projected
    notices: tuple[Text, ...] = ()

    @property
    def low(self) -> timedelta:
        """The lower bound of the whole."""
        return self.before + self.rest.low

    @property
    def median(self) -> timedelta:
        """The median of the whole."""
        return self.before + self.rest.median

    @property
    def high(self) -> timedelta:
        """The upper bound of the whole."""
        return self.before + self.rest.high


class NotHeld(Frozen):
    """Nothing is claimed: the drill did not begin, or goes on elsewhere."""

    kind: Literal["not-held"] = "not-held"
    why: Text


Claim = Annotated[
    Discussed | Rehearsed | Readable | Sampled | ProjectedOutage | Measured | AtLeast | NotHeld,
    Field(discriminator="kind"),
]
"""What may be said of the time. `AtLeast` is a drill that did not reach its end: it took longer."""


class LevelCap(Frozen):
    """Why the drill proves no more than this level, and what would lift it."""

    to: Level
    rule: str
    why: Text
    do: Text


class Verdict(StrEnum):
    """A claim beside the longest outage allowed."""

    IN_TIME = "in-time"
    LATE = "late"
    LIKELY_IN_TIME = "likely-in-time"
    LIKELY_LATE = "likely-late"
    OPEN = "open"
    NOT_RECOVERED = "not-recovered"
    NOT_MEASURED = "not-measured"


# ---------------------------------------------------------------------------------------------
# Times
# ---------------------------------------------------------------------------------------------

StartName = Literal["outage", "inject", "detected", "declared", "restore-started"]
StopName = Literal["verified", "hold-kept", "accepted", "backup-taken", "closed"]


class Mark(Frozen):
    """A moment, counted from the earliest provable start; `bound` is how much that may be wrong."""

    name: str
    at: timedelta
    bound: timedelta = timedelta(0)
    wall: AwareDatetime | None = None
    by: str = ""


class Interval(Frozen):
    """From one of the starts to the verified stop. `judged` is the one that the verdict uses."""

    start: StartName
    length: timedelta
    bound: timedelta = timedelta(0)
    judged: bool = False


class PhaseTime(Frozen):
    """A phase on the drill's clock, beside its budget."""

    phase: str
    began: timedelta
    spent: timedelta
    budget: timedelta | None = None

    @property
    def over(self) -> timedelta:
        """By how much the budget was exceeded."""
        if self.budget is None:
            return timedelta(0)
        return max(self.spent - self.budget, timedelta(0))


class StepTime(Frozen):
    """A step on the drill's clock. `work` is the target's own time of a detached command."""

    id: str
    title: Text
    phase: str
    """Empty for a step of the cleanup."""
    by: Literal["machine", "people", "wait"]
    status: str
    began: timedelta
    ended: timedelta | None = None
    work: timedelta | None = None
    failures: int = 0
    doubts: int = 0
    why: str = ""
    critical: bool = False
    """On the critical path: had it been shorter, service would have been back sooner."""


class ClockNotes(Frozen):
    """What happened to the clocks. None of it is ever subtracted."""

    steps: tuple[timedelta, ...] = ()
    slept: timedelta = timedelta(0)
    reboots: int = 0
    unobserved: timedelta = timedelta(0)
    gaps: int = 0
    bound: timedelta = timedelta(0)
    """How much the judged time may be wrong."""
    invalid: str = ""


# ---------------------------------------------------------------------------------------------
# Proofs
# ---------------------------------------------------------------------------------------------

ProofState = Literal["passed", "failed", "not-run"]


class Control(Frozen):
    """
    A check that ran before the restore, where it must fail.

    `unreached`: it failed since nobody answered, so it does not show that it tells good data from
    bad; it does show that it does not look at production.
    """

    step: str
    title: Text
    state: Literal["failed-as-it-must", "unreached", "passed", "absent"]


class DataProof(Frozen):
    """A check of the restored data. Not run is unproved, never passed."""

    step: str
    title: Text
    kind: str
    state: ProofState
    seen: str = ""


class ServiceProof(Frozen):
    """How the service was seen from outside. `available_since` is never judged."""

    step: str
    title: Text
    vantage: str = ""
    outside: bool
    needed: int
    looks: int = 0
    looks_failed: int = 0
    available_since: timedelta | None = None
    verified: timedelta | None = None
    spread: timedelta | None = None
    """From the first to the last of the successes in a row that count."""
    held: timedelta | None = None
    hold_needed: timedelta | None = None
    holds_broken: int = 0
    state: ProofState = "not-run"


class CanaryProof(Frozen):
    """What the heartbeats say of one restored system."""

    system: str
    step: str
    state: ProofState
    valid: int = 0
    invalid: int = 0
    missing: int = 0
    newest_at: AwareDatetime | None = None
    loss: timedelta | None = None
    refused: Text | None = None
    """Why the loss is not believed: the host's clock was too far off."""


class CopyProof(Frozen):
    """Which copy was restored. `age` is at T0; None where nobody said when it was taken."""

    kind: Literal["offline", "immutable", "online", "none"]
    identity: str = ""
    sha256: str = ""
    taken_at: AwareDatetime | None = None
    age: timedelta | None = None
    looked_at: bool = False
    """Whether a step of the drill looked at it, or only the plan names it."""


class StepFault(Frozen):
    """A step that did not pass, in its own words."""

    step: str
    title: Text
    why: str


# ---------------------------------------------------------------------------------------------
# The whole
# ---------------------------------------------------------------------------------------------


class DrillResult(Frozen):
    """
    One drill, from its events. It survives without the journal, and names where that ends (`head`).

    All times count from the earliest provable start. `target` and `approved` are as the plan had
    them; the result of a later run compares with what is approved then.
    """

    id: str
    """The journal's name and the drill's number: the same for ever."""
    number: int
    journal: str
    head: str
    """The hash of the drill's last entry: what an auditor asks the verifier for."""
    playbook: str
    title: Text
    playbook_hash: str = ""
    scenario: str = ""
    system: str
    mode: Literal["tabletop", "dry-run", "sample", "full"]
    outcome: Literal["open", "succeeded", "failed", "aborted", "refused", "rehearsed", "superseded"]
    why: str = ""
    operator: str
    tool: str = ""
    registered_at: AwareDatetime
    held_at: AwareDatetime
    closed_at: AwareDatetime | None = None
    minimum_service: Text | None = None
    target: timedelta
    approved: timedelta | None = None
    rpo_target: timedelta | None = None

    level: Level | None = None
    """What it proves, after every cap. None: nothing."""
    reached: Level | None = None
    """What it would prove without the caps."""
    caps: tuple[LevelCap, ...] = ()
    claim: Claim
    verdict: Verdict

    marks: tuple[Mark, ...] = ()
    """The starts, and what came after the stop."""
    intervals: tuple[Interval, ...] = ()
    """To the verified stop, the largest first."""
    phases: tuple[PhaseTime, ...] = ()
    steps: tuple[StepTime, ...] = ()
    waited: timedelta = timedelta(0)
    """For people; it counts as any other time."""
    timeouts_called: int = 0
    clock: ClockNotes = ClockNotes()

    controls: tuple[Control, ...] = ()
    data: tuple[DataProof, ...] = ()
    services: tuple[ServiceProof, ...] = ()
    canaries: tuple[CanaryProof, ...] = ()
    loss: timedelta | None = None
    """The largest loss among the restored systems; None where it was not measured."""
    copy_used: CopyProof | None = None
    lost: tuple[str, ...] = ()
    lost_touched: tuple[str, ...] = ()
    faults: tuple[StepFault, ...] = ()
    cleanup_proved: bool = False
    declared_by: tuple[str, ...] = ()
    accepted_by: tuple[str, ...] = ()
    approved_by: tuple[str, ...] = ()
    self_approved: bool = False
    confirmed: bool = False
    """Two people, not the operator alone, signed that service is back."""
    adoptions: int = 0
    anchored: bool = False
    announced: bool = True
    differences: tuple[str, ...] = ()
    """What was not as it would be in earnest."""

    not_proved: tuple[Text, ...] = ()
    restore: Restore | None = None
    """For the statistics; an aborted one is kept as "longer than"."""
    data_gb: float | None = None
    software: Mapping[str, str] = {}
    """Versions of what was restored, as steps captured them under names that begin `version`."""

    @property
    def overspent(self) -> tuple[PhaseTime, ...]:
        """The phases that took longer than their budget, the worst first."""
        over = [each for each in self.phases if each.over]
        return tuple(sorted(over, key=lambda each: each.over, reverse=True))

    @property
    def recovered(self) -> bool:
        """Whether it stands as a recovery: measured, and confirmed by two people."""
        return isinstance(self.claim, Measured) and self.confirmed


# ---------------------------------------------------------------------------------------------
# Where a system stands
# ---------------------------------------------------------------------------------------------


class Recovery(Frozen):
    """
    Where a system stands by one playbook at the moment of a run, or without any drill at all.

    The drill that tells is the newest that was really held; a rehearsal never hides a failure.
    """

    system: str
    playbook: str = ""
    """Empty: never drilled."""
    title: Text | None = None
    drill: str = ""
    standing: Literal["never", "fresh", "ageing", "old"]
    """`ageing` from 90 days on, `old` from 180: no evidence of today any more."""
    age_days: int | None = None
    counts_until: date | None = None
    """The last day on which it counts in the score."""
    verdict: Verdict = Verdict.NOT_MEASURED
    """Beside the target of today."""
    holds: Literal["pass", "fail", "unknown"] = "unknown"
    """Whether recovery in time is proved today: measured, in time, confirmed, not old, not stale;
    `fail` when a drill was late or did not recover."""
    target: timedelta
    approved: timedelta | None = None
    stale: tuple[Text, ...] = ()
    """What has changed since, so that it must be drilled again."""
    attempts: int = 0
    recoveries: int = 0
    chance_low: float | None = None
    """The exact lower 95 % bound of the chance that the next attempt succeeds."""
    change: Literal["slower", "faster", "usual", "no-basis"] | None = None
    """The newest restore beside what the former ones predict."""
    actions: tuple[Text, ...] = ()
    """What is to be done, the most urgent first."""


class ForecastDriver(Frozen):
    """Where the time goes, or what a change would add to the chance."""

    what: Text
    share: float | None = None
    gain: float | None = None


class ForecastInfo(Frozen):
    """A stored forecast, as the report shows it. Computed, never measured."""

    made_at: AwareDatetime
    target: timedelta
    runs: int
    chance: float
    low: float
    high: float
    """The simulation's own error, and of nothing else."""
    p50: timedelta
    p90: timedelta
    on_paper: timedelta
    priors: int
    """Inputs that are assumptions."""
    systems: Mapping[str, float] = {}
    drivers: tuple[ForecastDriver, ...] = ()
    what_if: tuple[ForecastDriver, ...] = ()
