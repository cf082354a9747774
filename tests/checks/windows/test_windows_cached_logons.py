"""`windows-cached-logons`: how many logons of the domain are kept."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Case, agree

from cdso_audit.facts.windows.registry import WINDOWS_REGISTRY, WINLOGON
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_cached_logons import windows_cached_logons

CASES = [
    Case(
        "good",
        {WINDOWS_REGISTRY: registry({WINLOGON: {"CachedLogonsCount": "4"}})},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {WINDOWS_REGISTRY: registry({WINLOGON: {"CachedLogonsCount": "10"}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case("absent: ten, the default", {WINDOWS_REGISTRY: registry()}, Outcome.FAIL, asset=WINDOWS),
    Case(
        "unreadable: the key may not be read",
        {WINDOWS_REGISTRY: refused(WINLOGON)},
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
    agree(windows_cached_logons, case)
