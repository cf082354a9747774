"""`backup-encrypted` knows ciphers by the form of what lies there, and never needs a key."""

import pytest
from tests.checks.backup.declared import PLACE, declared, disks, guarded, seen, traces
from tests.support import DENIED, Answer, Case, agree

from cdso_audit.facts.backup_guards import BACKUP_GUARDS, BACKUP_KEYS
from cdso_audit.facts.backups import BACKUP_TRACES
from cdso_audit.facts.encryption import BLOCK_DEVICES
from cdso_audit.model import BackupRow, DataRow, Declared, Lists, Outcome
from cdso_checks.backup.backup_encrypted import backup_encrypted

REMOTE = declared(place="sftp:ops@vault.example.vn:/b")


def graded(*grades: str) -> Lists:
    """The owner's lists: the copy is of data with those grades."""
    copy = {"copy_id": "nightly", "data": "dvc", "asset": "web1", "media": "disk", "site": "HN"}
    data = {"data": "dvc", "asset": "web1", "owner": "IT"}
    rows = tuple(DataRow.model_validate({**data, "grade": grade}) for grade in grades)
    return Lists(backups=(BackupRow.model_validate(copy),), data=rows)


CASES = [
    Case("good: restic", guarded("cipher restic"), Outcome.PASS, declared=declared()),
    Case("good: borg with a key", guarded("cipher 3"), Outcome.PASS, declared=declared("borg")),
    Case("good: sealed dumps", guarded("magic sealed"), Outcome.PASS, declared=declared("files")),
    Case(
        "good: pgBackRest's own list is encrypted",
        guarded(place="readable\nencrypted"),
        Outcome.PASS,
        declared=declared("pgbackrest"),
    ),
    Case(
        "good: plain dumps on LUKS",
        guarded("magic plain", below=disks("crypt", "disk")),
        Outcome.PASS,
        says="encrypted disk",
        declared=declared("files"),
    ),
    Case(
        "good: restic sends it away",
        {BACKUP_TRACES: traces("restic")},
        Outcome.PASS,
        declared=REMOTE,
    ),
    Case("bad: borg without", guarded("cipher 2"), Outcome.FAIL, declared=declared("borg")),
    Case(
        "bad: borg that only authenticates",
        guarded("cipher 7"),
        Outcome.FAIL,
        says="not encrypted",
        declared=declared("borg"),
    ),
    Case(
        "bad: one dump of three is plain",
        guarded("magic sealed\nmagic plain\nmagic sealed"),
        Outcome.FAIL,
        says=PLACE,
        declared=declared("files"),
    ),
    Case(
        "bad: pgBackRest's list can be read",
        guarded(place="readable"),
        Outcome.FAIL,
        declared=declared("pgbackrest"),
    ),
    Case(
        "bad: another disk is encrypted",
        guarded("magic plain", below=disks("crypt", "disk").replace("vdb1", "vdc1")),
        Outcome.FAIL,
        declared=declared("files"),
    ),
    Case(
        "bad: graded as sensitive",
        guarded("magic plain"),
        Outcome.FAIL,
        declared=declared("files"),
        lists=graded("sensitive"),
    ),
    Case(
        "bad: the highest grade counts",
        guarded("magic plain"),
        Outcome.FAIL,
        declared=declared("files"),
        lists=graded("open", "secret", "internal"),
    ),
    Case(
        "absent: the higher of two low grades is named",
        guarded("magic plain"),
        Outcome.NOT_APPLICABLE,
        says="internal",
        declared=declared("files"),
        lists=graded("internal", "open"),
    ),
    Case(
        "good: closed to us, on LUKS",
        guarded(place="denied", below=disks("crypt", "disk")),
        Outcome.PASS,
        declared=declared("files"),
    ),
    Case("bad: gone", guarded(place="missing"), Outcome.FAIL, declared=declared()),
    Case(
        "absent: the list grades the data as open",
        guarded("magic plain"),
        Outcome.NOT_APPLICABLE,
        says="open",
        declared=declared("files"),
        lists=graded("open"),
    ),
    Case(
        "absent: declared on another host",
        guarded(),
        Outcome.NOT_APPLICABLE,
        declared=declared(on="backup1"),
    ),
    Case("unreadable: none declared", guarded(), Outcome.UNKNOWN, declared=Declared()),
    Case(
        "unreadable: a file of no known form",
        guarded("magic other"),
        Outcome.UNKNOWN,
        declared=declared("files"),
    ),
    Case(
        "unreadable: borg's data could not be opened",
        guarded("attributes 0 0"),
        Outcome.UNKNOWN,
        declared=declared("borg"),
    ),
    Case(
        "unreadable: remote, and no restic here",
        {BACKUP_TRACES: traces()},
        Outcome.UNKNOWN,
        declared=REMOTE,
    ),
    Case(
        "unreadable: the question was refused",
        {**seen("readable"), BACKUP_GUARDS: DENIED, BACKUP_KEYS: "", BLOCK_DEVICES: disks()},
        Outcome.UNKNOWN,
        declared=declared(),
    ),
    Case(
        "unreadable: cut short",
        {**guarded(), BACKUP_GUARDS: Answer("@@ backup-0\ncipher restic\n")},
        Outcome.UNKNOWN,
        declared=declared(),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(backup_encrypted, case)
