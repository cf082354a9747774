"""`windows-builtin-administrator`: the built-in administrator, whatever its name is."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, user, users
from tests.support import Case, agree

from cdso_audit.facts.windows.accounts import WINDOWS_USERS
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_builtin_administrator import windows_builtin_administrator

CASES = [
    Case(
        "good: disabled",
        {WINDOWS_USERS: users(user("Administrator", 500, enabled=False))},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case("good: renamed", {WINDOWS_USERS: users(user("qt-goc", 500))}, Outcome.PASS, asset=WINDOWS),
    Case("bad", {WINDOWS_USERS: users(user("Administrator", 500))}, Outcome.FAIL, asset=WINDOWS),
    Case("absent", {WINDOWS_USERS: users(user("an", 1001))}, Outcome.NOT_APPLICABLE, asset=WINDOWS),
    Case("unreadable: Windows refused", {WINDOWS_USERS: DENIED}, Outcome.UNKNOWN, asset=WINDOWS),
    Case(
        "unreadable: no JSON came back", {WINDOWS_USERS: NOT_JSON}, Outcome.UNKNOWN, asset=WINDOWS
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_builtin_administrator, case)
