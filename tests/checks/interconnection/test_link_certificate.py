"""`link-certificate`: trusted by one store, in time, and for a month more."""

from datetime import timedelta

import pytest
from tests.checks.interconnection.answers import (
    LGSP,
    PLAIN,
    STRANGE,
    TRUSTED,
    UNREACHABLE,
    UNSEEN,
    certificate,
    failed,
    request,
    told,
)
from tests.support import AT, Case, agree

from cdso_audit.facts.links import LINK
from cdso_audit.model import Outcome
from cdso_checks.interconnection.link_certificate import link_certificate

OK = request()
OWN = ({**TRUSTED[0], "store": "agency"},)
CASES = [
    Case("good", told(OK), Outcome.PASS, asset=LGSP),
    Case(
        "good: by the agency's own store",
        told(OK, trust=(*STRANGE, *OWN)),
        Outcome.PASS,
        asset=LGSP,
    ),
    Case("good: thirty days left", told(OK, chain=certificate(30)), Outcome.PASS, asset=LGSP),
    Case(
        "bad: less than thirty",
        told(OK, chain=certificate(29.9)),
        Outcome.FAIL,
        asset=LGSP,
        says="29 days",
    ),
    Case("bad: over", told(OK, chain=certificate(-1)), Outcome.FAIL, asset=LGSP, says="was valid"),
    Case(
        "bad: over this very second",
        told(OK, chain=certificate(0)),
        Outcome.FAIL,
        asset=LGSP,
        says="was valid",
    ),
    Case(
        "bad: half a day left",
        told(OK, chain=certificate(0.5)),
        Outcome.FAIL,
        asset=LGSP,
        says="in 0 days",
    ),
    Case(
        "good: from this second on", told(OK, chain=certificate(60, AT)), Outcome.PASS, asset=LGSP
    ),
    Case(
        "bad: not yet",
        told(OK, chain=certificate(60, AT + timedelta(days=1))),
        Outcome.FAIL,
        asset=LGSP,
    ),
    Case(
        "bad: nobody trusts it",
        told(OK, trust=STRANGE),
        Outcome.FAIL,
        asset=LGSP,
        says="self-signed",
    ),
    Case("absent: plain HTTP", told(OK, chain=""), Outcome.NOT_APPLICABLE, asset=PLAIN),
    Case("unreadable: trust was not seen", told(OK, trust=UNSEEN), Outcome.UNKNOWN, asset=LGSP),
    Case(
        "unreadable: one store refuses, one was not seen",
        told(OK, trust=(*STRANGE, *UNSEEN)),
        Outcome.UNKNOWN,
        asset=LGSP,
    ),
    Case(
        "unreadable: none came",
        told(failed("reset"), chain=""),
        Outcome.UNKNOWN,
        asset=LGSP,
        says="reset",
    ),
    Case("unreadable: no certificate", told(OK, chain="AAAA"), Outcome.UNKNOWN, asset=LGSP),
    Case("unreadable: no such name", {LINK: UNREACHABLE}, Outcome.UNKNOWN, asset=LGSP),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(link_certificate, case)
