"""`windows-password-complexity`: which kinds of characters a password needs."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, policy
from tests.support import Case, agree

from cdso_audit.facts.windows.accounts import WINDOWS_PASSWORD_POLICY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_password_complexity import windows_password_complexity

CASES = [
    Case("good", {WINDOWS_PASSWORD_POLICY: policy()}, Outcome.PASS, asset=WINDOWS),
    Case(
        "good: from the exported local policy",
        {WINDOWS_PASSWORD_POLICY: policy(complexity=None, exported={"PasswordComplexity": 1})},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "good: three kinds, but four are asked for",
        {WINDOWS_PASSWORD_POLICY: policy()},
        Outcome.UNKNOWN,
        asset=WINDOWS,
        parameters={"min_classes": 4},
    ),
    Case("bad", {WINDOWS_PASSWORD_POLICY: policy(complexity=0)}, Outcome.FAIL, asset=WINDOWS),
    Case(
        "absent: no Group Policy says it",
        {WINDOWS_PASSWORD_POLICY: policy(complexity=None)},
        Outcome.UNKNOWN,
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
    agree(windows_password_complexity, case)
