"""Owner and mode of files that the system's security rests on."""

import re
from collections.abc import Iterator
from typing import Literal

from cdso_audit.facts.reading import (
    Absent,
    Fact,
    Outputs,
    Probe,
    UnreadableError,
    reader,
)
from cdso_audit.model import Frozen

_STAT = r"""
for each in %s; do
  if [ -e "$each" ]; then stat -L -c '%%a %%u %%g %%U %%G %%F|%%n' "$each" || exit 4
  elif [ -L "$each" ]; then echo "0 0 0 ? ? dangling|$each"
  fi
done
echo '== end'
"""
ACCOUNT_FILES = Probe(
    id="account-files",
    run=_STAT
    % (
        "/etc/passwd /etc/shadow /etc/group /etc/gshadow "
        "/etc/passwd- /etc/shadow- /etc/group- /etc/gshadow- /etc/security/opasswd"
    ),
    why="owner and mode of the account databases and their copies",
)
CRON_FILES = Probe(
    id="cron-files",
    run=_STAT
    % (
        "/etc/crontab /etc/cron.hourly /etc/cron.daily /etc/cron.weekly /etc/cron.monthly "
        "/etc/cron.d /etc/cron.d/* /etc/cron.allow /etc/cron.deny /etc/at.allow /etc/at.deny "
        "/etc/anacrontab /var/spool/cron /var/spool/cron/crontabs /var/spool/cron/atjobs"
    ),
    why="owner and mode of what cron runs as root",
)


class FileState(Frozen):
    """Owner and mode of one file."""

    path: str
    mode: int
    uid: int
    gid: int
    owner: str
    group: str
    type: str

    def __str__(self) -> str:
        return f"{self.mode:04o} {self.owner}:{self.group} {self.path}"


class AccountFiles(Fact):
    """The account databases and their copies, as far as they exist."""

    kind: Literal["account-files"] = "account-files"
    files: tuple[FileState, ...]


class CronFiles(Fact):
    """Tables and folders of cron and at, as far as they exist."""

    kind: Literal["cron-files"] = "cron-files"
    files: tuple[FileState, ...]


def parse_stat(text: str) -> tuple[FileState, ...]:
    """Lines of `stat`. Raises UnreadableError."""
    lines = text.splitlines()
    if not lines or lines[-1] != "== end":
        raise UnreadableError("the list of files has no end")
    files = []
    for line in lines[:-1]:
        found = re.fullmatch(r"([0-7]+) (\d+) (\d+) (\S+) (\S+) ([^|]*)\|(/.*)", line)
        if found is None:
            raise UnreadableError(f"not a line of stat: {line[:80]!r}")
        files.append(
            FileState(
                path=found[7],
                mode=int(found[1], 8),
                uid=int(found[2]),
                gid=int(found[3]),
                owner=found[4],
                group=found[5],
                type=found[6],
            )
        )
    return tuple(files)


@reader(AccountFiles, ACCOUNT_FILES)
def read_account_files(outputs: Outputs) -> Iterator[AccountFiles]:
    """A host without /etc/passwd was not looked at."""
    files = parse_stat(outputs.text(ACCOUNT_FILES))
    if not any(each.path == "/etc/passwd" for each in files):
        raise UnreadableError("stat did not find /etc/passwd")
    yield AccountFiles(subject="account-files", files=files)


@reader(CronFiles, CRON_FILES)
def read_cron_files(outputs: Outputs) -> Iterator[CronFiles | Absent]:
    """Nothing of cron or at at all is proof that neither is there."""
    files = parse_stat(outputs.text(CRON_FILES))
    if not files:
        yield Absent("neither cron nor at has any file here")
        return
    yield CronFiles(subject="cron", files=files)
