"""What a run is and what it saw: enough to compute its result again. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cdso_audit.confirming import Confirmation
from cdso_audit.drill.forecast.result import Forecast
from cdso_audit.drill.proof import DrillResult
from cdso_audit.facts.reading import Observation
from cdso_audit.model import Agency, Attestation, Frozen, Notice, Waiver
from cdso_audit.result import Instant, Tool

SCHEMA = "cdso/evidence-v1"


class Run(Frozen):
    """What a run was: enough, with the observations, to compute its result again."""

    schema_version: str = SCHEMA
    tool: Tool
    started_at: Instant
    finished_at: Instant | None = None
    rulebook: str
    beside: tuple[str, ...] = ()
    """The rulebooks that were asked for beside it."""
    by_approval: bool = False
    """Nobody chose a rulebook: an earlier one governs what was approved under it."""
    agency: Agency
    systems: tuple[str, ...] = ()
    assets: tuple[str, ...] = ()
    declarative: Mapping[str, str] = {}
    """Declarative checks by file name, since the result depends on them."""
    attestations: tuple[Attestation, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    drills: tuple[DrillResult, ...] = ()
    playbooks: Mapping[str, str] = {}
    """The hashes of the playbooks as they were at this run, by id: has one changed since?"""
    forecast: Forecast | None = None
    confirmations: tuple[Confirmation, ...] = ()
    """The owner's confirmations of experimental checks."""
    notices: tuple[Notice, ...] = ()
    """What was seen of the agency's papers when the run began: a changed document, a level."""
    plan: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A run with everything that was observed, by asset."""

    run: Run
    observations: Mapping[str, tuple[Observation, ...]] = field(default_factory=dict)
    manifest_sha256: str = ""
    files: int = 0
    result: bytes | None = None
    """The result that came with it, as bytes, if one did."""
