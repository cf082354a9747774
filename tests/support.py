"""
What the tests of checks share: a case is raw output in, a verdict out, through the real reader.

No mock stands between: the probes' outputs are what real programs printed, and reader and check are
the product's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cdso_audit.checking import Check
from cdso_audit.evaluate import Selection, evaluate
from cdso_audit.facts.reading import Observation, Probe, reader_for, snapshot
from cdso_audit.model import (
    Asset,
    Declared,
    Finding,
    GapReason,
    HostAsset,
    Lists,
    Outcome,
    System,
)
from cdso_audit.plugins import installed_checks

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOST = HostAsset(id="web1", host="198.18.77.10")
SYSTEM = System(id="dvc", name="Portal", level=3, assets=(HOST,))


@dataclass(frozen=True, slots=True)
class Answer:
    """What a probe gave back: text, an exit code, standard error; or a gap."""

    text: str | bytes = ""
    code: int = 0
    errors: str = ""
    gap: GapReason | None = None
    detail: str = ""


MISSING_TOOL = Answer(gap=GapReason.MISSING_TOOL, detail="not installed")
DENIED = Answer(gap=GapReason.DENIED, detail="sudo: a password is required")
SUDO_REFUSED = DENIED


@dataclass(frozen=True, slots=True)
class Case:
    """
    One row of a check's table. `answers` is probe → text or Answer. `outcome` is the verdict that
    every finding must have; `outcomes` gives it by subject where they differ. `says` must stand in
    the messages, `at` is the moment of the snapshot.
    """

    name: str
    answers: Mapping[Probe, str | Answer]
    outcome: Outcome | None = None
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    says: str = ""
    at: datetime = AT
    parameters: Mapping[str, Any] = field(default_factory=dict)
    declared: Declared | None = None
    asset: Asset = HOST
    lists: Lists | None = None

    def __str__(self) -> str:
        return self.name


def observation(probe: Probe, answer: str | Answer, at: datetime = AT) -> Observation:
    """An observation as a collector would have made it."""
    given = Answer(answer) if isinstance(answer, str) else answer
    text = given.text.encode() if isinstance(given.text, str) else given.text
    return Observation(
        probe=probe.id,
        asset="web1",
        gap=given.gap,
        detail=given.detail,
        exit_code=None if given.gap else given.code,
        at=at,
        output=text,
        errors=given.errors.encode(),
    )


def findings(check: Check[Any], case: Case) -> list[Finding]:
    """Read the case's answers, judge them, and hand back what the report would show."""
    system = (
        SYSTEM if case.declared is None else SYSTEM.model_copy(update={"declared": case.declared})
    )
    system = system.model_copy(update={"assets": (case.asset,)})
    seen = [observation(probe, answer, case.at) for probe, answer in case.answers.items()]
    found = snapshot(case.asset, system, seen, [check.fact], at=case.at)
    chosen = Selection(check, check.with_parameters(case.parameters))
    by_probe = {each.probe: each for each in seen}
    return evaluate(found, case.asset, system, [chosen], by_probe, case.lists)


def agree(check: Check[Any], case: Case) -> None:
    """Assert that the check says of the case what the table says."""
    found = findings(check, case)
    told = "; ".join(f"{each.subject}: {each.outcome} ({each.message})" for each in found)

    assert found, "no finding at all: silence"
    if case.outcomes:
        assert {each.subject: each.outcome for each in found} == case.outcomes, told
    if case.outcome is not None:
        assert {each.outcome for each in found} == {case.outcome}, told
    assert case.says in told, told


def shipped(name: str) -> Check[Any]:
    """The check of that id as it comes with the program, whatever it is written in."""
    return installed_checks()[name]


def asked(check: Check[Any], case: Case) -> set[str]:
    """The probes of the check's reader, to see that a case answers every one of them."""
    found = reader_for(check.fact, case.asset)
    return {probe.id for probe in found.probes} if found else set()
