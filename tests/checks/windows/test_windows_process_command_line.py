"""`windows-process-command-line`: command lines in the records of processes."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Case, agree

from cdso_audit.facts.windows.registry import AUDIT_POLICY, WINDOWS_REGISTRY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_process_command_line import windows_process_command_line

CASES = [
    Case(
        "good",
        {WINDOWS_REGISTRY: registry({AUDIT_POLICY: {"ProcessCreationIncludeCmdLine_Enabled": 1}})},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {WINDOWS_REGISTRY: registry({AUDIT_POLICY: {"ProcessCreationIncludeCmdLine_Enabled": 0}})},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case("absent: off, the default", {WINDOWS_REGISTRY: registry()}, Outcome.FAIL, asset=WINDOWS),
    Case(
        "unreadable: the key may not be read",
        {WINDOWS_REGISTRY: refused(AUDIT_POLICY)},
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
    agree(windows_process_command_line, case)
