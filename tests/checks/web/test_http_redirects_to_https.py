"""`http-redirects-to-https` wants nothing served in the clear."""

from typing import Any

import pytest
from tests.endpoints import ENDPOINT, ORIGIN, REFUSED, SILENT, hop, pages
from tests.support import Answer, Case, agree

from cdso_audit.facts.http import HTTP_PAGES
from cdso_audit.model import Outcome
from cdso_checks.web.http_redirects_to_https import http_redirects_to_https

HTTP = "http://dvc.lab.example/"
TO_WWW = hop(("Location", HTTP + "www"), url=HTTP, status=301)


def plain(*hops: dict[str, Any], stopped: str = "") -> str:
    return pages(plain={"gap": None, "hops": list(hops), "stopped": stopped})


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {HTTP_PAGES: text}, outcome, says=says, asset=ENDPOINT, **more)


CASES = [
    case("good", plain(hop(("Location", ORIGIN + "/"), url=HTTP, status=301), hop()), Outcome.PASS),
    case(
        "good: by two steps",
        plain(TO_WWW, hop(("location", ORIGIN), url=HTTP, status=308), hop()),
        Outcome.PASS,
    ),
    case(
        "good: to a host outside the inventory",
        plain(hop(("Location", "HTTPS://sso.example/"), url=HTTP, status=302), stopped="out"),
        Outcome.PASS,
    ),
    case("bad: a page", plain(hop(url=HTTP)), Outcome.FAIL, "200"),
    case("bad: an error is no redirect", plain(hop(url=HTTP, status=404)), Outcome.FAIL, "404"),
    case("bad: in the clear again", plain(TO_WWW, stopped="circle"), Outcome.FAIL, "not to HTTPS"),
    case("bad: a page after a step", plain(TO_WWW, hop(url=HTTP)), Outcome.FAIL),
    case("absent: nobody listens", pages(), Outcome.PASS, "nobody listens"),
    case("unreadable: filtered", pages(plain={"gap": "timeout", "detail": "x"}), Outcome.UNKNOWN),
    case("unreadable: reset", pages(plain={"gap": "unreachable", "detail": "x"}), Outcome.UNKNOWN),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", "[]", Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(http_redirects_to_https, case)
