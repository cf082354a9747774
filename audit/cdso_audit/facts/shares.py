"""
Folders that a host shares by NFS, Samba and rsync, as their own tables and parsers tell.

NFS: the table of what is exported now (/var/lib/nfs/etab), else /etc/exports. Samba: `testparm -s`.
rsync: /etc/rsyncd.conf. Only the settings that say who may read and write leave the host, and a
share counts only while somebody waits for its clients.
"""

import re
from collections.abc import Iterator, Mapping
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
from cdso_audit.facts.sockets import SOCKETS, parse_sockets
from cdso_audit.model import GapReason, KnownBy

SHARES = Probe(
    id="shares",
    run=r"""
ini='
  /^[ \t]*[#;]/ || NF == 0 { next }
  /^[ \t]*\[/ { sub(/^[ \t]*\[/, ""); sub(/\].*/, ""); print kind, "[", $0; next }
  { key = tolower($0); sub(/[ \t]*=.*/, "", key); sub(/^[ \t]+/, "", key); gsub(/[ \t]+/, " ", key)
    value = $0; if (!sub(/^[^=]*=[ \t]*/, "", value)) next
    if (key ~ keys) print kind, "=", key "=" value }'
echo '== nfs'
if [ -s /var/lib/nfs/etab ]; then
  [ -r /var/lib/nfs/etab ] && cat /var/lib/nfs/etab || echo closed
else
  for each in /etc/exports /etc/exports.d/*.exports; do
    [ -f "$each" ] || continue
    [ -r "$each" ] && awk '{ sub(/#.*/, "") } NF' "$each" || echo closed
  done
fi
echo '== samba'
if [ -f /etc/samba/smb.conf ]; then
  if [ ! -r /etc/samba/smb.conf ]; then echo closed
  elif command -v testparm >/dev/null 2>&1; then
    testparm -s 2>/dev/null | awk -v kind=samba \
      -v keys='^(path|guest ok|guest only|read only|hosts allow|hosts deny|map to guest)$' "$ini"
  else echo closed
  fi
fi
echo '== rsync'
if [ -f /etc/rsyncd.conf ]; then
  [ -r /etc/rsyncd.conf ] && awk -v kind=rsync \
    -v keys='^(path|read only|auth users|hosts allow|hosts deny|list)$' "$ini" /etc/rsyncd.conf ||
    echo closed
fi
echo '== end'
""",
    why="which folders are shared by NFS, Samba and rsync, with whom, and who may write",
)

#: The port on which each kind of share waits for its clients.
PORTS = {"nfs": (2049,), "samba": (445, 139), "rsync": (873,)}


class Share(Fact):
    """One folder shared with one group of clients."""

    kind: Literal["share"] = "share"
    known_by: KnownBy = KnownBy.DAEMON
    protocol: Literal["nfs", "samba", "rsync"]
    path: str
    clients: str
    """Who may come, in the server's words; empty is everybody."""
    is_for_everybody: bool
    """Any address, without a name or a password."""
    is_writable: bool
    keeps_root: bool = False
    """Root of a client is root here (no_root_squash)."""


_EVERYBODY = ("*", "0.0.0.0/0", "::/0", "0.0.0.0/0.0.0.0", "<world>", "")


def nfs_shares(lines: list[str]) -> Iterator[Share]:
    """Lines of etab or of exports(5): a path, then clients with their options in parentheses."""
    text = "\n".join(lines).replace("\\\n", " ")
    defaults = ""
    for line in text.splitlines():
        found = re.match(r'\s*("[^"]*"|\S+)\s*(.*)', line)
        if found is None:
            continue
        path = found[1].strip('"')
        clients = re.findall(r"([^\s()]*)(?:\(([^)]*)\))?", found[2])
        clients = [each for each in clients if any(each)] or [("*", "")]
        for name, options in clients:
            if name.startswith("-"):
                defaults = name[1:]
                continue
            words = f"{defaults},{options}".split(",")
            yield Share(
                subject=f"nfs {path} {name or '*'}",
                protocol="nfs",
                path=path,
                clients=name or "*",
                is_for_everybody=name in _EVERYBODY
                and not any(each.startswith("sec=krb5") for each in words),
                is_writable="rw" in words,
                keeps_root="no_root_squash" in words,
            )
        defaults = ""


def _sections(lines: list[str], kind: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {"": {}}
    current = found[""]
    for line in lines:
        word, mark, rest = (*line.split(" ", 2), "", "")[:3]
        if word != kind or mark not in ("[", "="):
            raise UnreadableError(f"not a line of this probe: {line[:60]!r}")
        if mark == "[":
            current = found.setdefault(rest.strip(), {})
        else:
            key, _, value = rest.partition("=")
            current[key] = value.strip()
    return found


def _is(section: Mapping[str, str], key: str, default: str) -> bool:
    return section.get(key, default).lower() in ("yes", "true", "1", "on")


def samba_shares(lines: list[str]) -> Iterator[Share]:
    """Sections of testparm. A guest is anybody, unless hosts are named."""
    sections = _sections(lines, "samba")
    shared = sections.get("global", {})
    for name, own in sections.items():
        if name.lower() in ("", "global", "printers", "print$", "homes"):
            continue
        clients = own.get("hosts allow", shared.get("hosts allow", ""))
        yield Share(
            subject=f"samba {name}",
            protocol="samba",
            path=own.get("path", ""),
            clients=clients,
            is_for_everybody=_is(own, "guest ok", "no") and clients.strip() in _EVERYBODY,
            is_writable=not _is(own, "read only", "yes"),
        )


def rsync_shares(lines: list[str]) -> Iterator[Share]:
    """Modules of rsyncd.conf; what stands before the first holds for all."""
    sections = _sections(lines, "rsync")
    shared = {**sections[""], **sections.get("global", {})}
    for name, own in sections.items():
        if name in ("", "global"):
            continue
        settings = {**shared, **own}
        clients = settings.get("hosts allow", "")
        yield Share(
            subject=f"rsync {name}",
            protocol="rsync",
            path=settings.get("path", ""),
            clients=clients,
            is_for_everybody=not settings.get("auth users") and clients.strip() in _EVERYBODY,
            is_writable=not _is(settings, "read only", "yes"),
        )


@reader(Share, SHARES, SOCKETS)
def read_shares(outputs: Outputs) -> Iterator[Share | Missing | Absent]:
    """One fact a share whose server waits beyond the loopback."""
    parts: dict[str, list[str]] = {}
    current: list[str] = []
    for line in outputs.lines(SHARES):
        if line.startswith("== "):
            current = parts.setdefault(line[3:], [])
        else:
            current.append(line)
    if "end" not in parts:
        raise UnreadableError("the list of shares has no end")
    waiting = {
        port
        for protocol, address, port in parse_sockets(outputs.text(SOCKETS))
        if protocol == "tcp" and not address.startswith("127.") and address != "::1"
    }
    parsers = {"nfs": nfs_shares, "samba": samba_shares, "rsync": rsync_shares}
    said = False
    for kind, parse in parsers.items():
        if not waiting.intersection(PORTS[kind]):
            continue
        lines = parts.get(kind, [])
        if "closed" in lines:
            said = True
            yield Missing(
                kind, GapReason.DENIED, "its settings are closed to the account that looks"
            )
            continue
        for each in parse(lines):
            said = True
            yield each
    if not said:
        yield Absent("nothing is shared by NFS, Samba or rsync")
