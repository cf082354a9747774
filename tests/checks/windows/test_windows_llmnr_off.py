"""`windows-llmnr-off`: names asked of the whole network."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Case, agree

from cdso_audit.facts.windows.registry import DNS_CLIENT, WINDOWS_REGISTRY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_llmnr_off import windows_llmnr_off

CASES = [
    Case(
        "good",
        {WINDOWS_REGISTRY: registry({DNS_CLIENT: {"EnableMulticast": 0}})},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {WINDOWS_REGISTRY: registry({DNS_CLIENT: {"EnableMulticast": 1}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case("absent: on, the default", {WINDOWS_REGISTRY: registry()}, Outcome.FAIL, asset=WINDOWS),
    Case(
        "unreadable: the key may not be read",
        {WINDOWS_REGISTRY: refused(DNS_CLIENT)},
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
    agree(windows_llmnr_off, case)
