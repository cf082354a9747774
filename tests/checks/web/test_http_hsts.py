"""`http-hsts` reads the first header of the first answer over HTTPS."""

from typing import Any

import pytest
from tests.endpoints import ENDPOINT, REFUSED, SILENT, hop, pages
from tests.support import Answer, Case, agree

from cdso_audit.facts.http import HTTP_PAGES
from cdso_audit.model import Outcome
from cdso_checks.web.http_hsts import http_hsts

HSTS = "Strict-Transport-Security"
YEAR = "max-age=31536000"


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {HTTP_PAGES: text}, outcome, says=says, asset=ENDPOINT, **more)


CASES = [
    case("good", pages(hop((HSTS, "max-age=31536000; includeSubDomains"))), Outcome.PASS, "365"),
    case("good: quoted", pages(hop((HSTS, 'max-age="15552000"'))), Outcome.PASS, "180"),
    case("good: on the redirect", pages(hop((HSTS, YEAR), status=302), hop()), Outcome.PASS),
    case("bad: a second less", pages(hop((HSTS, "max-age=15551999"))), Outcome.FAIL, "179"),
    case("bad: off", pages(hop((HSTS, "max-age=0"))), Outcome.FAIL),
    case("bad: no max-age", pages(hop((HSTS, "includeSubDomains"))), Outcome.FAIL),
    case(
        "bad: only the second header", pages(hop((HSTS, "max-age=60"), (HSTS, YEAR))), Outcome.FAIL
    ),
    case("bad: over http it is ignored", pages(hop((HSTS, YEAR), url="http://x/")), Outcome.FAIL),
    case("bad: only further on", pages(hop(status=302), hop((HSTS, YEAR))), Outcome.FAIL),
    case("absent: no header", pages(hop()), Outcome.FAIL),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", "[]", Outcome.UNKNOWN),
    case("unreadable: lost on the way", pages(lost=True), Outcome.UNKNOWN, "timed out"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(http_hsts, case)
