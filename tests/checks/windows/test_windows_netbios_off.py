"""`windows-netbios-off`: names of NetBIOS."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, said
from tests.support import Case, agree, shipped

from cdso_audit.facts.windows.protection import WINDOWS_NETBIOS
from cdso_audit.model import Outcome

CASES = [
    Case(
        "good",
        {WINDOWS_NETBIOS: said(adapters={"name": "vmxnet3", "index": 1, "option": 2})},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad: DHCP decides",
        {WINDOWS_NETBIOS: said(adapters=[{"name": "vmxnet3", "index": 1, "option": 0}])},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: no adapter",
        {WINDOWS_NETBIOS: said(adapters=[])},
        Outcome.NOT_APPLICABLE,
        asset=WINDOWS,
    ),
    Case("unreadable: Windows refused", {WINDOWS_NETBIOS: DENIED}, Outcome.UNKNOWN, asset=WINDOWS),
    Case(
        "unreadable: no JSON came back", {WINDOWS_NETBIOS: NOT_JSON}, Outcome.UNKNOWN, asset=WINDOWS
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(shipped("windows-netbios-off"), case)
