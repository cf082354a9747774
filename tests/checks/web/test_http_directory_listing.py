"""`http-directory-listing` looks at folders only."""

from typing import Any

import pytest
from tests.endpoints import ENDPOINT, REFUSED, SILENT, leftovers
from tests.support import Answer, Case, agree

from cdso_audit.facts.http import HTTP_EXPOSURE
from cdso_audit.model import Outcome
from cdso_checks.web.http_directory_listing import http_directory_listing


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {HTTP_EXPOSURE: text}, outcome, says=says, asset=ENDPOINT, **more)


CASES = [
    case("good", leftovers(), Outcome.PASS),
    case("bad", leftovers(listings=["/files/"]), Outcome.FAIL, "/files/"),
    case("absent: a silent file is another check's", leftovers(silent=["/.env"]), Outcome.PASS),
    case("unreadable: a silent folder", leftovers(silent=["/backup/"]), Outcome.UNKNOWN),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", "[]", Outcome.UNKNOWN),
    case(
        "unreadable: lost",
        leftovers(gap="timeout", detail="timed out"),
        Outcome.UNKNOWN,
        "timed out",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(http_directory_listing, case)
