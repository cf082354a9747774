"""
Backups that the owner declares, looked at where they lie.

Contents of an encrypted repository need its key, which never comes here; but each snapshot of
restic is a file with a time, a repository of borg changes its index only by a transaction (which
may also be a prune), pgBackRest keeps a list with times, sizes and errors, and plain files have
times and sizes. What was seen and what was not is said. Nothing is locked or changed.
"""

import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Literal

from pydantic import AwareDatetime

from cdso_audit.facts.integrity import systemd_time
from cdso_audit.facts.os_release import moment, sections
from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, UnreadableError, reader
from cdso_audit.model import DeclaredBackup, Frozen, GapReason

#: Repositories that lie on another machine: `sftp:`, `rest:`, `s3:`, `ssh://`, `user@host:path`.
_REMOTE = re.compile(
    r"^(?!file:|local:)(?:[a-z][\w+.-]*:(?!\\)|[\w.-]+@[\w.-]+:|[\w.-]+:/)", re.IGNORECASE
)
#: File systems that another machine serves.
NETWORK_FILE_SYSTEMS = (
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "fuse.sshfs",
    "ceph",
    "glusterfs",
    "fuse.glusterfs",
    "9p",
    "virtiofs",
    "davfs",
    "fuse.rclone",
    "fuse.s3fs",
    "afs",
)


def place_of(backup: DeclaredBackup) -> str:
    """Where the copies lie: the repository, for plain files the path."""
    return (
        (backup.repository or backup.path)
        if backup.tool != "files"
        else (backup.path or backup.repository)
    )


def is_remote(place: str) -> bool:
    """Whether the place names another machine."""
    return bool(_REMOTE.match(place)) and not place.startswith("/")


def without_password(place: str) -> str:
    """The place without a password that somebody may have written into its URL."""
    # The scheme is taken whole, or `sftp:ops@host` would pass for a login and its password.
    login = r"((?:(?:sftp|rest|s3|b2|azure|gs):(?!//))?(?:\w+://)?)(?!sftp:)([^:@/]+):[^@/]*@"
    return re.sub("^" + login, r"\1\2@", place)


def declared_here(outputs: Outputs) -> list[DeclaredBackup]:
    """The declared backups that are kept on this asset or made by it."""
    backups = outputs.system.declared.backups or ()
    return [each for each in backups if each.on == outputs.asset.id]


def places_asked(outputs: Outputs) -> list[tuple[DeclaredBackup, str]]:
    """The declared backups of this host that name an absolute path, each with that path."""
    found = [
        (each, place_of(each).removeprefix("local:").removeprefix("file://"))
        for each in declared_here(outputs)
    ]
    return [(each, place) for each, place in found if place.startswith("/") and "\n" not in place]


def _places(outputs: Outputs) -> Sequence[str] | None:
    return [
        word for each, place in places_asked(outputs) for word in (each.id, each.tool, place)
    ] or None


BACKUP_TRACES = Probe(
    id="backup-traces",
    run=r"""
echo '@@ tools'
for t in restic borg borgmatic pgbackrest duplicity rsnapshot bareos-fd bacula-fd veeam \
  barman wal-g kopia proxmox-backup-client rclone; do command -v $t >/dev/null && echo $t; done
echo '@@ timers'
# an enabled timer is active; list-unit-files would take a second to say so
systemctl list-units --type=timer --state=active --plain --no-legend --no-pager 2>/dev/null |
  grep -iE 'backup|restic|borg|pgbackrest|barman|rsnapshot|duplicity|dump' |
  grep -v '^dpkg-db-backup' | awk '{print $1}'
echo '@@ cron'
grep -lsiE '^[^#]*(backup|restic|borg|pgbackrest|barman|rsnapshot|duplicity|pg_dump|mysqldump)' \
  /etc/crontab /etc/cron.d/* /etc/cron.daily/* /etc/cron.weekly/* /etc/cron.hourly/* |
  grep -vE '/(dpkg|e2scrub_all|\.placeholder)$'
echo '@@ runs'
systemctl list-units --all --type=service --plain --no-legend --no-pager 2>/dev/null |
  awk '{print $1}' | grep -iE 'backup|restic|borg|pgbackrest|verify|check' | head -n 60 | {
    while read -r u; do set -- "$@" "$u"; done
    [ $# -gt 0 ] && TZ=UTC systemctl show -p Id -p ExecStart -p ExecMainStatus \
      -p ExecMainExitTimestamp "$@"
  } 2>/dev/null | awk '
    /^ExecStart=/ { if (/(restic|borg|borgmatic|pgbackrest)[^;]* (check|verify)/) kind = "verified"
      else if (/(restic|borg|borgmatic|pgbackrest)/) kind = "made"; next }
    { rest = rest " " $0 }
    /^$/ { if (kind) print kind rest; kind = rest = "" }
    END { if (kind) print kind rest }'
w='no errors were found|consistency check complete|verify command end: completed'
for f in /var/log/*restic* /var/log/*borg* /var/log/*backup* /var/log/backup*/*.log \
  /var/log/restic/*.log /var/log/borg*/*.log /var/log/pgbackrest/*-verify.log; do
  [ -r "$f" ] && [ -f "$f" ] && grep -qE "$w" "$f" && echo "log $(stat -c %Y "$f") $f"
done
echo '@@ end'
:
""",
    why="backup programs, timers and cron jobs, and when a backup was last checked",
    deadline=20,
)
BACKUP_PLACES = Probe(
    id="backup-places",
    run=r"""
files() { find "$1" -maxdepth "$2" -type f -exec stat -c '%Y %s %n' {} + 2>/dev/null | sort -n |
  tail -n 200 | awk '{print "file", $1, $2}'; }
n=0
while [ $# -gt 2 ]; do
  tool=$2; place=$3; shift 3
  echo "@@ backup-$n"; n=$((n + 1))
  # the mount table tells the disk even of a place that is closed to this account
  P="$(readlink -f "$place" 2>/dev/null || printf %s "$place")" awk '
    { m = $2; if (m != "/") m = m "/"
      if (index(ENVIRON["P"] "/", m) == 1 && length(m) >= n) { n = length(m); d = $1 " " $3 }
      if ($2 == "/") r = $1 }
    END { print "disk", d; print "root", r }' /proc/mounts
  if ! [ -e "$place" ]; then
    up=${place%/*}
    while [ -n "$up" ] && ! [ -e "$up" ]; do up=${up%/*}; done
    if [ -x "${up:-/}" ]; then echo missing; else echo denied; fi
    continue
  fi
  if [ -d "$place" ] && ! { [ -r "$place" ] && [ -x "$place" ]; }; then echo denied; continue; fi
  case $tool in
    restic)
      if ! [ -d "$place/snapshots" ]; then echo foreign
      elif ! [ -r "$place/snapshots" ] || ! [ -x "$place/snapshots" ]; then echo denied
      else
        echo readable
        find "$place/snapshots" -type f -exec stat -c '%Y 0 %n' {} + 2>/dev/null | sort -n |
          tail -n 200 | awk '{print "file", $1, $2}'
        du -sk "$place/data" 2>/dev/null | awk '{print "total", $1}'
      fi;;
    borg)
      if ! [ -f "$place/config" ] || ! [ -d "$place/data" ]; then echo foreign
      elif ! [ -r "$place/data" ] || ! [ -x "$place/data" ]; then echo denied
      else
        echo readable
        for f in "$place"/index.*; do
          [ -f "$f" ] && echo "file $(stat -c %Y "$f") 0"
        done
        du -sk "$place/data" 2>/dev/null | awk '{print "total", $1}'
      fi;;
    pgbackrest)
      if ! [ -d "$place/backup" ]; then echo foreign
      elif ! [ -r "$place/backup" ] || ! [ -x "$place/backup" ]; then echo denied
      else
        for f in "$place"/backup/*/backup.info; do
          if [ -r "$f" ]; then
            echo readable
            sed -n 's/^\([0-9FDI_-]*\)=\({"backrest.*\|{"backup.*\)$/info \2/p' "$f"
            head -c 200 "$f" | grep -q '\[' || echo encrypted
          else echo denied; fi
        done
        du -sk "$place/backup" 2>/dev/null | awk '{print "total", $1}'
      fi;;
    files)
      echo readable
      if [ -f "$place" ]; then stat -c 'file %Y %s' "$place"; else files "$place" 3; fi
      du -sk "$place" 2>/dev/null | awk '{print "total", $1}';;
  esac
done
echo '@@ end'
:
""",
    why="times and sizes of the declared backups, where they lie",
    deadline=60,
    follow=_places,
)


class Copy(Frozen):
    """One copy: when it was finished, how large (0 is not known), and whether it failed."""

    at: AwareDatetime
    size: int = 0
    failed: bool = False


class BackupState(Fact):
    """One declared backup as it was found; with `declared` false, the traces of any backup."""

    kind: Literal["backup-state"] = "backup-state"
    declared: bool = True
    none_declared: bool = False
    """The owner declares an empty list: that there is no backup."""
    tool: str = ""
    place: str = ""
    remote: bool = False
    state: Literal["seen", "remote", "missing", "denied", "foreign", "encrypted", ""] = ""
    copies: tuple[Copy, ...] = ()
    sized: bool = False
    total_kib: int | None = None
    device: str = ""
    file_system: str = ""
    root_device: str = ""
    made_at: AwareDatetime | None = None
    """When a service that makes backups last ended well."""
    made_by: str = ""
    verified_at: AwareDatetime | None = None
    verified_by: str = ""
    traces: tuple[str, ...] = ()

    @property
    def newest(self) -> Copy | None:
        """The newest copy that did not fail."""
        return max((each for each in self.copies if not each.failed), key=_when, default=None)

    @property
    def newest_filled(self) -> Copy | None:
        """The newest copy that did not fail and, where sizes are known, is not empty."""
        filled = [each for each in self.copies if not each.failed and (each.size or not self.sized)]
        return max(filled, key=_when, default=None)


def _when(copy: Copy) -> datetime:
    return copy.at


def parse_place(text: str) -> dict[str, object]:  # noqa: C901 - one branch a line's first word
    """One section of the probe's answer as the fields of a fact."""
    copies: list[Copy] = []
    state = ""
    fields: dict[str, object] = {}
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["file"]:
            at = moment(words[1])
            if at:
                copies.append(Copy(at=at, size=int(words[2])))
        elif words[:1] == ["info"]:
            try:
                info = json.loads(line.removeprefix("info "))
                copies.append(
                    Copy(
                        at=datetime.fromtimestamp(info["backup-timestamp-stop"], UTC),
                        size=int(info.get("backup-info-size", 0)),
                        failed=bool(info.get("backup-error")),
                    )
                )
            except (ValueError, KeyError, TypeError) as problem:
                raise UnreadableError(f"backup.info: {problem}") from problem
        elif words[:1] == ["total"]:
            fields["total_kib"] = int(words[1])
        elif words[:1] == ["disk"]:
            fields["device"], fields["file_system"] = words[1], words[2]
        elif words[:1] == ["root"]:
            fields["root_device"] = words[1]
        elif words[:1] == ["readable"]:
            state = state or "seen"
        elif len(words) == 1 and words[0] in ("missing", "denied", "foreign", "encrypted"):
            state = words[0]
    if not state:
        raise UnreadableError("the host said nothing about the backup's place")
    return {
        **fields,
        "state": state,
        "copies": tuple(copies),
        "sized": any(each.size for each in copies),
    }


def runs(text: str, kind: Literal["made", "verified"]) -> list[tuple[datetime, str]]:
    """When services that make or check backups last ended well; of checks, logs tell too."""
    found = []
    for line in text.splitlines():
        words = line.split()
        if words[:1] == ["log"] and kind == "verified":
            at = moment(words[1])
            if at:
                found.append((at, words[2]))
        elif words[:1] == [kind]:
            at = systemd_time(line)
            name = re.search(r"\bId=(\S+)", line)
            if at and "ExecMainStatus=0" in words:
                found.append((at, name[1] if name else "systemd"))
    return found


def _newest(found: list[tuple[datetime, str]], tool: str) -> tuple[datetime | None, str]:
    """The newest run whose name speaks of the tool, or of backups in general."""
    fitting = [(at, by) for at, by in found if tool in by or "backup" in by]
    return max(fitting, default=(None, ""))


@reader(BackupState, BACKUP_TRACES, BACKUP_PLACES)
def read_backup_state(outputs: Outputs) -> Iterator[BackupState | Missing | Absent]:
    """One fact a declared backup; without a declaration one fact that says what was found."""
    parts = sections(outputs.text(BACKUP_TRACES))
    if "end" not in parts:
        raise UnreadableError("the answer about backup programs is cut short")
    traces = tuple(
        dict.fromkeys(
            line.split()[0]
            for name in ("tools", "timers", "cron")
            for line in parts[name].splitlines()
            if line.strip()
        )
    )
    declared = outputs.system.declared.backups
    here = declared_here(outputs)
    if not here:
        if declared:
            yield Absent(
                "the system's backups are declared on other hosts: {hosts}",
                {"hosts": ", ".join(dict.fromkeys(each.on for each in declared))},
            )
            return
        yield BackupState(
            subject="backup",
            declared=False,
            none_declared=declared is not None,
            traces=traces,
        )
        return
    made = runs(parts["runs"], "made")
    checked = runs(parts["runs"], "verified")
    asked = [each for each, _ in places_asked(outputs)]
    answers = sections(outputs.text(BACKUP_PLACES)) if asked else {}
    if asked and "end" not in answers:
        raise UnreadableError("the answer about the backups' places is cut short")
    for backup in here:
        place = place_of(backup)
        made_at, made_by = _newest(made, backup.tool)
        verified_at, verified_by = _newest(checked, backup.tool)
        known: dict[str, object] = {
            "subject": backup.id,
            "tool": backup.tool,
            "place": without_password(place),
            "remote": is_remote(place),
            "traces": traces,
            "made_at": made_at,
            "made_by": made_by,
            "verified_at": verified_at,
            "verified_by": verified_by,
        }
        if backup not in asked:
            if not is_remote(place):
                yield Missing(
                    backup.id,
                    GapReason.UNDECLARED,
                    "the inventory names no absolute path and no remote repository for it",
                )
                continue
            yield BackupState.model_validate({**known, "state": "remote"})
            continue
        text = answers.get(f"backup-{asked.index(backup)}", "")
        yield BackupState.model_validate({**known, **parse_place(text)})
