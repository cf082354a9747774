"""`windows-lockout`: what happens after wrong passwords."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, policy
from tests.support import Case, agree

from cdso_audit.facts.windows.accounts import WINDOWS_PASSWORD_POLICY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_lockout import windows_lockout

CASES = [
    Case("good", {WINDOWS_PASSWORD_POLICY: policy()}, Outcome.PASS, asset=WINDOWS),
    Case(
        "good: until an administrator unlocks",
        {WINDOWS_PASSWORD_POLICY: policy(AutoUnlockInterval=-1)},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad: ten attempts",
        {WINDOWS_PASSWORD_POLICY: policy(MaxBadPasswordsAllowed=10)},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: ten minutes",
        {WINDOWS_PASSWORD_POLICY: policy(AutoUnlockInterval=600)},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: never locked, the default of a fresh server",
        {WINDOWS_PASSWORD_POLICY: policy(MaxBadPasswordsAllowed=0)},
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
    agree(windows_lockout, case)
