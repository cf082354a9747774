"""`windows-password-age`: when a password ends."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, policy
from tests.support import Case, agree

from cdso_audit.facts.windows.accounts import WINDOWS_PASSWORD_POLICY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_password_age import windows_password_age

CASES = [
    Case("good", {WINDOWS_PASSWORD_POLICY: policy()}, Outcome.PASS, asset=WINDOWS),
    Case(
        "bad",
        {WINDOWS_PASSWORD_POLICY: policy(MaxPasswordAge=365 * 86400)},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: never",
        {WINDOWS_PASSWORD_POLICY: policy(MaxPasswordAge=-1)},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: never, written without a sign",
        {WINDOWS_PASSWORD_POLICY: policy(MaxPasswordAge=4294967295)},
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
    agree(windows_password_age, case)
