"""`checks test`: what a check in YAML says of its own examples and of a bundle's evidence."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cdso_audit.checking import Check
from cdso_audit.cli import console
from cdso_audit.declarative import CheckFile, Lost, Tried, parse_check, tried, where_lost
from cdso_audit.evaluate import Selection, evaluate
from cdso_audit.evidence import Evidence
from cdso_audit.facts.reading import kind_of, snapshot
from cdso_audit.language import said
from cdso_audit.model import Asset, Finding, Outcome, System
from cdso_audit.store.evidence import unpack
from cdso_audit.store.files import read
from cdso_audit.yamlfile import parse

#: How many names of what a fact holds are spelled out.
NAMED = 12


@dataclass(frozen=True, slots=True)
class Row:
    """A finding, and where the path of the check left the fact, if it did."""

    finding: Finding
    lost: Lost | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """Everything that was tried."""

    check: Check[Any]
    field: str
    tests: tuple[Tried, ...]
    rows: tuple[Row, ...] | None
    """None: no bundle was given."""

    @property
    def holds(self) -> bool:
        """Whether every test of the file's own holds."""
        return all(each.holds for each in self.tests)

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "check": self.check.about.id,
            "tests": [
                {
                    "line": each.place.line,
                    "seen": each.seen,
                    "wanted": each.wanted.value,
                    "outcome": each.verdict.outcome.value,
                    "message": each.verdict.message,
                }
                for each in self.tests
            ],
            "findings": [
                {
                    "asset": each.finding.asset,
                    "subject": each.finding.subject,
                    "outcome": each.finding.outcome.value,
                    "message": each.finding.message,
                    "seen": each.finding.seen,
                    "expected": each.finding.expected,
                    "known": list(each.lost.known) if each.lost else [],
                }
                for each in self.rows or ()
            ],
        }


def trial(file: Path, bundle: Path | None) -> Trial:
    """Read the check, run its tests, judge the bundle. Raises ConfigError, VerificationError."""
    text = read(file)
    check = parse_check(text, str(file))
    field = str(CheckFile.model_validate(parse(text, str(file)).data).field)
    rows = None
    if bundle is not None:
        rows = tuple(_rows(check, field, unpack(bundle)))
    return Trial(check, field, tried(text, str(file)), rows)


def _rows(check: Check[Any], field: str, evidence: Evidence) -> Iterator[Row]:
    selection = Selection(check, check.parameters)
    for system in evidence.run.agency.systems:
        for asset in system.assets:
            if selection.applies_to(asset):
                yield from _of_asset(selection, field, system, asset, evidence)


def _of_asset(
    selection: Selection, field: str, system: System, asset: Asset, evidence: Evidence
) -> Iterator[Row]:
    observations = evidence.observations.get(asset.id, ())
    at = min((each.at for each in observations), default=evidence.run.started_at)
    seen = snapshot(asset, system, observations, [selection.check.fact], at=at)
    by_probe = {each.probe: each for each in observations}
    facts = {each.subject: each for each in seen.facts}
    for finding in evaluate(seen, asset, system, [selection], by_probe, evidence.run.agency.lists):
        fact = facts.get(finding.subject)
        unknown = finding.outcome is Outcome.UNKNOWN and fact is not None
        yield Row(finding, where_lost(fact, field) if unknown and fact else None)


def told(trial: Trial) -> Iterator[str]:
    """The trial in words, a line each."""
    about = trial.check.about
    yield console.tell("{id}: the file is a valid check", id=about.id)
    for each in trial.tests:
        mark = "✓" if each.holds else "✗"
        line = f"{mark} {each.place.line}: {each.seen or '-'} → {_outcome(each.verdict.outcome)}"
        if not each.holds:
            line += " · " + console.tell("should be {wanted}", wanted=_outcome(each.wanted))
            line += f" · {_message(each.verdict.template, dict(each.verdict.values))}"
        yield line
    if trial.tests:
        held = sum(each.holds for each in trial.tests)
        yield console.tell("{held} of {all} tests hold", held=held, all=len(trial.tests))
    else:
        yield console.tell("The file has no tests of its own: add `tests:` with an example each.")
    if trial.rows is not None:
        yield ""
        yield from _against(trial)


def _against(trial: Trial) -> Iterator[str]:
    kind = kind_of(trial.check.fact)
    rows = trial.rows or ()
    if not rows:
        yield console.tell("No asset of the bundle has the fact {kind}.", kind=kind)
    for row in rows:
        found = row.finding
        yield f"{found.asset} · {found.subject} · {_outcome(found.outcome)}"
        yield f"    {_message(found.template, dict(found.values))}"
        if found.seen or found.expected:
            yield "    " + console.tell(
                "seen: {seen}; expected: {expected}",
                seen=found.seen or "-",
                expected=found.expected or "-",
            )
        if found.known_by is not None:
            yield "    " + console.tell(
                "known by: {how}; evidence: {evidence}",
                how=found.known_by.value,
                evidence=", ".join(each[:23] for each in found.evidence) or "-",
            )
        if row.lost is not None:
            yield "    " + _lost(row.lost)
    counts = {each: sum(row.finding.outcome is each for row in rows) for each in Outcome}
    yield " · ".join(f"{_outcome(each)} {number}" for each, number in counts.items() if number)


def _lost(lost: Lost) -> str:
    """What to write instead, where the path leaves the fact."""
    place = f"{lost.after}." if lost.after else ""
    if lost.near:
        return console.tell("did you mean {near}?", near=f"{place}{lost.near}")
    few = ", ".join(lost.known[:NAMED]) + (" …" if len(lost.known) > NAMED else "")
    return console.tell("there is: {known}", known=few or "-")


_OUTCOME_TEXT = {
    Outcome.PASS: "pass",
    Outcome.FAIL: "fail",
    Outcome.NOT_APPLICABLE: "not applicable",
    Outcome.UNKNOWN: "unknown",
    Outcome.ERROR: "error",
}


def _outcome(outcome: Outcome) -> str:
    return console.word(_OUTCOME_TEXT[outcome])


def _message(template: str, values: dict[str, Any]) -> str:
    return said(template, values, console.lang())
