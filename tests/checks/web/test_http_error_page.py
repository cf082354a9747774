"""`http-error-page` repeats the words that leaked."""

from typing import Any

import pytest
from tests.endpoints import ENDPOINT, REFUSED, SILENT, pages
from tests.support import Answer, Case, agree

from cdso_audit.facts.http import HTTP_PAGES
from cdso_audit.model import Outcome
from cdso_checks.web.http_error_page import http_error_page


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {HTTP_PAGES: text}, outcome, says=says, asset=ENDPOINT, **more)


CASES = [
    case("good", pages(), Outcome.PASS),
    case("bad: version", pages(errors={"leaks": ["nginx/1.22.1"]}), Outcome.FAIL, "nginx/1.22.1"),
    case("bad: path", pages(errors={"leaks": ["/var/www/app/index.php"]}), Outcome.FAIL),
    case("absent: no error at all", pages(errors={"statuses": [200, 200]}), Outcome.PASS),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", "[]", Outcome.UNKNOWN),
    case("unreadable: no answer", pages(errors={"gap": "timeout"}), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(http_error_page, case)
