"""`windows-tls-protocols`: protocols of SCHANNEL."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, refused, registry
from tests.support import Case, agree

from cdso_audit.facts.windows.registry import WINDOWS_REGISTRY, schannel
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_tls_protocols import windows_tls_protocols

CASES = [
    Case(
        "good",
        {
            WINDOWS_REGISTRY: registry(
                {schannel("TLS 1.0"): {"Enabled": 0}, schannel("TLS 1.1"): {"Enabled": 0}}
            )
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {
            WINDOWS_REGISTRY: registry(
                {schannel("TLS 1.0"): {"Enabled": 1}, schannel("TLS 1.1"): {"Enabled": 0}}
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: enabled as 0xffffffff",
        {
            WINDOWS_REGISTRY: registry(
                {
                    schannel("SSL 3.0"): {"Enabled": -1},
                    schannel("TLS 1.0"): {"Enabled": 0},
                    schannel("TLS 1.1"): {"Enabled": 0},
                }
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: TLS 1.0 is on by default",
        {WINDOWS_REGISTRY: registry()},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: the key may not be read",
        {WINDOWS_REGISTRY: refused(schannel("TLS 1.0"))},
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
    agree(windows_tls_protocols, case)
