"""`windows-no-auto-logon`: logging on without a person."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Case, agree

from cdso_audit.facts.windows.registry import WINDOWS_REGISTRY, WINLOGON
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_no_auto_logon import windows_no_auto_logon

CASES = [
    Case(
        "good",
        {
            WINDOWS_REGISTRY: registry(
                {WINLOGON: {"AutoAdminLogon": "0", "DefaultPassword?": False}}
            )
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {WINDOWS_REGISTRY: registry({WINLOGON: {"AutoAdminLogon": "1", "DefaultPassword?": True}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: a password was left",
        {WINDOWS_REGISTRY: registry({WINLOGON: {"AutoAdminLogon": "0", "DefaultPassword?": True}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: no value, which is the default",
        {WINDOWS_REGISTRY: registry({WINLOGON: {"DefaultPassword?": False}})},
        Outcome.PASS,
        asset=WINDOWS,
    ),
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
    agree(windows_no_auto_logon, case)
