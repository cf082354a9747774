"""`windows-smb1-off`: the oldest file sharing."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, said
from tests.support import MISSING_TOOL, Case, agree, shipped

from cdso_audit.facts.windows.protection import WINDOWS_SMB
from cdso_audit.model import Outcome

CASES = [
    Case(
        "good",
        {WINDOWS_SMB: said(smb1=False, server_signing=True, client_signing=True)},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {WINDOWS_SMB: said(smb1=True, server_signing=True, client_signing=True)},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case("absent: no SMB module", {WINDOWS_SMB: MISSING_TOOL}, Outcome.UNKNOWN, asset=WINDOWS),
    Case("unreadable: Windows refused", {WINDOWS_SMB: DENIED}, Outcome.UNKNOWN, asset=WINDOWS),
    Case("unreadable: no JSON came back", {WINDOWS_SMB: NOT_JSON}, Outcome.UNKNOWN, asset=WINDOWS),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(shipped("windows-smb1-off"), case)
