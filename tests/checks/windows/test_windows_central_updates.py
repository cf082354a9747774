"""`windows-central-updates`: where updates come from."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Case, agree

from cdso_audit.facts.windows.registry import UPDATE_POLICY, WINDOWS_REGISTRY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_central_updates import windows_central_updates

CASES = [
    Case(
        "good",
        {
            WINDOWS_REGISTRY: registry(
                {
                    UPDATE_POLICY: {"WUServer": "https://wsus.vidu.example:8531"},
                    UPDATE_POLICY + r"\AU": {"UseWUServer": 1},
                }
            )
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad: named and not used",
        {
            WINDOWS_REGISTRY: registry(
                {
                    UPDATE_POLICY: {"WUServer": "https://wsus.vidu.example:8531"},
                    UPDATE_POLICY + r"\AU": {"UseWUServer": 0},
                }
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case("absent: no policy", {WINDOWS_REGISTRY: registry()}, Outcome.FAIL, asset=WINDOWS),
    Case(
        "unreadable: the key may not be read",
        {WINDOWS_REGISTRY: refused(UPDATE_POLICY)},
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
    agree(windows_central_updates, case)
