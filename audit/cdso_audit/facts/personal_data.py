"""
Numbers of people in logs that every account of a host may read: counted on the host, never sent.

A citizen's number (CCCD) has twelve digits, as Decree 137/2015/NĐ-CP, article 13, made it: a
province (001 to 096), a digit for century and sex (0 to 3 for who was born since 1900), two of the
year of birth and six of its own. A mobile number is 0 or 84, then 3, 5, 7, 8 or 9 and eight digits.
Other numbers look like these by chance, so a few prove nothing.
"""

import re
from collections.abc import Iterator
from typing import Literal

from cdso_audit.facts.reading import (
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnreadableError,
    reader,
)
from cdso_audit.model import Frozen, GapReason

#: Bytes of one log that are looked through; a longer one is told.
LARGEST_MIB = 64
#: Days since a log was last written to; older ones are rotated away sooner or later.
RECENT_DAYS = 31

PERSONAL_DATA = Probe(
    id="personal-data",
    run=r"""
look='
  BEGIN { d = "[0-9]"; four = d d d d
    citizen = "[^0-9.]0" d d "[0-3]" four four "[^0-9.]"
    mobile = "[^0-9.](84|0)[35789]" four four "[^0-9.]"
    for (i = 1; i < ARGC; i++)
      if ((getline l < ARGV[i]) < 0) { print "closed", ARGV[i]; delete ARGV[i] }
      else { close(ARGV[i]); seen++ } }
  FNR == 1 && file != "" { tell() }
  FNR == 1 { file = FILENAME; people = phones = 0 }
  /[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]/ {
    line = " " $0 " "
    while (match(line, citizen)) {
      if ((n = substr(line, RSTART + 1, 3) + 0) >= 1 && n <= 96) people++
      line = substr(line, RSTART + RLENGTH - 1) }
    line = " " $0 " "
    while (match(line, mobile)) { phones++; line = substr(line, RSTART + RLENGTH - 1) } }
  function tell() { if (people || phones) print "file", people, phones, file }
  END { if (file != "") tell(); print "seen", seen + 0 }'
set --
for each in /var/log /opt /srv /var/www; do [ -d "$each" ] && set -- "$@" "$each"; done
[ $# = 0 ] || find "$@" -xdev -type d ! -perm -0001 -prune -o -type f -perm -0004 -mtime -__DAYS__ \
  \( -path '/var/log/*' -o -name '*.log' -o -name '*.log.[0-9]*' \) \
  ! -name '*.gz' ! -name '*.xz' ! -name '*.bz2' ! -name '*.zst' ! -name '*.journal' \
  \( -size +__BLOCKS__ -exec echo large {} \; -o -exec awk "$look" {} + \) 2>/dev/null
echo '== end'
""".replace("__DAYS__", str(RECENT_DAYS)).replace("__BLOCKS__", str(LARGEST_MIB * 2048)),
    why="how many citizens' and mobile numbers stand in logs that every account may read; counts "
    "only",
    deadline=30,
    lane="contents",
)


class CountedLog(Frozen):
    """One log with numbers in it."""

    path: str
    citizens: int
    mobiles: int


class PersonalDataLogs(Fact):
    """Every readable log of the last month that holds such numbers, and how many logs there are."""

    kind: Literal["personal-data-logs"] = "personal-data-logs"
    logs: tuple[CountedLog, ...]
    looked_at: int


@reader(PersonalDataLogs, PERSONAL_DATA)
def read_personal_data(outputs: Outputs) -> Iterator[PersonalDataLogs | Missing | Absent]:
    """One fact; a gap for each log that was closed or too large."""
    lines = outputs.lines(PERSONAL_DATA)
    if not lines or lines[-1] != "== end":
        raise UnreadableError("the list of logs has no end")
    logs: list[CountedLog] = []
    seen = 0
    unseen = False
    for line in lines[:-1]:
        word, _, rest = line.partition(" ")
        counted = re.fullmatch(r"(\d+) (\d+) (/.*)", rest)
        if word == "seen" and rest.isdigit():
            seen += int(rest)
        elif word == "file" and counted is not None:
            logs.append(
                CountedLog(path=counted[3], citizens=int(counted[1]), mobiles=int(counted[2]))
            )
        elif word == "closed":
            unseen = True
            yield Missing(rest, GapReason.DENIED, "this log could not be read")
        elif word == "large":
            unseen = True
            detail = f"this log has more than {LARGEST_MIB} MiB"
            yield Missing(rest, GapReason.TOO_LARGE, detail)
        else:
            raise UnreadableError(f"not a line of this probe: {line[:60]!r}")
    if seen:
        yield PersonalDataLogs(subject="logs", logs=tuple(logs), looked_at=seen)
    elif not unseen:
        yield Absent("no log of the last month may be read by every account")
