"""`http-referrer-policy` takes the last value that browsers know."""

from typing import Any

import pytest
from tests.endpoints import ENDPOINT, REFUSED, SILENT, hop, pages
from tests.support import Answer, Case, agree

from cdso_audit.facts.http import HTTP_PAGES
from cdso_audit.model import Outcome
from cdso_checks.web.http_referrer_policy import http_referrer_policy

RP = "Referrer-Policy"


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {HTTP_PAGES: text}, outcome, says=says, asset=ENDPOINT, **more)


CASES = [
    case("good", pages(hop((RP, "same-origin"))), Outcome.PASS),
    case(
        "good: the last known",
        pages(hop((RP, "unsafe-url, no-referrer, future-word"))),
        Outcome.PASS,
        "no-referrer",
    ),
    case("bad", pages(hop((RP, "unsafe-url"))), Outcome.FAIL),
    case("bad: the last wins", pages(hop((RP, "no-referrer"), (RP, "unsafe-url"))), Outcome.FAIL),
    case("bad: no such word", pages(hop((RP, "none"))), Outcome.FAIL),
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
    agree(http_referrer_policy, case)
