"""
YAML that people write: plain data with the place of every value, and errors in their words.

Read as YAML 1.2 reads it (`on` and `no` are words, `22:30` is text, a leading zero stays),
so that what an editor shows is what is meant. No tag makes an object; depth, aliases and size are
bounded, so that a hostile file costs nothing. Pure: the caller reads the file.
"""

import math
import re
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import Enum
from typing import Annotated, Any, Final, Literal, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, Tag, ValidationError

from cdso_audit.errors import ConfigError, ConfigErrors, InvalidValueError, Place

#: 4 MiB: an inventory of ten thousand hosts is about one.
LARGEST: Final = 4 * 1024 * 1024
#: Our own files nest ten deep.
DEEPEST: Final = 40
#: Values after aliases are followed; a "billion laughs" file dies here.
MOST_VALUES: Final = 500_000

Path = tuple[str | int, ...]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value under a tag of its own, such as `!vault`; only where the caller allows that tag."""

    tag: str
    value: Any


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and where: `values` is the place of each value, `keys` of each key."""

    file: str
    data: Any
    values: Mapping[Path, Place] = field(default_factory=dict)
    keys: Mapping[Path, Place] = field(default_factory=dict)

    def place(self, path: Path) -> Place:
        """Where that value stands, or what is around it."""
        for end in range(len(path), -1, -1):
            found = self.values.get(path[:end])
            if found is not None:
                return found
        return Place(self.file)

    def key_place(self, path: Path) -> Place:
        """Where that key stands; for an item of a list, the item."""
        return self.keys.get(path) or self.place(path)

    def at(self, path: Path) -> Any:
        """The value at that path, or None."""
        value = self.data
        for part in path:
            try:
                value = value[part]
            except (KeyError, IndexError, TypeError):
                return None
        return value


# ---------------------------------------------------------------------------------------------
# Text → data
# ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Node:
    place: Place
    tag: str = ""
    scalar: Any = None
    items: "list[_Node] | None" = None
    pairs: "list[tuple[_Node, _Node]] | None" = None
    open: bool = False


def parse(
    text: str | bytes, file: str, *, tags: frozenset[str] = frozenset(), merge: bool = False
) -> Document:
    """
    The data of one YAML document. Raises ConfigError, or ConfigErrors for all repeated keys.

    `tags` are application tags to keep (`Tagged`), `merge` follows `<<`; both are for files of
    other programs, ours have neither.
    """
    clean = decoded(text, file)
    root = _composed(clean, file, tags)
    return _Builder(file, merge=merge).document(root)


def decoded(text: str | bytes, file: str) -> str:
    """The text without a byte order mark. Raises ConfigError when it is too large or not UTF-8."""
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(raw) > LARGEST:
        raise ConfigError(
            "the file is larger than {limit} MiB",
            values={"limit": LARGEST // 1024 // 1024},
            hint="split it",
            place=Place(file),
        )
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ConfigError(
            "the file is UTF-16", hint="save it as UTF-8 and try again", place=Place(file)
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        before = raw[: problem.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        raise ConfigError(
            "the file is not UTF-8",
            hint="save it as UTF-8 and try again (an old Vietnamese code page is not enough)",
            place=Place(file, line, column),
        ) from problem


#: What libyaml says → what a person needs to hear. The first match wins.
_SYNTAX_TEXT = {
    r"found character that cannot start any token|found a tab|'\\t'": (
        "a character that cannot stand here; often a tab, an @ or a backquote at the start",
        "indent with blanks, and put a text with such characters in double quotes",
    ),
    r"mapping values are not allowed": (
        "a colon where none can be",
        "check the indentation of this line and the one before; quote a text that holds ': '",
    ),
    r"found unexpected ':'": (
        "a colon where none can be",
        "leave a blank after a colon, and quote a text that holds one",
    ),
    r"expected ',' or '[\]}]'": (
        "a bracket is opened and not closed, or a comma is missing",
        "check the line named here and the ones above",
    ),
    r"expected <block end>|did not find expected (key|'-' indicator)": (
        "the indentation does not fit the lines before",
        "items of one list, and keys of one block, begin in the same column",
    ),
    r"could not find expected ':'": (
        "a key without its colon",
        "write `key: value`, and quote a text of several lines",
    ),
    r"unexpected end of stream": (
        "a quote is opened and not closed",
        "close it with the same quote",
    ),
    r"undefined alias": (
        "an alias (*) for which there is no anchor (&)",
        "write the value out",
    ),
    r"special characters are not allowed|control characters": (
        "a control character stands in the file",
        "delete it, or type the line anew",
    ),
}


def _composed(text: str, file: str, tags: frozenset[str]) -> _Node:
    """The tree of nodes, made without recursion; an alias is the very node of its anchor."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    composer = _Composer(file, tags)
    try:
        for event in yaml.parse(text, Loader=loader):
            composer.take(event)
    except yaml.YAMLError as problem:
        raise _syntax_error(problem, text, file) from None
    root = composer.root
    if root is None or (root.items is None and root.pairs is None and root.scalar is None):
        raise ConfigError("the file is empty", place=Place(file))
    return root


class _Composer:
    """Events → nodes. `waiting` holds, for each open collection, the key that awaits its value."""

    def __init__(self, file: str, tags: frozenset[str]) -> None:
        self.file = file
        self.tags = tags
        self.root: _Node | None = None
        self.stack: list[_Node] = []
        self.waiting: list[_Node | None] = []
        self.anchors: dict[str, _Node] = {}

    def take(self, event: Any) -> None:
        place = Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)
        match event:
            case yaml.ScalarEvent():
                plain = event.implicit[0] and not event.style
                value = resolved(event.value) if plain else event.value
                self.add(self.made(event, _Node(place, scalar=value)))
            case yaml.SequenceStartEvent():
                self.open(self.made(event, _Node(place, items=[])))
            case yaml.MappingStartEvent():
                self.open(self.made(event, _Node(place, pairs=[])))
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self.stack.pop().open = False
                self.waiting.pop()
            case yaml.AliasEvent():
                self.add(self.anchored(str(event.anchor), place))
            case yaml.DocumentStartEvent() if self.root is not None:
                raise ConfigError(
                    "a second document begins here",
                    hint="keep one document a file: remove the line `---`",
                    place=place,
                )

    def made(self, event: Any, node: _Node) -> _Node:
        node.tag = _allowed_tag(event.tag, self.tags, node.place)
        if event.anchor:
            self.anchors[event.anchor] = node
        return node

    def anchored(self, name: str, place: Place) -> _Node:
        known = self.anchors.get(name)
        if known is None or known.open:
            raise ConfigError(
                "an alias (*) for which there is no finished anchor (&)",
                hint="write the value out",
                place=place,
            )
        return known

    def open(self, node: _Node) -> None:
        node.open = True
        self.add(node)
        self.stack.append(node)
        self.waiting.append(None)
        if len(self.stack) > DEEPEST:
            raise ConfigError(
                "the file nests deeper than {limit} levels",
                values={"limit": DEEPEST},
                place=node.place,
            )

    def add(self, node: _Node) -> None:
        if not self.stack:
            self.root = node
            return
        top, key = self.stack[-1], self.waiting[-1]
        if top.items is not None:
            top.items.append(node)
        elif key is None:
            self.waiting[-1] = node
        elif top.pairs is not None:
            top.pairs.append((key, node))
            self.waiting[-1] = None


def _allowed_tag(tag: str | None, tags: frozenset[str], place: Place) -> str:
    if tag is None or tag in ("!", "tag:yaml.org,2002:str"):
        return ""
    if tag in tags:
        return tag
    raise ConfigError(
        "a tag (!) has no meaning here", hint="write the plain value, in quotes", place=place
    )


def _syntax_error(problem: yaml.YAMLError, text: str, file: str) -> ConfigError:
    mark = getattr(problem, "problem_mark", None) or getattr(problem, "context_mark", None)
    said = " ".join(
        str(getattr(problem, name, None) or "") for name in ("problem", "context", "reason")
    )
    if mark is not None:
        place = Place(file, mark.line + 1, mark.column + 1)
        lines = text.splitlines()
        line = lines[mark.line] if mark.line < len(lines) else ""
        if "\t" in line[: len(line) - len(line.lstrip())]:
            return ConfigError(
                "a tab indents this line", hint="YAML is indented with blanks", place=place
            )
    else:
        at = getattr(problem, "position", None)
        before = text[:at] if isinstance(at, int) else ""
        line_no = before.count("\n") + 1
        place = Place(file, line_no, len(before.rpartition("\n")[2]) + 1) if before else Place(file)
    for pattern, (message, hint) in _SYNTAX_TEXT.items():
        if re.search(pattern, said):
            return ConfigError(message, hint=hint, place=place)
    return ConfigError("this is not YAML: {problem}", values={"problem": said.strip()}, place=place)


_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_HEX = re.compile(r"0x[0-9a-fA-F]{1,16}|0o[0-7]{1,21}")
_FLOAT = re.compile(
    r"[-+]?(\.[0-9]+|[0-9]+\.[0-9]*)([eE][-+]?[0-9]{1,3})?|[-+]?[0-9]+[eE][-+]?[0-9]{1,3}"
)
_WORDS: Final[Mapping[str, Any]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


def resolved(text: str) -> Any:
    """A plain scalar as YAML 1.2's core schema has it; a number with a leading zero is text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    if _HEX.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    return text


class _Builder:
    """Nodes → data and places, counting every value so that aliases cannot multiply without end."""

    def __init__(self, file: str, *, merge: bool) -> None:
        self.file = file
        self.merge = merge
        self.count = 0
        self.values: dict[Path, Place] = {}
        self.keys: dict[Path, Place] = {}
        self.problems: list[ConfigError] = []

    def document(self, root: _Node) -> Document:
        data = self.value(root, ())
        if self.problems:
            raise ConfigErrors(self.problems)
        return Document(self.file, data, self.values, self.keys)

    def value(self, node: _Node, path: Path) -> Any:
        self.count += 1
        if self.count > MOST_VALUES or len(path) > DEEPEST:
            raise ConfigError(
                "the file says more than {limit} values, once its aliases are followed",
                values={"limit": MOST_VALUES},
                hint="write the values out in place of nested aliases",
                place=node.place,
            )
        self.values[path] = node.place
        made: Any
        if node.items is not None:
            made = [self.value(item, (*path, at)) for at, item in enumerate(node.items)]
        elif node.pairs is not None:
            made = self.mapping(node.pairs, path)
        else:
            made = node.scalar
        return Tagged(node.tag, made) if node.tag else made

    def mapping(self, pairs: Sequence[tuple[_Node, _Node]], path: Path) -> dict[Any, Any]:
        made: dict[Any, Any] = {}
        merged: dict[Any, Any] = {}
        for key_node, value_node in pairs:
            key = key_node.scalar
            if key_node.items is not None or key_node.pairs is not None:
                self.problems.append(
                    ConfigError(
                        "a list or a mapping cannot be a key",
                        hint="quote a text that begins with a bracket or a brace",
                        place=key_node.place,
                    )
                )
                continue
            if self.merge and key == "<<":
                for source in value_node.items or [value_node]:
                    found = self.value(source, path)
                    merged = {**(found if isinstance(found, dict) else {}), **merged}
                continue
            if isinstance(key, bool) or key is None or isinstance(key, float):
                key = str(key).lower() if key is not None else "null"
            here = (*path, key)
            if key in made:
                self.problems.append(
                    ConfigError(
                        "the key {key} stands twice; the first is in line {line}",
                        values={"key": key, "line": self.keys[here].line},
                        hint="keep one of the two",
                        place=key_node.place,
                    )
                )
                continue
            self.keys[here] = key_node.place
            made[key] = self.value(value_node, here)
        return {**merged, **made}


# ---------------------------------------------------------------------------------------------
# Data → model
# ---------------------------------------------------------------------------------------------


def validate(model: type[M], document: Document) -> M:
    """The model of what the document says. Raises ConfigErrors with everything that is wrong."""
    try:
        return model.model_validate(document.data)
    except ValidationError as invalid:
        raise ConfigErrors(problems(model, document, invalid)) from None


def problems(
    model: type[BaseModel], document: Document, invalid: ValidationError
) -> list[ConfigError]:
    """What pydantic refused, in the words of the person who wrote the file, in the file's order."""
    made: dict[tuple[Path, str], ConfigError] = {}
    for each in invalid.errors(include_url=False):
        path, annotation = _walked(model, document.data, each["loc"])
        problem = _told(document, path, annotation, each)
        made.setdefault((path, problem.message), problem)
    return in_order(made.values())


def in_order(found: "Sequence[ConfigError] | Any") -> list[ConfigError]:
    """Problems as one meets them when reading the file from its top."""

    def where(problem: ConfigError) -> tuple[int, int]:
        place = problem.place
        return (place.line or 0, place.column or 0) if place else (0, 0)

    return sorted(found, key=where)


#: Keys whose values are never repeated in a message, whatever else is wrong with them.
_SECRET = re.compile(
    r"passw|secret|token|dsn|credential|passphrase|private|(^|_)(key|pin)$", re.IGNORECASE
)


def may_be_shown(path: Path) -> bool:
    """Whether the value at that path may be repeated in a message."""
    return not any(_SECRET.search(str(part)) for part in path)


def nearest(word: str, known: Sequence[str]) -> str:
    """The known word that was probably meant, or nothing."""
    near = get_close_matches(word.lower(), [each.lower() for each in known], n=1, cutoff=0.6)
    return next((each for each in known if near and each.lower() == near[0]), "")


#: A bound that is not held, by pydantic's name for it, and where pydantic says the bound.
_BOUND_TEXT = {
    "greater_than_equal": "must be {bound} or more",
    "greater_than": "must be more than {bound}",
    "less_than_equal": "must be {bound} or less",
    "less_than": "must be less than {bound}",
}
_BOUND_KEY: Final = {
    "greater_than_equal": "ge",
    "greater_than": "gt",
    "less_than_equal": "le",
    "less_than": "lt",
}

#: A value of the wrong type, by pydantic's name for it: what is wrong, what to do.
_TYPE_TEXT = {
    "string_type": ("must be text", "put it in quotes"),
    "int_type": ("must be a whole number, without quotes", ""),
    "int_parsing": ("must be a whole number", ""),
    "int_from_float": ("must be a whole number", ""),
    "float_type": ("must be a number", ""),
    "float_parsing": ("must be a number", ""),
    "finite_number": ("must be a number", ""),
    "bool_type": ("must be true or false", ""),
    "bool_parsing": ("must be true or false", ""),
    "list_type": ("must be a list", "write [a, b], or one item a line, each after a '-'"),
    "tuple_type": ("must be a list", "write [a, b], or one item a line, each after a '-'"),
    "set_type": ("must be a list", "write [a, b], or one item a line, each after a '-'"),
    "frozen_set_type": ("must be a list", "write [a, b], or one item a line, each after a '-'"),
    "dict_type": ("must be a block of `key: value`", ""),
    "mapping_type": ("must be a block of `key: value`", ""),
    "model_type": ("must be a block of `key: value`", ""),
    "model_attributes_type": ("must be a block of `key: value`", ""),
    "date_type": ("must be a day", "write it as 2026-03-10"),
    "date_parsing": ("must be a day", "write it as 2026-03-10"),
    "date_from_datetime_parsing": ("must be a day", "write it as 2026-03-10"),
    "date_from_datetime_inexact": ("must be a day", "write it as 2026-03-10"),
    "datetime_type": ("must be a moment", "write it as 2026-03-10T08:00:00+07:00"),
    "datetime_parsing": ("must be a moment", "write it as 2026-03-10T08:00:00+07:00"),
    "datetime_from_date_parsing": ("must be a moment", "write it as 2026-03-10T08:00:00+07:00"),
    "timezone_aware": ("does not say its time zone", "write it as 2026-03-10T08:00:00+07:00"),
    "string_too_short": ("must not be empty", ""),
    "too_short": ("must not be empty", ""),
    "nothing": ("nothing stands after the colon", "write a value, or remove the key"),
    "asset-type": ("an asset needs one of the keys host, url, domain, device, database", ""),
    "step-kind": (
        "a step needs a kind: ssh, local, http, sql, tcp, file, canary, manual or wait",
        "",
    ),
    "not-shown": ("is not valid", ""),
    "string_too_long": ("is longer than {bound}", ""),
    "too_long": ("is longer than {bound}", ""),
}


def _told(document: Document, path: Path, annotation: Any, error: Mapping[str, Any]) -> ConfigError:
    """One refusal as a ConfigError: place, sentence, hint."""
    match str(error["type"]):
        case "missing":
            return ConfigError(
                "the key {key} is missing",
                values={"key": path[-1] if path else ""},
                place=document.place(path[:-1]),
            )
        case "extra_forbidden":
            return _unknown_key(document, path, annotation)
        case "literal_error" | "enum" | "union_tag_invalid":
            return _not_one_of(document, path, annotation, error.get("ctx") or {})
        case "string_pattern_mismatch":
            return _pattern(path, document.place(path), annotation)
    template, hint, values = _sentence(document, path, error)
    return ConfigError(
        template, hint=hint, values=values, place=document.place(path), subject=shown(path)
    )


def _sentence(
    document: Document, path: Path, error: Mapping[str, Any]
) -> tuple[str, str, Mapping[str, Any]]:
    """What is wrong with one value, what to do, and the values of both templates."""
    kind = str(error["type"])
    context = error.get("ctx") or {}
    cause = context.get("error")
    if isinstance(cause, InvalidValueError):
        return cause.template, cause.hint, cause.values
    if kind in _BOUND_TEXT:
        return _BOUND_TEXT[kind], "", {"bound": context[_BOUND_KEY[kind]]}
    if kind in _TYPE_TEXT:
        empty = document.at(path) is None and path in document.values
        bound = {"bound": context["max_length"]} if "max_length" in context else {}
        return *_TYPE_TEXT["nothing" if empty else kind], bound
    if not may_be_shown(path):
        return *_TYPE_TEXT["not-shown"], {}
    return "{problem}", "", {"problem": str(cause or error["msg"])}


def shown(path: Path) -> str:
    """`systems[0].assets[2].host`; items are counted from one, as people count."""
    text = ""
    for part in path:
        text += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if text else part
    return text


def _unknown_key(document: Document, path: Path, annotation: Any) -> ConfigError:
    known = sorted(_keys(annotation))
    key = str(path[-1]) if path else ""
    near = nearest(key, known)
    return ConfigError(
        "the key {key} is not known here",
        hint="did you mean {near}?" if near else "the keys here are: {known}" if known else "",
        values={"key": key, "near": near, "known": ", ".join(known)},
        place=document.key_place(path),
    )


def _not_one_of(
    document: Document, path: Path, annotation: Any, context: Mapping[str, Any]
) -> ConfigError:
    known = [str(each) for each in _choices(annotation)]
    if not known and "expected" in context:
        known = re.findall(r"'([^']*)'", str(context["expected"]))
    seen = document.at(path)
    word = str(seen) if isinstance(seen, str | int) and may_be_shown(path) else ""
    near = nearest(word, known) if word else ""
    values = {"seen": word, "near": near, "known": ", ".join(known)}
    return ConfigError(
        "{seen} is none of: {known}" if word else "must be one of: {known}",
        hint="did you mean {near}?" if near else "",
        values=values,
        place=document.place(path),
        subject=shown(path),
    )


def _pattern(path: Path, place: Place, annotation: Any) -> ConfigError:
    if path and path[-1] == "ref":
        return ConfigError(
            "a reference to a secret is env:NAME, file:PATH or keyring:SERVICE/USER",
            hint="never write the secret itself into this file",
            place=place,
            subject=shown(path),
        )
    described = next(
        (each.description for each in _metadata(annotation) if getattr(each, "description", None)),
        "",
    )
    return ConfigError(
        "is not written as it must be",
        hint=described,
        place=place,
        subject=shown(path),
    )


def _metadata(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation)[1:] if get_origin(annotation) is Annotated else ()


# ---------------------------------------------------------------------------------------------
# Where a refusal stands: pydantic's `loc` names union members besides keys
# ---------------------------------------------------------------------------------------------


def _bare(annotation: Any) -> Any:
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    return annotation


def members(annotation: Any) -> list[Any]:
    """The members of a union that is more than `X | None`, else nothing."""
    bare = _bare(annotation)
    if get_origin(bare) not in (Union, types.UnionType):
        return []
    found = [each for each in get_args(bare) if each is not type(None)]
    return members(found[0]) if len(found) == 1 else found


def only(annotation: Any) -> Any:
    """`X` for `X | None`, and without what `Annotated` adds."""
    bare = _bare(annotation)
    if get_origin(bare) in (Union, types.UnionType):
        found = [each for each in get_args(bare) if each is not type(None)]
        if len(found) == 1:
            return only(found[0])
    return bare


def _walked(model: type[BaseModel], data: Any, loc: Sequence[Any]) -> tuple[Path, Any]:
    """The path of a refusal in the data, and the type that stands there (or around a wrong key)."""
    path: list[str | int] = []
    annotation: Any = model
    for position, part in enumerate(loc):
        if part == "[key]":
            continue
        choices = members(annotation)
        if choices:
            annotation = next((each for each in choices if _label_of(each, part)), Any)
            if annotation is not Any or not _holds(data, part):
                continue
        found = _step(only(annotation), part)
        if found is None and not _holds(data, part) and position < len(loc) - 1:
            continue  # a label of pydantic's own, such as `function-after[…]`
        path.append(part)
        if found is None and position == len(loc) - 1:
            return tuple(path), annotation  # an unknown key: the type around it
        annotation = Any if found is None else found
        data = data[part] if _holds(data, part) else None
    return tuple(path), annotation


def _label_of(member: Any, part: Any) -> bool:
    """Whether pydantic calls this member of a union `part`."""
    if any(isinstance(each, Tag) and each.tag == part for each in _metadata(member)):
        return True
    bare = _bare(member)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        literals = [
            choice
            for info in bare.model_fields.values()
            if get_origin(info.annotation) is Literal
            for choice in get_args(info.annotation)
        ]
        return part in literals or part == bare.__name__
    origin = get_origin(bare) or bare
    return part == getattr(origin, "__name__", None) or str(part).startswith(
        f"{getattr(origin, '__name__', '')}["
    )


def _step(annotation: Any, part: Any) -> Any:
    """The type below `part`, or None where there is no such key."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, info in annotation.model_fields.items():
            if part in (name, info.alias):
                kept: Any = info.annotation
                for each in info.metadata:
                    kept = Annotated[kept, each]
                return Annotated[kept, info] if info.description else kept
        return None
    origin, args = get_origin(annotation), get_args(annotation)
    if isinstance(part, int) and args and origin in (tuple, list, set, frozenset, Sequence):
        return args[part] if origin is tuple and args[-1] is not Ellipsis else args[0]
    if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
        return args[1]
    return Any if annotation is Any else None


def _holds(data: Any, part: Any) -> bool:
    if isinstance(data, Mapping):
        return part in data
    return isinstance(data, list) and isinstance(part, int) and part < len(data)


def _keys(annotation: Any) -> Iterator[str]:
    """The keys that a person may write in a block of this type."""
    bare = only(annotation)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        for name, info in bare.model_fields.items():
            yield info.alias or name
    for member in members(annotation):
        yield from _keys(member)


def _choices(annotation: Any) -> Iterator[Any]:
    """The values of an enumeration or a Literal."""
    bare = only(annotation)
    if get_origin(bare) is Literal:
        yield from get_args(bare)
    elif isinstance(bare, type) and issubclass(bare, Enum):
        yield from (each.value for each in bare)
    for member in members(annotation):
        yield from _choices(member)


Extra = Callable[[Document], Iterator[ConfigError]]
"""What a file must hold besides its model: references between its parts."""


def validated(model: type[M], document: Document, *extra: Extra) -> M:
    """As `validate`, and with what `extra` finds besides, all told at once."""
    found: list[ConfigError] = [problem for each in extra for problem in each(document)]
    try:
        made = validate(model, document)
    except ConfigErrors as invalid:
        raise ConfigErrors(in_order([*invalid.problems, *found])) from None
    if found:
        raise ConfigErrors(in_order(found))
    return made
