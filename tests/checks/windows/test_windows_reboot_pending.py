"""`windows-reboot-pending`: whether a restart is due."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Case, agree

from cdso_audit.facts.windows.registry import (
    REBOOT_SERVICING,
    REBOOT_UPDATE,
    UPDATE_POLICY,
    WINDOWS_REGISTRY,
)
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_reboot_pending import windows_reboot_pending

CASES = [
    Case("good", {WINDOWS_REGISTRY: registry({UPDATE_POLICY: {}})}, Outcome.PASS, asset=WINDOWS),
    Case("bad", {WINDOWS_REGISTRY: registry({REBOOT_UPDATE: {}})}, Outcome.FAIL, asset=WINDOWS),
    Case(
        "bad: servicing",
        {WINDOWS_REGISTRY: registry({REBOOT_SERVICING: {}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case("absent: neither key", {WINDOWS_REGISTRY: registry()}, Outcome.PASS, asset=WINDOWS),
    Case(
        "unreadable: the key may not be read",
        {WINDOWS_REGISTRY: refused(REBOOT_UPDATE)},
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
    agree(windows_reboot_pending, case)
