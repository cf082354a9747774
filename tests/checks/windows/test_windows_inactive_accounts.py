"""`windows-inactive-accounts`: accounts that nobody has used for long."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, user, users
from tests.support import Case, agree

from cdso_audit.facts.windows.accounts import WINDOWS_USERS
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_inactive_accounts import windows_inactive_accounts

CASES = [
    Case("good", {WINDOWS_USERS: users(user("an", 1001))}, Outcome.PASS, asset=WINDOWS),
    Case(
        "good: within the lag of a domain",
        {
            WINDOWS_USERS: users(
                {
                    "name": "an",
                    "sid": "S-1-5-21-1-2-3-1105",
                    "control": 512,
                    "last_logon": "134352864000000000",
                    "password_set": "0",
                },
                domain=True,
            )
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {WINDOWS_USERS: users(user("binh", 1002, last_logon="2026-08-01T02:00:00.0000000Z"))},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: never used",
        {
            WINDOWS_USERS: users(
                user("chi", 1003, last_logon=None, password_set="2026-01-01T00:00:00.0000000Z")  # noqa: S106 - a moment
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: disabled",
        {WINDOWS_USERS: users(user("cu", 1004, enabled=False, last_logon=None))},
        Outcome.NOT_APPLICABLE,
        asset=WINDOWS,
    ),
    Case("unreadable: Windows refused", {WINDOWS_USERS: DENIED}, Outcome.UNKNOWN, asset=WINDOWS),
    Case(
        "unreadable: no JSON came back", {WINDOWS_USERS: NOT_JSON}, Outcome.UNKNOWN, asset=WINDOWS
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_inactive_accounts, case)
