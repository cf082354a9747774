"""`windows-password-history`: how many old passwords are remembered."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, policy
from tests.support import Case, agree, shipped

from cdso_audit.facts.windows.accounts import WINDOWS_PASSWORD_POLICY
from cdso_audit.model import Outcome

CASES = [
    Case("good", {WINDOWS_PASSWORD_POLICY: policy()}, Outcome.PASS, asset=WINDOWS),
    Case(
        "bad",
        {WINDOWS_PASSWORD_POLICY: policy(PasswordHistoryLength=3)},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "good: as few as the rulebook lets it be",
        {WINDOWS_PASSWORD_POLICY: policy(PasswordHistoryLength=3)},
        Outcome.PASS,
        asset=WINDOWS,
        parameters={"min_remember": 3},
    ),
    Case(
        "absent: none is remembered, as on a fresh server",
        {WINDOWS_PASSWORD_POLICY: policy(PasswordHistoryLength=0)},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: Windows refused",
        {WINDOWS_PASSWORD_POLICY: DENIED},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: no JSON came back",
        {WINDOWS_PASSWORD_POLICY: NOT_JSON},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(shipped("windows-password-history"), case)
