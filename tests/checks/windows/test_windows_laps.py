"""`windows-laps`: passwords of local administrators."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Case, agree

from cdso_audit.facts.windows.registry import LAPS_LEGACY, LAPS_POLICY, WINDOWS_REGISTRY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_laps import windows_laps

CASES = [
    Case(
        "good",
        {WINDOWS_REGISTRY: registry({LAPS_POLICY: {"BackupDirectory": 2}})},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "good: the older one",
        {WINDOWS_REGISTRY: registry({LAPS_LEGACY: {"AdmPwdEnabled": 1}})},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {WINDOWS_REGISTRY: registry({LAPS_POLICY: {"BackupDirectory": 0}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case("absent: neither", {WINDOWS_REGISTRY: registry()}, Outcome.FAIL, asset=WINDOWS),
    Case(
        "unreadable: the key may not be read",
        {WINDOWS_REGISTRY: refused(LAPS_POLICY)},
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
    agree(windows_laps, case)
