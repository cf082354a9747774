"""`windows-guest-account`: the guest account, whatever its name is."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, user, users
from tests.support import Case, agree

from cdso_audit.facts.windows.accounts import WINDOWS_USERS
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_guest_account import windows_guest_account

CASES = [
    Case(
        "good",
        {WINDOWS_USERS: users(user("Guest", 501, enabled=False))},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case("bad: renamed", {WINDOWS_USERS: users(user("Khach", 501))}, Outcome.FAIL, asset=WINDOWS),
    Case("absent", {WINDOWS_USERS: users(user("an", 1001))}, Outcome.NOT_APPLICABLE, asset=WINDOWS),
    Case("unreadable: Windows refused", {WINDOWS_USERS: DENIED}, Outcome.UNKNOWN, asset=WINDOWS),
    Case(
        "unreadable: no JSON came back", {WINDOWS_USERS: NOT_JSON}, Outcome.UNKNOWN, asset=WINDOWS
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_guest_account, case)
