"""`windows-uac`: asking before rights are raised."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Case, agree

from cdso_audit.facts.windows.registry import SYSTEM_POLICY, WINDOWS_REGISTRY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_uac import windows_uac

CASES = [
    Case(
        "good",
        {
            WINDOWS_REGISTRY: registry(
                {SYSTEM_POLICY: {"EnableLUA": 1, "ConsentPromptBehaviorAdmin": 2}}
            )
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {WINDOWS_REGISTRY: registry({SYSTEM_POLICY: {"EnableLUA": 0}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: never asks",
        {WINDOWS_REGISTRY: registry({SYSTEM_POLICY: {"ConsentPromptBehaviorAdmin": 0}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case("absent: the defaults hold", {WINDOWS_REGISTRY: registry()}, Outcome.PASS, asset=WINDOWS),
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
    agree(windows_uac, case)
