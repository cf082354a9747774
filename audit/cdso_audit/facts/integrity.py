"""
File integrity: a tool with a database, a schedule that compares, and the last comparison.

AIDE's database and log are closed to ordinary users; their times and sizes are asked for as root.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Literal

from pydantic import AwareDatetime

from cdso_audit.facts.os_release import HAS_UNIT, OWN_PROCESSES, sections
from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, UnreadableError, reader
from cdso_audit.model import Frozen

INTEGRITY_TOOLS = Probe(
    id="integrity-tools",
    run=HAS_UNIT
    + r"""
echo '@@ installed'
for f in /usr/bin/aide /usr/sbin/aide /usr/sbin/tripwire /usr/sbin/samhain /usr/bin/osqueryd \
  /opt/osquery/bin/osqueryd /var/ossec; do [ -e "$f" ] && echo "$f"; done
echo '@@ processes'
"""
    + OWN_PROCESSES
    + r"""
echo '@@ timers'
for t in dailyaidecheck.timer aidecheck.timer aide.timer aide-check.timer tripwire.timer; do
  has_unit "$t" && s=$(systemctl is-enabled "$t" 2>/dev/null) &&
    echo "$t $s $(systemctl is-active "$t" 2>/dev/null)"
done
echo '@@ results'
for u in dailyaidecheck aidecheck aide aide-check; do
  has_unit $u.service &&
    TZ=UTC systemctl show $u.service -p Id -p ExecMainExitTimestamp -p ExecMainStatus 2>/dev/null
done
echo '@@ cron'
grep -lsE '(^|[^#a-z])(aide|tripwire)([^a-z]|$)' /etc/crontab /etc/cron.d/* /etc/cron.daily/* \
  /etc/cron.weekly/* | while read -r f; do
  grep -qE '^[^#]*(aide|tripwire)' "$f" && echo "$f"
done
[ -d /run/systemd/system ] && echo systemd
echo '@@ end'
:
""",
    why="which file integrity tools are installed, run or are scheduled",
)
AIDE_FILES = Probe(
    id="aide-files",
    run=(
        "/usr/bin/find",
        "/var/lib/aide",
        "/var/log/aide",
        "-maxdepth",
        "1",
        "-type",
        "f",
        "-exec",
        "/usr/bin/stat",
        "-c",
        "%Y %s %n",
        "{}",
        "+",
    ),
    root=True,
    why="time and size of AIDE's database and logs",
)


class IntegrityTool(Frozen):
    """One tool. `last_run` is the newest comparison that left a trace."""

    name: str
    alive: bool = False
    database_at: AwareDatetime | None = None
    schedule: str = ""
    last_run: AwareDatetime | None = None
    failed: str = ""


class FileIntegrity(Fact):
    """The integrity tools of a host; none is a fact too."""

    kind: Literal["file-integrity"] = "file-integrity"
    tools: tuple[IntegrityTool, ...] = ()


#: AIDE's database under the names that distributions give it.
_DATABASE = re.compile(r"/var/lib/aide/aide\.db(\.gz)?$")
#: AIDE's bits of exit status that are errors; 1, 2 and 4 say that files differ (aide(1)).
_DIFFERENCES = 7


def systemd_time(text: str) -> datetime | None:
    """`Sat 2026-11-21 01:50:03 UTC` as systemd prints it when told that the zone is UTC."""
    match = re.search(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) UTC", text)
    if match is None:
        return None
    return datetime.strptime(match[1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)


def _aide(parts: dict[str, str], files: str) -> IntegrityTool:
    found = []
    for line in files.splitlines():
        stamp, size, name = line.split(" ", 2)
        if size != "0":
            found.append((datetime.fromtimestamp(int(stamp), UTC), name))
    databases = [at for at, name in found if _DATABASE.search(name)]
    runs = [at for at, name in found if name.startswith("/var/log/aide/")]
    failed = ""
    units = re.split(r"\n\s*\n|(?=^Id=)", parts["results"], flags=re.MULTILINE)
    for unit in units:
        values = dict(re.findall(r"^(\w+)=(.*)$", unit, re.MULTILINE))
        at = systemd_time(values.get("ExecMainExitTimestamp", ""))
        if at:
            runs.append(at)
            status = int(values.get("ExecMainStatus", "0") or 0)
            if status > _DIFFERENCES:
                failed = f"{values.get('Id', 'aide')}: status {status}"
    timers = [
        line.split()[0]
        for line in parts["timers"].splitlines()
        if line.split()[1:2] in (["enabled"], ["static"]) and "aide" in line
    ]
    systemd = "systemd" in parts["cron"].splitlines()
    crons = [
        line
        for line in parts["cron"].splitlines()
        # Debian's cron.daily script steps aside for dailyaidecheck.timer where systemd runs.
        if line.startswith("/") and not (systemd and line == "/etc/cron.daily/dailyaidecheck")
    ]
    return IntegrityTool(
        name="AIDE",
        alive=bool(timers or crons),
        database_at=max(databases, default=None),
        schedule=(timers or crons or [""])[0],
        last_run=max(runs, default=None),
        failed=failed,
    )


@reader(FileIntegrity, INTEGRITY_TOOLS, AIDE_FILES)
def read_file_integrity(outputs: Outputs) -> Iterator[FileIntegrity | Missing | Absent]:
    """One fact a host. AIDE is asked about its files only where it is installed."""
    parts = sections(outputs.text(INTEGRITY_TOOLS))
    if "end" not in parts:
        raise UnreadableError("the answer about integrity tools is cut short")
    installed = parts["installed"].split()
    processes = set(parts["processes"].split())
    tools = []
    if any(path.endswith("/aide") for path in installed):
        # find ends with 1 when one of the two directories is missing
        tools.append(_aide(parts, outputs.text(AIDE_FILES, codes=(0, 1))))
    if "/var/ossec" in installed or processes & {"wazuh-syscheckd", "ossec-syscheckd"}:
        alive = bool(processes & {"wazuh-syscheckd", "ossec-syscheckd"})
        tools.append(
            IntegrityTool(name="Wazuh", alive=alive, schedule="syscheckd" if alive else "")
        )
    if any(path.endswith("/osqueryd") for path in installed):
        alive = "osqueryd" in processes
        tools.append(
            IntegrityTool(name="osquery", alive=alive, schedule="osqueryd" if alive else "")
        )
    if "/usr/sbin/samhain" in installed:
        alive = "samhain" in processes
        tools.append(
            IntegrityTool(name="Samhain", alive=alive, schedule="samhain" if alive else "")
        )
    if "/usr/sbin/tripwire" in installed:
        crons = [line for line in parts["cron"].splitlines() if "tripwire" in line]
        tools.append(IntegrityTool(name="Tripwire", alive=bool(crons), schedule=(crons or [""])[0]))
    yield FileIntegrity(subject="files", tools=tuple(tools))
