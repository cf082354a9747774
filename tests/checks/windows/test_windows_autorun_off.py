"""`windows-autorun-off`: what starts from a stick."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Case, agree

from cdso_audit.facts.windows.registry import EXPLORER_POLICY, WINDOWS_REGISTRY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_autorun_off import windows_autorun_off

CASES = [
    Case(
        "good",
        {WINDOWS_REGISTRY: registry({EXPLORER_POLICY: {"NoDriveTypeAutoRun": 255}})},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {WINDOWS_REGISTRY: registry({EXPLORER_POLICY: {"NoDriveTypeAutoRun": 145}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case("absent: no policy", {WINDOWS_REGISTRY: registry()}, Outcome.FAIL, asset=WINDOWS),
    Case(
        "unreadable: the key may not be read",
        {WINDOWS_REGISTRY: refused(EXPLORER_POLICY)},
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
    agree(windows_autorun_off, case)
