"""`windows-log-forwarding`: where events go."""

import pytest
from tests.checks.windows.documented import NOT_JSON, WINDOWS, refused, registry, services
from tests.support import Case, agree

from cdso_audit.facts.windows.protection import WINDOWS_SERVICES
from cdso_audit.facts.windows.registry import SUBSCRIPTIONS, WINDOWS_REGISTRY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_log_forwarding import windows_log_forwarding

CASES = [
    Case(
        "good",
        {
            WINDOWS_REGISTRY: registry(
                {
                    SUBSCRIPTIONS: {
                        "1": "Server=https://wec.vidu.example:5986/wsman/SubscriptionManager/WEC,Refresh=60"
                    }
                }
            ),
            WINDOWS_SERVICES: services(),
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "good: an agent",
        {WINDOWS_REGISTRY: registry(), WINDOWS_SERVICES: services(nxlog="Running")},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad: the agent is stopped",
        {WINDOWS_REGISTRY: registry(), WINDOWS_SERVICES: services(nxlog="Stopped")},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: neither",
        {WINDOWS_REGISTRY: registry(), WINDOWS_SERVICES: services()},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: no services came back",
        {WINDOWS_REGISTRY: registry(), WINDOWS_SERVICES: NOT_JSON},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: the key may not be read",
        {WINDOWS_REGISTRY: refused(SUBSCRIPTIONS), WINDOWS_SERVICES: services()},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_log_forwarding, case)
