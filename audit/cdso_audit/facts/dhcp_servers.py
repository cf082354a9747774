"""
Servers on a host that hand out addresses, and whether they write down to whom.

What runs is asked, with the arguments it was started with: dnsmasq serves names far more often than
addresses, and a host may carry several of it. Those that serve only guests or containers of this
very host are left out. Of settings only lines about ranges, interfaces and logs leave the host.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from cdso_audit.facts.firewall import INNER
from cdso_audit.facts.reading import (
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnavailableError,
    UnreadableError,
    reader,
)
from cdso_audit.facts.sockets import SOCKETS, parse_sockets
from cdso_audit.model import GapReason, KnownBy

DHCP_SERVERS = Probe(
    id="dhcp-servers",
    run=r"""
k='dhcp-range|interface|except-interface|quiet-dhcp6?|log-dhcp|log-facility|conf-dir|conf-file'
show() {
  for f in "$@"; do
    case $f in *~|*.dpkg-*|*.rpm*|*.bak) continue ;; esac
    [ -f "$f" ] || continue
    [ -r "$f" ] || { echo "closed $f"; continue; }
    echo "file $f"
    grep -E "^[[:space:]]*($k)([[:space:]]*=|[[:space:]]*\$)" "$f" | sed 's/^[[:space:]]*/set /'
  done
}
follow() {
  d=${1%%,*}
  case $1 in *,\*.*) show "$d"/*."${1##*,\*.}" ;; *) show "$d"/* ;; esac
}
cat /proc/1/status >/dev/null 2>&1 || echo '== hidden'
for p in /proc/[0-9]*; do
  read -r c 2>/dev/null <"$p/comm" || continue
  case $c in dnsmasq|dhcpd|kea-dhcp4|kea-dhcp6|udhcpd|systemd-network) ;; *) continue ;; esac
  awk '/^NSpid:/ { exit NF > 2 }' "$p/status" 2>/dev/null || continue
  echo "== process $c"
  tr '\0' '\n' <"$p/cmdline" 2>/dev/null | awk -v k="^(-[iF8]|--($k))" '
    $0 ~ k "$" { n = $0; v = ""
      if (n !~ /quiet|log-dhcp/ && (getline v) > 0) n = n "=" v
      print "arg", n; next }
    $0 ~ k { print "arg", $0 }'
  case $c in
  dnsmasq)
    conf=/etc/dnsmasq.conf; dir=; last=
    while read -r a; do
      case $last in -C|--conf-file) conf=$a ;; -7|--conf-dir) dir=$a ;; esac
      case $a in
      --conf-file=*) conf=${a#*=} ;; -C?*) conf=${a#-C} ;;
      --conf-dir=*) dir=${a#*=} ;; -7?*) dir=${a#-7} ;;
      esac
      last=$a
    done <<-END
	$(tr '\0' '\n' <"$p/cmdline" 2>/dev/null)
	END
    show "$conf"
    [ -n "$dir" ] && follow "$dir"
    [ -r "$conf" ] && for d in $(sed -n 's/^[[:space:]]*conf-dir[[:space:]]*=[[:space:]]*//p' \
      "$conf" | tr -d ' '); do follow "$d"; done
    [ -r "$conf" ] && for f in $(sed -n 's/^[[:space:]]*conf-file[[:space:]]*=[[:space:]]*//p' \
      "$conf"); do show "$f"; done ;;
  systemd-network)
    grep -ElsiR '^[[:space:]]*DHCPServer[[:space:]]*=[[:space:]]*(yes|true|on|1)' \
      /etc/systemd/network /run/systemd/network | sed 's/^/serves /' ;;
  esac
done
echo '== end'
""",
    why="servers that hand out addresses, and whether they log to whom",
)

# Comments and everything but the loggers stay on the host: the file may hold a database's password.
_KEA_AWK = (
    '{ l = $0; sub("^[ ]*(#|//).*", "", l);'
    ' if (l ~ "libdhcp_legal_log") print "legal"; if (l ~ "<[?]include") print "include";'
    ' if (index(l, "loggers")) on = 1; if (!on) next;'
    " n = length(l); for (i = 1; i <= n; i++) { c = substr(l, i, 1);"
    ' if (c == "[") depth++; if (c == "]" && --depth == 0) { on = 0; break } }'
    ' q = sprintf("%c", 34); any = "[^" q "]*" q;'
    ' if (match(l, q "name" q "[ ]*:[ ]*" q any)) print "name", substr(l, RSTART, RLENGTH);'
    ' if (match(l, q "severity" q "[ ]*:[ ]*" q any))'
    ' print "severity", substr(l, RSTART, RLENGTH);'
    ' if (depth == 1 && index(l, "}")) print "next" } END { print "end" }'
)
KEA = Probe(
    id="kea-loggers",
    run=("/usr/bin/awk", _KEA_AWK, "/etc/kea/kea-dhcp4.conf"),
    root=True,
    tool="/usr/sbin/kea-dhcp4",
    why="from which severity on the DHCP server Kea logs; nothing else of its settings",
)

#: Severities of Kea at which a lease (DHCP4_LEASE_ALLOC, INFO) is written.
_KEA_TELLS = frozenset({"INFO", "DEBUG"})
_PORT = 67


class DhcpServer(Fact):
    """A server that hands out addresses; `logged` is None where nobody can tell."""

    kind: Literal["dhcp-server"] = "dhcp-server"
    known_by: KnownBy = KnownBy.FILE
    logged: bool | None
    where: str = ""


@dataclass(slots=True)
class Process:
    """One server that runs, with what it was given."""

    name: str
    arguments: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    serves: list[str] = field(default_factory=list)

    def given(self, name: str) -> list[str]:
        """Values of a setting of dnsmasq, from its files and its arguments."""
        found = []
        for each in self.settings:
            key, _, value = each.partition("=")
            if key.strip() == name:
                found.append(value.partition("#")[0].strip())
        short = {"dhcp-range": "-F", "interface": "-i", "log-facility": "-8"}.get(name, "")
        for each in self.arguments:
            key, _, value = each.partition("=")
            if key == f"--{name}" or (short and key.startswith(short)):
                found.append(value or key.removeprefix(short))
        return found


def parse_processes(text: str) -> list[Process]:
    """The answer of `dhcp-servers`. Raises UnreadableError, or UnavailableError when it hides."""
    found: list[Process] = []
    lines = text.splitlines()
    if "== hidden" in lines:
        raise UnavailableError(GapReason.DENIED, "processes of others are hidden (hidepid)")
    if not lines or lines[-1] != "== end":
        raise UnreadableError("the list of servers has no end")
    for line in lines[:-1]:
        word, _, rest = line.partition(" ")
        if word == "==":
            found.append(Process(rest.partition(" ")[2]))
            continue
        if not found:
            raise UnreadableError(f"not a line of the list of servers: {line[:60]!r}")
        place = {
            "arg": found[-1].arguments,
            "set": found[-1].settings,
            "closed": found[-1].closed,
            "serves": found[-1].serves,
        }.get(word)
        if place is not None:
            place.append(rest)
    return found


def _dnsmasq(process: Process) -> DhcpServer | Missing | None:
    if process.closed and not process.given("dhcp-range"):
        return Missing("dnsmasq", GapReason.DENIED, f"not to be read: {process.closed[0]}")
    if not process.given("dhcp-range"):
        return None
    interfaces = [part for each in process.given("interface") for part in each.split(",") if part]
    if interfaces and all(INNER.match(each) or each.startswith("incus") for each in interfaces):
        return None
    quiet = process.given("quiet-dhcp")
    nowhere = [each for each in process.given("log-facility") if each == "/dev/null"]
    where = (process.given("log-facility") or ["syslog"])[-1]
    return DhcpServer(
        subject="dnsmasq",
        logged=not quiet and not nowhere,
        where="quiet-dhcp" if quiet else where,
    )


def kea_severity(lines: Sequence[str]) -> str:
    """The severity that holds for leases: of the nearest logger above `kea-dhcp4.leases`."""
    found: dict[str, str] = {}
    name = severity = ""
    for line in lines:
        word, _, rest = line.partition(" ")
        value = rest.rpartition(":")[2].strip().strip('"')
        if word == "name":
            name = value
        elif word == "severity":
            severity = value.upper()
        elif word == "next" and name:
            found[name] = severity or "INFO"
            name = severity = ""
    return found.get("kea-dhcp4.leases") or found.get("kea-dhcp4") or "INFO"


def _kea(outputs: Outputs) -> DhcpServer | Missing:
    try:
        lines = outputs.lines(KEA)
    except UnavailableError as problem:
        return Missing("kea-dhcp4", problem.reason, problem.detail)
    if not lines or lines[-1] != "end":
        return Missing("kea-dhcp4", GapReason.UNPARSABLE, "the list of loggers has no end")
    if "legal" in lines:
        return DhcpServer(subject="kea-dhcp4", logged=True, where="libdhcp_legal_log")
    if "include" in lines:
        return DhcpServer(subject="kea-dhcp4", logged=None, where="<?include ?>")
    severity = kea_severity(lines)
    return DhcpServer(
        subject="kea-dhcp4", logged=severity in _KEA_TELLS, where=f"severity {severity}"
    )


def _server(process: Process, outputs: Outputs) -> DhcpServer | Missing | None:
    match process.name:
        case "dnsmasq":
            return _dnsmasq(process)
        case "kea-dhcp4":
            return _kea(outputs)
        case "systemd-network":  # it tells of leases at the level debug alone
            where = ", ".join(process.serves)
            return (
                DhcpServer(subject="systemd-networkd", logged=False, where=where)
                if process.serves
                else None
            )
        case "dhcpd":  # each answer goes to syslog, whatever `log-facility` names
            return DhcpServer(subject="dhcpd", logged=True, where="syslog")
        case _:
            return DhcpServer(subject=process.name, logged=None)


@reader(DhcpServer, DHCP_SERVERS, KEA, SOCKETS)
def read_dhcp_servers(outputs: Outputs) -> Iterator[DhcpServer | Missing | Absent]:
    """One fact a server; the port tells of one whose process is hidden from an ordinary user."""
    seen: dict[str, int] = {}
    found = False
    processes = parse_processes(outputs.text(DHCP_SERVERS))
    for process in processes:
        server = _server(process, outputs)
        if server is None:
            continue
        found = True
        number = seen[server.subject] = seen.get(server.subject, 0) + 1
        if isinstance(server, DhcpServer) and number > 1:
            yield server.model_copy(update={"subject": f"{server.subject} ({number})"})
        else:
            yield server
    if found:
        return
    waits = any(
        protocol == "udp" and port == _PORT
        for protocol, _, port in parse_sockets(outputs.text(SOCKETS))
    )
    if waits and not re.search("dnsmasq", " ".join(each.name for each in processes)):
        yield Missing(
            "dhcp", GapReason.DENIED, "something waits at UDP port 67, and its process is hidden"
        )
        return
    yield Absent("no program here hands out addresses")
