"""`backup-list-covers-host`: a host that keeps data has a copy in the catalogue."""

import pytest
from tests.checks.kernel.surroundings import CUT, HARDWARE
from tests.checks.lists.rows import lists
from tests.support import Case, agree

from cdso_audit.facts.mounts import MOUNTS, SURROUNDINGS
from cdso_audit.model import BackupRow, Outcome
from cdso_checks.lists.backup_list_covers_host import backup_list_covers_host

DISK = "22 1 254:0 / / rw,relatime - ext4 /dev/vda1 rw\n== end\n"
LIVE = "22 1 0:22 / / rw,relatime - tmpfs tmpfs rw\n== end\n"


def catalogue(asset: str = "web1") -> object:
    return lists(
        backups=(BackupRow(copy_id="nightly", data="db", asset=asset, media="disk", site="HN"),)
    )


def here(text: str) -> dict[object, str]:
    return {MOUNTS: text, SURROUNDINGS: HARDWARE}


CASES = [
    Case("good", here(DISK), Outcome.PASS, says="nightly", lists=catalogue()),
    Case("bad: no copy of this host", here(DISK), Outcome.FAIL, says="/", lists=catalogue("db1")),
    Case("absent: nothing is kept", here(LIVE), Outcome.NOT_APPLICABLE, lists=catalogue("db1")),
    Case("absent: no list", here(DISK), Outcome.UNKNOWN),
    Case(
        "unreadable: cut",
        {MOUNTS: "22 1 254:0 / /", SURROUNDINGS: CUT},
        Outcome.UNKNOWN,
        lists=catalogue(),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(backup_list_covers_host, case)
