"""
Mutants of a check in YAML: the operator turned, the value changed or cut, another field asked,
the parameter's name taken away. Its words for people stay.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import yaml

from cdso_audit import plugins, yamlfile
from cdso_audit.declarative import SUFFIX, parse_check, steps, tried
from cdso_audit.errors import CdsoError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_TURNED: Final = {
    "equals": ("not-equals",),
    "not-equals": ("equals",),
    "one-of": ("none-of",),
    "none-of": ("one-of",),
    "at-least": ("at-most", "equals"),
    "at-most": ("at-least", "equals"),
    "contains": ("not-contains",),
    "not-contains": ("contains",),
    "matches": ("equals", "not-equals"),
    "present": ("absent",),
    "absent": ("present",),
}
#: Parts of every fact that say nothing of what was seen.
_COMMON: Final = {"kind", "known_by", "probes"}


class DeclaredMutant(NamedTuple):
    """One fault: where and what, and the whole file with it."""

    id: str
    kind: str
    text: str


def declared_mutants(text: str, file: str) -> Iterator[DeclaredMutant]:
    """Every mutant that still is a check, in the order of the file's keys."""
    data = _held(text, file)
    for kind, key, value in _changes(data, text, file):
        changed = {name: each for name, each in data.items() if name != key or value is not None}
        if value is not None:
            changed[key] = value
        made = yaml.safe_dump(changed, allow_unicode=True, sort_keys=False)
        try:
            parse_check(made, file)
        except CdsoError:
            continue
        shown = "(none)" if value is None else value
        yield DeclaredMutant(f"{key}: {data[key]} → {shown}", kind, made)


def unchanged(text: str, file: str) -> str:
    """The file as a mutant would be written, without any fault."""
    return yaml.safe_dump(_held(text, file), allow_unicode=True, sort_keys=False)


def _held(text: str, file: str) -> dict[str, Any]:
    """What the file holds to the product's own reader, for which `no` is a word."""
    data = yamlfile.parse(text, file).data
    assert isinstance(data, dict)
    return data


def _changes(data: dict[str, Any], text: str, file: str) -> Iterator[tuple[str, str, Any]]:
    for name in _siblings(data["field"], text, file):
        yield "field", "field", name
    for operator in _TURNED[data["operator"]]:
        yield "operator", "operator", operator
    if "value" in data:
        for value in _values(data["value"]):
            yield "value", "value", value
    for key in ("subject", "parameter"):
        if key in data:
            yield key, key, None


def _siblings(field: str, text: str, file: str) -> Iterator[str]:
    """What else the fact holds, where the field is one word."""
    if len(steps(field)) == 1:
        known = parse_check(text, file).fact.model_fields
        yield from (name for name in known if name != field and name not in _COMMON)


def _values(value: Any) -> Iterator[Any]:
    """The neighbours of a value; a list without each of its members."""
    if isinstance(value, list):
        for at in range(len(value)):
            yield [*value[:at], *value[at + 1 :]]
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield value + 1
        yield value - 1
    else:
        yield f"not {value}"


def plant(path: Path, text: str) -> None:
    """From now on this process finds the file with this text. Raises when its own tests fail."""
    name = f"{path.parent.name}/{path.name}"
    genuine = plugins.texts_in

    def found(package: Any) -> Iterator[tuple[str, bytes]]:
        for each, held in genuine(package):
            yield each, text.encode() if each == name else held

    plugins.texts_in = found
    wrong = [each for each in tried(text, path.name) if not each.holds]
    if wrong:
        raise AssertionError(wrong)


def identifier(path: Path) -> str:
    """The id of the check that the file holds."""
    return path.name.removesuffix(SUFFIX)
