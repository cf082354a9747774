"""
Jobs that make backups on this host, and where each run of them leaves a record.

Command lines may hold passwords, so they are sorted on the host: what leaves it is the name of the
job and where its words go.
"""

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import AwareDatetime

from cdso_audit.facts.integrity import systemd_time
from cdso_audit.facts.logging import (
    LOG_DAEMONS,
    WRITERS,
    LogPersistence,
    read_log_persistence,
)
from cdso_audit.facts.os_release import moment, sections
from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, UnreadableError, reader
from cdso_audit.model import KnownBy

_MAKES = (
    "backup|restic|borg|pgbackrest|barman|rsnapshot|duplicity|pg_dump|pg_basebackup|mysqldump"
    "|mariadb-dump|mariabackup"
)

BACKUP_JOBS = Probe(
    id="backup-jobs",
    run=rf"""
m='{_MAKES}'
echo '@@ timers'
t=$(systemctl list-units --type=timer --state=active --plain --no-legend --no-pager 2>/dev/null |
  awk '{{print $1}}' | grep -v '^dpkg-db-backup' | {{
    while read -r u; do set -- "$@" "$u"; done
    [ $# -gt 0 ] && TZ=UTC systemctl show -p Id -p Unit -p LastTriggerUSec "$@"
  }} 2>/dev/null | awk -F= '
    function told() {{ if (i && u) print u, i, l; i = u = l = "" }}
    /^Id=/ {{ i = $2 }} /^Unit=/ {{ u = $2 }} /^LastTriggerUSec=/ {{ l = $2 }}
    /^$/ {{ told() }} END {{ told() }}')
[ "$t" ] && {{
  printf '%s\n--\n' "$t"
  printf '%s\n' "$t" | awk '{{print $1}}' | sort -u | {{
    while read -r u; do set -- "$@" "$u"; done
    systemctl show -p Id -p ExecStart -p Result "$@"
  }} 2>/dev/null
}} | awk -v m="$m" '
  function told() {{
    if (id && tolower(timer[id] " " how) ~ m) print id, result, last[id]
    id = how = result = "" }}
  !units && $0 == "--" {{ units = 1; next }}
  !units {{ u = $1; timer[u] = $2; $1 = $2 = ""; last[u] = $0; next }}
  /^Id=/ {{ id = substr($0, 4) }} /^ExecStart=/ {{ how = how " " $0 }} /^Result=/ {{ result = $0 }}
  /^$/ {{ told() }} END {{ told() }}'
echo '@@ cron'
where() {{
  case $1 in *systemd-cat*|*logger*) echo journal; return;; esac
  case $1 in
    *'&>'*) t=$(printf '%s' "$1" | sed 's/.*&>>\{{0,1\}} *\([^ ;|&)]*\).*/\1/');;
    *'2>&1'*) t=$(printf '%s' "$1" | sed 's/ *2>&1.*//; s/.*>>\{{0,1\}} *\([^ ;|&)]*\).*/\1/');;
    *'2>'*) t=$(printf '%s' "$1" | sed 's/.*2>>\{{0,1\}} *\([^ ;|&)]*\).*/\1/');;
    *) t=;;
  esac
  case $t in
    /dev/null) echo nowhere;;
    /*[!A-Za-z0-9/._%+-]*|'') echo mail;;
    /*) if ! [ -e "$t" ]; then d=${{t%/*}}
          if [ -x "${{d:-/}}" ]; then echo "gone $t"; else echo "closed $t"; fi
        else echo "file $t $(stat -c '%Y %s' "$t" 2>/dev/null)"; fi;;
    *) echo mail;;
  esac
}}
for f in /etc/crontab /etc/cron.d/*; do
  case $f in *.placeholder|*.dpkg-*|*~) continue;; esac
  [ -f "$f" ] || continue
  [ -r "$f" ] || {{ echo "$f unread"; continue; }}
  grep -iE "^[^#]*($m)" "$f" | grep -vE '^[[:space:]]*[A-Za-z_]+[[:space:]]*=' |
    while IFS= read -r line; do
      w=$(where "$line")
      # a crontab whose MAILTO is empty mails to nobody
      [ "$w" = mail ] && tr -d "\"' \t" <"$f" | grep -qx 'MAILTO=' && w=nowhere
      echo "$f $w"
    done
done
for f in /etc/cron.hourly/* /etc/cron.daily/* /etc/cron.weekly/* /etc/cron.monthly/*; do
  case $f in */dpkg|*/e2scrub_all|*.placeholder|*.dpkg-*|*~) continue;; esac
  [ -x "$f" ] && [ -f "$f" ] && [ -r "$f" ] && grep -qiE "^[^#]*($m)" "$f" || continue
  if grep -qE '^[^#]*(logger|systemd-cat)' "$f"; then echo "$f journal"; else echo "$f mail"; fi
done
echo '@@ end'
:
""",
    why="timers and cron jobs that make backups, and where their words go; not what they run",
    deadline=20,
)
BACKUP_CRONTABS = Probe(
    id="backup-crontabs",
    run=("/usr/bin/grep", "-rlsiE", f"^[^#]*({_MAKES})", "/var/spool/cron"),
    root=True,
    why="which people's crontabs make backups: the names of the files alone",
)


class BackupJob(Fact):
    """
    One job. `record`: `journal` (systemd or a logger writes it), `file`, `nowhere`, `mail` (of its
    output, if anything reads it), `gone` (the file that it names is not there), `unknown`.
    `persistent`: the journal or a syslog daemon keeps what it gets on the disk.
    """

    kind: Literal["backup-job"] = "backup-job"
    known_by: KnownBy = KnownBy.DAEMON
    by: Literal["timer", "cron", "crontab"]
    record: Literal["journal", "file", "nowhere", "mail", "gone", "unknown"]
    file: str = ""
    written_at: AwareDatetime | None = None
    size: int = 0
    last: AwareDatetime | None = None
    result: str = ""
    persistent: bool = False


def _cron(line: str, persistent: bool) -> BackupJob:
    name, _, rest = line.partition(" ")
    word, _, target = rest.partition(" ")
    path, _, numbers = target.partition(" ")
    stamp, _, size = numbers.partition(" ")
    known = {"journal", "file", "nowhere", "mail", "gone"}
    return BackupJob.model_validate(
        {
            "subject": name,
            "by": "cron",
            "record": word if word in known else "unknown",
            "file": path,
            "written_at": moment(stamp),
            "size": int(size) if size.isdigit() else 0,
            "persistent": persistent,
        }
    )


@reader(BackupJob, BACKUP_JOBS, BACKUP_CRONTABS, LOG_DAEMONS)
def read_backup_jobs(outputs: Outputs) -> Iterator[BackupJob | Missing | Absent]:
    """One fact a job; the same place of one file twice is one."""
    parts = sections(outputs.text(BACKUP_JOBS))
    if "end" not in parts:
        raise UnreadableError("the answer about jobs of backups is cut short")
    logs = next(read_log_persistence.read(outputs))
    persistent = isinstance(logs, LogPersistence) and (
        any(name in WRITERS for name in logs.daemons)
        or logs.storage == "persistent"
        or (logs.storage == "auto" and logs.journal_directory)
    )
    jobs: dict[str, BackupJob] = {}
    for line in parts["timers"].splitlines():
        name = line.split(maxsplit=1)[0]
        result = re.search(r"\bResult=(\S+)", line)
        jobs[name] = BackupJob(
            subject=name,
            by="timer",
            record="journal",
            last=systemd_time(line),
            result=result[1] if result else "",
            persistent=persistent,
        )
    order = ("journal", "file", "mail", "gone", "nowhere", "unknown")
    for line in parts["cron"].splitlines():
        made = _cron(line, persistent)
        known = jobs.get(made.subject)
        if known is None or order.index(made.record) > order.index(known.record):
            jobs[made.subject] = made
    # grep ends with 1 or 2 where there is none
    for path in outputs.lines(BACKUP_CRONTABS, codes=(0, 1, 2)):
        jobs[path] = BackupJob(subject=path, by="crontab", record="unknown", persistent=persistent)
    if not jobs:
        yield Absent("no timer, cron job or crontab of this host makes backups")
        return
    yield from jobs.values()
