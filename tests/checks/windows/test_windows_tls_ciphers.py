"""`windows-tls-ciphers`: cipher suites of SCHANNEL."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, said
from tests.support import Case, agree

from cdso_audit.facts.windows.protection import WINDOWS_CIPHERS
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_tls_ciphers import windows_tls_ciphers

CASES = [
    Case(
        "good",
        {
            WINDOWS_CIPHERS: said(
                suites=["TLS_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]
            )
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {WINDOWS_CIPHERS: said(suites=["TLS_AES_256_GCM_SHA384", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"])},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: only one, which PowerShell makes no list of",
        {WINDOWS_CIPHERS: said(suites="TLS_RSA_WITH_RC4_128_SHA")},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: none is offered",
        {WINDOWS_CIPHERS: said(suites=[])},
        Outcome.NOT_APPLICABLE,
        asset=WINDOWS,
    ),
    Case("unreadable: Windows refused", {WINDOWS_CIPHERS: DENIED}, Outcome.UNKNOWN, asset=WINDOWS),
    Case(
        "unreadable: no JSON came back", {WINDOWS_CIPHERS: NOT_JSON}, Outcome.UNKNOWN, asset=WINDOWS
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_tls_ciphers, case)
