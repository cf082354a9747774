"""
What the host is: its distribution, whether it is a container, its kernel, since when it exists.

Several other subjects need this, since a container borrows its clock, its kernel and the kernel's
audit system from the machine below it, and a young host cannot have old logs.
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Literal

from pydantic import AwareDatetime

from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, UnreadableError, reader

#: A section's head in the output of a probe that answers several questions at once.
_HEAD = re.compile(r"^@@ ([a-z0-9-]+)$")

#: Shell text that prints the names (15 characters at most) of the host's own processes. Those of
#: its containers are in `/proc` too, and have a second process id in `NSpid`.
OWN_PROCESSES = r"""cat /proc/[0-9]*/status 2>/dev/null | awk '
  /^Name:/ { if (n != "" && !inner) print n; n = $2; inner = 0 }
  /^NSpid:/ { inner = NF > 2 }
  END { if (n != "" && !inner) print n }' | sort -u
"""

#: Shell text: `has_unit NAME` is true when some folder of systemd holds a file of that name. To ask
#: systemctl for a unit that is not there costs as much as for one that is.
HAS_UNIT = r"""
has_unit() {
  for d in /etc/systemd/system /run/systemd/system /lib/systemd/system /usr/lib/systemd/system \
    /usr/local/lib/systemd/system /run/systemd/generator* /run/systemd/transient \
    /etc/systemd/system.control /run/systemd/system.control /etc/systemd/system.attached
  do if [ -e "$d/$1" ] || [ -h "$d/$1" ]; then return 0; fi; done
  return 1
}
"""

HOST_NATURE = Probe(
    id="host-nature",
    run=r"""
echo '@@ os-release'
cat /etc/os-release 2>/dev/null || cat /usr/lib/os-release 2>/dev/null
echo '@@ container'
c=$(systemd-detect-virt -c 2>/dev/null)
if [ -z "$c" ] || [ "$c" = none ]; then
  [ -s /run/systemd/container ] && c=$(cat /run/systemd/container)
  [ -e /.dockerenv ] && c=docker
  [ -e /run/.containerenv ] && c=podman
fi
echo "${c:-none}"
echo '@@ kernel'
uname -r
echo '@@ first-boot'
stat -c %Y /etc/machine-id 2>/dev/null
echo '@@ extended'
grep -lsE 'esm\.ubuntu\.com|freexian\.com/extended-lts' /etc/apt/sources.list \
  /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources
echo '@@ end'
:
""",
    why="distribution and version, whether this is a container, kernel, first boot",
)


def sections(text: str) -> dict[str, str]:
    """Cut the output of a probe at its `@@ name` lines; what stands before the first is noise."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in text.splitlines():
        head = _HEAD.match(line)
        if head:
            lines = found.setdefault(head[1], [])
        else:
            lines.append(line)
    return {name: "\n".join(body).strip("\n") for name, body in found.items()}


def moment(text: str) -> datetime | None:
    """Seconds since 1970 as an instant; None when it is no such number."""
    whole = text.strip().partition(".")[0]
    if not re.fullmatch(r"\d{1,11}", whole):
        return None
    return datetime.fromtimestamp(int(whole), UTC)


def container_of(outputs: Outputs) -> str:
    """The kind of container that the host is, or nothing for a machine of its own."""
    kind = sections(outputs.text(HOST_NATURE)).get("container", "none").strip()
    return "" if kind == "none" else kind


class OsRelease(Fact):
    """The distribution as `/etc/os-release` names it, and when the host first started."""

    kind: Literal["os-release"] = "os-release"
    id: str
    version: str
    name: str
    like: tuple[str, ...] = ()
    fields: Mapping[str, str] = {}
    container: str = ""
    kernel: str = ""
    first_boot: AwareDatetime | None = None
    extended: bool = False
    """A package source of a paid extended support (Ubuntu ESM, Debian ELTS) is set."""


def parse_os_release(text: str) -> dict[str, str]:
    """The assignments of an os-release file, unquoted as a shell would."""
    fields: dict[str, str] = {}
    for line in text.splitlines():
        key, equals, value = line.strip().partition("=")
        if equals and re.fullmatch(r"[A-Z0-9_]+", key):
            try:
                fields[key] = "".join(shlex.split(value))
            except ValueError:
                continue
    return fields


@reader(OsRelease, HOST_NATURE)
def read_os_release(outputs: Outputs) -> Iterator[OsRelease | Missing | Absent]:
    """One fact a host."""
    parts = sections(outputs.text(HOST_NATURE))
    fields = parse_os_release(parts.get("os-release", ""))
    if "ID" not in fields:
        raise UnreadableError("no os-release file names the distribution")
    yield OsRelease(
        subject="os",
        id=fields["ID"].lower(),
        version=fields.get("VERSION_ID", ""),
        name=fields.get("PRETTY_NAME", fields["ID"]),
        like=tuple(fields.get("ID_LIKE", "").split()),
        fields=fields,
        container=container_of(outputs),
        kernel=parts.get("kernel", "").strip(),
        first_boot=moment(parts.get("first-boot", "")),
        extended=bool(parts.get("extended", "").strip()),
    )
