"""`http-trace-method` believes an echo only."""

from typing import Any

import pytest
from tests.endpoints import ENDPOINT, REFUSED, SILENT, pages
from tests.support import Answer, Case, agree

from cdso_audit.facts.http import HTTP_PAGES
from cdso_audit.model import Outcome
from cdso_checks.web.http_trace_method import http_trace_method


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {HTTP_PAGES: text}, outcome, says=says, asset=ENDPOINT, **more)


CASES = [
    case("good", pages(), Outcome.PASS, "TRACE"),
    case("good: the start page for every method", pages(trace={"status": 200}), Outcome.PASS),
    case("bad", pages(trace={"status": 200, "echoed": True}), Outcome.FAIL),
    case(
        "absent: an error page that repeats the request",
        pages(trace={"status": 405, "echoed": True}),
        Outcome.PASS,
    ),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", "[]", Outcome.UNKNOWN),
    case("unreadable: no answer to TRACE", pages(trace={"gap": "timeout"}), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(http_trace_method, case)
