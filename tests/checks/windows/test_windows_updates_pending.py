"""`windows-updates-pending`: updates that wait."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, said
from tests.support import Case, agree

from cdso_audit.facts.windows.operations import WINDOWS_PENDING
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_updates_pending import windows_updates_pending

CASES = [
    Case(
        "good",
        {WINDOWS_PENDING: said(searched_at="20261120031500", updates=[])},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {
            WINDOWS_PENDING: said(
                searched_at="20261120031500", updates={"title": "KB5044281", "severity": "Critical"}
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: never searched",
        {WINDOWS_PENDING: said(searched_at="18991230000000", updates=[])},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case("unreadable: Windows refused", {WINDOWS_PENDING: DENIED}, Outcome.UNKNOWN, asset=WINDOWS),
    Case(
        "unreadable: no JSON came back", {WINDOWS_PENDING: NOT_JSON}, Outcome.UNKNOWN, asset=WINDOWS
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_updates_pending, case)
