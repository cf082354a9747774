"""
What keeps a declared backup from being read or rewritten by a stranger, looked at where it lies.

Encryption is told without any key: a repository of restic is always encrypted, each object of borg
begins with a byte that names its cipher, pgBackRest encrypts its own list too, and a plain file has
a magic number. Keys are looked for by the names of the settings that hold them, and only the names
of the files leave the host.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import PurePosixPath
from typing import Literal

from pydantic import AwareDatetime

from cdso_audit.facts.backups import (
    BACKUP_PLACES,
    BACKUP_TRACES,
    NETWORK_FILE_SYSTEMS,
    BackupState,
    places_asked,
    read_backup_state,
)
from cdso_audit.facts.encryption import BLOCK_DEVICES, parse_lsblk
from cdso_audit.facts.os_release import moment, sections
from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, UnreadableError, reader
from cdso_audit.model import Frozen


def _places(outputs: Outputs) -> Sequence[str] | None:
    return [word for each, place in places_asked(outputs) for word in (each.tool, place)] or None


#: How many of the newest files are named, looked into, and asked for their attributes.
NAMED, OPENED, ASKED = 200, 3, 40
#: How many segments of borg are looked into until one tells.
SEGMENTS = 60

BACKUP_GUARDS = Probe(
    id="backup-guards",
    run=rf"""
magic() {{
  case $(od -An -v -tx1 -N 16 "$1" 2>/dev/null | tr -d ' \n') in
    53616c7465645f5f*|6167652d656e6372*|4c554b53babe*|2d2d2d2d2d424547494e20504750*|8c0d04*|\
    c30d04*|84????03*|85????03*|c1????03*) echo sealed;;
    '') echo unread;;
    1f8b*|425a68*|fd377a585a*|28b52ffd*|504b0304*|5047444d50*) echo plain;;
    *) # of random bytes six in ten are no text; of text in any language fewer than half
      if [ "$(head -c 512 "$1" | tr -d '\000\011\012\015\040-\176' | wc -c)" -gt 230 ]
      then echo other; else echo plain; fi;;
  esac
}}
n=0
while [ $# -gt 1 ]; do
  tool=$1; place=$2; shift 2
  echo "@@ backup-$n"; n=$((n + 1))
  P="$(readlink -f "$place" 2>/dev/null || printf %s "$place")" awk '
    {{ m = $2; if (m != "/") m = m "/"
      if (index(ENVIRON["P"] "/", m) == 1 && length(m) >= n) {{ n = length(m); o = $4; p = $2 }} }}
    END {{ if (p != "") {{ print "mount", (o ~ /(^|,)ro(,|$)/) ? "ro" : "rw", p }} }}' /proc/mounts
  case $tool in
    restic)
      [ -f "$place/config" ] && [ -d "$place/keys" ] && [ -d "$place/snapshots" ] &&
        echo 'cipher restic';;
    borg)
      # the first object of a segment; one that begins with a deletion tells nothing
      find "$place/data" -type f 2>/dev/null | head -n {SEGMENTS} | while IFS= read -r f; do
        c=$(od -An -v -tu1 -N 50 "$f" 2>/dev/null | awk '
          {{ for (i = 1; i <= NF; i++) b[++n] = $i }}
          END {{ if (n == 50 && b[1] == 66 && b[8] == 71 && b[17] == 0) print b[50] }}')
        [ "$c" ] && echo "cipher $c" && break
      done
      grep -qsE '^append_only *= *1' "$place/config" && echo 'append-only borg';;
    files)
      find "$place" -maxdepth 3 -type f -exec stat -c '%Y %n' {{}} + 2>/dev/null | sort -n |
        tail -n {NAMED} | P="$place" awk '
          {{ t = $1; sub(/^[0-9]+ /, ""); if (index($0, ENVIRON["P"] "/") == 1)
            $0 = substr($0, length(ENVIRON["P"]) + 2); else sub(/.*\//, ""); print "name", t, $0 }}'
      find "$place" -maxdepth 3 -type f -size +0 -exec stat -c '%Y %n' {{}} + 2>/dev/null |
        sort -n | tail -n {OPENED} | sed 's/^[0-9]* //' |
        while IFS= read -r f; do echo "magic $(magic "$f")"; done;;
  esac
  find "$place" -type f 2>/dev/null | head -n {ASKED} | while IFS= read -r f; do
    lsattr -d -- "$f" 2>/dev/null
  done | awk '{{ n++; if ($1 ~ /[ia]/) g++ }} END {{ print "attributes", n + 0, g + 0 }}'
done
echo '@@ servers'
cat /proc/1/status >/dev/null 2>&1 || echo hidden
grep -lsa -e '--append-onl[y]' /proc/[0-9]*/cmdline | while IFS= read -r f; do
  {{ tr '\0' '\n' <"$f"; }} 2>/dev/null | awk '
    NR == 1 {{ sub(/.*\//, ""); name = $0 }}
    /^--append-only(=true)?$/ {{ only = 1 }}
    /^--path=/ {{ sub(/^--path=/, ""); path = $0 }}
    was == "--path" {{ path = $0 }}
    {{ was = $0 }}
    END {{ if (only && path != "" && name ~ /^rest-server/) print "server", path }}'
done
echo '@@ end'
:
""",
    why="whether the declared backups are encrypted, append-only or immutable, where they lie",
    deadline=60,
    follow=_places,
)

#: What holds a password or a key of a backup program, in units, cron jobs, scripts and its own
#: files: `BORG_KEY ` begins a key file of borg. A command that fetches it is none, unless it reads
#: a file of the host. One letter of each name in brackets, or this very question, where sudoers
#: has it, would pass for a secret and be struck out of the evidence.
HOLDERS = (
    r"^[^#]*(RESTIC_PASSWOR[D](_FILE)?=|--passwor[d]-file|BORG_PASSPHRAS[E]=|-cipher-pas[s] *=)",
    r"^[^#]*encryption_passphras[e] *:",
    (
        r"^[^#]*(PASSWOR[D]_COMMAND|PASSCOMMAN[D]|encryption_passcomman[d])( *:)?[= ]*.?(/usr)?"
        r"(/bin/)?cat "
    ),
    "^BORG_KEY ",
)
KEY_PLACES = (
    *("/etc/restic", "/etc/borg", "/etc/borgmatic", "/etc/borgmatic.d", "/etc/borgbackup"),
    *("/etc/pgbackrest", "/etc/pgbackrest.conf", "/etc/backup", "/etc/default", "/etc/sysconfig"),
    *("/etc/environment", "/etc/systemd/system", "/etc/crontab", "/etc/cron.d", "/etc/cron.hourly"),
    *("/etc/cron.daily", "/etc/cron.weekly", "/var/spool/cron", "/usr/local/bin"),
    *("/usr/local/sbin", "/usr/local/etc", "/root/.config/borg/keys", "/root/.config/borgmatic"),
    *("/root/.config/restic", "/root/.bashrc", "/root/.profile", "/root/.resticrc"),
)
BACKUP_KEYS = Probe(
    id="backup-keys",
    run=(
        "/usr/bin/grep",
        "-rlsIE",
        *(word for each in HOLDERS for word in ("-e", each)),
        "--",
        *KEY_PLACES,
    ),
    root=True,
    why="which files hold a password or key of a backup program: their names, never what they hold",
    deadline=20,
)


class Named(Frozen):
    """One of the newest files of a backup of plain files: when it was written, and its name."""

    at: AwareDatetime
    name: str


class BackupGuard(Fact):
    """
    A declared backup, as it was found, with what guards it.

    `encrypted` is None when nothing told; `cipher` says how it is known. `disk` is true when a
    layer below the file system encrypts. `attributes`: files asked, and those of them that the
    kernel lets nobody overwrite (chattr +i, +a). `servers_hidden`: the kernel hides the processes
    of others, so no server that lets append could be seen.
    """

    kind: Literal["backup-guard"] = "backup-guard"
    backup: BackupState
    looked: bool = False
    encrypted: bool | None = None
    cipher: str = ""
    disk: bool | None = None
    append_only: str = ""
    read_only: bool = False
    attributes: tuple[int, int] = (0, 0)
    servers_hidden: bool = False
    names: tuple[Named, ...] = ()

    @property
    def elsewhere(self) -> bool:
        """Whether the copies lie on another machine, by a repository or a network file system."""
        return self.backup.remote or self.backup.file_system in NETWORK_FILE_SYSTEMS


class BackupKeys(Fact):
    """A declared backup, and the files of this host that hold a password or key of backups."""

    kind: Literal["backup-keys"] = "backup-keys"
    guard: BackupGuard
    files: tuple[str, ...] = ()


#: The byte with which each object of a borg repository begins (borg's constants, `KeyType`).
_BORG = {
    "0": (True, "AES-CTR, key in a file"),
    "1": (True, "AES-CTR, by a passphrase"),
    "2": (False, "none"),
    "3": (True, "AES-CTR, key in the repository"),
    "4": (True, "AES-CTR and BLAKE2b, key in a file"),
    "5": (True, "AES-CTR and BLAKE2b, key in the repository"),
    "6": (False, "authenticated, not encrypted"),
    "7": (False, "authenticated, not encrypted"),
}


def parse_guards(text: str, tool: str) -> dict[str, object]:  # noqa: C901 - one branch a word
    """One section of the probe's answer as fields of a fact."""
    fields: dict[str, object] = {}
    names: list[Named] = []
    magics: list[str] = []
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        match word:
            case "cipher" if rest == "restic":
                fields |= {"encrypted": True, "cipher": "AES-256-CTR, restic"}
            case "cipher" if rest in _BORG:
                fields["encrypted"], fields["cipher"] = _BORG[rest]
            case "append-only":
                fields["append_only"] = "append_only = 1 (borg)"
            case "mount":
                fields["read_only"] = rest.startswith("ro ")
            case "magic":
                magics.append(rest)
            case "attributes":
                asked, _, guarded = rest.partition(" ")
                fields["attributes"] = (int(asked), int(guarded))
            case "name":
                stamp, _, name = rest.partition(" ")
                at = moment(stamp)
                if at and name:
                    names.append(Named(at=at, name=name))
    if tool == "files" and magics:
        known = set(magics)
        fields["encrypted"] = False if "plain" in known else True if known == {"sealed"} else None
        fields["cipher"] = ", ".join(sorted(known))
    return {**fields, "names": tuple(names), "looked": True}


def _servers(text: str) -> list[str]:
    """The folders that a server offers to others for appending alone."""
    return [line.removeprefix("server ") for line in text.splitlines() if line.startswith("server")]


def _below(place: str, folder: str) -> bool:
    return folder.startswith("/") and PurePosixPath(place).is_relative_to(folder)


def _on_crypt(outputs: Outputs, backup: BackupState) -> bool | None:
    """Whether the file system of the copies lies on an encrypted layer; None: nobody can tell."""
    seen = outputs.observation(BLOCK_DEVICES)
    if seen.gap is not None or seen.exit_code != 0 or not backup.device.startswith("/dev/"):
        return None
    name = backup.device.rpartition("/")[2]
    found = [each for each in parse_lsblk(outputs.json(BLOCK_DEVICES)) if each.device == name]
    return found[0].is_encrypted if found else None


@reader(BackupGuard, BACKUP_TRACES, BACKUP_PLACES, BACKUP_GUARDS, BLOCK_DEVICES)
def read_backup_guard(outputs: Outputs) -> Iterator[BackupGuard | Missing | Absent]:
    """One fact a declared backup; without a declaration one that says so."""
    asked = [each.id for each, _ in places_asked(outputs)]
    answers: Mapping[str, str] = {}
    for each in read_backup_state.read(outputs):
        if not isinstance(each, BackupState):
            yield each
            continue
        if each.subject not in asked:
            yield BackupGuard(subject=each.subject, backup=each)
            continue
        answers = answers or sections(outputs.text(BACKUP_GUARDS))
        if "end" not in answers:
            raise UnreadableError("the answer about what guards the backups is cut short")
        text = answers.get(f"backup-{asked.index(each.subject)}", "")
        fields = parse_guards(text, each.tool)
        if each.tool == "pgbackrest" and each.state in ("seen", "encrypted"):
            fields |= {"encrypted": each.state == "encrypted", "cipher": "backup.info"}
        served = [path for path in _servers(answers["servers"]) if _below(each.place, path)]
        if served:
            fields["append_only"] = f"rest-server --append-only --path {served[0]}"
        yield BackupGuard.model_validate(
            {
                **fields,
                "subject": each.subject,
                "backup": each,
                "disk": _on_crypt(outputs, each),
                "servers_hidden": "hidden" in answers["servers"].splitlines(),
            }
        )


@reader(BackupKeys, BACKUP_TRACES, BACKUP_PLACES, BACKUP_GUARDS, BLOCK_DEVICES, BACKUP_KEYS)
def read_backup_keys(outputs: Outputs) -> Iterator[BackupKeys | Missing | Absent]:
    """One fact a declared backup. grep ends with 1 or 2 where a place it names is missing."""
    files: tuple[str, ...] | None = None
    for each in read_backup_guard.read(outputs):
        if not isinstance(each, BackupGuard):
            yield each
            continue
        if files is None and each.backup.declared and not each.elsewhere:
            files = tuple(sorted(set(outputs.lines(BACKUP_KEYS, codes=(0, 1, 2)))))
        yield BackupKeys(subject=each.subject, guard=each, files=files or ())


# ---------------------------------------------------------------------------------------------
# Versions of plain files
# ---------------------------------------------------------------------------------------------

#: What tells the versions of one file apart: a date, a time, a number behind a known word, or the
#: number that logrotate and its like append.
_VERSION = re.compile(
    r"20\d\d[-_.]?\d\d[-_.]?\d\d(?:[-_.T]?\d\d[-_.:]?\d\d(?:[-_.:]?\d\d)?)?"
    r"|(?<=hourly\.)\d+|(?<=daily\.)\d+|(?<=weekly\.)\d+|(?<=monthly\.)\d+|(?<=yearly\.)\d+"
    r"|(?<=\.)\d{1,3}(?=(?:\.(?:gz|xz|bz2|zst|gpg|age|enc))*$)"
)


def versions_of(names: Sequence[Named]) -> tuple[int, datetime | None, datetime | None]:
    """
    How many versions the file has that has most of them, and when first and last were written.

    Two names are versions of one file if they differ by a date or a rotation number alone.
    """
    groups: dict[str, dict[str, datetime]] = {}
    for each in names:
        stem = re.sub(r"\.(?:gz|xz|bz2|zst)$", "", _VERSION.sub("#", each.name))
        if "#" in stem:
            groups.setdefault(stem, {})[each.name] = each.at
    best = max(groups.values(), key=len, default={})
    return len(best), min(best.values(), default=None), max(best.values(), default=None)
