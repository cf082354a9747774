"""`http-content-type-options` wants nosniff on the page."""

from typing import Any

import pytest
from tests.endpoints import ENDPOINT, REFUSED, SILENT, hop, pages
from tests.support import Answer, Case, agree

from cdso_audit.facts.http import HTTP_PAGES
from cdso_audit.model import Outcome
from cdso_checks.web.http_content_type_options import http_content_type_options


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {HTTP_PAGES: text}, outcome, says=says, asset=ENDPOINT, **more)


CASES = [
    case("good", pages(hop(("x-content-type-options", "NoSniff"))), Outcome.PASS),
    case("bad: another word", pages(hop(("X-Content-Type-Options", "none"))), Outcome.FAIL),
    case(
        "bad: on the redirect only",
        pages(hop(("X-Content-Type-Options", "nosniff"), status=301), hop()),
        Outcome.FAIL,
    ),
    case("absent: no header", pages(hop()), Outcome.FAIL),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", "[]", Outcome.UNKNOWN),
    case("unreadable: an error page", pages(hop(status=503)), Outcome.UNKNOWN, "503"),
    case("unreadable: led away", pages(hop(status=302), stopped="out"), Outcome.UNKNOWN, "out"),
    case("unreadable: lost on the way", pages(lost=True), Outcome.UNKNOWN, "timed out"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(http_content_type_options, case)
