"""`windows-password-required`: accounts that may have an empty password."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, user, users
from tests.support import Case, agree

from cdso_audit.facts.windows.accounts import WINDOWS_USERS
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_password_required import windows_password_required

CASES = [
    Case("good", {WINDOWS_USERS: users(user("an", 1001))}, Outcome.PASS, asset=WINDOWS),
    Case(
        "bad",
        {WINDOWS_USERS: users(user("kiosk", 1002, password_required=False))},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: on a domain controller",
        {
            WINDOWS_USERS: users(
                {
                    "name": "svc",
                    "sid": "S-1-5-21-1-2-3-1105",
                    "control": 0x220,
                    "last_logon": "",
                    "password_set": "0",
                },
                domain=True,
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: disabled",
        {WINDOWS_USERS: users(user("Guest", 501, enabled=False, password_required=False))},
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
    agree(windows_password_required, case)
