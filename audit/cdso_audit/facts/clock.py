"""
The clock: who sets it, from where, how far it is off.

A daemon that is there has not synchronised anything: it is asked (`chronyc`, `timedatectl`, `ntpq`,
`ntpctl`) whether it follows a source that answers, and how large the offset is.
"""

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import AwareDatetime

from cdso_audit.facts.os_release import HOST_NATURE, OWN_PROCESSES, container_of, moment, sections
from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, UnreadableError, reader
from cdso_audit.facts.systemd_conf import assignments, shown
from cdso_audit.model import KnownBy

TIME_DAEMONS = Probe(
    id="time-daemons",
    run=r"""
echo '@@ daemons'
"""
    + OWN_PROCESSES
    + r"""
echo '@@ chrony-tracking'
command -v chronyc >/dev/null && chronyc -n tracking 2>&1
echo '@@ chrony-sources'
command -v chronyc >/dev/null && chronyc -c -n sources 2>&1
echo '@@ timedatectl'
# what `timedatectl show` says of timesyncd; asking it would start systemd-timedated there
[ -e /run/systemd/timesync/synchronized ] && echo NTPSynchronized=yes
echo '@@ timesync'
u=systemd-timesyncd
systemctl is-active --quiet $u.service 2>/dev/null && timedatectl timesync-status 2>&1
echo '@@ ntpq'
command -v ntpq >/dev/null && ntpq -pn 2>&1
echo '@@ ntpctl'
command -v ntpctl >/dev/null && ntpctl -s all 2>&1
echo '@@ end'
:
""",
    why="which time daemon runs, which source it follows and how far the clock is off",
    deadline=20,
)
TIME_CONFIG = Probe(
    id="time-config",
    run=r"""
echo '@@ chrony'
words='include confdir sourcedir server pool peer refclock'
chrony_file() {
  [ "$1" -lt 12 ] || return
  [ -r "$2" ] || { echo "unreadable $2"; return; }
  awk -v words="$words" 'BEGIN { n = split(words, each, " "); while (n) known[each[n--]] = 1 }
    (k = tolower($1)) in known { $1 = k; print }' "$2" |
  while read -r word rest; do
    case $word in
    include) for f in ${rest%% *}; do [ ! -e "$f" ] || chrony_file $(($1 + 1)) "$f"; done ;;
    confdir) chrony_folders "$1" conf "$rest" ;;
    sourcedir) (words='server pool peer'; chrony_folders "$1" sources "$rest") ;;
    *) echo "$word $rest" ;;
    esac
  done
}
chrony_folders() {
  for d in $3; do
    [ ! -d "$d" ] || { [ -r "$d" ] && [ -x "$d" ]; } || echo "unreadable $d"
    for f in "$d"/*."$2"; do [ ! -e "$f" ] || echo "$f"; done
  done | awk -F / '!met[$NF]++' | while read -r f; do
    case $f in 'unreadable '*) echo "$f" ;; *) chrony_file $(($1 + 1)) "$f" ;; esac
  done
}
for f in /etc/chrony/chrony.conf /etc/chrony.conf
do
  [ ! -e "$f" ] || { chrony_file 1 "$f"; break; }
done
echo '@@ timesyncd'
"""
    + shown("timesyncd.conf")
    + r"""echo '@@ ntp'
for f in /etc/ntp.conf /etc/ntpsec/ntp.conf /etc/ntpsec/ntp.d/*.conf /etc/openntpd/ntpd.conf
do
  [ -f "$f" ] || continue
  [ -r "$f" ] || { echo "unreadable $f"; continue; }
  sed -n '/^[[:space:]]*\(server\|servers\|pool\|peer\)[[:space:]]/p' "$f"
done
echo '@@ end'
:
""",
    why="the time sources that are configured, with drop-ins and those given by DHCP",
)
TARGET_CLOCK = Probe(
    id="target-clock",
    run="date -u +%s",
    why="the host's own clock, to compare with the scanner's",
)

#: Process names (cut to 15 characters by the kernel) → the daemon's usual name.
DAEMONS = {
    "chronyd": "chrony",
    "ntpd": "ntpd",
    "openntpd": "openntpd",
    "systemd-timesyn": "systemd-timesyncd",
    "ntpd-rs": "ntpd-rs",
    "ntp-daemon": "ntpd-rs",
    "ptp4l": "ptp4l",
    "phc2sys": "ptp4l",
}


class ClockSynchronisation(Fact):
    """Whether the clock follows a source. `offset_ms` is None when nobody measured it."""

    kind: Literal["clock-synchronisation"] = "clock-synchronisation"
    known_by: KnownBy = KnownBy.DAEMON
    container: str = ""
    daemons: tuple[str, ...] = ()
    told_by: str = ""
    """Which daemon answered; empty when none did."""
    synchronised: bool = False
    source: str = ""
    reachable: bool = True
    offset_ms: float | None = None
    kernel_synchronised: bool | None = None
    complaint: str = ""


class TimeSources(Fact):
    """The names of the configured sources, in order, of the daemon that runs."""

    kind: Literal["time-sources"] = "time-sources"
    daemons: tuple[str, ...] = ()
    container: str = ""
    sources: tuple[str, ...] = ()


class ClockOffset(Fact):
    """The host's clock and the scanner's at the same moment."""

    kind: Literal["clock-offset"] = "clock-offset"
    known_by: KnownBy = KnownBy.NETWORK
    target: AwareDatetime
    scanner: AwareDatetime


def running_daemons(text: str) -> tuple[str, ...]:
    """The daemons behind the process names, each once."""
    found = [DAEMONS[line.strip()] for line in text.splitlines() if line.strip() in DAEMONS]
    return tuple(dict.fromkeys(found))


_SPAN = re.compile(r"([+-]?)([\d.]+)(us|ms|s|min|h)\b")
_IN_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "min": 60_000.0, "h": 3_600_000.0}


def span_ms(text: str) -> float | None:
    """A systemd time span such as `-1min 2.5s` in milliseconds."""
    parts = list(_SPAN.finditer(text))
    if not parts:
        return None
    total = sum(float(part[2]) * _IN_MS[part[3]] for part in parts)
    return -total if parts[0][1] == "-" else total


def from_chrony(tracking: str, sources: str) -> dict[str, object] | None:
    """What chronyd says; None when it did not answer."""
    values = dict(re.findall(r"^([A-Z][A-Za-z ]+?)\s*: (.*)$", tracking, re.MULTILINE))
    if "Leap status" not in values:
        return None
    offset = re.match(r"([\d.]+) seconds", values.get("System time", ""))
    rows = [row.split(",") for row in sources.splitlines() if row.count(",") > 5]  # noqa: PLR2004 - 10 columns
    chosen = next((row for row in rows if row[1] == "*"), None)
    reference = re.search(r"\((.+)\)", values.get("Reference ID", ""))
    return {
        "told_by": "chrony",
        "synchronised": values["Leap status"].strip() != "Not synchronised"
        and values.get("Stratum", "0").strip() != "0",
        "source": chosen[2] if chosen else reference[1] if reference else "",
        # Without a chosen source chronyd runs on, with its last idea or as its own (`local`).
        "reachable": chosen is not None and chosen[5].strip("0") != "",
        "offset_ms": float(offset[1]) * 1000 if offset else None,
    }


def from_timesyncd(status: str, show: str) -> dict[str, object] | None:
    """What systemd-timesyncd says; None when it did not answer."""
    values = dict(re.findall(r"^\s*([A-Z][A-Za-z ]+): (.*)$", status, re.MULTILINE))
    if "Server" not in values and "Poll interval" not in values:
        return None
    return {
        "told_by": "systemd-timesyncd",
        "synchronised": "NTPSynchronized=yes" in show.splitlines() and "Offset" in values,
        "source": values.get("Server", ""),
        "reachable": int(values.get("Packet count", "0").strip() or 0) > 0,
        "offset_ms": span_ms(values.get("Offset", "")),
    }


def from_ntpq(text: str) -> dict[str, object] | None:
    """What ntpd says: the line marked `*` is the chosen peer, its ninth column the offset in ms."""
    if "refid" not in text:
        return None
    chosen = next((line.split() for line in text.splitlines() if line[:1] in "*o"), None)
    return {
        "told_by": "ntpd",
        "synchronised": chosen is not None,
        "source": chosen[0][1:] if chosen else "",
        "reachable": chosen is None or chosen[6].strip("0") != "",
        "offset_ms": abs(float(chosen[8])) if chosen else None,
    }


def from_ntpctl(text: str) -> dict[str, object] | None:
    """What OpenNTPD says; its starred peer's offset stands on the line below, as `-1.2ms`."""
    if "peers valid" not in text:
        return None
    chosen = re.search(r"^\s*\*.*?(-?[\d.]+)ms", text, re.MULTILINE | re.DOTALL)
    return {
        "told_by": "openntpd",
        "synchronised": "clock synced" in text,
        "offset_ms": abs(float(chosen[1])) if chosen else None,
    }


@reader(ClockSynchronisation, TIME_DAEMONS, HOST_NATURE)
def read_clock_synchronisation(
    outputs: Outputs,
) -> Iterator[ClockSynchronisation | Missing | Absent]:
    """The running daemon's own word, else only what the kernel says."""
    parts = sections(outputs.text(TIME_DAEMONS))
    if "end" not in parts:
        raise UnreadableError("the answer about the time daemons is cut short")
    daemons = running_daemons(parts["daemons"])
    said: dict[str, object] = {}
    if "chrony" in daemons:
        said = from_chrony(parts["chrony-tracking"], parts["chrony-sources"]) or {}
    elif "systemd-timesyncd" in daemons:
        said = from_timesyncd(parts["timesync"], parts["timedatectl"]) or {}
    elif "ntpd" in daemons:
        said = from_ntpq(parts["ntpq"]) or from_ntpctl(parts["ntpctl"]) or {}
    elif "openntpd" in daemons:
        said = from_ntpctl(parts["ntpctl"]) or {}
    kernel = dict(re.findall(r"^(NTPSynchronized)=(\w+)", parts["timedatectl"], re.MULTILINE))
    answer = {"chrony": "chrony-tracking", "systemd-timesyncd": "timesync", "ntpd": "ntpq"}
    heard = parts[answer[daemons[0]]] if daemons and daemons[0] in answer else ""
    yield ClockSynchronisation.model_validate(
        {
            "subject": "clock",
            "container": container_of(outputs),
            "daemons": daemons,
            "kernel_synchronised": kernel["NTPSynchronized"] == "yes" if kernel else None,
            "complaint": "" if said else heard.partition("\n")[0],
        }
        | said
    )


@reader(TimeSources, TIME_CONFIG, TIME_DAEMONS, HOST_NATURE)
def read_time_sources(outputs: Outputs) -> Iterator[TimeSources | Missing | Absent]:
    """The sources of the daemons that run; timesyncd's fallbacks count when it has no others."""
    parts = sections(outputs.text(TIME_CONFIG))
    running = sections(outputs.text(TIME_DAEMONS))
    if "end" not in parts or "end" not in running:
        raise UnreadableError("the answer about the time sources is cut short")
    daemons = running_daemons(running["daemons"])
    lines: list[str] = []
    if "chrony" in daemons:
        lines += parts["chrony"].splitlines()
    if "ntpd" in daemons or "openntpd" in daemons:
        lines += parts["ntp"].splitlines()
    if any(line.startswith("unreadable ") for line in lines):
        raise UnreadableError(next(line for line in lines if line.startswith("unreadable ")))
    sources = [line.split()[1] for line in lines if len(line.split()) > 1]
    if "systemd-timesyncd" in daemons:
        given: dict[str, list[str]] = {"NTP": [], "FallbackNTP": []}
        for key, value in assignments(parts["timesyncd"], "Time"):
            if key in given:
                given[key] = [*given[key], *value.split()] if value else []
        sources += given["NTP"] or given["FallbackNTP"]
    yield TimeSources(
        subject="sources",
        daemons=daemons,
        container=container_of(outputs),
        sources=tuple(dict.fromkeys(sources)),
    )


@reader(ClockOffset, TARGET_CLOCK)
def read_clock_offset(outputs: Outputs) -> Iterator[ClockOffset | Missing | Absent]:
    """The target's answer beside the scanner's time of the same observation."""
    target = moment(outputs.text(TARGET_CLOCK))
    if target is None:
        raise UnreadableError("the host's clock gave no number")
    yield ClockOffset(subject="clock", target=target, scanner=outputs.observation(TARGET_CLOCK).at)
