"""`http-cookies` looks at every cookie of the walk."""

from typing import Any

import pytest
from tests.endpoints import ENDPOINT, REFUSED, SILENT, hop, pages
from tests.support import Answer, Case, agree

from cdso_audit.facts.http import HTTP_PAGES
from cdso_audit.model import Outcome
from cdso_checks.web.http_cookies import http_cookies

GOOD = ("Path=/", "Secure", "HttpOnly", "SameSite=Lax")


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {HTTP_PAGES: text}, outcome, says=says, asset=ENDPOINT, **more)


CASES = [
    case("good", pages(hop(cookies={"sid": GOOD})), Outcome.PASS),
    case(
        "good: any case",
        pages(hop(cookies={"sid": ("secure", "httponly", "samesite=strict")})),
        Outcome.PASS,
    ),
    case(
        "good: a token for scripts",
        pages(hop(cookies={"XSRF-TOKEN": ("Secure", "SameSite=Lax")})),
        Outcome.PASS,
    ),
    case(
        "bad: nothing",
        pages(hop(cookies={"sid": ("Path=/",)})),
        Outcome.FAIL,
        "Secure HttpOnly SameSite",
    ),
    case(
        "bad: on the redirect",
        pages(hop(status=302, cookies={"sid": ("Secure",)}), hop()),
        Outcome.FAIL,
    ),
    case(
        "bad: one of two",
        pages(hop(cookies={"a": GOOD, "b": ("Secure", "SameSite=Lax")})),
        Outcome.FAIL,
        "b: HttpOnly",
    ),
    case("absent: no cookie", pages(hop()), Outcome.NOT_APPLICABLE),
    case(
        "absent: only a deletion",
        pages(hop(cookies={"old": ("Max-Age=0",)})),
        Outcome.NOT_APPLICABLE,
    ),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", "[]", Outcome.UNKNOWN),
    case("unreadable: lost on the way", pages(lost=True), Outcome.UNKNOWN, "timed out"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(http_cookies, case)
