"""
What every renderer asks of a result: the same findings in the same order, grouped and counted.

Order and counts only. Scores, grades, outcomes and statuses are taken as they stand.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from cdso_audit.model import Finding, Outcome, Severity
from cdso_audit.result import (
    AssetInfo,
    CheckInfo,
    FindingResult,
    RequirementInfo,
    Result,
    SystemResult,
    Text,
)
from cdso_reports.words import VIETNAM, fixed, say

#: From what must be done to what is done.
OUTCOME_ORDER = {
    Outcome.FAIL: 0,
    Outcome.ERROR: 1,
    Outcome.UNKNOWN: 2,
    Outcome.NOT_APPLICABLE: 3,
    Outcome.PASS: 4,
}
SEVERITY_ORDER = {each: order for order, each in enumerate(Severity)}


def rank(finding: Finding) -> tuple[int, int, str, str, str, str]:
    """Where a finding stands in every list: outcome, severity, check, system, asset, subject."""
    return (
        OUTCOME_ORDER[finding.outcome],
        SEVERITY_ORDER[finding.severity],
        finding.check,
        finding.system,
        finding.asset,
        finding.subject,
    )


def reason(finding: Finding) -> str:
    """Why a finding is inconclusive: a gap's reason, `broke`, or `undecided`."""
    if finding.outcome is Outcome.ERROR:
        return "broke"
    return finding.gap.value if finding.gap else "undecided"


def message(finding: FindingResult) -> Text:
    """
    The finding's message in both languages; English stands in where no Vietnamese came.

    What only a rulebook asks for that does not grade the system says so.
    """
    told = Text(vi=finding.message_vi or finding.message, en=finding.message)
    if not finding.beside:
        return told
    return say("{message} (only by {books})", message=told, books=", ".join(finding.beside))


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one check that have one outcome."""

    check: CheckInfo
    outcome: Outcome
    severity: Severity
    findings: tuple[FindingResult, ...]

    @property
    def assets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.asset for each in self.findings))


@dataclass(frozen=True, slots=True)
class Blind:
    """What was not looked at for one reason."""

    reason: str
    findings: tuple[FindingResult, ...]

    @property
    def assets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.asset for each in self.findings))

    @property
    def checks(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.check for each in self.findings))


class Outline:
    """A result seen by those who print it."""

    def __init__(self, result: Result) -> None:
        self.result = result

    @cached_property
    def checks(self) -> dict[str, CheckInfo]:
        return {each.id: each for each in self.result.checks}

    @cached_property
    def requirements(self) -> dict[str, RequirementInfo]:
        books = (self.result.rulebook, *self.result.rulebooks)
        return {each.id: each for book in reversed(books) for each in book.requirements}

    @cached_property
    def systems(self) -> dict[str, SystemResult]:
        return {each.id: each for each in self.result.systems}

    @cached_property
    def assets(self) -> dict[str, AssetInfo]:
        return {asset.id: asset for system in self.result.systems for asset in system.assets}

    def check(self, name: str) -> CheckInfo:
        """A check's texts; a check that the result does not describe gets its id for a title."""
        found = self.checks.get(name)
        if found is not None:
            return found
        return CheckInfo(
            id=name,
            title=fixed(name),
            why=fixed(""),
            fix=fixed(""),
            severity=Severity.MEDIUM,
            fact="",
        )

    @cached_property
    def findings(self) -> tuple[FindingResult, ...]:
        """Every finding, worst first."""
        return tuple(sorted(self.result.findings, key=rank))

    @cached_property
    def counts(self) -> Counter[Outcome]:
        return Counter(each.outcome for each in self.result.findings)

    def groups(self, *outcomes: Outcome, system: str | None = None) -> tuple[Group, ...]:
        """
        By check, worst first; within a severity the check that fails on most assets leads. What
        only a rulebook beside asks for is not among them.
        """
        held: dict[tuple[str, Outcome], list[FindingResult]] = defaultdict(list)
        for each in self.findings:
            if each.outcome in outcomes and system in (None, each.system) and not each.beside:
                held[each.check, each.outcome].append(each)
        made = [
            Group(
                check=self.check(name),
                outcome=outcome,
                severity=found[0].severity,
                findings=tuple(found),
            )
            for (name, outcome), found in held.items()
        ]
        made.sort(
            key=lambda each: (
                SEVERITY_ORDER[each.severity],
                -len(each.assets),
                OUTCOME_ORDER[each.outcome],
                each.check.id,
            )
        )
        return tuple(made)

    def blind(self, system: str | None = None) -> tuple[Blind, ...]:
        """What could not be looked at, by reason, the commonest first."""
        held: dict[str, list[FindingResult]] = defaultdict(list)
        for each in self.findings:
            if each.outcome in (Outcome.UNKNOWN, Outcome.ERROR) and system in (None, each.system):
                held[reason(each)].append(each)
        return tuple(
            Blind(reason=name, findings=tuple(found))
            for name, found in sorted(held.items(), key=lambda item: (-len(item[1]), item[0]))
        )

    def unseen_assets(self, system: str | None = None) -> tuple[AssetInfo, ...]:
        """Assets from which nothing at all came back."""
        return tuple(
            asset
            for each in self.result.systems
            if system in (None, each.id)
            for asset in each.assets
            if not asset.looked_at
        )

    @cached_property
    def report_id(self) -> str:
        """What a paper copy is called: the agency and the moment (Vietnam's time) of the run."""
        return f"{self.result.agency.id}-{self.result.finished_at.astimezone(VIETNAM):%Y%m%d-%H%M}"

    @cached_property
    def seal(self) -> str:
        """Twelve hexadecimal digits of the evidence manifest, to bind paper to file."""
        return self.result.evidence.manifest_sha256[:12] or "------------"
