"""`link-answers` counts silence and 5xx, and nothing else."""

import pytest
from tests.checks.interconnection.answers import LGSP, UNREACHABLE, failed, request, told
from tests.support import Case, agree

from cdso_audit.facts.links import LINK
from cdso_audit.model import Outcome
from cdso_checks.interconnection.link_answers import link_answers

OK = request()
CASES = [
    Case("good", told(OK, OK), Outcome.PASS, asset=LGSP, says="2 of 2"),
    Case(
        "good: refused by status is an answer", told(request(status=403)), Outcome.PASS, asset=LGSP
    ),
    Case(
        "good: hung up for want of a certificate",
        told(request(result="wants-certificate", status=None)),
        Outcome.PASS,
        asset=LGSP,
    ),
    Case("good: one of ten", told(*[OK] * 9, failed()), Outcome.PASS, asset=LGSP, says="9 of 10"),
    Case(
        "bad: two of ten",
        told(*[OK] * 8, failed(), failed()),
        Outcome.FAIL,
        asset=LGSP,
        says="timed out",
    ),
    Case("bad: two of nineteen", told(*[OK] * 17, failed(), failed()), Outcome.FAIL, asset=LGSP),
    Case("bad: 503", told(OK, request(status=503)), Outcome.FAIL, asset=LGSP, says="HTTP 503"),
    Case("good: 499 is no 5xx", told(request(status=499)), Outcome.PASS, asset=LGSP),
    Case(
        "bad: dead", told(failed(), failed(), chain=""), Outcome.FAIL, asset=LGSP, says="none of 2"
    ),
    Case(
        "bad: dead, whatever share is allowed",
        told(failed()),
        Outcome.FAIL,
        asset=LGSP,
        parameters={"max_error_percent": 100},
    ),
    Case("absent: no request", told(), Outcome.UNKNOWN, asset=LGSP),
    Case("unreadable: no such name", {LINK: UNREACHABLE}, Outcome.UNKNOWN, asset=LGSP),
    Case("unreadable: no JSON", {LINK: "?"}, Outcome.UNKNOWN, asset=LGSP),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(link_answers, case)
