"""
Configuration files of systemd's own programs, as systemd.syntax(7) has them.

`systemd-analyze cat-config` finds the files, in the order in which they count; what it prints is
text still, with sections, comments and continued lines.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from math import inf


def shown(file: str) -> str:
    """
    Shell text that prints a file below /etc/systemd with its drop-ins and without comments, except
    for the path before each file. Without systemd-analyze it is the file and the drop-ins of /etc.
    """
    return rf"""if command -v systemd-analyze >/dev/null 2>&1
then systemd-analyze cat-config systemd/{file} 2>/dev/null
else
  for f in /etc/systemd/{file} /etc/systemd/{file}.d/*.conf; do
    [ ! -r "$f" ] || {{ echo "# $f"; cat "$f"; echo; }}
  done
fi | awk '/^# \/.*\.conf$/ || !/^[ \t]*[#;]/'
"""


def assignments(text: str, section: str) -> Iterator[tuple[str, str]]:
    """
    Names and values of one section, in order; an empty value is one, too. Where neither files nor
    sections are told, as in evidence that was collected without them, every line counts.
    """
    # cat-config puts an empty line of its own before each file but the first
    lines = re.sub(r"\n\n(?=# /)", "\n", text).splitlines()
    outside = "" if any(line.lstrip().startswith(("[", "# /")) for line in lines) else section
    current, begun = outside, ""
    for line, after in zip_longest(lines, lines[1:], fillvalue="# /"):
        if line.startswith("# /"):  # a new file
            current, begun = outside, ""
            continue
        begun += line.lstrip()
        if (len(begun) - len(begun.rstrip("\\"))) % 2:
            begun = begun[:-1] + " "
            if not after.startswith("# /"):
                continue
        whole, begun = begun.strip(), ""
        name, equals, value = whole.partition("=")
        if whole.startswith("["):
            current = whole[1:-1] if whole.endswith("]") else current
        elif equals and current == section:
            yield name.strip(), value.strip()


#: Names of units (systemd.time(7)) → seconds; a month is 30.44 days, a year 365.25.
_UNITS: Mapping[str, float] = {
    **dict.fromkeys(("usec", "us", "µs", "μs"), 1e-6),
    **dict.fromkeys(("msec", "ms"), 1e-3),
    **dict.fromkeys(("", "seconds", "second", "sec", "s"), 1),
    **dict.fromkeys(("minutes", "minute", "min", "m"), 60),
    **dict.fromkeys(("hours", "hour", "hr", "h"), 3600),
    **dict.fromkeys(("days", "day", "d"), 86_400),
    **dict.fromkeys(("weeks", "week", "w"), 604_800),
    **dict.fromkeys(("months", "month", "M"), 2_629_800),
    **dict.fromkeys(("years", "year", "y"), 31_557_600),
}
_SPAN = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*([A-Za-zµμ]*)", re.ASCII)


def seconds(text: str) -> float | None:
    """A time span such as `1week 2d` in seconds; None when systemd would not take it."""
    if text.strip() == "infinity":
        return inf
    found, at = 0.0, 0
    while part := _SPAN.match(text, at):
        if part[2] not in _UNITS:
            return None
        found, at = found + float(part[1]) * _UNITS[part[2]], part.end()
    return found if at and not text[at:].strip() else None
