"""`http-server-version` looks for numbers in headers."""

from typing import Any

import pytest
from tests.endpoints import ENDPOINT, REFUSED, SILENT, hop, pages
from tests.support import Answer, Case, agree

from cdso_audit.facts.http import HTTP_PAGES
from cdso_audit.model import Outcome
from cdso_checks.web.http_server_version import http_server_version


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {HTTP_PAGES: text}, outcome, says=says, asset=ENDPOINT, **more)


CASES = [
    case("good", pages(hop(("Server", "nginx"))), Outcome.PASS),
    case("good: a name", pages(hop(("X-Powered-By", "Express"))), Outcome.PASS),
    case("bad: nginx", pages(hop(("Server", "nginx/1.22.1"))), Outcome.FAIL, "nginx/1.22.1"),
    case(
        "bad: PHP",
        pages(hop(("Server", "Apache"), ("X-Powered-By", "PHP/8.2.7"))),
        Outcome.FAIL,
        "PHP/8.2.7",
    ),
    case(
        "bad: on the redirect", pages(hop(("Server", "Apache/2"), status=301), hop()), Outcome.FAIL
    ),
    case("bad: .NET", pages(hop(("X-AspNet-Version", "4.0.30319"))), Outcome.FAIL),
    case("absent: no such header", pages(hop()), Outcome.PASS),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", "[]", Outcome.UNKNOWN),
    case("unreadable: lost on the way", pages(lost=True), Outcome.UNKNOWN, "timed out"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(http_server_version, case)
