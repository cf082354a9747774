"""What our checks say of a saved machine: every check of hosts, by its own defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.corpus.machines import HERE

from cdso_audit.evaluate import Selection, evaluate
from cdso_audit.facts.reading import kind_of, reader_for, snapshot
from cdso_audit.plugins import installed_checks
from cdso_audit.store.evidence import unpack

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cdso_audit.model import Finding

BUNDLES: Final = HERE / "bundles"
GOLDEN: Final = HERE / "golden"


@dataclass(frozen=True, slots=True)
class Judged:
    """The findings on one machine, and the checks that its evidence is too old for."""

    findings: tuple[Finding, ...]
    unasked: tuple[str, ...]
    """Checks one of whose questions is not as it was when the evidence was made."""


def judged(name: str) -> Judged:
    """Judge the saved evidence of a machine."""
    evidence = unpack(BUNDLES / f"{name}.zip")
    system = evidence.run.agency.systems[0]
    asset = system.assets[0]
    observations = evidence.observations[asset.id]
    by_probe = {each.probe: each for each in observations}
    asked = {each["id"]: each["command"] for plan in evidence.run.plan for each in plan["probes"]}
    chosen, unasked = [], []
    for check in installed_checks().values():
        found = reader_for(check.fact, asset)
        if found is None:
            continue
        if any(asked.get(each.id) != each.command for each in found.probes):
            unasked.append(check.about.id)
        else:
            chosen.append(Selection(check, check.parameters))
    facts = {kind_of(each.check.fact): each.check.fact for each in chosen}
    at = min(each.at for each in observations)
    seen = snapshot(asset, system, observations, facts.values(), at=at)
    findings = evaluate(seen, asset, system, chosen, by_probe, evidence.run.agency.lists)
    return Judged(tuple(findings), tuple(sorted(unasked)))


def words(findings: Iterable[Finding]) -> str:
    """One line a finding, for a person to review and for a diff to show."""
    return "".join(
        sorted(
            f"{each.outcome:14} {each.check} | {each.subject} | {' '.join(each.message.split())}\n"
            for each in findings
        )
    )


def rows(text: str) -> set[tuple[str, str, str]]:
    """Outcome, check and subject of each line: what is compared. The rest of it is for people."""
    found = set()
    for line in text.splitlines():
        outcome, rest = line.split(maxsplit=1)
        check, subject, _ = rest.split(" | ", 2)
        found.add((outcome, check, subject))
    return found
