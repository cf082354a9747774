"""`backup-immutable-as-listed`: the catalogue names the copy, its host must hold it."""

import pytest
from tests.checks.backup.declared import DISK, declared, guarded, seen, traces
from tests.checks.lists.rows import lists
from tests.support import DENIED, Case, agree

from cdso_audit.facts.backup_guards import BACKUP_GUARDS
from cdso_audit.facts.backups import BACKUP_TRACES
from cdso_audit.model import BackupRow, Declared, Lists, Outcome
from cdso_checks.lists.backup_immutable_as_listed import backup_immutable_as_listed


def copy(name: str, *, immutable: bool, asset: str = "web1", data: str = "db") -> BackupRow:
    return BackupRow.model_validate(
        {"copy_id": name, "data": data, "asset": asset, "media": "disk", "site": "HN",
         "immutable": immutable}
    )  # fmt: skip


HERE: Lists = lists(backups=(copy("nightly", immutable=True),))
THERE: Lists = lists(
    backups=(copy("nightly", immutable=False), copy("vault", immutable=True, asset="vault1"))
)
OPEN = "mount rw /srv\nattributes 12 0"
ZFS = DISK.replace("ext4", "zfs")
CASES = [
    Case("good: rest-server", guarded(OPEN, servers="server /srv/backup"), Outcome.PASS,
         says="rest-server --append-only", declared=declared(), lists=HERE),
    Case("good: borg", guarded(OPEN + "\nappend-only borg"), Outcome.PASS,
         declared=declared("borg"), lists=HERE),
    Case("good: read-only", guarded("mount ro /srv\nattributes 12 0"), Outcome.PASS,
         declared=declared(), lists=HERE),
    Case("good: attributes", guarded("mount rw /srv\nattributes 12 12"), Outcome.PASS,
         says="each of 12", declared=declared(), lists=HERE),
    Case("bad: nothing holds it", guarded(OPEN), Outcome.FAIL, says="12 of 12 files",
         declared=declared(), lists=HERE),
    Case("bad: some are open", guarded("mount rw /\nattributes 12 11"), Outcome.FAIL,
         says="1 of 12", declared=declared(), lists=HERE),
    Case("bad: the server offers another folder", guarded(OPEN, servers="server /srv/backups"),
         Outcome.FAIL, declared=declared(), lists=HERE),
    Case("bad: none is listed as immutable", guarded(OPEN), Outcome.FAIL, says="no copy of db",
         declared=declared(), lists=lists(backups=(copy("nightly", immutable=False),))),
    Case("bad: one of other data is", guarded(OPEN), Outcome.FAIL, declared=declared(),
         lists=lists(backups=(copy("nightly", immutable=False),
                              copy("x", immutable=True, data="mail")))),
    Case("bad: not in the catalogue", guarded(OPEN), Outcome.FAIL, says="does not have this copy",
         declared=declared(), lists=lists(backups=(copy("other", immutable=True),))),
    Case("bad: the owner has none", guarded(OPEN), Outcome.FAIL, says="no backup",
         declared=Declared(backups=()), lists=HERE),
    Case("good: sealed, and nobody may write there",
         guarded("mount ro /srv\nattributes 12 0", place="readable\nencrypted"), Outcome.PASS,
         declared=declared("pgbackrest"), lists=HERE),
    Case("bad: gone", guarded(place="missing"), Outcome.FAIL, declared=declared(), lists=HERE),
    Case("absent: another copy is the immutable one", guarded(OPEN), Outcome.NOT_APPLICABLE,
         says="vault (vault1)", declared=declared(), lists=THERE),
    Case("absent: on another machine", {BACKUP_TRACES: traces("restic")}, Outcome.NOT_APPLICABLE,
         says="attested", declared=declared(place="s3:https://s3.example.vn/b"), lists=HERE),
    Case("unreadable: zfs may hold it by snapshots", {**guarded(OPEN), **seen("readable", ZFS)},
         Outcome.UNKNOWN, says="snapshots of zfs", declared=declared(), lists=HERE),
    Case("unreadable: borg's accounts", guarded(OPEN), Outcome.UNKNOWN, declared=declared("borg"),
         lists=HERE),
    Case("unreadable: the server may be hidden", guarded(OPEN, servers="hidden"), Outcome.UNKNOWN,
         declared=declared(), lists=HERE),
    Case("unreadable: no file was seen", guarded("mount rw /\nattributes 0 0"), Outcome.UNKNOWN,
         declared=declared(), lists=HERE),
    Case("unreadable: denied", guarded(place="denied"), Outcome.UNKNOWN, declared=declared(),
         lists=HERE),
    Case("unreadable: no list", guarded(OPEN), Outcome.UNKNOWN, declared=declared()),
    Case("unreadable: none declared", guarded(OPEN), Outcome.UNKNOWN, declared=Declared(),
         lists=HERE),
    Case("unreadable: refused", {**guarded(OPEN), BACKUP_GUARDS: DENIED}, Outcome.UNKNOWN,
         declared=declared(), lists=HERE),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(backup_immutable_as_listed, case)
