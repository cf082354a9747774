"""`windows-winrm-encrypted`: what remote management accepts."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Case, agree

from cdso_audit.facts.windows.registry import WINDOWS_REGISTRY, WINRM_POLICY, WINRM_SERVICE
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_winrm_encrypted import windows_winrm_encrypted

CASES = [
    Case(
        "good",
        {
            WINDOWS_REGISTRY: registry(
                {
                    WINRM_POLICY: {"AllowBasic": 0, "AllowUnencryptedTraffic": 0},
                    WINRM_SERVICE: {"allow_unencrypted": 1},
                }
            )
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {WINDOWS_REGISTRY: registry({WINRM_SERVICE: {"allow_unencrypted": 1, "auth_basic": 0}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: Basic by policy",
        {WINDOWS_REGISTRY: registry({WINRM_POLICY: {"AllowBasic": 1}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case("absent: off, the defaults", {WINDOWS_REGISTRY: registry()}, Outcome.PASS, asset=WINDOWS),
    Case(
        "unreadable: the key may not be read",
        {WINDOWS_REGISTRY: refused(WINRM_POLICY)},
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
    agree(windows_winrm_encrypted, case)
