"""`windows-anonymous-enumeration`: what Windows tells to strangers."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Case, agree

from cdso_audit.facts.windows.registry import LSA, WINDOWS_REGISTRY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_anonymous_enumeration import windows_anonymous_enumeration

CASES = [
    Case(
        "good",
        {
            WINDOWS_REGISTRY: registry(
                {
                    LSA: {
                        "RestrictAnonymousSAM": 1,
                        "RestrictAnonymous": 1,
                        "EveryoneIncludesAnonymous": 0,
                    }
                }
            )
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {WINDOWS_REGISTRY: registry({LSA: {"RestrictAnonymousSAM": 0, "RestrictAnonymous": 1}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: the defaults let shares be listed",
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
    agree(windows_anonymous_enumeration, case)
