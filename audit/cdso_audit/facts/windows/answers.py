"""
The JSON that Windows PowerShell 5.1 makes, with its habits.

A list of one is sometimes no list, and a list that went through a pipeline is sometimes a table of
`value` and `Count`. Whatever has another form than the one that is documented is unreadable: a gap.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from cdso_audit.facts.reading import Outputs, Probe, UnreadableError

#: 1601-01-01, from which Windows counts in steps of 100 ns.
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def answer(outputs: Outputs, probe: Probe) -> Mapping[str, Any]:
    """The table that a probe gave back."""
    found = outputs.json(probe)
    if not isinstance(found, dict):
        raise UnreadableError(f"{probe.id}: the answer is no table")
    return found


def items(value: Any) -> list[Any]:
    """A list, whatever PowerShell made of it; None is an empty one."""
    if value is None:
        return []
    if isinstance(value, dict) and set(value) == {"value", "Count"}:
        return items(value["value"])
    return value if isinstance(value, list) else [value]


def listed(seen: Mapping[str, Any], name: str) -> Any:
    """What an answer says of something; silence is unreadable, not an empty list."""
    if name not in seen:
        raise UnreadableError(f"the answer does not speak of {name}")
    return seen[name]


def tables(value: Any) -> list[Mapping[str, Any]]:
    """A list of tables; raises UnreadableError when something else is in it."""
    found = items(value)
    if not all(isinstance(each, dict) for each in found):
        raise UnreadableError("a list of objects holds something else")
    return found


def number(value: Any, what: str) -> int:
    """A whole number, also when it is written as text, as REG_SZ has it."""
    if isinstance(value, bool) or not re.fullmatch(r"\s*-?\d+\s*", str(value)):
        raise UnreadableError(f"{what}: {str(value)[:60]!r} is no number")
    return int(value)


def maybe_number(value: Any, what: str) -> int | None:
    """A whole number, or None where there is none."""
    return None if value is None else number(value, what)


def flag(value: Any, what: str) -> bool:
    """True or false; numbers and the words of enumerations are taken too."""
    words = {"true": True, "1": True, "false": False, "0": False}
    if str(value).lower() not in words:
        raise UnreadableError(f"{what}: {str(value)[:60]!r} is neither true nor false")
    return words[str(value).lower()]


def instant(value: Any, what: str) -> datetime | None:
    """A moment as .NET's round-trip form writes it; None where there is none."""
    if value in (None, ""):
        return None
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as problem:
        raise UnreadableError(f"{what}: {str(value)[:60]!r} is no moment") from problem
    if moment.tzinfo is None:
        raise UnreadableError(f"{what}: {str(value)[:60]!r} has no time zone")
    return moment.astimezone(UTC)


def from_filetime(value: Any, what: str) -> datetime | None:
    """A moment counted from 1601 in 100 ns; 0 and the largest number mean never."""
    count = number(value, what)
    if count in (0, 2**63 - 1):
        return None
    try:
        return _EPOCH + timedelta(microseconds=count // 10)
    except OverflowError as problem:
        raise UnreadableError(f"{what}: {count} is no moment") from problem
