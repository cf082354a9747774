"""`windows-end-of-life`: when the support of this Windows ends."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, system
from tests.support import Case, agree

from cdso_audit.facts.windows.system import WINDOWS_SYSTEM
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_end_of_life import windows_end_of_life

CASES = [
    Case("good", {WINDOWS_SYSTEM: system()}, Outcome.PASS, asset=WINDOWS),
    Case(
        "bad: Windows Server 2012 R2", {WINDOWS_SYSTEM: system(9600)}, Outcome.FAIL, asset=WINDOWS
    ),
    Case(
        "absent: a build that nobody knows",
        {WINDOWS_SYSTEM: system(30000)},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case(
        "absent: a workstation",
        {WINDOWS_SYSTEM: system(22631, product_type=1)},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case("unreadable: Windows refused", {WINDOWS_SYSTEM: DENIED}, Outcome.UNKNOWN, asset=WINDOWS),
    Case(
        "unreadable: no JSON came back", {WINDOWS_SYSTEM: NOT_JSON}, Outcome.UNKNOWN, asset=WINDOWS
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_end_of_life, case)
