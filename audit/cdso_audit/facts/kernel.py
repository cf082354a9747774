"""
Kernel settings: what holds now, and what the next start will set.

The saved value is what systemd-sysctl would write: all files in order of name, the later wins,
patterns give way to keys that are spelled out, and ufw sets its own after that. A value that is
right now and saved nowhere is right until the next start.
"""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Literal

from cdso_audit.facts.mounts import SURROUNDINGS, parse_surroundings
from cdso_audit.facts.reading import (
    Fact,
    Outputs,
    Probe,
    UnavailableError,
    UnreadableError,
    reader,
)
from cdso_audit.model import KnownBy

SYSCTL_LIVE = Probe(
    id="sysctl-live",
    run=r"""
cd /proc/sys || exit 3
set --
for each in net/ipv4/ip_forward net/ipv4/tcp_syncookies net/ipv4/icmp_echo_ignore_broadcasts \
  net/ipv4/icmp_ignore_bogus_error_responses net/ipv4/conf/*/* net/ipv6/conf/*/* \
  kernel/randomize_va_space kernel/dmesg_restrict kernel/kptr_restrict kernel/yama/ptrace_scope \
  fs/suid_dumpable fs/protected_hardlinks fs/protected_symlinks fs/protected_fifos \
  fs/protected_regular
do
  case $each in
    net/ipv?/conf/*)
      case ${each##*/} in
        rp_filter|accept_redirects|send_redirects|accept_source_route) ;;
        log_martians|forwarding) ;;
        *) continue ;;
      esac ;;
  esac
  [ -e "$each" ] || continue
  if [ -r "$each" ]; then set -- "$@" "$each"; else echo "$each:!"; fi
done
[ $# = 0 ] || grep -H '' "$@"
echo 'end:'
""",
    why="kernel settings as they are now",
)
SYSCTL_ROOT = Probe(
    id="sysctl-root",
    run=(
        *("/usr/bin/grep", "-Hs", ".", "/proc/sys/fs/protected_hardlinks"),
        *("/proc/sys/fs/protected_symlinks", "/proc/sys/fs/protected_fifos"),
        "/proc/sys/fs/protected_regular",
    ),
    root=True,
    why="kernel settings that only root may read",
)
SYSCTL_SAVED = Probe(
    id="sysctl-saved",
    run=r"""
echo '== tool'
for each in /usr/lib/systemd/systemd-sysctl /lib/systemd/systemd-sysctl; do
  [ -x "$each" ] && break
done
if [ -x "$each" ]; then
  echo systemd
  echo '== files'
  "$each" --cat-config || exit 4
else
  echo plain
  echo '== files'
  for each in /usr/lib/sysctl.d/*.conf /lib/sysctl.d/*.conf /run/sysctl.d/*.conf \
    /etc/sysctl.d/*.conf /etc/sysctl.conf
  do
    [ -e "$each" ] || continue
    echo "# $each"
    cat "$each" || exit 4
    echo
  done
fi
echo '== ufw'
if grep -qs '^ENABLED=yes' /etc/ufw/ufw.conf; then
  file=$(. /etc/default/ufw 2>/dev/null; echo "$IPT_SYSCTL")
  [ -n "$file" ] && { cat "$file" || exit 4; }
fi
echo
echo '== config'
grep -hsE '^CONFIG_SECURITY_DMESG_RESTRICT=' "/boot/config-$(uname -r)"
echo '== end'
""",
    why="kernel settings that the next start will make",
)

#: What a mainline kernel starts with where nothing is saved (Documentation/admin-guide/sysctl).
DEFAULTS: Mapping[str, str] = {
    "kernel.randomize_va_space": "2",
    "fs.suid_dumpable": "0",
    "net.ipv4.tcp_syncookies": "1",
    "net.ipv4.icmp_echo_ignore_broadcasts": "1",
    "net.ipv4.icmp_ignore_bogus_error_responses": "1",
    "net.ipv4.ip_forward": "0",
    "net.ipv6.conf.all.forwarding": "0",
    "net.ipv4.conf.all.accept_source_route": "0",
    "net.ipv6.conf.all.accept_source_route": "0",
    "net.ipv6.conf.default.accept_source_route": "0",
}


class KernelSettings(Fact):
    """Keys with points, as `sysctl` prints them; interfaces with a point in their name keep `/`."""

    kind: Literal["kernel-settings"] = "kernel-settings"
    known_by: KnownBy = KnownBy.DAEMON
    live: Mapping[str, str]
    unreadable: tuple[str, ...]
    """Keys that exist and could not be read."""
    saved: Mapping[str, str]
    """Only the keys that are live; the default of the kernel where it is known for sure."""
    saved_in: Mapping[str, str]
    """Where the saved value stands."""
    container: str


def key_of(path: str) -> str:
    """`net/ipv4/conf/eth0.5/rp_filter` → `net.ipv4.conf.eth0/5.rp_filter`, as systemd writes it."""
    return path.translate(str.maketrans("./", "/."))


def normal_key(text: str) -> str:
    """A key of a file: the first of `.` and `/` says which one separates."""
    first = re.search(r"[./]", text)
    return key_of(text) if first and first[0] == "/" else text


def parse_live(text: str) -> tuple[dict[str, str], set[str]]:
    """`path:value` lines, and the keys that could not be read. Raises UnreadableError."""
    found: dict[str, str] = {}
    unreadable: set[str] = set()
    ended = False
    for line in text.splitlines():
        path, _, value = line.partition(":")
        if path == "end":
            ended = True
        elif value == "!":
            unreadable.add(key_of(path))
        else:
            found.setdefault(key_of(path), value.strip())
    if not ended:
        raise UnreadableError("the kernel's settings have no end")
    return found, unreadable


def _read_by_root(outputs: Outputs) -> dict[str, str]:
    """What root could add; nothing where root could not be asked. grep: 2 for a key that is not."""
    try:
        lines = outputs.lines(SYSCTL_ROOT, codes=(0, 1, 2))
    except UnavailableError:
        return {}
    pairs = (line.removeprefix("/proc/sys/").partition(":") for line in lines)
    return {key_of(path): value.strip() for path, colon, value in pairs if colon}


def parse_saved(
    lines: list[str], keys: Mapping[str, str], origin: str = ""
) -> tuple[dict[str, str], dict[str, str]]:
    """The winner for each live key, and the file it stands in (sysctl.d(5))."""
    # Key or pattern → value (None: spared from patterns) and file. A later line takes the place
    # of an earlier one for the same text, and the order of patterns is theirs.
    options: dict[str, tuple[str | None, str]] = {}
    place = origin
    for raw in lines:
        line = raw.strip()
        if re.fullmatch(r"# /\S+", line):
            place = line[2:]
        if not line or line[0] in "#;":
            continue
        name, equals, written = line.partition("=")
        if not equals and not line.startswith("-"):
            continue
        key = normal_key(name.strip().removeprefix("-").strip())
        value = written.strip() if equals else None
        if key not in options or options[key][0] != value:
            options.pop(key, None)
            options[key] = (value, place)
    patterns = [key for key in options if any(each in key for each in "*?[")]
    saved: dict[str, str] = {}
    places: dict[str, str] = {}
    for key in keys:
        fitting = [each for each in patterns if _fits(key, each)]
        for name in [key] if key in options else fitting:
            value, where = options[name]
            if value is not None:
                saved[key], places[key] = value, where
    return saved, places


def _fits(key: str, pattern: str) -> bool:
    return fnmatchcase(key, pattern) and key.count(".") == pattern.count(".")


def _sections(text: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in text.splitlines():
        if re.fullmatch(r"== (tool|files|ufw|config|end)", line):
            current = found.setdefault(line[3:], [])
        else:
            current.append(line)
    if "end" not in found:
        raise UnreadableError("the saved settings have no end")
    return found


@reader(KernelSettings, SYSCTL_LIVE, SYSCTL_ROOT, SYSCTL_SAVED, SURROUNDINGS)
def read_kernel_settings(outputs: Outputs) -> Iterator[KernelSettings]:
    """One fact with both."""
    live, unreadable = parse_live(outputs.text(SYSCTL_LIVE))
    live |= _read_by_root(outputs) if unreadable else {}
    part = _sections(outputs.text(SYSCTL_SAVED))
    defaults = dict(DEFAULTS)
    if "CONFIG_SECURITY_DMESG_RESTRICT=y" in part["config"]:
        defaults["kernel.dmesg_restrict"] = "1"
    saved = {key: value for key, value in defaults.items() if key in live}
    places = dict.fromkeys(saved, "the kernel's default")
    for lines, origin in ((part["files"], ""), (part["ufw"], "ufw")):
        more, where = parse_saved(lines, live, origin)
        saved |= more
        places |= where
    yield KernelSettings(
        subject="kernel",
        live=live,
        unreadable=tuple(sorted(unreadable - set(live))),
        saved=saved,
        saved_in=places,
        container=parse_surroundings(outputs.text(SURROUNDINGS))["container"],
    )
