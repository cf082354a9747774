"""What is mounted where, as the kernel tells it, and in what surroundings the host runs."""

import re
from collections.abc import Iterator
from typing import Literal

from cdso_audit.facts.reading import Fact, Outputs, Probe, UnreadableError, reader
from cdso_audit.model import Frozen, KnownBy

MOUNTS = Probe(
    id="mounts",
    run="cat /proc/self/mountinfo && echo '== end'",
    why="mounted file systems and their options",
)
SURROUNDINGS = Probe(
    id="surroundings",
    run=r"""
kind=$(systemd-detect-virt --container 2>/dev/null)
[ -n "$kind" ] || kind=none
if [ "$kind" = none ]; then
  if [ -s /run/systemd/container ]; then kind=$(cat /run/systemd/container)
  elif [ -e /.dockerenv ]; then kind=docker
  elif [ -e /run/.containerenv ]; then kind=podman
  elif [ -n "$KUBERNETES_SERVICE_HOST" ]; then kind=kubernetes
  elif grep -qs 'lxc\|container=' /proc/1/environ; then kind=lxc
  fi
fi
echo "container $kind"
machine=$(systemd-detect-virt --vm 2>/dev/null)
echo "machine ${machine:-unknown}"
if [ -d /run/systemd/system ]; then echo 'init systemd'
else echo "init $(cat /proc/1/comm 2>/dev/null || echo unknown)"; fi
if [ -d /sys/firmware/efi ]; then echo 'firmware efi'; else echo 'firmware bios'; fi
echo 'end .'
""",
    why="whether this is a container, a virtual machine or hardware",
)


class Mount(Frozen):
    """One mounted file system. Options of the mount itself and of the file system, together."""

    point: str
    type: str
    source: str
    device: str
    root: str
    options: tuple[str, ...]


class MountTable(Fact):
    """All mounts; of those on one point only the uppermost, which is the one that is seen."""

    kind: Literal["mount-table"] = "mount-table"
    known_by: KnownBy = KnownBy.DAEMON
    mounts: tuple[Mount, ...]
    container: str
    """Kind of container that this is, or `none`."""

    def at(self, point: str) -> Mount | None:
        """What is mounted on exactly this point."""
        return next((each for each in self.mounts if each.point == point), None)


def unescaped(text: str) -> str:
    """A path of mountinfo, where blank, tab, newline and backslash stand as octal."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), text)


def parse_mounts(text: str) -> tuple[Mount, ...]:
    """/proc/self/mountinfo (proc(5)). Raises UnreadableError."""
    rows: list[tuple[str, str, Mount]] = []
    lines = text.splitlines()
    if not lines or lines[-1] != "== end":
        raise UnreadableError("the list of mounts has no end")
    for line in lines[:-1]:
        before, dash, after = line.partition(" - ")
        head, tail = before.split(" "), after.split(" ")
        if not dash or len(head) < 6 or len(tail) < 3:  # noqa: PLR2004 - proc(5)
            raise UnreadableError(f"not a line of mountinfo: {line[:80]!r}")
        mount = Mount(
            point=unescaped(head[4]),
            type=tail[0],
            source=unescaped(tail[1]),
            device=head[2],
            root=unescaped(head[3]),
            options=tuple(dict.fromkeys([*head[5].split(","), *tail[2].split(",")])),
        )
        rows.append((head[0], head[1], mount))
    mounts = {mount.point: mount for mount in _visible(rows)}
    if "/" not in mounts:
        raise UnreadableError("no file system is mounted on /")
    return tuple(mounts.values())


def _visible(rows: list[tuple[str, str, Mount]]) -> Iterator[Mount]:
    """Mounts that no later one covers: one on the same point, or on a folder above it."""
    hidden: set[str] = set()
    for number, parent, mount in rows:
        for other, other_parent, above in rows:
            on_top = other_parent == number and above.point == mount.point
            beside = other_parent == parent and above.point != mount.point
            if other != number and (on_top or (beside and is_below(mount.point, above.point))):
                hidden.add(number)
    while more := {number for number, parent, _ in rows if parent in hidden} - hidden:
        tops = {
            number
            for number, parent, mount in rows
            if any(row[0] == parent and row[2].point == mount.point for row in rows)
        }
        if not more - tops:
            break
        hidden |= more - tops
    for number, _, mount in rows:
        if number not in hidden:
            yield mount


def is_below(path: str, folder: str) -> bool:
    """Whether the path is the folder or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def parse_surroundings(text: str) -> dict[str, str]:
    """`container`, `machine`, `init` and `firmware`. Raises UnreadableError."""
    found = dict(line.split(" ", 1) for line in text.splitlines() if " " in line)
    if not {"container", "machine", "init", "firmware", "end"} <= set(found):
        raise UnreadableError("the surroundings were not told in full")
    return found


@reader(MountTable, MOUNTS, SURROUNDINGS)
def read_mount_table(outputs: Outputs) -> Iterator[MountTable]:
    """One fact for the whole table."""
    yield MountTable(
        subject="mounts",
        mounts=parse_mounts(outputs.text(MOUNTS)),
        container=parse_surroundings(outputs.text(SURROUNDINGS))["container"],
    )
