"""
Logs: whether they outlast a reboot, leave the host, are kept long enough and closed to others.

Configuration promises; what lies on the disk proves. Passwords that a log shipper's configuration
holds are struck out on the host: only lines about inputs, outputs, hosts and TLS leave it.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from math import inf
from typing import Literal

from pydantic import AwareDatetime

from cdso_audit.facts.os_release import HOST_NATURE, OWN_PROCESSES, moment, sections
from cdso_audit.facts.reading import (
    Absent,
    Fact,
    Missing,
    Outputs,
    Probe,
    UnreadableError,
    reader,
)
from cdso_audit.facts.systemd_conf import assignments, seconds, shown
from cdso_audit.model import Frozen, KnownBy

LOG_DAEMONS = Probe(
    id="log-daemons",
    run=r"""
echo '@@ daemons'
"""
    + OWN_PROCESSES
    + r"""
u=systemd-journal-upload
systemctl is-active --quiet $u.service 2>/dev/null && echo $u
echo '@@ journald'
"""
    + shown("journald.conf")
    + r"""echo '@@ directories'
for d in /var/log/journal /run/log/journal; do [ -d "$d" ] && echo "$d"; done
ls -d /var/log/journal/*/ 2>/dev/null | sed 's/^/files /'
echo '@@ end'
:
""",
    why="which log daemons run and whether the journal is kept on the disk",
)
LOG_FORWARDING = Probe(
    id="log-forwarding",
    run=r"""
w='[Pp]ass\|[Pp]wd\|PASS\|[Ss]ecret\|SECRET\|[Tt]oken\|TOKEN\|[Kk]ey\|KEY\|[Aa]uthori'
w="$w\|[Cc]ommunity\|[Cc]redential"
n="[A-Za-z0-9_.-]*\($w\)[A-Za-z0-9_.-]*[\"']\{0,1\}[[:space:]]*"
v="\"[^\"]*\"\|'[^']*'\|[^[:space:]<)]*"
show() {
  for f in "$@"; do
    [ -f "$f" ] || continue
    [ -r "$f" ] || { echo "unreadable $f"; continue; }
    sed -e 's/^[[:space:]]*#.*//' -e '/^[[:space:]]*$/d' \
      -e "s/\($n\)[=:(> ][=> ]*\($v\)/\1=\"***\"/g" -e 's#://[^/@ "]*@#://***@#g' "$f"
  done
}
echo '@@ rsyslog'
show /etc/rsyslog.conf /etc/rsyslog.d/*.conf
echo '@@ syslog-ng'
show /etc/syslog-ng/syslog-ng.conf /etc/syslog-ng/conf.d/*.conf
echo '@@ journal-upload'
show /etc/systemd/journal-upload.conf /etc/systemd/journal-upload.conf.d/*.conf
echo '@@ vector'
show /etc/vector/*.toml /etc/vector/*.yaml /etc/vector/*.yml
echo '@@ fluent-bit'
show /etc/fluent-bit/*.conf /etc/fluent-bit/*.yaml /etc/td-agent-bit/*.conf
show /etc/fluent/*.conf /etc/td-agent/*.conf
echo '@@ filebeat'
show /etc/filebeat/filebeat.yml
echo '@@ wazuh'
show /var/ossec/etc/ossec.conf
[ -d /var/ossec ] && ! [ -x /var/ossec/etc ] && echo "unreadable /var/ossec/etc/ossec.conf"
echo '@@ connections'
ss -Htn state established 2>/dev/null | awk '{print $4}'
echo '@@ end'
:
""",
    why="where logs are sent, over which protocol, and whether the connection stands",
    cap=1024 * 1024,
)
LOG_FILES = Probe(
    id="log-files",
    run=(
        "/usr/bin/find",
        "/var/log",
        "-xdev",
        "-type",
        "f",
        "-exec",
        "/usr/bin/stat",
        "-c",
        "%a %U %G %Y %W %s %n",
        "{}",
        "+",
    ),
    root=True,
    why="owner, mode, age and size of each file below /var/log",
    cap=2 * 1024 * 1024,
)
JOURNAL_HEADER = Probe(
    id="journal-header",
    run=("/usr/bin/journalctl", "--header", "--utc", "--no-pager", "-q"),
    root=True,
    why="the time of the oldest and the newest entry of the journal",
    cap=2 * 1024 * 1024,
)
JOURNAL_LOGIN = Probe(
    id="journal-login",
    run=(
        "/usr/bin/journalctl",
        "--no-pager",
        "-q",
        "-n",
        "1",
        "-o",
        "json",
        "--output-fields=SYSLOG_IDENTIFIER",
        "SYSLOG_FACILITY=10",
        "SYSLOG_FACILITY=4",
    ),
    root=True,
    why="the newest entry about a login in the journal: its time and program, never its text",
)
LOG_ROTATION = Probe(
    id="log-rotation",
    run=r"""
echo '@@ logrotate'
for f in /etc/logrotate.conf /etc/logrotate.d/*; do
  case $f in *.dpkg-*|*.rpm*|*~|*.bak) continue;; esac
  [ -f "$f" ] || continue
  [ -r "$f" ] || { echo "unreadable $f"; continue; }
  sed -e 's/#.*//' -e '/^[[:space:]]*$/d' "$f"
  echo
done
echo '@@ journald'
"""
    + shown("journald.conf")
    + r"""echo '@@ end'
:
""",
    why="how long logs are promised to be kept (logrotate, journald)",
)

#: Process names (cut to 15 characters by the kernel) → the program's usual name.
DAEMONS = {
    "systemd-journal": "journald",
    "systemd-journald": "journald",
    "rsyslogd": "rsyslog",
    "syslogd": "syslogd",
    "syslog-ng": "syslog-ng",
    "systemd-journal-upload": "journal-upload",
    "vector": "vector",
    "fluent-bit": "fluent-bit",
    "fluentd": "fluent-bit",
    "td-agent": "fluent-bit",
    "filebeat": "filebeat",
    "wazuh-agentd": "wazuh",
    "ossec-agentd": "wazuh",
    "splunkd": "splunk",
    "promtail": "promtail",
    "alloy": "alloy",
    "nxlog": "nxlog",
    "elastic-agent": "elastic-agent",
}
#: Seconds of a day.
DAY = 86_400
WRITERS = ("rsyslog", "syslog-ng", "syslogd")


class LogPersistence(Fact):
    """The daemons that keep logs on the disk, and what the journal does."""

    kind: Literal["log-persistence"] = "log-persistence"
    known_by: KnownBy = KnownBy.DAEMON
    daemons: tuple[str, ...] = ()
    storage: str = "auto"
    journal_directory: bool = False
    journal_files: bool = False


class LogTarget(Frozen):
    """One place that logs are sent to. `encrypted` is None when the configuration does not say."""

    program: str
    host: str
    port: int = 0
    protocol: str = ""
    encrypted: bool | None = None
    running: bool = False
    connected: bool = False


class LogForwarding(Fact):
    """Where logs are sent to."""

    kind: Literal["log-forwarding"] = "log-forwarding"
    daemons: tuple[str, ...] = ()
    targets: tuple[LogTarget, ...] = ()
    unreadable: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()
    """Addresses to whose log ports a connection stands, whoever opened it."""


class LogSource(Frozen):
    """The oldest entry of one log that is still there, and for how long it is promised."""

    name: str
    oldest: AwareDatetime
    files: int = 1
    promised_days: int | None = None


#: Ports of log servers: syslog, over TLS, RELP, Wazuh, Beats, journal-remote, Graylog, fluentd.
LOG_PORTS = (514, 601, 6514, 2514, 20514, 1514, 5044, 19532, 12201, 24224)


class LogRetention(Fact):
    """What is kept of each log, and since when the host exists."""

    kind: Literal["log-retention"] = "log-retention"
    first_boot: AwareDatetime | None = None
    sources: tuple[LogSource, ...] = ()


class LogFile(Frozen):
    """A file below /var/log."""

    path: str
    mode: int
    owner: str
    group: str
    changed: AwareDatetime
    born: AwareDatetime | None = None
    size: int

    @property
    def reaches_back_to(self) -> datetime:
        """
        No entry of the file can be known to be older: its birth, or its last change if that is
        earlier, as it is for a file that was compressed later.
        """
        return min(self.changed, self.born or self.changed)


class LogFiles(Fact):
    """Every file below /var/log."""

    kind: Literal["log-files"] = "log-files"
    files: tuple[LogFile, ...] = ()


class LoginLog(Fact):
    """The newest entry about a login, wherever it is kept."""

    kind: Literal["login-log"] = "login-log"
    newest: AwareDatetime | None = None
    where: str = ""


def running(text: str) -> tuple[str, ...]:
    """The log programs behind the process names, each once."""
    names = [DAEMONS.get(line.strip(), "") for line in text.splitlines()]
    return tuple(sorted({name for name in names if name}))


def parse_log_files(lines: list[str]) -> tuple[LogFile, ...]:
    """The lines of `stat -c '%a %U %G %Y %W %s %n'`; a line of another form is half of a name."""
    files = []
    for line in lines:
        match = re.fullmatch(r"([0-7]{1,4}) (\S+) (\S+) (\d+) (\d+|[-?]) (\d+) (/var/log/.*)", line)
        if match:
            files.append(
                LogFile(
                    path=match[7],
                    mode=int(match[1], 8),
                    owner=match[2],
                    group=match[3],
                    changed=datetime.fromtimestamp(int(match[4]), UTC),
                    born=moment(match[5]) if match[5] not in "0-?" else None,
                    size=int(match[6]),
                )
            )
    return tuple(files)


# ---------------------------------------------------------------------------------------------
# Forwarding
# ---------------------------------------------------------------------------------------------

_LOCAL = ("", "localhost", "127.0.0.1", "::1")


def _target(program: str, text: str, protocol: str, encrypted: bool | None) -> LogTarget | None:
    """`host`, `host:port`, `[v6]:port` or a URL as a target; None for the host itself."""
    address = re.sub(r"^\w+://", "", text.strip().strip("\"'")).split("/")[0]
    address = address.rpartition("@")[2]
    match = re.fullmatch(r"\[?([0-9a-fA-F:]+:[0-9a-fA-F:]*|[^:\[\]]+)\]?(?::(\d+))?", address)
    if match is None or match[1].lower() in _LOCAL:
        return None
    return LogTarget(
        program=program,
        host=match[1],
        port=int(match[2] or 0),
        protocol=protocol,
        encrypted=encrypted,
    )


def _joined(host: str, port: str) -> str:
    """Host and port as one address, an IPv6 host in brackets."""
    if not port:
        return host
    return (
        f"[{host}]:{port}"
        if re.fullmatch(r"[0-9a-fA-F:]*:[0-9a-fA-F:]+", host)
        else f"{host}:{port}"
    )


def rsyslog_targets(text: str) -> list[LogTarget]:
    """Old syntax (`*.* @@host:514`) and new (`action(type="omfwd" target="…")`), in any order."""
    found: list[LogTarget | None] = []
    tls = bool(
        re.search(
            r"DefaultNetstreamDriver\s+(gtls|ossl)|defaultNetstreamDriver\s*=\s*\"(gtls|ossl)",
            text,
            re.IGNORECASE,
        )
    )
    mode = bool(
        re.search(r"^\s*\$ActionSendStreamDriverMode\s+1", text, re.MULTILINE | re.IGNORECASE)
    )
    for line in text.splitlines():
        match = re.match(r"^\s*([^\s:$]\S*)\s+-?(@{1,2})(\([^)]*\))?([^\s;]+)", line)
        if match and "." in match[1]:
            tcp = match[2] == "@@"
            protocol = "tcp" if tcp else "udp"
            found.append(_target("rsyslog", match[4], protocol, tcp and tls and mode))
    for match in re.finditer(
        r"action\s*\((.*?)\)\s*(?:\n|$|stop|\})", text, re.DOTALL | re.IGNORECASE
    ):
        pairs = {
            key.lower(): value
            for key, value in re.findall(r"([\w.]+)\s*=\s*\"([^\"]*)\"", match[1])
        }
        kind = pairs.get("type", "").lower()
        if kind not in ("omfwd", "omrelp", "omelasticsearch", "omhttp", "omkafka"):
            continue
        host = pairs.get("target") or pairs.get("server") or pairs.get("broker") or ""
        port = pairs.get("port") or pairs.get("serverport") or ""
        protocol = "relp" if kind == "omrelp" else pairs.get("protocol", "udp").lower()
        encrypted = (
            pairs.get("tls", "off") == "on"
            if kind == "omrelp"
            else pairs.get("usehttps", "off") == "on" or host.startswith("https:")
            if kind in ("omelasticsearch", "omhttp")
            else protocol == "tcp"
            and pairs.get("streamdrivermode") == "1"
            and (tls or pairs.get("streamdriver", "") in ("gtls", "ossl"))
        )
        found.append(_target("rsyslog", _joined(host, port), protocol, encrypted))
    return [each for each in found if each]


def syslog_ng_targets(text: str) -> list[LogTarget]:
    """Network destinations: `syslog(…)`, `network(…)`, `tcp(…)`, `tcp6(…)`, `udp(…)`."""
    found: list[LogTarget | None] = []
    blocks = re.findall(r"destination\s+\S+\s*\{(.*?)\}\s*;", text, re.DOTALL)
    for block in blocks:
        for driver, body in re.findall(
            r"\b(syslog|network|tcp6?|udp6?)\s*\(\s*(.*?)\)\s*;", block, re.DOTALL
        ):
            host = re.match(r"[\"']?([^\s\"'()]+)", body)
            port = re.search(r"\bport\s*\(\s*[\"']?(\d+)", body)
            transport = re.search(r"\btransport\s*\(\s*[\"']?([\w-]+)", body)
            protocol = transport[1] if transport else driver[:3] if driver != "syslog" else "tcp"
            protocol = "tcp" if protocol == "net" else protocol
            if host:
                where = _joined(host[1], port[1] if port else "")
                found.append(_target("syslog-ng", where, protocol, protocol == "tls"))
    return [each for each in found if each]


def shipper_targets(program: str, text: str) -> list[LogTarget]:
    """The hosts of other shippers, from the few keys that name one in their configuration."""
    found: list[LogTarget | None] = []
    if program == "journal-upload":
        for url in re.findall(r"^\s*URL\s*=\s*(\S+)", text, re.MULTILINE):
            protocol = "http" if url.startswith("http:") else "https"
            found.append(_target(program, url, protocol, protocol == "https"))
    elif program == "wazuh":
        found += [
            _target(program, address, "tcp", True)  # its agents always encrypt, with AES
            for address in re.findall(r"<address>\s*([^<\s]+)\s*</address>", text)
        ]
    elif program == "fluent-bit":
        for block in re.split(r"(?im)^\s*\[output\]|^\s*-\s+name:|<match", text)[1:]:
            host = re.search(r"(?im)^\s*host:?\s+(\S+)", block)
            port = re.search(r"(?im)^\s*port:?\s+(\d+)", block)
            tls = bool(re.search(r"(?im)^\s*tls:?\s+(on|true)", block))
            if host:
                where = _joined(host[1], port[1] if port else "")
                found.append(_target(program, where, "tcp", tls))
    else:
        pattern = r"(?:hosts?|endpoints?|address|uri|url)\s*[:=]\s*\[?\s*[\"']?([^\s\"',\]]+)"
        for address in re.findall(r"(?im)^\s*-?\s*" + pattern, text):
            secure = address.startswith(("https:", "tls:")) or bool(
                re.search(
                    r"(?im)tls\.enabled\s*[:=]\s*true|ssl\.(enabled|certificate_authorities)", text
                )
            )
            if re.search(r":\d+|://", address):
                found.append(_target(program, address, "tcp", secure))
    return [each for each in found if each]


@reader(LogForwarding, LOG_FORWARDING, LOG_DAEMONS)
def read_log_forwarding(outputs: Outputs) -> Iterator[LogForwarding | Missing | Absent]:
    """One fact a host: every target of every program, with whether it runs and is connected."""
    parts = sections(outputs.text(LOG_FORWARDING))
    daemons = sections(outputs.text(LOG_DAEMONS))
    if "end" not in parts or "end" not in daemons:
        raise UnreadableError("the answer about log forwarding is cut short")
    active = running(daemons["daemons"])
    targets: list[LogTarget] = []
    for program, text in parts.items():
        if program == "rsyslog":
            targets += rsyslog_targets(text)
        elif program == "syslog-ng":
            targets += syslog_ng_targets(text)
        elif program not in ("connections", "end"):
            targets += shipper_targets(program, text)
    peers = parts["connections"].split()
    ends = [peer.rpartition(":") for peer in peers]
    yield LogForwarding(
        subject="forwarding",
        daemons=active,
        targets=tuple(
            each.model_copy(
                update={
                    "running": each.program in active,
                    "connected": any(_is_peer(peer, each) for peer in peers),
                }
            )
            for each in dict.fromkeys(targets)
        ),
        peers=tuple(
            dict.fromkeys(
                host.strip("[]").removeprefix("::ffff:")
                for host, _, port in ends
                if port.isdigit() and int(port) in LOG_PORTS
            )
        ),
        unreadable=tuple(
            line.removeprefix("unreadable ")
            for text in parts.values()
            for line in text.splitlines()
            if line.startswith("unreadable /")
        ),
    )


def _is_peer(peer: str, target: LogTarget) -> bool:
    host, _, port = peer.rpartition(":")
    host = host.strip("[]").removeprefix("::ffff:")
    return host == target.host and (not target.port or port == str(target.port))


# ---------------------------------------------------------------------------------------------
# Persistence, retention, modes, logins
# ---------------------------------------------------------------------------------------------


def journal_storage(text: str) -> str:
    """The last `Storage=` that journald understands: it passes over any other."""
    known = ("auto", "volatile", "persistent", "none")
    values = [value for name, value in assignments(text, "Journal") if name == "Storage"]
    return next((value for value in reversed(values) if value in known), "auto")


@reader(LogPersistence, LOG_DAEMONS)
def read_log_persistence(outputs: Outputs) -> Iterator[LogPersistence | Missing | Absent]:
    """One fact a host."""
    parts = sections(outputs.text(LOG_DAEMONS))
    if "end" not in parts:
        raise UnreadableError("the answer about the log daemons is cut short")
    found = parts["directories"].splitlines()
    yield LogPersistence(
        subject="logs",
        daemons=running(parts["daemons"]),
        storage=journal_storage(parts["journald"]),
        journal_directory="/var/log/journal" in found,
        journal_files=any(line.startswith("files /var/log/journal/") for line in found),
    )


#: The logs that tell of security, by the name of their first file.
FAMILIES = (
    "auth.log",
    "secure",
    "syslog",
    "messages",
    "audit.log",
)
_ROTATED = re.compile(r"(?:[-.](?:\d{1,3}|\d{8}(?:-\d+)?))?(?:\.(?:gz|xz|bz2|zst))?")
# `--utc` does not reach the header: it is in the host's own zone. The number in brackets, in
# microseconds since 1970, is the same everywhere; systemd before 251 lacks it, and there the day
# is right to within the zone's hours.
_HEAD = re.compile(
    r"^Head realtime timestamp: (?:[A-Z]\w+ )?(\d{4}-\d\d-\d\d)?[^(\n]*(?:\(([0-9a-f]{1,16})\))?$",
    re.MULTILINE,
)
_DAYS = {"hourly": 1 / 24, "daily": 1.0, "weekly": 7.0, "monthly": 30.0, "yearly": 365.0}


def rotation_days(text: str) -> dict[str, int]:
    """
    Path → days that logrotate keeps it: `rotate` times the period, `maxage` if that is less.

    A log that is rotated by its size has no days, so it is left out. As in logrotate, the last of
    period and size counts, and without either it is a size (1 MiB).
    """
    promised: dict[str, int] = {}
    rotate = 0
    period: float | None = None
    for head, body in _blocks(text):
        own_rotate, own_period, maxage = rotate, period, None
        for line in body:
            word, value = _DIRECTIVE.findall(line)[0]
            if word == "rotate" and re.fullmatch(r"-?\d+", value):
                own_rotate = int(value)
            elif word in _DAYS:
                own_period = _DAYS[word]
            elif word == "size":
                own_period = None
            elif word == "maxage" and value.isdigit():
                maxage = int(value)
        if not head:
            rotate, period = own_rotate, own_period
            continue
        if own_period is None:
            for path in head:
                promised.pop(path, None)
            continue
        days = 36500 if own_rotate < 0 else int((own_rotate + 1) * own_period)
        days = min(days, maxage) if maxage is not None else days
        promised.update(dict.fromkeys(head, days))
    return promised


#: A word and what follows it, with blanks or `=` between.
_DIRECTIVE = re.compile(r"\s*([^\s=]*)[\s=]*(.*?)\s*$")
#: A path in quotes, or up to the next blank.
_PATH = re.compile(r"\"([^\"]*)\"|'([^']*)'|([^\s\"']+)")


def _blocks(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """Logrotate's blocks: the paths (none for what holds for all) and the lines in the braces."""
    head: list[str] = []
    body: list[str] | None = None
    script = False
    for line in text.splitlines():
        words = line.split()
        if body is None:
            before, brace, after = line.partition("{")
            if brace or before.lstrip().startswith(("/", '"', "'")):
                head += ["".join(each) for each in _PATH.findall(before)]
            elif words:
                yield [], [line]
            if brace:
                body = [after] if after.strip() else []
        elif script:
            script = words[:1] != ["endscript"]
        elif words[:1] == ["}"]:
            yield head, body
            head, body = [], None
        elif words and words[0] in _SCRIPTS:
            script = True
        else:
            body.append(line)


_SCRIPTS = ("postrotate", "prerotate", "firstaction", "lastaction", "preremove")


def journal_days(text: str) -> int | None:
    """`MaxRetentionSec` in whole days; None when the journal is limited by size alone."""
    spans = [value for name, value in assignments(text, "Journal") if name == "MaxRetentionSec"]
    known = [found for each in spans if (found := seconds(each)) is not None]
    return int(known[-1] // DAY) if known and 0 < known[-1] < inf else None


def journal_heads(text: str) -> list[datetime]:
    """The time of the first entry of each journal file; raises UnreadableError if none tells it."""
    heads = []
    for day, number in _HEAD.findall(text):
        if number:
            heads.append(datetime.fromtimestamp(int(number, 16) // 1_000_000, UTC))
        elif day:
            heads.append(datetime.fromisoformat(day).replace(tzinfo=UTC))
    if "File path:" in text and not heads:
        raise UnreadableError("journalctl --header tells no first entry of any file")
    return heads


@reader(LogRetention, LOG_FILES, JOURNAL_HEADER, LOG_ROTATION, HOST_NATURE)
def read_log_retention(outputs: Outputs) -> Iterator[LogRetention | Missing | Absent]:
    """Files' own ages, and the first entry of the oldest journal file."""
    rotation = sections(outputs.text(LOG_ROTATION))
    if "end" not in rotation:
        raise UnreadableError("the answer about log rotation is cut short")
    promised = rotation_days(rotation["logrotate"])
    files = parse_log_files(outputs.lines(LOG_FILES))
    sources = []
    for family in FAMILIES:
        group = [
            each
            for each in files
            if each.size
            and (name := each.path.rpartition("/")[2]).startswith(family)
            and _ROTATED.fullmatch(name.removeprefix(family))
        ]
        if group:
            oldest = min(each.reaches_back_to for each in group)
            days = [value for path, value in promised.items() if path.endswith("/" + family)]
            sources.append(
                LogSource(
                    name=family,
                    oldest=oldest,
                    files=len(group),
                    promised_days=min(days) if days else None,
                )
            )
    if outputs.has_tool(JOURNAL_HEADER):
        heads = journal_heads(outputs.text(JOURNAL_HEADER, codes=(0, 1)))
        if heads:
            sources.append(
                LogSource(
                    name="journal",
                    oldest=min(heads),
                    files=len(heads),
                    promised_days=journal_days(rotation["journald"]),
                )
            )
    nature = sections(outputs.text(HOST_NATURE))
    yield LogRetention(
        subject="logs",
        first_boot=moment(nature.get("first-boot", "")),
        sources=tuple(sources),
    )


@reader(LogFiles, LOG_FILES)
def read_log_files(outputs: Outputs) -> Iterator[LogFiles | Missing | Absent]:
    """One fact a host."""
    files = parse_log_files(outputs.lines(LOG_FILES))
    if not files:
        yield Absent("there is no file below /var/log")
        return
    yield LogFiles(subject="/var/log", files=files)


@reader(LoginLog, JOURNAL_LOGIN, LOG_FILES)
def read_login_log(outputs: Outputs) -> Iterator[LoginLog | Missing | Absent]:
    """The newest of auth.log, secure and the journal's entries about logins."""
    found: list[tuple[datetime, str]] = []
    if outputs.has_tool(JOURNAL_LOGIN):
        text = outputs.text(JOURNAL_LOGIN, codes=(0, 1))
        stamp = re.search(r'"__REALTIME_TIMESTAMP"\s*:\s*"(\d+)"', text)
        name = re.search(r'"SYSLOG_IDENTIFIER"\s*:\s*"([\w.-]+)"', text)
        if stamp:
            at = datetime.fromtimestamp(int(stamp[1]) // 1_000_000, UTC)
            found.append((at, f"journal ({name[1] if name else '-'})"))
    found += [
        (each.changed, each.path)
        for each in parse_log_files(outputs.lines(LOG_FILES))
        if each.path in ("/var/log/auth.log", "/var/log/secure") and each.size
    ]
    newest = max(found, default=None)
    yield LoginLog(
        subject="logins",
        newest=newest[0] if newest else None,
        where=newest[1] if newest else "",
    )
