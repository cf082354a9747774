"""Units of systemd, and the servers that older super-servers start."""

import re
from collections.abc import Iterator, Mapping
from typing import Literal

from cdso_audit.facts.mounts import SURROUNDINGS, parse_surroundings
from cdso_audit.facts.packages import PACKAGES, parse_packages
from cdso_audit.facts.reading import (
    Absent,
    Fact,
    Outputs,
    Probe,
    UnavailableError,
    UnreadableError,
    reader,
)
from cdso_audit.facts.sockets import SOCKET_NAMES, SOCKETS, parse_names, parse_sockets
from cdso_audit.model import Frozen, GapReason, KnownBy

UNIT_FILES = Probe(
    id="unit-files",
    run=r"""
systemctl --root=/ list-unit-files --type=service,socket --no-legend --no-pager || exit 4
echo '== end'
""",
    tool="systemctl",
    why="which services start by themselves",
    lane="units",
)
UNITS = Probe(
    id="units-active",
    run=r"""
systemctl list-units --type=service,socket --state=active,activating,failed \
  --plain --no-legend --no-pager || exit 4
echo '== end'
""",
    tool="systemctl",
    why="which services run now",
)
FAILED = Probe(
    id="units-failed",
    run=(
        *("/usr/bin/systemctl", "list-units", "--failed", "--plain", "--no-legend", "--no-pager"),
    ),
    root=True,
    why="which units failed, where an ordinary user may not ask",
)
INETD = Probe(
    id="inetd",
    run=r"""
echo '== inetd'
if [ -e /etc/inetd.conf ]; then grep -E '^[^#[:space:]]' /etc/inetd.conf || [ $? = 1 ] || exit 4; fi
for each in /etc/inetd.d/*; do
  [ -f "$each" ] || continue
  grep -E '^[^#[:space:]]' "$each" || [ $? = 1 ] || exit 4
done
echo '== xinetd'
for each in /etc/xinetd.conf /etc/xinetd.d/*; do
  [ -f "$each" ] || continue
  awk '/^[ \t]*service[ \t]/ {name = $2; off = 0}
    /^[ \t]*disable[ \t]*=[ \t]*yes/ {off = 1}
    /^[ \t]*}/ && name != "" {if (!off) print name; name = ""}' "$each" || exit 4
done
echo '== end'
""",
    why="servers that inetd and xinetd start",
)


class UnitFile(Frozen):
    """A unit and whether it starts by itself: `enabled`, `disabled`, `static`, `masked`, …"""

    name: str
    state: str


class Services(Fact):
    """What starts by itself and what runs, whoever starts it."""

    kind: Literal["services"] = "services"
    known_by: KnownBy = KnownBy.DAEMON
    units: tuple[UnitFile, ...]
    active: tuple[str, ...] | None
    """Units that run, or None when nobody could be asked."""
    super_servers: tuple[str, ...]
    """Service names that inetd or xinetd is to start."""
    packages: tuple[str, ...] | None
    """Installed packages, or None when no package database was found."""
    ports: tuple[tuple[str, int], ...]
    """Protocol and port of what waits for others than this host itself."""
    programs: Mapping[str, str] = {}
    """`514/tcp` → the program that waits there, as far as root could ask."""


class FailedUnits(Fact):
    """Units in the state `failed`."""

    kind: Literal["failed-units"] = "failed-units"
    known_by: KnownBy = KnownBy.DAEMON
    names: tuple[str, ...]


def parse_unit_files(lines: list[str]) -> tuple[UnitFile, ...]:
    """Lines of `systemctl list-unit-files`. Raises UnreadableError."""
    if not lines or lines[-1] != "== end":
        raise UnreadableError("the list of unit files has no end")
    rows = [line.split() for line in lines[:-1]]
    return tuple(UnitFile(name=row[0], state=row[1]) for row in rows if len(row) > 1)


def parse_units(lines: list[str]) -> dict[str, str]:
    """Unit → its active state, from `systemctl list-units --plain`."""
    rows = [re.sub(r"^\W\s*", "", line).split() for line in lines]
    return {row[0]: row[2] for row in rows if len(row) > 3}  # noqa: PLR2004 - unit load active sub


def _active(outputs: Outputs) -> dict[str, str] | None:
    try:
        lines = outputs.lines(UNITS)
    except UnavailableError:
        return None
    if not lines or lines[-1] != "== end":
        raise UnreadableError("the list of units has no end")
    return parse_units(lines[:-1])


@reader(Services, UNIT_FILES, UNITS, INETD, PACKAGES, SOCKETS, SOCKET_NAMES)
def read_services(outputs: Outputs) -> Iterator[Services]:
    """One fact. Without systemd there are no units, and the rest still tells."""
    units: tuple[UnitFile, ...] = ()
    active: tuple[str, ...] | None = ()
    if outputs.has_tool(UNIT_FILES):
        units = parse_unit_files(outputs.lines(UNIT_FILES))
        states = _active(outputs)
        active = None if states is None else tuple(n for n, s in states.items() if s != "failed")
    names: list[str] = []
    table = ""
    for line in outputs.lines(INETD):
        if line.startswith("== "):
            table = line[3:]
        elif line.split():
            names.append(line.split()[0].rpartition(":")[2])
    if table != "end":
        raise UnreadableError("the list of inetd has no end")
    try:
        programs = parse_names(outputs.text(SOCKET_NAMES))
    except UnavailableError:
        programs = {}
    yield Services(
        subject="services",
        units=units,
        active=active,
        super_servers=tuple(names),
        packages=parse_packages(outputs.text(PACKAGES)),
        ports=tuple(
            (protocol, port)
            for protocol, address, port in parse_sockets(outputs.text(SOCKETS))
            if not address.startswith("127.") and address != "::1"
        ),
        programs={f"{port}/{protocol}": name for (protocol, port), name in programs.items()},
    )


@reader(FailedUnits, UNITS, FAILED, SURROUNDINGS)
def read_failed_units(outputs: Outputs) -> Iterator[FailedUnits | Absent]:
    """Asked as an ordinary user, and as root where there is no bus for such."""
    init = parse_surroundings(outputs.text(SURROUNDINGS))["init"]
    if init != "systemd":
        yield Absent("systemd does not run here; process 1 is {init}", {"init": init})
        return
    states = _active(outputs)
    if states is None:
        if not outputs.has_tool(FAILED):
            raise UnavailableError(GapReason.MISSING_TOOL, "systemctl is not there")
        states = parse_units(outputs.lines(FAILED))
    yield FailedUnits(
        subject="units",
        names=tuple(sorted(name for name, state in states.items() if state == "failed")),
    )
