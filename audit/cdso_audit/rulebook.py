"""
The laws as data: requirements with their clause and parameters a level, and how each is proved.

A rulebook is two YAML files, the requirements (imported) and their proofs (written by hand), and a
compiled JSON that joins both. Parsing is pure; only `load_rulebook` reads, from the installed
package. Checks know no law: the only way from a requirement to a check leads through here.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from hashlib import sha256
from importlib.resources import files
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, ValidationError, model_validator

from cdso_audit.checking import Check
from cdso_audit.errors import ConfigError, Place, UsageError
from cdso_audit.evaluate import Selection
from cdso_audit.facts.reading import readers_of
from cdso_audit.model import AssetKind, Frozen, ListName, Severity, System
from cdso_audit.result import (
    GroupInfo,
    Reference,
    RequirementInfo,
    RulebookInfo,
    Text,
)
from cdso_audit.yamlfile import Document, parse

Kind = Literal[
    "host-linux",
    "host-windows",
    "network-device",
    "web-endpoint",
    "database",
    "dns-mail",
    "network",
    "organisation",
    "backup",
]
Confidence = Literal["high", "medium", "low"]
Level = Annotated[int, Field(ge=1, le=5)]
"""As in the model, but lax: as a key of JSON a level is a word."""

#: What a requirement may concern that is no asset of its own: the system as a whole answers for it.
WHOLE_SYSTEM: frozenset[str] = frozenset({"network", "organisation", "backup"})

#: How many months an attestation or drill lasts when the rule gives no number (a tool default).
DEFAULT_MONTHS = 12


# ---------------------------------------------------------------------------------------------
# How a requirement is proved
# ---------------------------------------------------------------------------------------------


class _Item(Frozen):
    """A part of a proof, at these levels only (at all of them, when `levels` is empty)."""

    levels: tuple[Level, ...] = ()


class CheckProof(_Item):
    """
    A check, on those asset kinds (all that the check can see, when `asset_kinds` is empty).

    A parameter `param:NAME` stands for the requirement's own value at the level of the system.
    While a `knock_out` fails or is unknown no grade is above E, and no waiver changes that.
    """

    check: str
    asset_kinds: tuple[AssetKind, ...] = ()
    parameters: Mapping[str, Any] = {}
    knock_out: bool = False

    @property
    def key(self) -> str:
        return f"check:{self.check}"


class AttestationProof(_Item):
    """
    Somebody's signed word: for the `document` that the rule asks for, or for the `rest` that checks
    do not see. `statement` says what is to be confirmed.
    """

    attestation: Literal["document", "rest"]
    statement: Text | None = None

    @property
    def key(self) -> str:
        return f"attestation:{self.attestation}"


class DrillProof(_Item):
    """
    A timed drill of the system: `recovery` is any verified restore of one of its services, anything
    else the id of a playbook. With `record`, an attested record of the drill proves it too.
    """

    drill: str
    record: bool = True

    @property
    def key(self) -> str:
        return f"drill:{self.drill}"


_PROOF_TYPES = ("check", "attestation", "drill")


def _proof_type(value: Any) -> str | None:
    if isinstance(value, Mapping):
        return next((name for name in _PROOF_TYPES if name in value), None)
    return next((name for name in _PROOF_TYPES if hasattr(value, name)), None)


ProofItem = Annotated[
    Annotated[CheckProof, Tag("check")]
    | Annotated[AttestationProof, Tag("attestation")]
    | Annotated[DrillProof, Tag("drill")],
    Discriminator(_proof_type),
]


class Proof(Frozen):
    """
    What proves a requirement as a whole. `no_check` marks one that a machine could decide and no
    check decides yet; `only_people` says of one that sounds technical why no machine can see it.
    Coverage shows both. `lists` are the owner's lists that its checks compare with what was seen.
    """

    all_of: Annotated[tuple[ProofItem, ...], Field(min_length=1)]
    no_check: bool = False
    only_people: Text | None = None
    lists: tuple[ListName, ...] = ()

    def at(self, level: int) -> tuple[CheckProof | AttestationProof | DrillProof, ...]:
        """What is needed at that level."""
        return tuple(each for each in self.all_of if not each.levels or level in each.levels)

    def checks_at(self, level: int) -> tuple[CheckProof, ...]:
        return tuple(each for each in self.at(level) if isinstance(each, CheckProof))

    @property
    def checks(self) -> tuple[CheckProof, ...]:
        return tuple(each for each in self.all_of if isinstance(each, CheckProof))

    @property
    def attestation(self) -> AttestationProof | None:
        found = (each for each in self.all_of if isinstance(each, AttestationProof))
        return next(found, None)


class OnlyPeople(Frozen):
    """Why no machine can see what sounds technical, and what is attested in place of the paper."""

    because: Text
    statement: Text | None = None


# ---------------------------------------------------------------------------------------------
# Requirements
# ---------------------------------------------------------------------------------------------


class Citation(Frozen):
    """Where the requirement stands: an article, or a clause a level."""

    instrument: str
    article: str = ""
    clause_by_level: Mapping[Level, str] = {}
    scope: str = ""


class Parameter(Frozen):
    """
    A number (or word) of the rule, by level. None: the duty binds, the rule gives no number.
    A level that is missing: the parameter does not exist there.
    """

    unit: str
    levels: Mapping[Level, Any]


class Paper(Frozen):
    """The paper that proves it, who issues it, and how long it holds."""

    title: Text
    issued_by: str
    validity: Annotated[
        str,
        Field(
            pattern=r"^(until-changed|per-event|contract-term|certificate-expiry|P\d+M|param:.+)$"
        ),
    ]


class Condition(Frozen):
    """
    When a requirement applies at all, and what of it a machine can decide.

    It holds for a system of one of `kinds`, of one of `levels`, or with an asset of one of
    `asset_kinds`; it does not hold for `not_kinds` (`*`: every other kind). What is left is
    undecided, and an undecided requirement stays.
    """

    en: str
    vi: str
    always: bool = False
    kinds: tuple[str, ...] = ()
    not_kinds: tuple[str, ...] = ()
    levels: tuple[Level, ...] = ()
    asset_kinds: tuple[AssetKind, ...] = ()

    def holds(self, system: System) -> bool | None:
        """Whether it holds for the system; None when the inventory cannot tell."""
        if self.always or system.kind in self.kinds or system.level in self.levels:
            return True
        if any(asset.kind in self.asset_kinds for asset in system.assets):
            return True
        if "*" in self.not_kinds or system.kind in self.not_kinds:
            return False
        if self.asset_kinds and set(self.asset_kinds) <= set(system.declared.absent):
            return False
        return None


class Requirement(Frozen):
    """One duty, in our own words, with all that an auditor asks about it."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]*$")]
    rule_set: str
    group: str
    title: Text
    text: Text
    references: Annotated[tuple[Citation, ...], Field(min_length=1)]
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    binding: Literal["required", "suggested", "advisory"]
    verify: Literal["technical", "evidence", "drill", "mixed"]
    asset_kinds: Annotated[tuple[Kind, ...], Field(min_length=1)]
    inspect: tuple[str, ...]
    severity: Severity
    severity_reason: str = ""
    confidence: Confidence
    sources: int = 0
    corroborated: int = 0
    parameters: Mapping[str, Parameter] = {}
    document: Paper | None = None
    applies_if: str | None = None
    related: tuple[str, ...] = ()
    note: str = ""
    confidence_by_level: Mapping[Level, Confidence] = {}
    inferred_levels: tuple[Level, ...] = ()
    advisory_levels: tuple[Level, ...] = ()
    """Levels at which no source confirms the text: told as advice there, and not scored."""
    proof: Proof

    @property
    def knock_out(self) -> bool:
        """Whether a part of its proof is a knock-out."""
        return any(each.knock_out for each in self.proof.checks)

    def clause(self, level: int) -> str:
        """The clause at that level; without one, the first article that is cited."""
        for each in self.references:
            if level in each.clause_by_level:
                return each.clause_by_level[level]
        return next((each.article for each in self.references if each.article), "")

    def confidence_at(self, level: int) -> str:
        """How sure we are of the text at that level."""
        return self.confidence_by_level.get(level, self.confidence)

    def parameters_at(self, level: int) -> dict[str, Any]:
        """The rule's own values at that level, with their units: `max_idle` → `45 day`."""
        return {
            name: f"{each.levels[level]} {each.unit}"
            if each.unit not in ("text", "boolean", "list", "date", "month-day")
            else each.levels[level]
            for name, each in self.parameters.items()
            if each.levels.get(level) is not None
        }

    def resolved(self, proof: CheckProof, level: int) -> dict[str, Any]:
        """The parameters of a check at a level; what the rule leaves open stays the default."""
        made = {}
        for name, value in proof.parameters.items():
            if isinstance(value, str) and value.startswith("param:"):
                own = self.parameters[value.removeprefix("param:")]
                if own.levels.get(level) is not None:
                    made[name] = converted(own.levels[level], own.unit, name)
            else:
                made[name] = value
        return made

    def given(
        self, proof: CheckProof, check: Check[Any] | None, system: System
    ) -> Mapping[str, Any] | None:
        """
        All parameters of the check for that system; None when it is not installed, or not in a
        version that takes them. Then nothing can prove this part, and `lint` says so.

        A value of the owner counts where the rule leaves it open or where it is stricter; one that
        is looser than the rule does not, and fails the requirement (`loosened`).
        """
        if check is None:
            return None
        rule = self.resolved(proof, system.level)
        owner = system.parameters.get(proof.check, {})
        kept = {
            name: value
            for name, value in owner.items()
            if name not in rule or not looser(name, value, rule[name])
        }
        try:
            return check.with_parameters({**rule, **kept})
        except ValueError:
            return None

    def loosened(self, proof: CheckProof, system: System) -> list["Loosened"]:
        """The owner's values that are looser than what the rule asks for here."""
        rule = self.resolved(proof, system.level)
        return [
            Loosened(proof.check, name, value, rule[name])
            for name, value in system.parameters.get(proof.check, {}).items()
            if name in rule and looser(name, value, rule[name])
        ]

    def valid_months(self, level: int) -> int | None:
        """
        How many months a proof by paper or drill holds at that level; None: until its own end.

        Where the rule binds without a number, the tool's default of twelve months.
        """
        validity = self.document.validity if self.document else f"P{DEFAULT_MONTHS}M"
        if months := re.fullmatch(r"P(\d+)M", validity):
            return int(months[1])
        if validity.startswith("param:"):
            own = self.parameters.get(validity.removeprefix("param:"))
            value = own.levels.get(level) if own else None
            return int(value) if value is not None else DEFAULT_MONTHS
        return None

    def concerns(self, kind: AssetKind) -> bool:
        return kind.value in self.asset_kinds

    @property
    def papers(self) -> Text:
        """What is to be attested, in both languages."""
        item = self.proof.attestation
        if item is not None and item.statement is not None:
            return item.statement
        if self.document is not None:
            return self.document.title
        return Text(
            vi=f"Xác nhận, kèm hồ sơ, phần mà phép kiểm tra không nhìn thấy: {self.title.vi}",
            en=f"Confirmation, with the record, of what no check sees: {self.title.en}",
        )


@dataclass(frozen=True, slots=True)
class Loosened:
    """A value that the owner set looser than the clause."""

    check: str
    name: str
    owner: Any
    rule: Any

    @property
    def cited(self) -> str:
        """How a status names it among what decided."""
        return f"declared:parameters.{self.check}.{self.name}"


def looser(name: str, owner: Any, rule: Any) -> bool:
    """
    Whether a value asks for less than the rule. The name of a parameter says its direction: a
    smaller `min_…`, a larger `max_…`; of any other no difference is known to be stricter.
    """
    if _is_number(owner) and _is_number(rule):
        if name.startswith("min_"):
            return bool(owner < rule)
        if name.startswith("max_"):
            return bool(owner > rule)
    return canonical({name: owner}) != canonical({name: rule})


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def defaults(check: Check[Any], system: System) -> Mapping[str, Any]:
    """The parameters of a check that no rule sets: the owner's values over its own."""
    try:
        return check.with_parameters(system.parameters.get(check.about.id, {}))
    except ValueError:
        return check.parameters


#: The most days that N calendar months last, for ages that have a ceiling: nobody who keeps to the
#: calendar fails. A floor (`min_…`) takes what agencies set: 30 a month, 365 a year.
LONGEST_MONTH = 31
LONGEST_YEAR = 366
USUAL_MONTH = 30
USUAL_YEAR = 365
MONTHS_A_YEAR = 12

_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


def days_in(months: int, *, ceiling: bool) -> int:
    """N months as days, as a ceiling on an age or as a floor of a retention."""
    years, rest = divmod(months, MONTHS_A_YEAR)
    if ceiling:
        return years * LONGEST_YEAR + rest * LONGEST_MONTH
    return years * USUAL_YEAR + rest * USUAL_MONTH


def converted(value: Any, unit: str, parameter: str) -> Any:
    """The value of a rule in the unit that the name of a check's parameter ends with."""
    ceiling = not parameter.startswith("min_")
    match unit, parameter.rpartition("_")[2]:
        case "month", "days":
            return days_in(int(value), ceiling=ceiling)
        case "hour", "days":
            return -(-int(value) // 24) if ceiling else int(value) // 24
        case (("minute" | "hour" | "day"), "seconds"):
            return int(value) * _SECONDS[unit]
        case "day", "hours":
            return int(value) * 24
        case "day", "days":
            return value
        case (("count" | "character" | "boolean" | "text" | "list" | "percent"), _):
            return value
        case _:
            raise ValueError(f"{value} {unit} cannot become the parameter {parameter}")


# ---------------------------------------------------------------------------------------------
# The rulebook
# ---------------------------------------------------------------------------------------------


class RuleSet(Frozen):
    """A part of the rulebook; only scored ones count in the score, the others stand apart."""

    title: Text
    scored: bool


class Instrument(Frozen):
    """A law, decree or standard."""

    number: str
    title: Text
    authority: Literal[
        "law",
        "decree",
        "circular",
        "standard",
        "technical-regulation",
        "directive",
        "guidance",
    ]
    effective: str | None = None
    status: str = ""


class Governs(Frozen):
    """
    Which systems this rulebook binds in place of the present one: those whose level was approved
    `under` one of these instruments, no later than `approved_by`, until the rulebook ends.
    """

    under: Annotated[tuple[str, ...], Field(min_length=1)]
    before: date
    """Approved before this day, it needs no instrument: there was no other."""
    approved_by: date


class Rulebook(Frozen):
    """All requirements of one regime."""

    id: str
    version: str
    title: Text
    effective: str
    until: str | None = None
    state_of_knowledge: str = ""
    note: Text | None = None
    governs: Governs | None = None
    drills: bool = True
    """Whether recovery drills count in its whole view."""
    weights: Mapping[Severity, int] = {each: each.weight for each in Severity}
    rule_sets: Mapping[str, RuleSet]
    groups: Mapping[str, Text]
    instruments: Mapping[str, Instrument]
    conditions: Mapping[str, Condition] = {}
    requirements: tuple[Requirement, ...]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        problems = list(self._inconsistent())
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def _inconsistent(self) -> Iterator[str]:
        known = set()
        for each in self.requirements:
            if each.id in known:
                yield f"{each.id} stands twice"
            known.add(each.id)
        for each in self.requirements:
            yield from (f"{each.id}: {told}" for told in self._wrong(each, known))

    def _wrong(self, each: Requirement, known: set[str]) -> Iterator[str]:
        if each.rule_set not in self.rule_sets:
            yield f"no rule set {each.rule_set}"
        if each.group not in self.groups:
            yield f"no group {each.group}"
        if each.applies_if is not None and each.applies_if not in self.conditions:
            yield f"nothing says how to decide: {each.applies_if}"
        yield from (
            f"no instrument {c.instrument}"
            for c in each.references
            if c.instrument not in self.instruments
        )
        yield from (f"no related {name}" for name in each.related if name not in known)
        for level in each.levels:
            if not each.proof.at(level):
                yield f"nothing proves it at level {level}"
            for proof in each.proof.checks_at(level):
                try:
                    each.resolved(proof, level)
                except KeyError as missing:
                    yield f"{proof.key}: the requirement has no parameter {missing}"
                except ValueError as problem:
                    yield f"{proof.key}: {problem}"

    @cached_property
    def by_id(self) -> Mapping[str, Requirement]:
        return {each.id: each for each in self.requirements}

    @cached_property
    def sha256(self) -> str:
        """The hash of everything that could change a verdict or a word of the report."""
        return sha256(compiled(self).encode()).hexdigest()

    def requirement(self, name: str) -> Requirement:
        """The requirement of that id, or of the only id that ends so; raises UsageError."""
        if name in self.by_id:
            return self.by_id[name]
        near = [each for each in self.by_id if each.endswith("." + name)]
        if len(near) == 1:
            return self.by_id[near[0]]
        raise UsageError(
            "the rulebook {rulebook} has no single requirement {name}",
            hint="it could be one of these: {near}"
            if near
            else "`cdso-audit rules list` shows all of them",
            values={"rulebook": self.id, "name": name, "near": ", ".join(near)},
        )

    def for_level(self, level: int) -> tuple[Requirement, ...]:
        """The requirements that bind that level, in the order of the rulebook."""
        return tuple(each for each in self.requirements if level in each.levels)

    def is_scored(self, requirement: Requirement, level: int | None = None) -> bool:
        """
        Whether it counts in the score, at that level (at any, when none is given). A knock-out does
        at every level: whether default credentials are a danger hangs on no wording.
        """
        levels = requirement.levels if level is None else (level,)
        advice = set(levels) <= set(requirement.advisory_levels) and not requirement.knock_out
        return self.rule_sets[requirement.rule_set].scored and not advice

    def weight(self, requirement: Requirement) -> int:
        return self.weights[requirement.severity]

    def condition(self, requirement: Requirement) -> Condition | None:
        """When the requirement applies; None: always."""
        return self.conditions[requirement.applies_if] if requirement.applies_if else None

    def selections(self, system: System, checks: Mapping[str, Check[Any]]) -> list[Selection]:
        """
        The checks to run on a system, each once for each set of parameters.

        Every installed check is among them: those that no requirement names come with their
        defaults (or the owner's values), and judge without touching the score.
        """
        chosen = {(each.check.about.id, canonical(each.parameters)): each
                  for each in self.named(system, checks)}  # fmt: skip
        named = {name for name, _ in chosen}
        for name, check in checks.items():
            if name not in named:
                given = defaults(check, system)
                chosen[name, canonical(given)] = Selection(check, given)
        return [chosen[key] for key in sorted(chosen)]

    def named(self, system: System, checks: Mapping[str, Check[Any]]) -> list[Selection]:
        """The checks that its requirements name at the level of the system, each set once."""
        chosen: dict[tuple[str, str], Selection] = {}
        for requirement in self.for_level(system.level):
            for proof in requirement.proof.checks_at(system.level):
                check = checks.get(proof.check)
                given = requirement.given(proof, check, system)
                if check is not None and given is not None:
                    chosen[proof.check, canonical(given)] = Selection(check, given)
        return [chosen[key] for key in sorted(chosen)]

    def lint(self, checks: Mapping[str, Check[Any]]) -> list[str]:
        """What is wrong with the rulebook beside the checks that are installed."""
        return list(self._faults(checks))

    def _faults(self, checks: Mapping[str, Check[Any]]) -> Iterator[str]:
        for each in self.requirements:
            blank = each.verify in ("technical", "mixed") and not each.proof.checks
            mark = _mark(each.proof)
            if blank and not mark:
                yield (
                    f"{each.id}: {each.verify}, but no check proves any of it; mark it no_check, "
                    "or only_people with the reason"
                )
            if mark and not blank:
                yield f"{each.id}: marked {mark}, but a check or its nature says otherwise"
            if len([p for p in each.proof.all_of if isinstance(p, AttestationProof)]) > 1:
                yield f"{each.id}: more than one attestation"
            missing = _compared(each, checks) - set(each.proof.lists)
            if missing and any(one.proof.lists for one in self.requirements):
                yield f"{each.id}: its checks compare with {', '.join(sorted(missing))}; name them"
            for proof in each.proof.checks:
                yield from (f"{each.id}: {told}" for told in _misfits(each, proof, checks))

    def info(
        self, levels: Iterable[int] = (1, 2, 3, 4, 5), only: Iterable[str] | None = None
    ) -> RulebookInfo:
        """The rulebook as a report prints it, with the requirements that bind these levels."""
        wanted = set(levels)
        names = None if only is None else set(only)
        shown = [
            each
            for each in self.requirements
            if wanted & set(each.levels) and (names is None or each.id in names)
        ]
        groups = dict.fromkeys(each.group for each in shown)
        return RulebookInfo(
            id=self.id,
            version=self.version,
            sha256=self.sha256,
            title=self.title,
            effective=self.effective,
            until=self.until,
            note=self.note,
            groups=tuple(GroupInfo(id=name, title=self.groups[name]) for name in groups),
            requirements=tuple(self._info(each) for each in shown),
        )

    def _info(self, each: Requirement) -> RequirementInfo:
        return RequirementInfo(
            id=each.id,
            rule_set=each.rule_set,
            group=each.group,
            title=each.title,
            text=each.text,
            references=tuple(self._reference(cited) for cited in each.references),
            clause_by_level={level: each.clause(level) for level in each.levels},
            authority=self.instruments[each.references[0].instrument].authority,
            confidence=each.confidence,
            confidence_by_level=each.confidence_by_level,
            binding=each.binding,
            verify=each.verify,
            severity=each.severity,
            knock_out=each.knock_out,
            scored=self.is_scored(each),
            proof=tuple(dict.fromkeys(item.key for item in each.proof.all_of)),
            document=each.papers,
            lists=each.proof.lists,
        )

    def _reference(self, cited: Citation) -> Reference:
        source = self.instruments[cited.instrument]
        clauses = dict.fromkeys(cited.clause_by_level.values())
        return Reference(
            instrument=cited.instrument,
            title=Text(
                vi=f"{source.number}: {source.title.vi}", en=f"{source.number}: {source.title.en}"
            ),
            clause=cited.article or ", ".join(clauses),
            authority=source.authority,
        )


def _mark(proof: Proof) -> str:
    """How a requirement without checks is marked, or nothing."""
    return "no_check" if proof.no_check else "only_people" if proof.only_people else ""


def _compared(each: Requirement, checks: Mapping[str, Check[Any]]) -> set[str]:
    """The owner's lists that the checks of a requirement compare with."""
    abouts = [checks[proof.check].about for proof in each.proof.checks if proof.check in checks]
    return {name for about in abouts for name in (*about.lists, *about.or_lists)}


def _misfits(
    requirement: Requirement, proof: CheckProof, checks: Mapping[str, Check[Any]]
) -> Iterator[str]:
    check = checks.get(proof.check)
    if check is None:
        yield f"the check {proof.check} is not installed"
        return
    try:
        for level in requirement.levels:
            check.with_parameters(requirement.resolved(proof, level))
    except ValueError as problem:
        yield str(problem)
    seen = {kind for reader in readers_of(check.fact) for kind in reader.on}
    for kind in proof.asset_kinds:
        if kind not in seen:
            yield f"{proof.check} does not exist on {kind}"


# ---------------------------------------------------------------------------------------------
# Coverage
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """How one requirement is proved at a level; `missing` are checks that are not installed."""

    id: str
    clause: str
    title: Text
    scored: bool
    how: Literal["checks", "checks-and-attestation", "attestation", "drill"]
    checks: tuple[str, ...]
    missing: tuple[str, ...]
    document: Text | None
    drills: tuple[str, ...]
    no_check: bool
    only_people: Text | None = None
    """Why no machine can see what sounds technical."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """All requirements of a level, and how many are proved in which way."""

    rows: tuple[CoverageRow, ...]

    @property
    def counts(self) -> dict[str, int]:
        made: dict[str, int] = {}
        for row in self.rows:
            made[row.how] = made.get(row.how, 0) + 1
        return made | {
            "no-check-yet": sum(row.no_check for row in self.rows),
            "only-people": sum(row.only_people is not None for row in self.rows),
        }


def coverage(rulebook: Rulebook, level: int, checks: Mapping[str, Check[Any]]) -> Coverage:
    """How each requirement that binds the level is proved."""
    return Coverage(
        tuple(_row(rulebook, each, level, checks) for each in rulebook.for_level(level))
    )


def _row(
    rulebook: Rulebook, each: Requirement, level: int, checks: Mapping[str, Check[Any]]
) -> CoverageRow:
    items = each.proof.at(level)
    named = tuple(dict.fromkeys(item.check for item in items if isinstance(item, CheckProof)))
    drills = tuple(item.drill for item in items if isinstance(item, DrillProof))
    attested = any(isinstance(item, AttestationProof) for item in items)
    how: Literal["checks", "checks-and-attestation", "attestation", "drill"]
    if drills:
        how = "drill"
    elif named:
        how = "checks-and-attestation" if attested else "checks"
    else:
        how = "attestation"
    return CoverageRow(
        id=each.id,
        clause=each.clause(level),
        title=each.title,
        scored=rulebook.is_scored(each, level),
        how=how,
        checks=named,
        missing=tuple(name for name in named if name not in checks),
        document=each.papers if attested or drills else None,
        drills=drills,
        no_check=each.proof.no_check,
        only_people=each.proof.only_people,
    )


# ---------------------------------------------------------------------------------------------
# Reading
# ---------------------------------------------------------------------------------------------

PACKAGE = "cdso_checks"
FOLDER = "rulebooks"


def installed_rulebooks() -> list[str]:
    """The ids of the rulebooks that come with the program."""
    found = (each.name for each in (files(PACKAGE) / FOLDER).iterdir())
    return sorted(name.removesuffix(".json") for name in found if name.endswith(".json"))


@cache
def load_rulebook(name: str) -> Rulebook:
    """The rulebook of that id, from the installed package. Raises ConfigError."""
    source = files(PACKAGE) / FOLDER / f"{name}.json"
    if "/" in name or not source.is_file():
        raise ConfigError(
            "there is no rulebook {name}",
            hint="there are: {known}",
            values={"name": name, "known": ", ".join(installed_rulebooks())},
        )
    text = source.read_text("utf-8")
    book = from_json(text, source.name)
    # What is installed is what `compiled` gives: its hash needs no second compilation.
    vars(book)["sha256"] = sha256(text.encode()).hexdigest()
    return book


def compiled(book: Rulebook) -> str:
    """The rulebook as canonical JSON: the form that is loaded, and that the hash is made of."""
    plain = book.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, indent=1) + "\n"


def from_json(text: str, file: str) -> Rulebook:
    """The compiled rulebook. Raises ConfigError."""
    try:
        return Rulebook.model_validate_json(text)
    except ValidationError as problem:
        raise _invalid(problem, Place(file)) from problem


#: The parts of a file of proofs that name requirements, each of them once in all.
_PARTS = ("requirements", "no_check", "only_people")


def parse_rulebook(
    rules: str, proofs: str, rules_file: str = "rulebook.yaml", proofs_file: str = "proof.yaml"
) -> Rulebook:
    """
    The requirements and the proofs, joined and checked. Raises ConfigError with file and line.

    A requirement that the proofs do not name is proved by the document it asks for, or by a drill,
    as its `verify` says. One that a machine could decide must be named: `lint` tells.
    """
    book, given = _document(rules, rules_file), _document(proofs, proofs_file)
    _known_keys(given)
    records = book.data.get("requirements") or ()
    proved = given.data.get("requirements") or {}
    unchecked = given.data.get("no_check") or {}
    attested = {
        name: _reasoned(name, value, given)
        for name, value in (given.data.get("only_people") or {}).items()
    }
    ids = {each.get("id") for each in records if isinstance(each, Mapping)}
    named: set[str] = set()
    for part in _PARTS:
        for name in given.data.get(part) or {}:
            if name not in ids:
                raise ConfigError(
                    "the rulebook has no requirement {name}",
                    values={"name": name},
                    place=given.key_place((part, name)),
                )
            if name in named:
                raise ConfigError(
                    "{name} stands twice",
                    values={"name": name},
                    place=given.key_place((part, name)),
                )
            named.add(name)
    joined = [
        {**each, "proof": _proof(each, proved, unchecked, attested)}
        if isinstance(each, Mapping)
        else each
        for each in records
    ]
    conditions = {each.get("en", ""): each for each in given.data.get("conditions") or ()}
    try:
        return Rulebook.model_validate(
            {**book.data, "conditions": conditions, "requirements": joined}
        )
    except ValidationError as problem:
        raise _invalid(problem, _where(problem, joined, book, given)) from problem


def _reasoned(name: str, value: Any, given: Document) -> OnlyPeople:
    try:
        return OnlyPeople.model_validate(value)
    except ValidationError as problem:
        raise _invalid(problem, given.key_place(("only_people", name))) from problem


def _document(text: str, file: str) -> Document:
    found = parse(text, file)
    if not isinstance(found.data, Mapping):
        raise ConfigError("a rulebook is a mapping of keys to values", place=Place(file, 1, 1))
    return found


def _known_keys(given: Document) -> None:
    """What is misspelt in the file of proofs would otherwise be lost in silence."""
    for name in given.data:
        if name not in ("conditions", *_PARTS):
            raise ConfigError(
                "unknown key {name}", values={"name": name}, place=given.key_place((name,))
            )


def _invalid(problem: ValidationError, place: Place) -> ConfigError:
    first = problem.errors(include_input=False, include_url=False)[0]
    return ConfigError(
        "this is not valid: {problem}",
        subject=".".join(str(part) for part in first["loc"]),
        values={"problem": first["msg"].removeprefix("Value error, ")},
        place=place,
    )


def _where(
    problem: ValidationError, requirements: Sequence[Any], book: Document, given: Document
) -> Place:
    match problem.errors()[0]["loc"]:
        case ("requirements", int(number), "proof", *rest):
            name = requirements[number].get("id", "")
            return given.place(("requirements", name, *_without_tags(rest)))
        case ("conditions", *_):
            return given.place(("conditions",))
        case path:
            return book.key_place(path) if path in book.keys else book.place(path)


def _without_tags(path: Sequence[str | int]) -> Iterator[str | int]:
    """The path without the names of the kinds of proof, which stand in no file."""
    for place, part in enumerate(path):
        if not (place and isinstance(path[place - 1], int) and part in _PROOF_TYPES):
            yield part


def _proof(
    record: Mapping[str, Any],
    proved: Mapping[str, Any],
    unchecked: Mapping[str, Any],
    attested: Mapping[str, OnlyPeople],
) -> Mapping[str, Any]:
    """The proof that was written by hand, or what follows from the nature of the requirement."""
    name = record.get("id", "")
    if name in proved:
        written: Mapping[str, Any] = proved[name]
        return written
    if record.get("verify") == "drill":
        return {"all_of": [{"drill": "recovery"}]}
    item: dict[str, Any] = {"attestation": "document" if "document" in record else "rest"}
    if name in unchecked:
        if unchecked[name]:
            item["statement"] = unchecked[name]
        return {"all_of": [item], "no_check": True}
    if name in attested:
        item["statement"] = attested[name].statement
        return {"all_of": [item], "only_people": attested[name].because}
    return {"all_of": [item]}


def canonical(parameters: Mapping[str, Any]) -> str:
    """Parameters as one text, so that two sets can be compared whatever container holds them."""
    return json.dumps(parameters, sort_keys=True, ensure_ascii=False, default=list)
