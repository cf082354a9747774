"""
The doors through which a host takes mail from the network, and what looks at the mail there.

Postfix tells its settings by `postconf`; its header tables are asked by `postmap -q`, one question
for a file of each kind, so nobody has to understand a regular expression by looking at it. Other
mail servers are named and not judged.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from pydantic import AwareDatetime

from cdso_audit.facts.mail_filters import (
    KINDS,
    MAIL_FILTERS,
    Filters,
    Local,
    MailFilter,
    endpoint,
    is_loopback,
    parse_amavis,
    parse_clamav_milter,
    parse_rspamd,
    path_of,
)
from cdso_audit.facts.malware import MALWARE_PRODUCTS, MalwareProtection, read_malware_protection
from cdso_audit.facts.os_release import OWN_PROCESSES, sections
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
from cdso_audit.facts.sockets import SOCKET_NAMES, SOCKETS, Listener, parse_names, parse_sockets
from cdso_audit.model import GapReason, KnownBy

#: Settings of Postfix that decide who looks at mail.
PARAMETERS = (
    *("inet_interfaces", "content_filter", "smtpd_proxy_filter", "smtpd_milters"),
    *("milter_default_action", "receive_override_options", "header_checks", "mime_header_checks"),
    *("disable_mime_input_processing", "cleanup_service_name", "multi_instance_directories"),
)

# Tables of other types (ldap, mysql, …) would ask a server, so only files of patterns are asked.
MAIL_SERVER = Probe(
    id="mail-server",
    run="kinds='"
    + " ".join(KINDS)
    + "' names='"
    + " ".join(PARAMETERS)
    + r"""'
if command -v postconf >/dev/null 2>&1; then
  echo '@@ postfix'
  if ! postconf -x $names 2>/dev/null; then echo failed; else
  postconf -xP 2>/dev/null | awk -v names="$names" '
    BEGIN { n = split(names, name, " "); for (i = 1; i <= n; i++) kept[name[i]] = 1 }
    { parameter = $1; sub(".*/", "", parameter); if (parameter in kept) print "over", $0 }'
  postconf -M 2>/dev/null | awk '
    $8 ~ /^(smtpd|postscreen)$/ { print "service", $1, $2, $8 } END { if (!NR) print "failed" }'
  { postconf -xh header_checks mime_header_checks; postconf -xP | awk '
    $1 ~ "/(mime_)?header_checks$" { sub("[^=]*=", ""); print }'; } 2>/dev/null |
    tr ', \t' '\n\n\n' | grep -E '^(regexp|pcre):/' | sort -u | head -n 20 |
    while IFS= read -r table; do
      echo "table $table"
      [ -r "${table#*:}" ] || { echo closed; continue; }
      for kind in $kinds; do
        echo "Content-Type: application/octet-stream; name=\"a.$kind\""
        echo "Content-Disposition: attachment; filename=\"a.$kind\""
      done | postmap -q - "$table" 2>&1 | awk -F '\t' '
        /^postmap: (fatal|error)/ { print "closed" }
        /^Content-/ { kind = $1; sub(/.*"a[.]/, "", kind); sub(/".*/, "", kind)
          header = /^Content-Type/ ? "type" : "name"
          split($2, word, " "); print "hit", kind, header, word[1] }'
    done
  fi
fi
echo '@@ programs'
[ -d /opt/zimbra ] && echo Zimbra
"""
    + OWN_PROCESSES
    + r"""
cat /proc/1/status >/dev/null 2>&1 || echo '@@ hidden'
echo '@@ end'
:
""",
    why="which filters and header tables Postfix shows its mail to, and whether those tables stop "
    "files of executable kinds",
    deadline=20,
)

#: The ports at which mail comes in, by the names that master.cf may use.
PORTS: Mapping[str, int] = {"smtp": 25, "smtps": 465, "submissions": 465, "submission": 587}
#: Programs that take mail, by the names of their processes.
SERVERS: Mapping[str, str] = {
    "exim4": "Exim",
    "exim": "Exim",
    "sendmail": "Sendmail",
    "sendmail-mta": "Sendmail",
    "haraka": "Haraka",
    "stalwart": "Stalwart",
    "stalwart-mail": "Stalwart",
    "smtpd": "OpenSMTPD",
}
#: Postfix's own processes at a socket.
POSTFIX = frozenset({"master", "smtpd", "postscreen"})
#: What header_checks(5) does with a header that keeps the message from its reader.
STOPPING = frozenset({"REJECT", "DISCARD", "HOLD"})


class MailEntrance(Fact):
    """
    One door of the host through which mail comes from the network, and what looks at it there.

    `program`: the mail server; of another than Postfix nothing else is known. `is_usual`: the door
    is one of the three ports for mail; at another, nobody here knows who may deliver.
    `stops_kinds`: the kinds of `KINDS` that its header tables stop in both headers that carry a
    file's name; `unread_tables`: tables that could not be asked.
    """

    kind: Literal["mail-entrance"] = "mail-entrance"
    known_by: KnownBy = KnownBy.DAEMON
    program: str
    is_usual: bool = True
    filters: tuple[MailFilter, ...] = ()
    tables: tuple[str, ...] = ()
    unread_tables: tuple[str, ...] = ()
    stops_kinds: tuple[str, ...] = ()
    signatures_at: AwareDatetime | None = None
    """The newest signatures of ClamAV on this host."""

    @property
    def is_postfix(self) -> bool:
        return self.program == "Postfix"


@dataclass(slots=True)
class Table:
    """A table's answers: (kind, header) → action; `is_read` unless it could not be asked."""

    answers: dict[tuple[str, str], str] = field(default_factory=dict)
    is_read: bool = True


@dataclass(slots=True)
class Postfix:
    """Settings, those of single services, the services that take mail, the tables."""

    main: dict[str, str] = field(default_factory=dict)
    own: dict[str, dict[str, str]] = field(default_factory=dict)
    services: list[tuple[str, str, str]] = field(default_factory=list)
    tables: dict[str, Table] = field(default_factory=dict)

    def of(self, service: str, name: str) -> str:
        """A setting as this service (`smtp/inet`) sees it."""
        return self.own.get(service, {}).get(name, self.main.get(name, ""))


def parse_postfix(text: str) -> Postfix:
    """The probe's part about Postfix. Raises UnavailableError when postconf failed."""
    found = Postfix()
    table = Table()
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        name, _, value = (part.strip() for part in line.partition("="))
        match word, rest.split():
            case "failed", _:
                raise UnavailableError(GapReason.DENIED, "postconf could not read its settings")
            case "over", [where, "=", *_]:
                service, _, parameter = where.rpartition("/")
                found.own.setdefault(service, {})[parameter] = value
            case "service", [called, kind, command]:
                found.services.append((called, kind, command))
            case "table", _:
                table = found.tables[rest] = Table()
            case "closed", []:
                table.is_read = False
            case "hit", [kind, header, *action]:
                table.answers[kind, header] = "".join(action).upper()
            case _ if name in PARAMETERS:
                found.main[name] = value
            case _:
                raise UnreadableError(f"not a line about Postfix: {line[:60]!r}")
    if "inet_interfaces" not in found.main:
        raise UnreadableError("postconf told no settings")
    return found


def words_of(value: str) -> list[str]:
    """Words of a list of Postfix, apart by commas or blanks; `{ … }` is one word."""
    return [each.strip() for each in re.findall(r"\{[^{}]*\}|[^\s,{}]+", value)]


def port_of(service: str) -> int | None:
    """The port of a service of master.cf (`smtp`, `10.0.0.1:25`), if it is known."""
    last = service.rpartition(":")[2]
    return int(last) if last.isdigit() else PORTS.get(last)


def is_open(service: str, interfaces: str) -> bool:
    """Whether a service of master.cf waits for others than this host itself."""
    host = service.rpartition(":")[0]
    return not all(is_loopback(each) for each in ([host] if host else words_of(interfaces)))


def stopped_kinds(tables: Sequence[Table]) -> tuple[str, ...]:
    """Kinds that are stopped in both headers; the first table that answers a header decides."""

    def is_stopped(kind: str, header: str) -> bool:
        told = (each.answers[kind, header] for each in tables if (kind, header) in each.answers)
        return next(told, "") in STOPPING

    return tuple(kind for kind in KINDS if is_stopped(kind, "type") and is_stopped(kind, "name"))


def entrance_filters(postfix: Postfix, service: str, filters: Filters) -> Iterator[MailFilter]:
    """What a service hands its mail to, while and after it takes it."""
    accepting = postfix.of(service, "milter_default_action") == "accept"
    places = [
        endpoint(given)
        for name in ("content_filter", "smtpd_proxy_filter")
        if (given := postfix.of(service, name))
    ]
    if "no_milters" not in postfix.of(service, "receive_override_options"):
        for word in words_of(postfix.of(service, "smtpd_milters")):
            first, *options = words_of(word.strip("{}"))
            own = [each for each in options if each.startswith("default_action=")]
            accepts = own[-1].endswith("=accept") if own else accepting
            places.append(endpoint(first, accepting=accepts))
    for place in places:
        found = filters.at(place)
        if found is not None:
            yield found


def entrance(
    postfix: Postfix, service: str, name: str, filters: Filters, at: AwareDatetime | None
) -> MailEntrance:
    """One service of master.cf with its filters and header tables."""
    cleanup = f"{postfix.of(service, 'cleanup_service_name') or 'cleanup'}/unix"
    named: Sequence[str] = words_of(postfix.of(cleanup, "mime_header_checks"))
    if (
        "no_header_body_checks" in postfix.of(service, "receive_override_options")
        or postfix.of(cleanup, "disable_mime_input_processing") == "yes"
    ):
        named = ()
    read = {each: postfix.tables.get(each, Table(is_read=False)) for each in named}
    return MailEntrance(
        subject=name,
        program="Postfix",
        is_usual=port_of(name) in PORTS.values(),
        filters=tuple(entrance_filters(postfix, service, filters)),
        tables=tuple(named),
        unread_tables=tuple(each for each, table in read.items() if not table.is_read),
        stops_kinds=stopped_kinds(tuple(read.values())),
        signatures_at=at,
    )


@dataclass(frozen=True, slots=True)
class Doors:
    """Ports at which others than the host itself are heard, and what is known of the programs."""

    waiting: frozenset[int]
    named: Mapping[int, str]
    processes: frozenset[str]
    is_hidden: bool

    def is_of_postfix(self, port: int | None) -> bool:
        """Whether Postfix waits there; where root told no name, its queue manager must run."""
        if port is None:
            return True
        return port in self.waiting and self.named.get(port, "master") in POSTFIX

    @property
    def has_postfix(self) -> bool:
        """Zimbra brings a Postfix of its own, with settings elsewhere."""
        return "Zimbra" not in self.processes and ("qmgr" in self.processes or self.is_hidden)

    def server(self, port: int) -> str:
        """The name of a mail server that nobody here can judge."""
        if "Zimbra" in self.processes:
            return "Zimbra"
        if port in self.named:
            return SERVERS.get(self.named[port], self.named[port])
        return next((name for process, name in SERVERS.items() if process in self.processes), "?")


def postfix_entrances(
    postfix: Postfix, doors: Doors, filters: Filters, at: AwareDatetime | None
) -> Iterator[MailEntrance]:
    """The services of Postfix that others reach; postscreen hands on to `smtpd pass`."""
    for name, kind, command in postfix.services:
        is_reached = is_open(name, postfix.main["inet_interfaces"])
        if kind == "inet" and is_reached and doors.is_of_postfix(port_of(name)):
            service = "smtpd/pass" if command == "postscreen" else f"{name}/{kind}"
            yield entrance(postfix, service, name, filters, at)


def signatures(outputs: Outputs) -> AwareDatetime | None:
    """When ClamAV got its newest signatures, where that can be told."""
    try:
        malware = next(read_malware_protection.read(outputs))
    except UnavailableError:
        return None
    products = malware.products if isinstance(malware, MalwareProtection) else ()
    return next((each.signatures_at for each in products if each.name.startswith("ClamAV")), None)


@reader(MailEntrance, MAIL_SERVER, MAIL_FILTERS, SOCKETS, SOCKET_NAMES, MALWARE_PRODUCTS)
def read_mail_entrances(outputs: Outputs) -> Iterator[MailEntrance | Missing | Absent]:
    """One fact a door; a host at whose ports nobody waits for mail from the network has none."""
    server = sections(outputs.text(MAIL_SERVER))
    parts = sections(outputs.text(MAIL_FILTERS))
    if "end" not in server or "end" not in parts:
        raise UnreadableError("the answer about mail servers is cut short")
    tcp = [
        Listener(protocol="tcp", address=address, port=port, program="")
        for protocol, address, port in parse_sockets(outputs.text(SOCKETS))
        if protocol == "tcp"
    ]
    try:
        names = parse_names(outputs.text(SOCKET_NAMES))
    except UnavailableError:
        names = {}
    doors = Doors(
        waiting=frozenset(each.port for each in tcp if not each.is_loopback),
        named={port: name for (protocol, port), name in names.items() if protocol == "tcp"},
        processes=frozenset(server["programs"].split()),
        is_hidden="hidden" in server,
    )
    found: list[MailEntrance] = []
    if "postfix" in server and doors.has_postfix and doors.waiting:
        filters = Filters(
            local=Local(
                ports=frozenset(str(each.port) for each in tcp),
                paths=frozenset(path_of(each) for each in parts["unix"].splitlines()),
                processes=doors.processes,
                is_hidden=doors.is_hidden,
            ),
            amavis=parse_amavis(parts["amavis"]),
            clamav=parse_clamav_milter(parts["clamav-milter"]),
            rspamd=parse_rspamd(parts["rspamd"]),
            programs={str(port): name for port, name in doors.named.items()},
        )
        postfix = parse_postfix(server["postfix"])
        found += postfix_entrances(postfix, doors, filters, signatures(outputs))
        others = postfix.main.get("multi_instance_directories", "")
        if found and others:
            found.append(MailEntrance(subject=others, program=f"Postfix {others}"))
    found += [
        MailEntrance(subject=str(port), program=doors.server(port))
        for port in sorted(doors.waiting & set(PORTS.values()))
        if port not in {port_of(each.subject) for each in found}
    ]
    yield from found
    if not found:
        yield Absent("no program waits for mail from the network (ports 25, 465, 587)")


def names_of(kinds: Collection[str]) -> str:
    """Kinds as a person reads them: `.exe, .js`."""
    return ", ".join(f".{each}" for each in sorted(kinds))
