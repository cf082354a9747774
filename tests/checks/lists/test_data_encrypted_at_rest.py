"""`data-encrypted-at-rest` looks at the mount below each path."""

import pytest
from tests.checks.backup.test_disk_encryption import LUKS, PLAIN, node, seen
from tests.checks.lists.rows import lists
from tests.support import MISSING_TOOL, Case, agree

from cdso_audit.facts.encryption import BLOCK_DEVICES
from cdso_audit.model import DataRow, Outcome
from cdso_checks.lists.data_encrypted_at_rest import data_encrypted_at_rest

BOTH = seen(
    LUKS | {"children": [LUKS["children"][0]]},
    node("sdb", "disk", below=[node("sdb1", "part", "/")]),
    node("sdc", "disk", below=[node("c", "crypt", "/srv")]),
)


def data(path: str, grade: str = "sensitive", asset: str = "web1") -> object:
    row = {"data": "hồ sơ", "grade": grade, "asset": asset, "path": path, "owner": "B"}
    return lists(data=(DataRow.model_validate(row),))


CASES = [
    Case("good", seen(LUKS), Outcome.PASS, lists=data("/srv/hoso")),
    Case("good: the narrower mount counts", BOTH, Outcome.PASS, lists=data("/srv/hoso")),
    Case("bad: beside the narrower mount", BOTH, Outcome.FAIL, says="/srvx", lists=data("/srvx")),
    Case(
        "bad: a plain disk",
        seen(PLAIN),
        Outcome.FAIL,
        says="hồ sơ (/srv/db)",
        lists=data("/srv/db", "secret"),
    ),
    Case(
        "absent: open data may lie anywhere",
        seen(PLAIN),
        Outcome.NOT_APPLICABLE,
        lists=data("/srv/db", "open"),
    ),
    Case(
        "absent: on another host",
        seen(PLAIN),
        Outcome.NOT_APPLICABLE,
        lists=data("/srv/db", asset="db1"),
    ),
    Case("absent: no path", seen(LUKS), Outcome.UNKNOWN, lists=data("")),
    Case("absent: no list", seen(LUKS), Outcome.UNKNOWN),
    Case(
        "unreadable: no lsblk",
        {**seen(LUKS), BLOCK_DEVICES: MISSING_TOOL},
        Outcome.UNKNOWN,
        lists=data("/srv"),
    ),
    Case("unreadable: no mount is known there", seen(PLAIN), Outcome.UNKNOWN, lists=data("/data")),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(data_encrypted_at_rest, case)
