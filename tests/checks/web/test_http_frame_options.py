"""`http-frame-options` takes frame-ancestors first."""

from typing import Any

import pytest
from tests.endpoints import ENDPOINT, REFUSED, SILENT, hop, pages
from tests.support import Answer, Case, agree

from cdso_audit.facts.http import HTTP_PAGES
from cdso_audit.model import Outcome
from cdso_checks.web.http_frame_options import http_frame_options

XFO, CSP = "X-Frame-Options", "Content-Security-Policy"


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {HTTP_PAGES: text}, outcome, says=says, asset=ENDPOINT, **more)


CASES = [
    case("good", pages(hop((XFO, "SAMEORIGIN"))), Outcome.PASS),
    case(
        "good: policy",
        pages(hop((CSP, "default-src 'self'; frame-ancestors 'self'"))),
        Outcome.PASS,
    ),
    case("good: twice", pages(hop((XFO, "deny"), (XFO, "sameorigin"))), Outcome.PASS),
    case(
        "bad: ALLOW-FROM is ignored",
        pages(hop((XFO, "ALLOW-FROM https://a.example"))),
        Outcome.FAIL,
        "ignore",
    ),
    case(
        "bad: the policy wins", pages(hop((CSP, "frame-ancestors *"), (XFO, "DENY"))), Outcome.FAIL
    ),
    case(
        "bad: report only",
        pages(hop((CSP + "-Report-Only", "frame-ancestors 'self'"))),
        Outcome.FAIL,
    ),
    case("absent: no header", pages(hop()), Outcome.FAIL),
    case("absent: not HTML", pages(hop(html=False)), Outcome.NOT_APPLICABLE),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", "[]", Outcome.UNKNOWN),
    case("unreadable: an error page", pages(hop(status=503)), Outcome.UNKNOWN, "503"),
    case("unreadable: led away", pages(hop(status=302), stopped="out"), Outcome.UNKNOWN, "out"),
    case("unreadable: lost on the way", pages(lost=True), Outcome.UNKNOWN, "timed out"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(http_frame_options, case)
