"""
The text of a configuration as it was saved: what a terminal did to it, before any dialect.

A file cut by a pager, or holding the device's refusal, is told as such and never judged: half a
configuration looks like a device without its second half.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime

from cdso_audit.facts.reading import UnreadableError

#: First line that the collector puts before the text: when the file was last written.
FILE_OF = re.compile(r"\A\[file of (\d{4}-\d{2}-\d{2})\]\n")

_PAGED = re.compile(
    r"--\s*more\s*--|---\(\s*more[^)\n]*\)---|^-- \[Q quit\|", re.IGNORECASE | re.MULTILINE
)
_REFUSED = re.compile(
    r"^\s*(?:% ?(?:Invalid input|Incomplete command|Authorization failed|Bad (?:IP|secrets))"
    r"|Command authorization failed|error: (?:unknown|permission|syntax)|Unknown action \d"
    r"|Command fail\. Return code|bad command name|expected end of command"
    r"|not enough permissions)",
    re.MULTILINE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Saved:
    """The text, and the day of its file."""

    text: str
    file_of: date | None


def saved(raw: str) -> Saved:
    """The text of a configuration; raises UnreadableError for what is none, or not all of it."""
    found = FILE_OF.match(raw)
    day = date.fromisoformat(found[1]) if found else None
    text = raw[found.end() :] if found else raw
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\r\n", "\n")
    text = text.replace("\r", "\n")
    if not text.strip():
        raise UnreadableError("the file is empty")
    if "\0" in text:
        raise UnreadableError("the file is no text (a binary backup, or saved as UTF-16)")
    paged = _PAGED.search(text)
    if paged:
        raise UnreadableError(
            f"the output was cut by a pager ({paged[0].strip()}); save it again without paging"
        )
    refused = _REFUSED.search(text)
    if refused:
        line = text[refused.start() :].strip().splitlines()[0]
        raise UnreadableError(f"the device refused the command: {line[:120]}")
    return Saved(text=text, file_of=day)


def day_of(year: str, month: str, day: str) -> date | None:
    """A day out of words such as `2026`, `Nov` or `11`, `05`; None when there is no such day."""
    number = _MONTHS.index(month[:3].lower()) + 1 if month[:3].lower() in _MONTHS else 0
    if not number and month.isdigit():
        number = int(month)
    try:
        return datetime(int(year), number, int(day)).date()  # noqa: DTZ001 - a day has no zone
    except ValueError:
        return None


def major(version: str) -> int | None:
    """The first number of a version, or None."""
    found = re.match(r"\D*(\d+)", version)
    return int(found[1]) if found else None
