"""`windows-session-lock`: locking what nobody uses."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Case, agree

from cdso_audit.facts.windows.registry import SYSTEM_POLICY, WINDOWS_REGISTRY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_session_lock import windows_session_lock

CASES = [
    Case(
        "good",
        {WINDOWS_REGISTRY: registry({SYSTEM_POLICY: {"InactivityTimeoutSecs": 300}})},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {WINDOWS_REGISTRY: registry({SYSTEM_POLICY: {"InactivityTimeoutSecs": 900}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: zero is never",
        {WINDOWS_REGISTRY: registry({SYSTEM_POLICY: {"InactivityTimeoutSecs": 0}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: no limit",
        {WINDOWS_REGISTRY: registry({SYSTEM_POLICY: {"EnableLUA": 1}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: the key may not be read",
        {WINDOWS_REGISTRY: refused(SYSTEM_POLICY)},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case("unreadable: Windows refused", {WINDOWS_REGISTRY: DENIED}, Outcome.UNKNOWN, asset=WINDOWS),
    Case(
        "unreadable: no JSON came back",
        {WINDOWS_REGISTRY: NOT_JSON},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_session_lock, case)
