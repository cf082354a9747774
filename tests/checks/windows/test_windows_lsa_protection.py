"""`windows-lsa-protection`: passwords in the memory of LSASS."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Case, agree

from cdso_audit.facts.windows.registry import LSA, WDIGEST, WINDOWS_REGISTRY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_lsa_protection import windows_lsa_protection

CASES = [
    Case("good", {WINDOWS_REGISTRY: registry({LSA: {"RunAsPPL": 1}})}, Outcome.PASS, asset=WINDOWS),
    Case(
        "bad: plain text",
        {WINDOWS_REGISTRY: registry({LSA: {"RunAsPPL": 1}, WDIGEST: {"UseLogonCredential": 1}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: off",
        {WINDOWS_REGISTRY: registry({LSA: {"RunAsPPL": 0}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: off, the default of servers",
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
    agree(windows_lsa_protection, case)
