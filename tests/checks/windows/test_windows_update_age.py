"""`windows-update-age`: when Windows was last updated."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, said
from tests.support import Case, agree

from cdso_audit.facts.windows.operations import WINDOWS_UPDATES
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_update_age import windows_update_age

CASES = [
    Case(
        "good",
        {
            WINDOWS_UPDATES: said(
                fixes=[
                    {"id": "KB5044281", "on": "11/12/2026"},
                    {"id": "KB5020000", "on": "1/2/2024"},
                ]
            )
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "good: as a number of old forms",
        {WINDOWS_UPDATES: said(fixes={"id": "KB1", "on": "01DD7238C2A04000"})},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {
            WINDOWS_UPDATES: said(
                fixes=[{"id": "KB5020000", "on": "3/2/2026"}, {"id": "KB2", "on": ""}]
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: never updated",
        {WINDOWS_UPDATES: said(fixes=[])},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: no update has a day",
        {WINDOWS_UPDATES: said(fixes=[{"id": "KB2", "on": ""}])},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case("unreadable: Windows refused", {WINDOWS_UPDATES: DENIED}, Outcome.UNKNOWN, asset=WINDOWS),
    Case(
        "unreadable: no JSON came back", {WINDOWS_UPDATES: NOT_JSON}, Outcome.UNKNOWN, asset=WINDOWS
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_update_age, case)
