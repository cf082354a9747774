"""Where the memory of a crashed program goes."""

import re
from collections.abc import Iterator
from typing import Literal

from cdso_audit.facts.reading import Fact, Outputs, Probe, UnreadableError, reader
from cdso_audit.facts.systemd_conf import assignments, shown
from cdso_audit.model import KnownBy

CORE_DUMPS = Probe(
    id="core-dumps",
    run=r"""
echo '== pattern'
cat /proc/sys/kernel/core_pattern
echo '== suid'
cat /proc/sys/fs/suid_dumpable
echo '== limits'
for each in /etc/security/limits.conf /etc/security/limits.d/*.conf; do
  [ -e "$each" ] || continue
  grep -E '^[^#]*[[:space:]]core[[:space:]]' "$each" || [ $? = 1 ] || exit 4
done
echo '== coredump'
"""
    + shown("coredump.conf")
    + r"""echo '== end'
""",
    why="where the memory of crashed programs goes",
)


class CoreDumps(Fact):
    """Settings on core dumps."""

    kind: Literal["core-dumps"] = "core-dumps"
    known_by: KnownBy = KnownBy.DAEMON
    pattern: str
    """kernel.core_pattern: a file name, or a program after `|`."""
    suid_dumpable: int
    hard_limit: str
    """The hard limit for everybody in limits.conf, or nothing."""
    storage: str
    """systemd-coredump's Storage=, or nothing."""
    largest: str
    """systemd-coredump's ProcessSizeMax=, or nothing."""


@reader(CoreDumps, CORE_DUMPS)
def read_core_dumps(outputs: Outputs) -> Iterator[CoreDumps]:
    """One fact."""
    part: dict[str, list[str]] = {}
    current: list[str] = []
    for line in outputs.lines(CORE_DUMPS):
        if re.fullmatch(r"== (pattern|suid|limits|coredump|end)", line):
            current = part.setdefault(line[3:], [])
        else:
            current.append(line)
    if "end" not in part or not part["suid"] or not part["suid"][0].isdigit():
        raise UnreadableError("the settings on core dumps were not told in full")
    hard = ""
    for line in part["limits"]:
        words = line.split()
        if len(words) >= 4 and words[0] == "*" and words[1] in ("hard", "-"):  # noqa: PLR2004
            hard = words[3]
    settings = dict(assignments("\n".join(part["coredump"]), "Coredump"))
    yield CoreDumps(
        subject="core-dumps",
        pattern=part["pattern"][0] if part["pattern"] else "",
        suid_dumpable=int(part["suid"][0]),
        hard_limit=hard,
        storage=settings.get("Storage", ""),
        largest=settings.get("ProcessSizeMax", ""),
    )
