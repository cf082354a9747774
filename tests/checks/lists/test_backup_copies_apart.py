"""`backup-copies-apart`: three copies with the original, two kinds of media, one apart."""

import pytest
from tests.checks.backup.declared import copies, declared, seen, traces
from tests.checks.lists.rows import lists
from tests.support import Answer, Case, agree

from cdso_audit.facts.backups import BACKUP_TRACES
from cdso_audit.model import BackupRow, Outcome
from cdso_checks.lists.backup_copies_apart import backup_copies_apart

HERE = seen(copies(1))


def copy(name: str, media: str, *, apart: bool = False, data: str = "db") -> BackupRow:
    return BackupRow.model_validate(
        {
            "copy_id": name,
            "data": data,
            "asset": "web1",
            "media": media,
            "site": "HN",
            "apart": apart,
        }
    )


NIGHTLY = copy("nightly", "disk")
TAPE = copy("tape", "tape", apart=True)
CASES = [
    Case(
        "good",
        HERE,
        Outcome.PASS,
        says="3 copies",
        declared=declared(),
        lists=lists(backups=(NIGHTLY, TAPE)),
    ),
    Case(
        "bad: one copy too few",
        HERE,
        Outcome.FAIL,
        says="2 copies",
        declared=declared(),
        lists=lists(backups=(NIGHTLY,)),
    ),
    Case(
        "bad: all on disks",
        HERE,
        Outcome.FAIL,
        says="1 kinds of media",
        declared=declared(),
        lists=lists(backups=(NIGHTLY, copy("second", "disk", apart=True))),
    ),
    Case(
        "bad: none apart",
        HERE,
        Outcome.FAIL,
        says="0 apart",
        declared=declared(),
        lists=lists(backups=(NIGHTLY, copy("tape", "tape"))),
    ),
    Case(
        "bad: the tape is of other data",
        HERE,
        Outcome.FAIL,
        declared=declared(),
        lists=lists(backups=(NIGHTLY, copy("tape", "tape", apart=True, data="mail"))),
    ),
    Case(
        "bad: the catalogue lacks it",
        HERE,
        Outcome.FAIL,
        declared=declared(),
        lists=lists(backups=(TAPE,)),
    ),
    Case("absent: no list", HERE, Outcome.UNKNOWN, declared=declared()),
    Case(
        "unreadable: the copy was not seen",
        seen("denied"),
        Outcome.UNKNOWN,
        declared=declared(),
        lists=lists(backups=(NIGHTLY, TAPE)),
    ),
    Case(
        "unreadable: broken",
        {BACKUP_TRACES: Answer(code=2)},
        Outcome.UNKNOWN,
        lists=lists(backups=(NIGHTLY,)),
    ),
    Case(
        "unreadable: not declared",
        {BACKUP_TRACES: traces()},
        Outcome.UNKNOWN,
        lists=lists(backups=(NIGHTLY,)),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(backup_copies_apart, case)
