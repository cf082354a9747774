"""
Checks in YAML (`*.check.yaml`, `cdso/check-v1`): one fact, one field, one operator. Pure.

For officers who do not program. What the file cannot mean is told when it is read, with its line;
what a fact does not hold becomes `unknown`, never a pass.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, StrEnum
from fnmatch import fnmatchcase
from string import Formatter
from typing import Annotated, Any, Final, Literal, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator

from cdso_audit import language, yamlfile
from cdso_audit.checking import About, Check
from cdso_audit.duration import parse_duration, written
from cdso_audit.errors import ConfigError, InvalidValueError, Place
from cdso_audit.facts.reading import READERS, Fact, kind_of
from cdso_audit.model import Context, Frozen, Outcome, Severity, Verdict
from cdso_audit.result import Text
from cdso_audit.yamlfile import Document

VERSION: Final = "cdso/check-v1"
SUFFIX: Final = ".check.yaml"

#: How much of a value a message repeats.
SHOWN: Final = 200
#: Bounds that keep a regular expression from running for ever (see `_safe_pattern`).
LONGEST_PATTERN: Final = 200
LONGEST_TEXT: Final = 1000
MOST_REPEATS: Final = 3


class Operator(StrEnum):
    """How the field is compared with the value."""

    EQUALS = "equals"
    NOT_EQUALS = "not-equals"
    ONE_OF = "one-of"
    NONE_OF = "none-of"
    AT_LEAST = "at-least"
    AT_MOST = "at-most"
    CONTAINS = "contains"
    NOT_CONTAINS = "not-contains"
    MATCHES = "matches"
    PRESENT = "present"
    ABSENT = "absent"


_WITHOUT_VALUE = frozenset({Operator.PRESENT, Operator.ABSENT})
_LISTS = frozenset({Operator.ONE_OF, Operator.NONE_OF})
_NUMBERS = frozenset({Operator.AT_LEAST, Operator.AT_MOST})

Scalar = bool | int | float | str
Id = Annotated[
    str,
    Field(
        pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
        description="Small letters and digits, words joined by '-', such as ssh-banner-text.",
    ),
]


_PLACES = "the places are seen and expected, each in braces; a brace itself is written twice"


def _message(text: Text) -> Text:
    for said in (text.vi, text.en):
        try:
            parts = list(Formatter().parse(said))
        except ValueError as problem:
            raise InvalidValueError("a brace stands alone", hint=_PLACES) from problem
        for _, name, form, conversion in parts:
            if name is not None and (name not in ("seen", "expected") or form or conversion):
                raise InvalidValueError("a message has no place {name}", hint=_PLACES, name=name)
    return text


def _shown_as(template: str) -> str:
    if template:
        _message(Text(vi=template, en=template))
        if "{expected}" in template or "{seen}" not in template:
            raise InvalidValueError("the one place here is seen, in braces")
    return template


def _sentence(text: Text) -> Text:
    for said in (text.vi, text.en):
        if not said.strip():
            raise InvalidValueError("a text is empty", hint="write it in both languages, vi and en")
    return text


Sentence = Annotated[Text, AfterValidator(_sentence)]
Message = Annotated[Sentence, AfterValidator(_message)]


class Messages(Frozen):
    """What the finding says; `{seen}` and `{expected}` are its places."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    passed: Message = Field(alias="pass")
    failed: Message = Field(alias="fail")


class Example(Frozen):
    """What the check must say of a value; without `seen` the fact holds nothing there."""

    seen: Any = None
    outcome: Literal["pass", "fail", "unknown"]
    value: Scalar | tuple[Scalar, ...] | None = Field(
        default=None, description="Compared with this in place of the check's own value."
    )


class CheckFile(Frozen):
    """A check in YAML: one field of one fact, compared with one value."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    api_version: Literal["cdso/check-v1"] = Field(
        alias="apiVersion", description="The form of this file; always cdso/check-v1."
    )
    id: Id
    title: Sentence = Field(description="What holds when the check passes, without a full stop.")
    why: Sentence = Field(description="One sentence on the harm.")
    fix: Sentence = Field(description="One imperative sentence, with a command to paste.")
    severity: Severity
    since: str = Field(description="The version or day from which the check exists, as text.")
    references: Mapping[str, tuple[str, ...]] = Field(
        default={}, description="The same rule elsewhere: iso27001-2022, cis-v8, url, …"
    )
    pitfalls: Sentence | str = Field(
        default="", description="Where others go wrong, and what then."
    )
    experimental: bool = Field(
        default=False, description="Nobody has compared it with the real thing yet."
    )
    fact: str = Field(description="The kind of fact; a wrong one is answered with the nearest.")
    subject: tuple[str, ...] = Field(
        default=(), description="Only facts of these subjects (`*` stands for any text)."
    )
    field: str = Field(description="Where in the fact, such as settings.permitrootlogin[0].")
    operator: Operator
    value: Scalar | tuple[Scalar, ...] | None = Field(
        default=None, description="What to compare with; a list for one-of and none-of."
    )
    parameter: Annotated[
        str, Field(pattern=r"^[a-z][a-z0-9_]*$", description="Small letters, digits and '_'.")
    ] = "value"
    """The name by which a rulebook sets the value."""
    show: Annotated[str, AfterValidator(_shown_as)] = Field(
        default="",
        description="How the finding shows what was seen, such as `permitemptypasswords {seen}`, "
        "so that it cites the line of the evidence.",
    )
    messages: Messages | None = None
    tests: tuple[Example, ...] = Field(
        default=(), description="What it must say of values: {seen: no, outcome: pass}."
    )

    @field_validator("subject", mode="before")
    @classmethod
    def _one_subject(cls, value: Any) -> Any:
        return [value] if isinstance(value, str) else value

    @field_validator("title")
    @classmethod
    def _states_the_pass(cls, title: Text) -> Text:
        if title.en.rstrip().endswith(".") or title.vi.rstrip().endswith("."):
            raise InvalidValueError("a title ends without a full stop")
        if title.en.startswith("Ensure"):
            raise InvalidValueError(
                "a title states what holds", hint="write `The banner warns`, not `Ensure …`"
            )
        return title


# ---------------------------------------------------------------------------------------------
# Text → Check
# ---------------------------------------------------------------------------------------------


def parse_check(text: str | bytes, file: str, module: str = "") -> Check[Any]:
    """
    The check that the text describes; its Vietnamese texts are made known to `language`. `module`
    is where it would stand if it were written in Python.

    Raises ConfigError, or ConfigErrors with everything that is wrong.
    """
    document = yamlfile.parse(text, file)
    read = yamlfile.validated(CheckFile, document, _problems)
    fact = _readable_facts()[read.fact]
    texts = [read.title, read.why, read.fix]
    if isinstance(read.pitfalls, Text):
        texts.append(read.pitfalls)
    if read.messages:
        texts += [read.messages.passed, read.messages.failed]
    language.add_translations({each.en: each.vi for each in texts})
    about = About(
        id=read.id,
        title=read.title.en,
        severity=read.severity,
        why=read.why.en,
        fix=read.fix.en,
        since=read.since,
        references=read.references,
        pitfalls=read.pitfalls.en if isinstance(read.pitfalls, Text) else read.pitfalls,
        experimental=read.experimental,
    )
    parameters = {} if read.operator in _WITHOUT_VALUE else {read.parameter: read.value}
    judge = _judge(read)
    judge.__module__ = module or judge.__module__
    return Check(about=about, fact=fact, judge=judge, parameters=parameters, origin=file)


def check_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a check in YAML, for editors."""
    made = CheckFile.model_json_schema(by_alias=True, mode="validation")
    made["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    made["title"] = "cdso-audit check"
    made["properties"]["fact"]["enum"] = sorted(_readable_facts())
    subject = made["properties"]["subject"]
    made["properties"]["subject"] = {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        "description": subject["description"],
    }
    return made


def _readable_facts() -> dict[str, type[Fact]]:
    """The facts that some reader makes, by kind."""
    from cdso_audit.plugins import load_facts  # noqa: PLC0415 - plugins imports this module too

    load_facts()
    return {kind: found[0].fact for kind, found in READERS.items() if found}


# ---------------------------------------------------------------------------------------------
# The field: a path into a fact
# ---------------------------------------------------------------------------------------------

Step = str | int
ALL: Final = -1
"""The step `[*]`: every item of a list."""

_STEP = re.compile(
    r"""\.?([A-Za-z_][\w-]*)|\[(\d{1,6})\]|\[(\*)\]|\[(?:"([^"\]]*)"|'([^'\]]*)')\]"""
)


def steps(field: str) -> tuple[Step, ...]:
    """`settings.ciphers[0]` as steps. Raises InvalidValueError when it is no path."""
    found: list[Step] = []
    at = 0
    while at < len(field):
        step = _STEP.match(field, at)
        if step is None or (at == 0) is step[0].startswith((".", "[")):
            raise InvalidValueError(
                "this is no path into a fact",
                hint='examples: settings.permitrootlogin[0], accounts[*].shell, values["a.b"]',
            )
        name, index, every, double, single = step.groups()
        if name is not None:
            found.append(name)
        elif index is not None:
            found.append(int(index))
        elif every is not None:
            found.append(ALL)
        else:
            found.append(double if double is not None else single)
        at = step.end()
    if not found:
        raise InvalidValueError("this is no path into a fact")
    return tuple(found)


def _field_type(fact: type[Fact], path: Sequence[Step]) -> Any:
    """The type at the end of the path. Raises InvalidValueError where the path leaves the fact."""
    annotation: Any = fact
    for step in path:
        bare = yamlfile.only(annotation)
        origin, args = get_origin(bare), get_args(bare)
        if isinstance(bare, type) and issubclass(bare, BaseModel):
            if step not in bare.model_fields:
                known = [name for name in bare.model_fields if name != "probes"]
                near = yamlfile.nearest(str(step), known)
                raise InvalidValueError(
                    "there is no {step} in a {type}",
                    hint="did you mean {near}?" if near else "there are: {known}",
                    step="[*]" if step == ALL else step,
                    type=bare.__name__,
                    near=near,
                    known=", ".join(known),
                )
            annotation = bare.model_fields[str(step)].annotation
        elif isinstance(origin, type) and issubclass(origin, Mapping):
            annotation = args[1]
        elif origin in (tuple, list, set, frozenset, Sequence):
            if not isinstance(step, int):
                raise InvalidValueError(
                    "{step} is asked of a list",
                    hint="take one item as [0], or all of them as [*], before it",
                    step=step,
                )
            fixed = origin is tuple and args[-1] is not Ellipsis and step != ALL
            annotation = args[min(step, len(args) - 1)] if fixed else args[0]
        elif bare is Any or yamlfile.members(annotation):
            return Any
        else:
            raise InvalidValueError(
                "the path goes on after a plain value",
                hint="end it before {step}",
                step="[*]" if step == ALL else step,
            )
    return annotation


class _Nothing:
    """What stands where a fact holds nothing."""


NOTHING: Final = _Nothing()


def looked_up(value: Any, path: Sequence[Step]) -> Any:
    """What stands at that path of a fact, or NOTHING. After `[*]`, a list of what was found."""
    for at, step in enumerate(path):
        if step == ALL:
            if isinstance(value, str | bytes | Mapping) or not hasattr(value, "__iter__"):
                return NOTHING
            found = [looked_up(each, path[at + 1 :]) for each in value]
            return NOTHING if any(each is NOTHING for each in found) else found
        if isinstance(value, BaseModel):
            value = getattr(value, str(step), NOTHING)
        elif isinstance(value, Mapping):
            value = value.get(step, value.get(str(step), NOTHING))
        elif isinstance(value, Sequence) and not isinstance(value, str) and isinstance(step, int):
            value = value[step] if step < len(value) else NOTHING
        else:
            return NOTHING
        if value is NOTHING or value is None:
            return NOTHING
    return value


# ---------------------------------------------------------------------------------------------
# What the model alone cannot see
# ---------------------------------------------------------------------------------------------


def _problems(document: Document) -> Iterator[ConfigError]:
    """Whether fact, field, operator and value fit together."""
    data = document.data
    if not isinstance(data, Mapping):
        return
    kind, field, operator = (data.get(key) for key in ("fact", "field", "operator"))
    facts = _readable_facts()
    if isinstance(kind, str) and kind not in facts:
        near = yamlfile.nearest(kind, list(facts))
        yield ConfigError(
            "there is no fact {kind}",
            hint="did you mean {near}?" if near else "the facts are: {known}",
            values={"kind": kind, "near": near, "known": ", ".join(sorted(facts))},
            place=document.place(("fact",)),
        )
    annotation: Any = Any
    if isinstance(field, str) and field:
        try:
            path = steps(field)
            if isinstance(kind, str) and kind in facts:
                annotation = _field_type(facts[kind], path)
        except InvalidValueError as problem:
            yield _at(document, "field", problem)
    if isinstance(operator, str) and operator in list(Operator):
        try:
            _fits(Operator(operator), data.get("value"), annotation, given="value" in data)
        except InvalidValueError as problem:
            yield _at(document, "value" if "value" in data else "operator", problem)


def _at(document: Document, key: str, problem: InvalidValueError) -> ConfigError:
    return ConfigError(
        problem.template,
        hint=problem.hint,
        values=problem.values,
        place=document.place((key,)),
        subject=key,
    )


def _fits(operator: Operator, value: Any, annotation: Any, *, given: bool) -> None:
    """Raise InvalidValueError when the operator cannot use the value, or the field."""
    name = operator.value
    if operator in _WITHOUT_VALUE:
        if given:
            raise InvalidValueError("the operator {name} takes no value", name=name)
        return
    if not given or value is None:
        raise InvalidValueError("the operator {name} needs a value", name=name)
    if operator in _LISTS and not isinstance(value, list):
        raise InvalidValueError("the operator {name} needs a list", hint="write [a, b]", name=name)
    if operator in (Operator.CONTAINS, Operator.NOT_CONTAINS) and isinstance(value, list):
        raise InvalidValueError("the operator {name} needs one value, no list", name=name)
    if operator in _NUMBERS:
        _is_number(value, yamlfile.only(annotation), name)
    if operator is Operator.MATCHES:
        _safe_pattern(value)


def _is_number(value: Any, bare: Any, name: str) -> None:
    if isinstance(bare, type) and issubclass(bare, timedelta):
        parse_duration(str(value))
    elif isinstance(bare, type) and issubclass(bare, date):
        raise InvalidValueError(
            "a moment cannot be compared by {name}", hint="write this check in Python", name=name
        )
    elif isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidValueError("the operator {name} needs a number", name=name)


_QUANTIFIER = re.compile(r"[*+]|\{\d*,?\d*\}")
_CLASS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)


def _safe_pattern(pattern: Any) -> None:
    """
    Refuse what could take for ever: repeated groups, back references, looking around, and more
    than a few repeats. With these bounds a comparison takes about a second at the very worst.
    """
    if not isinstance(pattern, str):
        raise InvalidValueError("a pattern is text", hint="put it in quotes")
    if len(pattern) > LONGEST_PATTERN:
        raise InvalidValueError("the pattern is longer than {limit}", limit=LONGEST_PATTERN)
    try:
        re.compile(pattern)
    except re.error as problem:
        raise InvalidValueError("this is no pattern: {problem}", problem=str(problem)) from problem
    if re.search(r"\\[1-9]|\(\?", pattern):
        raise InvalidValueError(
            "the pattern refers back, looks around or sets flags, which is not allowed here"
        )
    plain = _CLASS.sub("a", pattern)
    if re.search(r"\)\s*(?:[*+]|\{)", plain):
        raise InvalidValueError(
            "the pattern repeats a group, which can take for ever",
            hint="repeat a single character or a class, such as [a-z]+",
        )
    if len(_QUANTIFIER.findall(plain)) > MOST_REPEATS:
        raise InvalidValueError("the pattern has more than {limit} repeats", limit=MOST_REPEATS)


# ---------------------------------------------------------------------------------------------
# Judging
# ---------------------------------------------------------------------------------------------

#: What a finding says when the file has no messages of its own.
_DEFAULT_TEXT = {
    Outcome.PASS: "{seen} stands there, as it should",
    Outcome.FAIL: "{seen} stands there, not what is expected: {expected}",
}


class _CannotCompareError(Exception):
    """What was seen is not of the sort that the operator compares."""


def _judge(read: CheckFile) -> Callable[[Fact, Context], Verdict]:
    """The judgement of one check file."""
    path = steps(read.field)

    def judge(fact: Fact, context: Context) -> Verdict:
        if read.subject and not any(fnmatchcase(fact.subject, each) for each in read.subject):
            return Verdict.not_applicable(
                "this check concerns {subjects} only", subjects=", ".join(read.subject)
            )
        return _verdict(read, looked_up(fact, path), context.parameters.get(read.parameter))

    judge.__name__ = judge.__qualname__ = read.id.replace("-", "_")
    judge.__doc__ = read.title.en
    return judge


def _verdict(read: CheckFile, seen: Any, value: Any) -> Verdict:
    """What the check says of what was seen at its field (NOTHING: the fact holds nothing there)."""
    operator = read.operator
    if operator in _WITHOUT_VALUE:
        good = (seen is not NOTHING) is (operator is Operator.PRESENT)
    elif seen is NOTHING:
        return Verdict.unknown("the fact holds no {field}", field=read.field)
    else:
        try:
            good = _holds(operator, seen, value)
        except _CannotCompareError as problem:
            return Verdict.unknown(
                "what was seen cannot be compared: {problem}",
                problem=str(problem),
                seen=_shown(seen),
            )
    shown = _shown(seen)
    expected = operator.value if value is None else f"{operator.value} {_shown(value)}"
    outcome = Outcome.PASS if good else Outcome.FAIL
    own = read.messages and (read.messages.passed if good else read.messages.failed)
    as_shown = read.show.format(seen=shown) if read.show and seen is not NOTHING else shown
    if read.show and operator is Operator.EQUALS:
        expected = read.show.format(seen=_shown(value))
    return Verdict(
        outcome=outcome,
        template=own.en if own else _DEFAULT_TEXT[outcome],
        values={"seen": shown, "expected": expected},
        seen=as_shown,
        expected=expected,
    )


def _holds(operator: Operator, seen: Any, value: Any) -> bool:
    """Whether what was seen meets the operator; a list does when each of its items does."""
    match operator:
        case Operator.CONTAINS:
            return _contains(seen, value)
        case Operator.NOT_CONTAINS:
            return not _contains(seen, value)
        case Operator.NOT_EQUALS:
            return not _equal(seen, value)
        case Operator.EQUALS if isinstance(value, list | tuple):
            return _equal(seen, value)
    if _is_list(seen):
        items = list(seen)
        if not items and operator is not Operator.NONE_OF:
            raise _CannotCompareError("the list is empty")
        return all(_one_holds(operator, each, value) for each in items)
    return _one_holds(operator, seen, value)


def _one_holds(operator: Operator, seen: Any, value: Any) -> bool:
    match operator:
        case Operator.EQUALS:
            return _equal(seen, value)
        case Operator.ONE_OF:
            return any(_equal(seen, each) for each in value)
        case Operator.NONE_OF:
            return not any(_equal(seen, each) for each in value)
        case Operator.AT_LEAST:
            return _number(seen) >= _number(value, like=seen)
        case Operator.AT_MOST:
            return _number(seen) <= _number(value, like=seen)
        case Operator.MATCHES:
            text = _text(seen)
            if len(text) > LONGEST_TEXT:
                raise _CannotCompareError(f"it is longer than {LONGEST_TEXT} characters")
            return re.fullmatch(str(value), text) is not None
    raise _CannotCompareError(operator.value)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset)


def _equal(seen: Any, value: Any) -> bool:
    if _is_list(seen) and _is_list(value):
        if isinstance(seen, set | frozenset):
            return {_text(each) for each in seen} == {_text(each) for each in value}
        return [_text(each) for each in seen] == [_text(each) for each in value]
    if _is_list(seen):
        return len(seen) == 1 and _equal(next(iter(seen)), value)
    numbers = (int, float)
    if isinstance(seen, numbers) and isinstance(value, numbers):
        return seen == value and isinstance(seen, bool) is isinstance(value, bool)
    if isinstance(seen, timedelta) and isinstance(value, str):
        return seen == parse_duration(value)
    return _text(seen) == _text(value)


def _contains(seen: Any, value: Any) -> bool:
    if _is_list(seen) or isinstance(seen, Mapping):
        return any(_equal(each, value) for each in seen)
    if isinstance(seen, str):
        return _text(value) in seen
    raise _CannotCompareError("it is neither text nor a list")


def _number(value: Any, like: Any = None) -> float:
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(like, timedelta):
        return parse_duration(str(value)).total_seconds()
    if isinstance(value, bool):
        raise _CannotCompareError("it is no number")
    try:
        return float(value)
    except (TypeError, ValueError):
        raise _CannotCompareError("it is no number") from None


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, timedelta):
        return written(value)
    return str(value)


def _shown(value: Any) -> str:
    if value is NOTHING:
        return ""
    if isinstance(value, BaseModel):
        text = kind_of(type(value)) if isinstance(value, Fact) else type(value).__name__
    elif _is_list(value):
        text = ", ".join(_text(each) for each in value)
    elif isinstance(value, Mapping):
        text = ", ".join(f"{_text(key)}={_text(each)}" for key, each in value.items())
    else:
        text = _text(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


# ---------------------------------------------------------------------------------------------
# Trying a check out
# ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tried:
    """One of a check's own tests, and what the check said."""

    place: Place
    seen: str
    wanted: Outcome
    verdict: Verdict

    @property
    def holds(self) -> bool:
        return self.verdict.outcome is self.wanted


def tried(text: str | bytes, file: str) -> tuple[Tried, ...]:
    """Every test of the file's own, with the verdict it got. Raises ConfigError."""
    document = yamlfile.parse(text, file)
    read = yamlfile.validated(CheckFile, document, _problems)
    made = []
    for at, each in enumerate(read.tests):
        given = document.at(("tests", at))
        seen = each.seen if isinstance(given, Mapping) and "seen" in given else NOTHING
        value = read.value if each.value is None else each.value
        made.append(
            Tried(
                place=document.place(("tests", at)),
                seen=_shown(seen),
                wanted=Outcome(each.outcome),
                verdict=_verdict(read, seen, value),
            )
        )
    return tuple(made)


@dataclass(frozen=True, slots=True)
class Lost:
    """Where a path leaves a fact: what it asked for there, what is nearest, and what there is."""

    after: str
    asked: str
    near: str
    known: tuple[str, ...]


def where_lost(fact: Fact, field: str) -> Lost | None:
    """Where the path of a check leaves this very fact; None when it leads somewhere."""
    path = steps(field)
    if looked_up(fact, path) is not NOTHING:
        return None
    value: Any = fact
    for at, step in enumerate(path):
        inner = looked_up(value, (step,))
        if inner is NOTHING or step == ALL:
            known = _held(value)
            asked = "[*]" if step == ALL else str(step)
            near = yamlfile.nearest(asked, known)
            return Lost(_spelled(path[:at]), asked, near, tuple(known))
        value = inner
    return None


def _held(value: Any) -> list[str]:
    """What can be asked of a value: the names in it, or the places of its items."""
    if isinstance(value, BaseModel):
        return [name for name in type(value).model_fields if name != "probes"]
    if isinstance(value, Mapping):
        return [str(key) for key in value]
    if _is_list(value):
        return [f"[{at}]" for at in range(len(value))]
    return []


def _spelled(path: Sequence[Step]) -> str:
    text = ""
    for step in path:
        if isinstance(step, int):
            text += "[*]" if step == ALL else f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text
