"""`windows-ntlm-level`: which old logons are accepted."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Case, agree

from cdso_audit.facts.windows.registry import LSA, WINDOWS_REGISTRY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_ntlm_level import windows_ntlm_level

CASES = [
    Case(
        "good",
        {WINDOWS_REGISTRY: registry({LSA: {"LmCompatibilityLevel": 5, "NoLMHash": 1}})},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {WINDOWS_REGISTRY: registry({LSA: {"LmCompatibilityLevel": 2}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: LM hashes",
        {WINDOWS_REGISTRY: registry({LSA: {"LmCompatibilityLevel": 5, "NoLMHash": 0}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: level three, the default",
        {WINDOWS_REGISTRY: registry()},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: the key may not be read",
        {WINDOWS_REGISTRY: refused(LSA)},
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
    agree(windows_ntlm_level, case)
