"""`link-mutual-tls`: being asked is not enough, being refused is what counts."""

import pytest
from tests.checks.interconnection.answers import (
    LGSP,
    OTHERWISE,
    PLAIN,
    UNREACHABLE,
    failed,
    request,
    told,
)
from tests.support import Case, agree

from cdso_audit.facts.links import LINK
from cdso_audit.model import Outcome
from cdso_checks.interconnection.link_mutual_tls import link_mutual_tls

HUNG_UP = request(result="wants-certificate", status=None, asked=True)
CASES = [
    Case("good: hung up", told(HUNG_UP), Outcome.PASS, asset=LGSP),
    *(
        Case(f"good: {status}", told(request(asked=True, status=status)), Outcome.PASS, asset=LGSP)
        for status in (400, 403, 495, 496)
    ),
    Case("good: another way, as declared", told(request()), Outcome.PASS, asset=OTHERWISE),
    Case("bad: not asked", told(request()), Outcome.FAIL, asset=LGSP, says="no certificate"),
    Case("bad: 403 without being asked", told(request(status=403)), Outcome.FAIL, asset=LGSP),
    Case(
        "bad: asked, and let in",
        told(request(asked=True)),
        Outcome.FAIL,
        asset=LGSP,
        says="HTTP 200",
    ),
    Case("bad: plain HTTP", told(request(asked=None), chain=""), Outcome.FAIL, asset=PLAIN),
    Case(
        "bad: plain HTTP, whatever is declared",
        told(request(asked=None), chain=""),
        Outcome.FAIL,
        asset=PLAIN.model_copy(update={"mutual_tls": False}),
    ),
    Case(
        "absent: 401 may be the application's",
        told(request(asked=True, status=401)),
        Outcome.UNKNOWN,
        asset=LGSP,
        says="401",
    ),
    Case("unreadable: nobody could see", told(request(asked=None)), Outcome.UNKNOWN, asset=LGSP),
    Case("unreadable: dead", told(failed()), Outcome.UNKNOWN, asset=LGSP),
    Case("unreadable: no such name", {LINK: UNREACHABLE}, Outcome.UNKNOWN, asset=LGSP),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(link_mutual_tls, case)
