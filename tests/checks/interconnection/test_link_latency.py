"""`link-latency` takes the middle of what was answered."""

import pytest
from tests.checks.interconnection.answers import LGSP, UNREACHABLE, failed, request, told
from tests.support import Case, agree

from cdso_audit.facts.links import LINK
from cdso_audit.model import Outcome
from cdso_checks.interconnection.link_latency import link_latency

SLOW = request(first_byte_ms=2000.0)
CASES = [
    Case(
        "good", told(request(), request()), Outcome.PASS, asset=LGSP, says="2 answers took 30.0 ms"
    ),
    Case("good: one slow of three", told(request(), SLOW, request()), Outcome.PASS, asset=LGSP),
    Case("good: the very limit", told(request(first_byte_ms=980.0)), Outcome.PASS, asset=LGSP),
    Case("bad: just above", told(request(first_byte_ms=980.1)), Outcome.FAIL, asset=LGSP),
    Case("bad: the handshake counts", told(request(tls_ms=1000.0)), Outcome.FAIL, asset=LGSP),
    Case("bad: most are slow", told(SLOW, SLOW, request()), Outcome.FAIL, asset=LGSP),
    Case("good: failures are another check's", told(request(), failed()), Outcome.PASS, asset=LGSP),
    Case("absent: nothing answered", told(failed()), Outcome.UNKNOWN, asset=LGSP),
    Case("unreadable: no such name", {LINK: UNREACHABLE}, Outcome.UNKNOWN, asset=LGSP),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(link_latency, case)
