"""`windows-firewall`: the firewall, profile by profile."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, said
from tests.support import Case, agree

from cdso_audit.facts.windows.protection import WINDOWS_FIREWALL
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_firewall import windows_firewall

CASES = [
    Case(
        "good",
        {
            WINDOWS_FIREWALL: said(
                service="Running",
                profiles=[
                    {"name": "Domain", "enabled": "True", "inbound": "NotConfigured"},
                    {"name": "Public", "enabled": "True", "inbound": "Block"},
                ],
            )
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad: one profile is off",
        {
            WINDOWS_FIREWALL: said(
                service="Running",
                profiles=[
                    {"name": "Domain", "enabled": "False", "inbound": "Block"},
                    {"name": "Public", "enabled": "True", "inbound": "Block"},
                ],
            )
        },
        outcomes={"Domain": Outcome.FAIL, "Public": Outcome.PASS},
        asset=WINDOWS,
    ),
    Case(
        "bad: lets all in",
        {
            WINDOWS_FIREWALL: said(
                service="Running",
                profiles={"name": "Public", "enabled": "True", "inbound": "Allow"},
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: stopped",
        {
            WINDOWS_FIREWALL: said(
                service="Stopped",
                profiles={"name": "Public", "enabled": "True", "inbound": "Block"},
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: no profile came back",
        {WINDOWS_FIREWALL: said(service="Running", profiles=[])},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case("unreadable: Windows refused", {WINDOWS_FIREWALL: DENIED}, Outcome.UNKNOWN, asset=WINDOWS),
    Case(
        "unreadable: no JSON came back",
        {WINDOWS_FIREWALL: NOT_JSON},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_firewall, case)
