"""`windows-rdp-nla`: authentication before a remote session."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Case, agree

from cdso_audit.facts.windows.registry import RDP_LISTENER, RDP_POLICY, RDP_SERVER, WINDOWS_REGISTRY
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_rdp_nla import windows_rdp_nla

CASES = [
    Case(
        "good: by policy",
        {
            WINDOWS_REGISTRY: registry(
                {
                    RDP_SERVER: {"fDenyTSConnections": 0},
                    RDP_POLICY: {"UserAuthentication": 1},
                    RDP_LISTENER: {"UserAuthentication": 0},
                }
            )
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {
            WINDOWS_REGISTRY: registry(
                {RDP_SERVER: {"fDenyTSConnections": 0}, RDP_LISTENER: {"UserAuthentication": 0}}
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: a policy turns it on",
        {
            WINDOWS_REGISTRY: registry(
                {RDP_SERVER: {"fDenyTSConnections": 1}, RDP_POLICY: {"fDenyTSConnections": 0}}
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: Remote Desktop is off, the default",
        {WINDOWS_REGISTRY: registry()},
        Outcome.NOT_APPLICABLE,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: the key may not be read",
        {WINDOWS_REGISTRY: refused(RDP_POLICY)},
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
    agree(windows_rdp_nla, case)
