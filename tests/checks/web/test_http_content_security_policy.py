"""`http-content-security-policy` wants a policy that is enforced and limits scripts."""

from typing import Any

import pytest
from tests.endpoints import ENDPOINT, REFUSED, SILENT, hop, pages
from tests.support import Answer, Case, agree

from cdso_audit.facts.http import HTTP_PAGES
from cdso_audit.model import Outcome
from cdso_checks.web.http_content_security_policy import http_content_security_policy

CSP = "Content-Security-Policy"
INLINE = "default-src 'self' 'unsafe-inline'"


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {HTTP_PAGES: text}, outcome, says=says, asset=ENDPOINT, **more)


CASES = [
    case("good", pages(hop((CSP, "default-src 'self'"))), Outcome.PASS),
    case(
        "good: script-src wins", pages(hop((CSP, "default-src *; script-src 'self'"))), Outcome.PASS
    ),
    case(
        "good: one of two", pages(hop((CSP, "img-src *"), (CSP, "script-src 'self'"))), Outcome.PASS
    ),
    case(
        "good: after a redirect",
        pages(hop(status=302), hop((CSP, "default-src 'self'"))),
        Outcome.PASS,
    ),
    case(
        "bad: report only",
        pages(hop((CSP + "-Report-Only", "default-src 'self'"))),
        Outcome.FAIL,
        "Report-Only",
    ),
    case("bad: from anywhere", pages(hop((CSP, "default-src https:"))), Outcome.FAIL),
    case("bad: no word on scripts", pages(hop((CSP, "frame-ancestors 'none'"))), Outcome.FAIL),
    case(
        "bad: only on the redirect",
        pages(hop((CSP, "default-src 'self'"), status=302), hop()),
        Outcome.FAIL,
    ),
    case("good: inline scripts", pages(hop((CSP, INLINE))), Outcome.PASS),
    case(
        "bad: inline scripts where the rule forbids them",
        pages(hop((CSP, INLINE))),
        Outcome.FAIL,
        parameters={"allow_unsafe_inline": False},
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
    agree(http_content_security_policy, case)
