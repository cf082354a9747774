"""`windows-password-length`: how long a password has to be."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, policy
from tests.support import Case, agree, shipped

from cdso_audit.facts.windows.accounts import WINDOWS_PASSWORD_POLICY
from cdso_audit.model import Outcome

CASES = [
    Case("good", {WINDOWS_PASSWORD_POLICY: policy()}, Outcome.PASS, asset=WINDOWS),
    Case(
        "bad: seven, as a fresh domain has",
        {WINDOWS_PASSWORD_POLICY: policy(MinPasswordLength=7)},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "good: as short as the rulebook lets it be",
        {WINDOWS_PASSWORD_POLICY: policy(MinPasswordLength=8)},
        Outcome.PASS,
        asset=WINDOWS,
        parameters={"min_length": 8},
    ),
    Case(
        "absent: no length is asked for",
        {WINDOWS_PASSWORD_POLICY: policy(MinPasswordLength=0)},
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
    agree(shipped("windows-password-length"), case)
