"""
Spans of time as people write them: `30m`, `24h`, `7d`, `2 weeks`, `1h30m`, or ISO 8601 (`PT24H`).

A bare number is refused, since nobody can tell whether 24 means seconds or hours. Months and years
are refused too: they have no one length.
"""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from cdso_audit.errors import InvalidValueError

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}

#: Words for a unit, in both languages, by the letter that stands for it.
_WORDS = {
    "s": ("s", "sec", "secs", "second", "seconds", "giây"),
    "m": ("m", "min", "mins", "minute", "minutes", "phút"),
    "h": ("h", "hr", "hrs", "hour", "hours", "giờ"),
    "d": ("d", "day", "days", "ngày"),
    "w": ("w", "week", "weeks", "tuần"),
}
_UNIT = {word: letter for letter, words in _WORDS.items() for word in words}
_PART = re.compile(r"\s*(\d{1,9}(?:\.\d{1,9})?)\s*([^\W\d_]+)\s*")
_ISO = re.compile(
    r"P(?!$)(?:(?P<w>\d{1,9}(?:\.\d{1,9})?)W)?(?:(?P<d>\d{1,9}(?:\.\d{1,9})?)D)?"
    r"(?:T(?!$)(?:(?P<h>\d{1,9}(?:\.\d{1,9})?)H)?(?:(?P<m>\d{1,9}(?:\.\d{1,9})?)M)?"
    r"(?:(?P<s>\d{1,9}(?:\.\d{1,9})?)S)?)?"
)

#: The longest span that a person can mean here; more is a slip of the pen.
LONGEST = timedelta(days=36525)

#: For editors; the parser is the authority.
PATTERN = (
    r"^\s*(\d+(\.\d+)?\s*(s|m|h|d|w|sec|secs|second|seconds|min|mins|minute|minutes|hr|hrs|hour|hours"
    r"|day|days|week|weeks|giây|phút|giờ|ngày|tuần)\s*)+$|^P"
)


def parse_duration(text: str) -> timedelta:
    """The span that `text` means. Raises InvalidValueError with a hint when it means none."""
    iso = _ISO.fullmatch(text.strip())
    if iso:
        found = [(float(amount), unit) for unit, amount in iso.groupdict().items() if amount]
    else:
        found = []
        at = 0
        while at < len(text):
            part = _PART.match(text, at)
            unit = _UNIT.get(part[2].lower()) if part else None
            if part is None or unit is None:
                break
            found.append((float(part[1]), unit))
            at = part.end()
        if at < len(text):
            found = []
    units = [unit for _, unit in found]
    if not found or len(set(units)) < len(units):
        raise InvalidValueError("this is no span of time", hint=HINT)
    span = timedelta(seconds=sum(amount * _SECONDS[unit] for amount, unit in found))
    if span > LONGEST:
        raise InvalidValueError("this span of time is longer than a hundred years", hint=HINT)
    return span


HINT = "write a number and its unit, such as 30m, 24h, 7d or 2 weeks"


def written(span: timedelta) -> str:
    """The span as a person would write it, in the largest units that fit: `24h`, `1h30m`, `7d`."""
    seconds = round(span.total_seconds())
    if seconds and seconds % _SECONDS["d"] == 0 and seconds > _SECONDS["d"]:
        return f"{seconds // _SECONDS['d']}d"
    parts = []
    for letter in ("h", "m", "s"):
        amount, seconds = divmod(seconds, _SECONDS[letter])
        if amount:
            parts.append(f"{amount}{letter}")
    return "".join(parts) or "0s"


def _parsed(value: Any) -> Any:
    if isinstance(value, timedelta):
        if value < timedelta(0):
            raise InvalidValueError("a span of time cannot be negative", hint=HINT)
        return value
    if isinstance(value, str):
        return parse_duration(value)
    raise InvalidValueError("a bare number does not say its unit", hint=HINT)


Duration = Annotated[
    timedelta,
    BeforeValidator(_parsed),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": PATTERN,
            "description": "A span of time with its unit: 30m, 24h, 7d, 2 weeks.",
            "examples": ["30m", "24h", "7d"],
        }
    ),
]
"""A `timedelta` that people write with its unit; in JSON it stands as ISO 8601."""
