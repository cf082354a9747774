"""
Which level a system falls into: Decree 331/2026/NĐ-CP, Articles 11-16, as data and a pure function.

The highest criterion that surely fires decides (Article 8 clause 2). What is not answered stays
open: if it could raise the level, the level is not decidable, and the questions that would decide
are named. Nothing is guessed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

import yaml
from pydantic import ConfigDict, Field

from cdso_audit import yamlfile
from cdso_audit.attesting import Words
from cdso_audit.errors import ConfigError, InvalidValueError
from cdso_audit.model import Day, Frozen, Identifier, Notice, System
from cdso_audit.result import Text
from cdso_audit.rulebook import FOLDER as RULEBOOKS
from cdso_audit.rulebook import PACKAGE, Level
from cdso_audit.yamlfile import Document

VERSION: Final = "cdso/level-v1"
FOLDER: Final = "levels"

#: The lowest and the highest level that there is.
_LEVELS: Final = (1, 5)

#: What was answered: a word, several words, yes or no, a number; None: there is no such thing.
Answer = str | bool | int | frozenset[str] | None
Answers = Mapping[str, Answer]


# ---------------------------------------------------------------------------------------------
# The criteria
# ---------------------------------------------------------------------------------------------


class Choice(Frozen):
    """One possible answer."""

    id: str
    title: Text


class Question(Frozen):
    """Something that decides a level, and where the decree asks for it."""

    id: str
    type: Literal["enum", "set", "boolean", "integer", "integer-or-null"]
    article: str
    ask: Text
    values: tuple[Choice, ...] = ()

    @property
    def words(self) -> list[str]:
        return [each.id for each in self.values]


class Line(Frozen):
    """One condition on one answer."""

    fact: str
    op: Literal["eq", "ne", "in", "lt", "ge", "subset-of", "includes", "excludes"]
    value: Any

    def holds(self, answers: Answers) -> bool | None:  # noqa: PLR0911 - one return an operator
        """Whether it holds; None when the question is not answered."""
        if self.fact not in answers:
            return None
        seen: Any = answers[self.fact]
        match self.op:
            case "eq":
                return bool(seen == self.value)
            case "ne":
                return bool(seen != self.value)
            case "in":
                return seen in self.value
            case "lt":
                return bool(seen < self.value)
            case "ge":
                return bool(seen >= self.value)
            case "subset-of":
                return set(seen) <= set(self.value)
            case "includes":
                return self.value in seen
            case "excludes":
                return self.value not in seen


class Criterion(Frozen):
    """One criterion of one level: all lines of `all`, and one of `any` where there are some."""

    id: str
    level: Level
    article: str
    all: tuple[Line, ...]
    any: tuple[Line, ...] = ()
    text: Text

    def fires(self, answers: Answers) -> bool | None:
        """Whether it fires; None while answers that decide it are missing."""
        told = [each.holds(answers) for each in self.all]
        if self.any:
            some = [each.holds(answers) for each in self.any]
            told.append(True if True in some else None if None in some else False)
        return False if False in told else None if None in told else True

    @property
    def facts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.fact for each in (*self.all, *self.any)))


class Authority(Frozen):
    """Who appraises and who approves the dossier of a level."""

    appraise: str
    approve: str
    article: str


class Term(Frozen):
    """A time that the decree sets, in working days."""

    what: str
    max: int
    levels: tuple[Level, ...]
    article: str


class Ground(Frozen):
    """A ground for the national-security list."""

    article: str
    text: Text


class LevelRules(Frozen):
    """All that decides a level."""

    id: str
    version: str
    instrument: str
    confidence: str
    facts: tuple[Question, ...]
    criteria: tuple[Criterion, ...]
    national_security: tuple[Ground, ...]
    authority: Mapping[Level, Authority]
    times: tuple[Term, ...]

    def question(self, name: str) -> Question:
        """The question of that id; raises KeyError."""
        return {each.id: each for each in self.facts}[name]


@cache
def load_level_rules(name: str = "vn-2026") -> LevelRules:
    """The criteria of that rulebook, from the installed package. Raises ConfigError."""
    source = files(PACKAGE) / RULEBOOKS / f"{name}.levels.yaml"
    if "/" in name or not source.is_file():
        raise ConfigError(
            "the rulebook {name} says nothing of how a level is found", values={"name": name}
        )
    return yamlfile.validate(LevelRules, yamlfile.parse(source.read_bytes(), source.name))


# ---------------------------------------------------------------------------------------------
# The decision
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Decision:
    """
    The level, or why there is none.

    `least` is the highest level that surely fires, with the criteria behind it. `undecided` are
    criteria of a higher level that unanswered questions leave open: while there are any, or nothing
    fires at all, `level` is None.
    """

    level: int | None
    least: int | None
    because: tuple[Criterion, ...]
    undecided: tuple[Criterion, ...]
    missing: tuple[Question, ...]


def decide(rules: LevelRules, answers: Answers) -> Decision:
    """The level that these answers give, by the highest criterion that fires."""
    fired = [each for each in rules.criteria if each.fires(answers) is True]
    least = max((each.level for each in fired), default=None)
    undecided = tuple(
        each for each in rules.criteria if each.fires(answers) is None and each.level > (least or 0)
    )
    asked = {name for each in undecided for name in each.facts if name not in answers}
    return Decision(
        level=None if undecided else least,
        least=least,
        because=tuple(each for each in fired if each.level == least),
        undecided=undecided,
        missing=tuple(each for each in rules.facts if each.id in asked),
    )


def next_question(
    rules: LevelRules, answers: Answers, passed: frozenset[str] = frozenset()
) -> Question | None:
    """The next question whose answer can still change the level; `passed` were left open."""
    return next((each for each in decide(rules, answers).missing if each.id not in passed), None)


# ---------------------------------------------------------------------------------------------
# Answers → file and back
# ---------------------------------------------------------------------------------------------


class AnswerFile(Frozen):
    """levels/SYSTEM.yaml: the answers from which the level of a system follows."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    api_version: Literal["cdso/level-v1"] = Field(
        alias="apiVersion", description="The form of this file; always cdso/level-v1."
    )
    system: Identifier | None = None
    by: Words | None = Field(default=None, description="Who answered: name and position.")
    on: Day | None = None
    answers: Mapping[str, Any] = Field(description="Question → answer; what is left out is open.")


@dataclass(frozen=True, slots=True)
class Answered:
    """What a file of answers says."""

    answers: dict[str, Answer]
    system: str = ""
    by: str = ""
    on: date | None = None


def parse_answers(
    text: str | bytes, file: str, rules: LevelRules, systems: Sequence[str] | None = None
) -> Answered:
    """
    The answers that a file gives. Raises ConfigError, or ConfigErrors with all problems.

    `systems` are those that it may name; None: it is not asked.
    """
    document = yamlfile.parse(text, file)
    read = yamlfile.validated(
        AnswerFile,
        document,
        lambda each: _answer_problems(each, rules),
        lambda each: _system_problems(each, systems),
    )
    return Answered(
        answers={
            name: _answer(rules.question(name), value) for name, value in read.answers.items()
        },
        system=read.system or "",
        by=read.by or "",
        on=read.on,
    )


def _answer_problems(document: Document, rules: LevelRules) -> Iterator[ConfigError]:
    given = document.at(("answers",))
    known = [each.id for each in rules.facts]
    for name, value in given.items() if isinstance(given, Mapping) else ():
        if name not in known:
            near = yamlfile.nearest(str(name), known)
            yield ConfigError(
                "the key {key} is not known here",
                hint="did you mean {near}?" if near else "the keys here are: {known}",
                values={"key": name, "near": near, "known": ", ".join(known)},
                place=document.key_place(("answers", name)),
            )
            continue
        try:
            _answer(rules.question(name), value)
        except InvalidValueError as problem:
            yield ConfigError(
                problem.template,
                hint=problem.hint,
                values=problem.values,
                subject=str(name),
                place=document.place(("answers", name)),
            )


def _system_problems(document: Document, systems: Sequence[str] | None) -> Iterator[ConfigError]:
    name = document.at(("system",))
    if systems is not None and name is None:
        yield ConfigError(
            "the key {key} is missing", values={"key": "system"}, place=document.place(())
        )
    if systems is not None and isinstance(name, str) and name not in systems:
        near = yamlfile.nearest(name, systems)
        yield ConfigError(
            "the inventory has no system {name}",
            hint="did you mean {near}?" if near else "known are: {known}",
            values={"name": name, "near": near, "known": ", ".join(systems)},
            place=document.place(("system",)),
        )


def _answer(question: Question, value: Any) -> Answer:
    """The answer as it is compared; raises InvalidValueError."""
    match question.type:
        case "boolean" if isinstance(value, bool):
            return value
        case "boolean":
            raise InvalidValueError("must be true or false")
        case "enum":
            return _word(question, value)
        case "set" if isinstance(value, list) and value:
            return frozenset(_word(question, each) for each in value)
        case "set":
            raise InvalidValueError(
                "must be a list of at least one of: {known}", known=", ".join(question.words)
            )
        case "integer-or-null" if value is None:
            return None
        case "integer-or-null":
            return _number(value, _LEVELS)
        case _:
            return _number(value, (0, None))


def _word(question: Question, value: Any) -> str:
    word = str(value)
    if isinstance(value, bool) or word not in question.words:
        near = yamlfile.nearest(word, question.words)
        raise InvalidValueError(
            "{seen} is none of: {known}",
            hint="did you mean {near}?" if near else "",
            seen=word,
            known=", ".join(question.words),
            near=near,
        )
    return word


def _number(value: Any, bounds: tuple[int, int | None]) -> int:
    least, most = bounds
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidValueError("must be a whole number, without quotes")
    if value < least:
        raise InvalidValueError("must be {bound} or more", bound=least)
    if most is not None and value > most:
        raise InvalidValueError("must be {bound} or less", bound=most)
    return value


def file_text(answered: Answered) -> str:
    """levels/SYSTEM.yaml with these answers."""
    plain: dict[str, Any] = {"apiVersion": VERSION, "system": answered.system}
    if answered.by:
        plain["by"] = answered.by
    if answered.on:
        plain["on"] = answered.on.isoformat()
    plain["answers"] = {
        name: sorted(value) if isinstance(value, frozenset) else value
        for name, value in answered.answers.items()
    }
    return str(yaml.safe_dump(plain, allow_unicode=True, sort_keys=False, width=100))


def notice(system: System, answered: Answered, rules: LevelRules) -> Notice | None:
    """What a reader must know where the answers say more than the level that is declared."""
    found = decide(rules, answered.answers)
    if found.least is not None and found.least > system.level:
        return Notice(
            template="The system {system} is declared at level {level}, but the saved answers put "
            "it at level {found} at least ({articles} of Decree 331/2026): its dossier must "
            "propose that level.",
            values={
                "system": system.id,
                "level": system.level,
                "found": found.least,
                "articles": "; ".join(dict.fromkeys(each.article for each in found.because)),
            },
        )
    if found.level is None:
        return Notice(
            template="The saved answers do not decide the level of the system {system}: "
            "{count} questions are open (`cdso-audit level --system {system}`).",
            values={"system": system.id, "count": len(found.missing)},
        )
    return None
