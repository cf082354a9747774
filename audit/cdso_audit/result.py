"""
`cdso/result-v1`: everything about one run, and the only thing that a renderer sees.

Both languages stand in it, so that a result renders alike today and in ten years. The JSON form is
canonical: sorted keys, UTF-8, no insignificant blanks changed between runs of the same evidence.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, ConfigDict, Field, PlainSerializer

from cdso_audit.confirming import Confirmation
from cdso_audit.drill.proof import DrillResult, ForecastInfo, Recovery
from cdso_audit.model import (
    AgencyIdentity,
    Approval,
    AssetKind,
    Attestation,
    Finding,
    Frozen,
    Gap,
    Severity,
    Status,
    System,
    Waiver,
    utc,
)
from cdso_audit.model import Text as Text  # noqa: PLC0414 - renderers take it from here

SCHEMA = "cdso/result-v1"

Instant = Annotated[AwareDatetime, PlainSerializer(utc, return_type=str, when_used="json")]


class Tool(Frozen):
    """What made the result."""

    name: str = "cdso-audit"
    version: str


# ---------------------------------------------------------------------------------------------
# Score
# ---------------------------------------------------------------------------------------------


class Cap(Frozen):
    """A ceiling on the score, with its reason and what pulls it down."""

    to: int
    rule: str
    """Which rule of scoring@1: `knock-out`, `critical`, `critical-waived`, `drill`, `drill-late`,
    `coverage`, `worst-system`, `evidence`. `cdso-audit explain` knows each."""
    reason: str
    reason_vi: str
    by: tuple[str, ...] = ()
    """Requirement ids (or service names for drills) behind the cap."""


class WayUp(Frozen):
    """One action that raises the score soonest, and the score it would give."""

    do: str
    do_vi: str
    value: float
    grade: str | None


class View(Frozen):
    """
    One view of `scoring@1`, floored to one decimal. `grade` is None when the coverage is under 50 %
    or the evidence was altered; the number still stands in `value`, and the caps say why.

    `low` and `high` are the ends before caps: all that is unproved failing, or passing. `drills`
    is None where drills do not count: in the technical view, and without an inventory.
    """

    value: float
    grade: str | None
    proved: float
    failed: float
    unproved: float
    drills: float | None
    low: float
    high: float
    coverage: float
    caps: tuple[Cap, ...] = ()
    way_up: tuple[WayUp, ...] = ()
    without_waivers: float | None = None


class Views(Frozen):
    """The two views, side by side, never mixed."""

    whole: View
    technical: View


class AgencyScore(Views):
    """The agency's score and the model that made it."""

    model: str = "scoring@1"


# ---------------------------------------------------------------------------------------------
# Rulebook as printed
# ---------------------------------------------------------------------------------------------


class Reference(Frozen):
    """Where a requirement stands: an instrument and its article or clause."""

    instrument: str
    title: Text
    clause: str
    authority: str
    """`law`, `decree`, `circular`, `standard`, `technical-regulation`, `directive`, `guidance`."""


class RequirementInfo(Frozen):
    """A requirement as the report prints it, at the level of the systems in this result."""

    id: str
    rule_set: str
    group: str
    title: Text
    text: Text
    references: tuple[Reference, ...]
    clause_by_level: Mapping[int, str]
    authority: str
    confidence: str
    confidence_by_level: Mapping[int, str] = {}
    """Where it is another one at a level; the levels that are missing have `confidence`."""
    binding: str
    verify: str
    severity: Severity
    knock_out: bool = False
    scored: bool = True
    proof: tuple[str, ...] = ()
    """What proves it as a whole, in order: `check:ID`, `attestation:document` (the paper that the
    rule asks for), `attestation:rest` (what checks do not see), `drill:ID`."""
    document: Text | None = None
    """What is to be shown or confirmed where an attestation proves it."""
    lists: tuple[str, ...] = ()
    """The owner's lists that its checks compare with."""


class GroupInfo(Frozen):
    """A chapter of the rulebook."""

    id: str
    title: Text


class RulebookInfo(Frozen):
    """Which rules judged, exactly."""

    id: str
    version: str
    sha256: str
    title: Text
    effective: str
    until: str | None = None
    note: Text | None = None
    groups: tuple[GroupInfo, ...] = ()
    requirements: tuple[RequirementInfo, ...] = ()


class CheckInfo(Frozen):
    """A check's texts, as they were when it judged."""

    id: str
    title: Text
    why: Text
    fix: Text
    severity: Severity
    fact: str
    origin: str = ""
    references: Mapping[str, tuple[str, ...]] = {}
    experimental: bool = False
    """Nobody of the project compared it with the real thing when it was written."""
    confirmed: tuple[Confirmation, ...] = ()
    """Who did since, where and when."""
    lists: tuple[str, ...] = ()
    """The owner's lists that it compares with."""


# ---------------------------------------------------------------------------------------------
# Per system
# ---------------------------------------------------------------------------------------------


ProofState = Literal["pass", "fail", "unknown", "not-applicable"]


class AssetState(Frozen):
    """A requirement on one asset (or on the system as a whole when `asset` is empty)."""

    asset: str
    state: ProofState
    technical: ProofState | None = None
    """By checks alone; None when no check that proves any of it exists for this asset."""
    knock_out: ProofState | None = None
    """By the knock-outs among its proofs; None when none of them exists for this asset."""
    waived: bool = False
    """It fails, and an approved, unexpired waiver accepts that."""
    by: tuple[str, ...] = ()
    """What decided: `finding:17`, `attestation:<until when>`, `drill:ID`, `declared:absent`."""
    missing: tuple[str, ...] = ()
    """Proof items that are not there: `check:ID`, `list:NAME` (the owner's list, or several with
    `+`, that its checks compare with), `attestation:document`, `attestation:rest` (what checks do
    not see), `drill:ID`. What is to be attested stands in `RequirementInfo.document`."""


class RequirementStatus(Frozen):
    """A requirement for one system, with what decided it."""

    id: str
    clause: str
    status: Status
    technical: Status | None = None
    """The status by machine proofs alone; None when no machine proves any of it."""
    by: tuple[str, ...] = ()
    assets: tuple[AssetState, ...] = ()
    parameters: Mapping[str, Any] = {}
    note: Text | None = None
    """Why it does not apply, or what would prove it."""


class AssetInfo(Frozen):
    """An asset as the report lists it."""

    id: str
    type: str
    kind: AssetKind
    address: str
    roles: tuple[str, ...] = ()
    taken_at: Instant | None = None
    looked_at: bool = True
    """Whether anything at all came back from it."""


class Beside(Frozen):
    """How one system stands by a rulebook beside the one that governs it; no gate looks at it."""

    rulebook: str
    binds_from: date | None = None
    """The day on which it takes the place of the one that governs the system now."""
    score: Views
    requirements: tuple[RequirementStatus, ...] = ()


class SystemResult(Frozen):
    """One system, judged by the rulebook that governs it, and beside it by others."""

    id: str
    name: str
    kind: str
    level: int
    approved: Approval | None = None
    depends_on: tuple[str, ...] = ()
    assets: tuple[AssetInfo, ...] = ()
    rulebook: str = ""
    """The rulebook that governs it: `score` and `requirements` are by that one. Empty in results
    of one rulebook."""
    score: Views
    requirements: tuple[RequirementStatus, ...] = ()
    beside: tuple[Beside, ...] = ()


class AgencyBeside(AgencyScore):
    """The agency by a rulebook that stands beside the governing one of every system."""

    rulebook: str


class FindingResult(Finding):
    """A finding with its message in Vietnamese beside the English one."""

    message_vi: str = ""
    beside: tuple[str, ...] = ()
    """The rulebooks, none of which governs the system, that alone judge by these parameters: no
    gate looks at it. Empty: it counts."""


class Command(Frozen):
    """One question that was put to one asset: the report's chapter on method."""

    asset: str
    probe: str
    via: str
    command: str
    root: bool
    why: Text
    run_as: str = ""
    at: Instant
    seconds: float
    exit_code: int | None = None
    gap: str | None = None
    bytes: int
    digest: str


class Deadline(Frozen):
    """A day by which the agency owes something for a system, and how it stands at this run."""

    system: str
    kind: Literal[
        "yearly-report-owner",
        "yearly-report-ministry",
        "transition-approve",
        "transition-comply",
        "attestation",
        "waiver",
    ]
    what: Text
    clause: str = ""
    due: date
    """The last day on which it is in time."""
    state: Literal["done", "later", "soon", "over"]
    """`soon`: within 60 days. `done`: a valid attestation says so."""
    by: tuple[str, ...] = ()
    """The requirements that it concerns."""


class ListInfo(Frozen):
    """One of the owner's lists: how it stands, and how much it would prove where it is lacking."""

    name: str
    title: Text
    file: str
    state: Literal["absent", "draft", "expired", "stands"]
    rows: int = 0
    confirmed_by: str = ""
    confirmed_on: date | None = None
    until: date | None = None
    """The last day on which it counts."""
    waits: int = 0
    """Requirements of all systems that a check leaves open for want of it."""
    proves: int = 0
    """Those of them that need nothing else of the machine."""
    points: float = 0
    """Points of the technical view of the system that gains most, were everything as it says."""
    unseen: int = 0
    """Of the register of devices: rows in use that no inventory names, so nobody looked at them."""


class EvidenceInfo(Frozen):
    """Where the raw evidence is and what proves it whole."""

    bundle: str = "bundle.zip"
    manifest_sha256: str = ""
    files: int = 0


class Result(Frozen):
    """All of one run."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Literal["cdso/result-v1"] = Field(default="cdso/result-v1", alias="schema")
    tool: Tool
    rulebook: RulebookInfo
    """The one that governs the first system, and with it as a rule all."""
    rulebooks: tuple[RulebookInfo, ...] = ()
    """The other rulebooks of this result, that govern a system or stand beside."""
    started_at: Instant
    finished_at: Instant
    agency: AgencyIdentity
    this_machine_only: bool = False
    score: AgencyScore
    beside: tuple[AgencyBeside, ...] = ()
    systems: tuple[SystemResult, ...] = ()
    checks: tuple[CheckInfo, ...] = ()
    findings: tuple[FindingResult, ...] = ()
    gaps: tuple[Gap, ...] = ()
    drills: tuple[DrillResult, ...] = ()
    """Every attempt, the refused, failed and aborted ones too."""
    recoveries: tuple[Recovery, ...] = ()
    """Where each system stands by its drills; a system without one stands there too."""
    forecast: ForecastInfo | None = None
    waivers: tuple[Waiver, ...] = ()
    attestations: tuple[Attestation, ...] = ()
    commands: tuple[Command, ...] = ()
    evidence: EvidenceInfo = EvidenceInfo()
    deadlines: tuple[Deadline, ...] = ()
    """What falls due, the soonest first."""
    lists: tuple[ListInfo, ...] = ()
    """The owner's lists that the requirements need, those that would prove most first."""
    notices: tuple[Text, ...] = ()
    """What a reader must know too: the standing of the 24-hour target, an unapproved level, …"""

    def system(self, name: str) -> SystemResult:
        """The system of that id; raises KeyError."""
        for each in self.systems:
            if each.id == name:
                return each
        raise KeyError(name)


def systems_by_id(systems: tuple[System, ...]) -> dict[str, System]:
    """The inventory's systems by id."""
    return {each.id: each for each in systems}
