"""
Snapshot + checks → findings. Pure.

The one promise: for each asset and each check that applies there is at least one finding, whatever
happened. A gap becomes `unknown`, a check that raises becomes `error`, a proof of absence becomes
`not-applicable` and carries its proof.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cdso_audit.checking import Check
from cdso_audit.facts.reading import Observation, Snapshot, kind_of, reader_for
from cdso_audit.model import (
    Asset,
    Context,
    Finding,
    Gap,
    GapReason,
    KnownBy,
    Lists,
    Outcome,
    System,
    Verdict,
)

#: How much of what was seen a finding repeats; the rest is in the evidence.
SEEN_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Selection:
    """A check with the parameters that the rulebook (or its own defaults) give it."""

    check: Check[Any]
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def applies_to(self, asset: Asset) -> bool:
        """Whether the check's fact exists on this kind of asset."""
        return reader_for(self.check.fact, asset) is not None


def evaluate(
    snapshot: Snapshot,
    asset: Asset,
    system: System,
    selections: Iterable[Selection],
    observations: Mapping[str, Observation] | None = None,
    lists: Lists | None = None,
) -> list[Finding]:
    """
    Judge one asset. `observations` let a finding cite the line of the evidence it saw, `lists` are
    those of the owner.
    """
    findings: list[Finding] = []
    told = lists or Lists()
    for selection in selections:
        if selection.applies_to(asset):
            findings.extend(_findings(snapshot, asset, system, selection, observations or {}, told))
    return findings


def _findings(
    snapshot: Snapshot,
    asset: Asset,
    system: System,
    selection: Selection,
    observations: Mapping[str, Observation],
    lists: Lists,
) -> Iterator[Finding]:
    check = selection.check
    kind = kind_of(check.fact)
    context = Context(
        at=snapshot.taken_at,
        asset=asset,
        system=system,
        parameters=selection.parameters,
        lists=lists,
    )

    def finding(
        subject: str,
        verdict: Verdict,
        probes: tuple[str, ...],
        *,
        known_by: KnownBy | None = None,
        gap: GapReason | None = None,
    ) -> Finding:
        return Finding(
            check=check.about.id,
            parameters=dict(selection.parameters),
            system=system.id,
            asset=asset.id,
            subject=subject,
            outcome=verdict.outcome,
            severity=check.about.severity,
            known_by=known_by,
            seen=verdict.seen[:SEEN_LIMIT],
            expected=verdict.expected[:SEEN_LIMIT],
            message=verdict.message,
            template=verdict.template,
            values=verdict.values,
            gap=gap,
            evidence=tuple(
                cited(snapshot.evidence[probe], verdict.seen, observations.get(probe))
                for probe in probes
                if probe in snapshot.evidence
            ),
            references=check.about.references,
        )

    said = False
    for fact in snapshot.facts:
        if fact.kind == kind:
            said = True
            verdict = _judged(check, fact, context)
            yield finding(fact.subject, verdict, fact.probes, known_by=fact.known_by)
    for gap in snapshot.gaps:
        if gap.fact == kind:
            said = True
            yield finding(gap.subject, _unknown(gap), gap.probes, gap=gap.reason)
    for absence in snapshot.absences:
        if absence.fact == kind:
            said = True
            verdict = Verdict(
                outcome=Outcome.NOT_APPLICABLE, template=absence.template, values=absence.values
            )
            yield finding(absence.subject, verdict, absence.probes)
    if not said:
        silent = Gap(fact=kind, reason=GapReason.BUG, detail="the snapshot does not mention it")
        yield finding(kind, _unknown(silent), (), gap=GapReason.BUG)


def _judged(check: Check[Any], fact: Any, context: Context) -> Verdict:
    unlisted = without_lists(check.about.lists, context)
    if unlisted is not None:
        return unlisted
    try:
        verdict = check.judge(fact, context)
        verdict.message  # noqa: B018 - a template that does not fit its values is an error of the check
    except Exception as problem:  # noqa: BLE001 - a check must never take the scan down
        return Verdict(
            outcome=Outcome.ERROR,
            template="the check broke: {problem}",
            values={"problem": f"{type(problem).__name__}: {problem}"},
        )
    return verdict


#: Why a list proves nothing. Translated by the catalogue.
LIST_TEXT = {
    "absent": "there is no list {name} to compare with: `cdso-audit lists draft --from BUNDLE` "
    "proposes lists/{name}.csv from what was seen",
    "draft": "the list {file} is a draft and proves nothing until somebody confirms it: correct "
    "it, then write confirmed_by and confirmed_on at its top",
    "expired": "the list {file} was confirmed on {on}, more than a year ago: look through it, then "
    "write a new confirmed_on",
}


def without_lists(names: Iterable[str], context: Context) -> Verdict | None:
    """The verdict when one of these lists is not there, or proves nothing at that moment."""
    for name in names:
        standing = context.lists.standing(name, context.at)
        if standing != "stands":
            found = context.lists.file_of(name)
            return Verdict(
                outcome=Outcome.UNKNOWN,
                template=LIST_TEXT[standing],
                values={
                    "name": name,
                    "file": found.file if found else "",
                    "on": f"{found.confirmed_on:%Y-%m-%d}" if found and found.confirmed_on else "",
                },
            )
    return None


#: What each reason for a gap means to a reader. Translated by the catalogue.
GAP_TEXT = {
    GapReason.UNREACHABLE: "could not be reached: {detail}",
    GapReason.REFUSED: "the connection was refused: {detail}",
    GapReason.TIMEOUT: "no answer in time: {detail}",
    GapReason.DENIED: "not allowed to look: {detail}",
    GapReason.UNPARSABLE: "the answer could not be understood: {detail}",
    GapReason.TOO_LARGE: "the answer was larger than the limit: {detail}",
    GapReason.MISSING_TOOL: "the program needed to look is missing: {detail}",
    GapReason.UNDECLARED: "the inventory does not say where to look: {detail}",
    GapReason.BUG: "a fault of this tool: {detail}",
}


def _unknown(gap: Gap) -> Verdict:
    return Verdict.unknown(GAP_TEXT[gap.reason], detail=gap.detail or "no details")


def cited(digest: str, seen: str, observation: Observation | None) -> str:
    """The evidence's name, with the line when what was seen is one whole line of it."""
    first = seen.splitlines()[0].strip() if seen.strip() else ""
    if first and observation is not None:
        lines = observation.output.decode("utf-8", "replace").splitlines()
        for number, line in enumerate(lines, start=1):
            if line.strip() == first:
                return f"{digest}#L{number}"
    return digest
