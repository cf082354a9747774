"""`windows-unneeded-services`: services that run for nothing."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, said, services
from tests.support import Case, agree

from cdso_audit.facts.windows.protection import WINDOWS_SERVICES
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_unneeded_services import windows_unneeded_services

CASES = [
    Case("good", {WINDOWS_SERVICES: services(Spooler="Disabled")}, Outcome.PASS, asset=WINDOWS),
    Case("bad", {WINDOWS_SERVICES: services(Spooler="Running")}, Outcome.FAIL, asset=WINDOWS),
    Case(
        "absent: no service at all is no answer",
        {WINDOWS_SERVICES: said(services=[])},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case("unreadable: Windows refused", {WINDOWS_SERVICES: DENIED}, Outcome.UNKNOWN, asset=WINDOWS),
    Case(
        "unreadable: no JSON came back",
        {WINDOWS_SERVICES: NOT_JSON},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_unneeded_services, case)
