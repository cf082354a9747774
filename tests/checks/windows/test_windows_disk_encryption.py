"""`windows-disk-encryption`: volumes and their encryption."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, said
from tests.support import Case, agree

from cdso_audit.facts.windows.protection import WINDOWS_VOLUMES
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_disk_encryption import windows_disk_encryption

CASES = [
    Case(
        "good",
        {
            WINDOWS_VOLUMES: said(
                installed=True, volumes=[{"letter": "C:", "type": 0, "protection": 1}]
            )
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad: suspended or off",
        {
            WINDOWS_VOLUMES: said(
                installed=True, volumes={"letter": "C:", "type": 0, "protection": 0}
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: a locked volume tells no state",
        {
            WINDOWS_VOLUMES: said(
                installed=True, volumes={"letter": "D:", "type": 1, "protection": 2}
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: BitLocker is not installed",
        {WINDOWS_VOLUMES: said(installed=False, volumes=None)},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case("unreadable: Windows refused", {WINDOWS_VOLUMES: DENIED}, Outcome.UNKNOWN, asset=WINDOWS),
    Case(
        "unreadable: no JSON came back", {WINDOWS_VOLUMES: NOT_JSON}, Outcome.UNKNOWN, asset=WINDOWS
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_disk_encryption, case)
