"""`backup-separate` wants another machine, not another folder."""

import pytest
from tests.checks.backup.declared import copies, declared, seen, traces
from tests.support import HOST, Answer, Case, agree

from cdso_audit.facts.backups import BACKUP_TRACES, is_remote
from cdso_audit.model import Outcome
from cdso_checks.backup.backup_separate import backup_separate

KEEPER = HOST.model_copy(update={"roles": ("backup",)})
ROOT = "disk /dev/vda1 ext4\nroot /dev/vda1\n"
CASES = [
    Case(
        "good: a remote repository",
        {BACKUP_TRACES: traces("restic")},
        Outcome.PASS,
        declared=declared(place="rest:https://vault.example.vn:8000/dvc"),
    ),
    Case(
        "good: NFS",
        seen(copies(1), "disk vault:/export nfs4\nroot /dev/vda1\n"),
        Outcome.PASS,
        says="vault:/export",
        declared=declared(),
    ),
    Case(
        "good: a host that keeps backups",
        seen(copies(1), ROOT),
        Outcome.PASS,
        declared=declared(),
        asset=KEEPER,
    ),
    Case(
        "bad: the same file system",
        seen(copies(1), ROOT),
        Outcome.FAIL,
        says="same file system",
        declared=declared(),
    ),
    Case(
        "bad: another disk",
        seen(copies(1)),
        Outcome.FAIL,
        says="a disk of the same host (/dev/vdb1)",
        declared=declared(),
    ),
    Case("absent: declared elsewhere", seen(), Outcome.NOT_APPLICABLE, declared=declared(on="b1")),
    Case(
        "bad: the place is closed, its disk is known",
        seen("denied", ROOT),
        Outcome.FAIL,
        says="same file system",
        declared=declared(),
    ),
    Case("unreadable: denied", seen("denied", ""), Outcome.UNKNOWN, declared=declared()),
    Case("unreadable: no disk told", seen(copies(1), ""), Outcome.UNKNOWN, declared=declared()),
    Case("unreadable: not declared", {BACKUP_TRACES: traces()}, Outcome.UNKNOWN),
    Case("unreadable: broken", {BACKUP_TRACES: Answer(code=2)}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(backup_separate, case)


@pytest.mark.parametrize(
    ("place", "remote"),
    [
        ("sftp:user@host:/srv/restic", True),
        ("rest:https://host:8000/", True),
        ("s3:https://s3.example.vn/bucket", True),
        ("ssh://borg@host:22/./repo", True),
        ("borg@host:repo", True),
        ("host:/repo", True),
        ("/srv/backup", False),
        ("/srv/with:colon@sign", False),
        ("file:///srv/backup", False),
        ("local:/srv/backup", False),
        ("repo", False),
    ],
)
def test_places(place: str, remote: bool) -> None:
    assert is_remote(place) is remote
