"""
Configuration files of systemd's own programs, as systemd.syntax(7) has them.

`systemd-analyze cat-config` finds the files, in the order in which they count; what it prints is
text still, with sections, comments and continued lines.
"""

import re
from collections.abc import Iterator
from itertools import zip_longest


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
