"""`link-clock` takes the middle of all offsets, either way."""

import pytest
from tests.checks.interconnection.answers import LGSP, UNREACHABLE, failed, request, told
from tests.support import Case, agree

from cdso_audit.facts.links import LINK
from cdso_audit.model import Outcome
from cdso_checks.interconnection.link_clock import link_clock


def off(*seconds: float) -> list[dict[str, object]]:
    return [request(offset_s=each) for each in seconds]


CASES = [
    Case("good", told(*off(0.4, -0.2)), Outcome.PASS, asset=LGSP, says="2 answers"),
    Case("good: the very limit", told(*off(-5.0)), Outcome.PASS, asset=LGSP),
    Case("good: one stray", told(*off(0.1, 0.2, 900)), Outcome.PASS, asset=LGSP),
    Case("bad: ahead", told(*off(5.1)), Outcome.FAIL, asset=LGSP, says="+5.1 s"),
    Case("bad: behind", told(*off(-5.1)), Outcome.FAIL, asset=LGSP, says="-5.1 s"),
    Case(
        "absent: no answer tells the time",
        told(request(offset_s=None)),
        Outcome.UNKNOWN,
        asset=LGSP,
    ),
    Case("unreadable: dead", told(failed()), Outcome.UNKNOWN, asset=LGSP),
    Case("unreadable: no such name", {LINK: UNREACHABLE}, Outcome.UNKNOWN, asset=LGSP),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(link_clock, case)
