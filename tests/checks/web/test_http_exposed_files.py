"""`http-exposed-files` believes content, and says so when it was not answered."""

from typing import Any

import pytest
from tests.endpoints import ENDPOINT, REFUSED, SILENT, leftovers
from tests.support import Answer, Case, agree

from cdso_audit.facts.http import HTTP_EXPOSURE
from cdso_audit.model import Outcome
from cdso_checks.web.http_exposed_files import http_exposed_files


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {HTTP_EXPOSURE: text}, outcome, says=says, asset=ENDPOINT, **more)


CASES = [
    case("good", leftovers(), Outcome.PASS),
    case("good: a site that answers everything", leftovers(answers_everything=True), Outcome.PASS),
    case("bad", leftovers({"/.git/HEAD": "git repository"}), Outcome.FAIL, "/.git/HEAD"),
    case("bad: one is enough", leftovers({"/.env": "settings"}, silent=["/db.sql"]), Outcome.FAIL),
    case("absent: listings are another check's", leftovers(listings=["/files/"]), Outcome.PASS),
    case("unreadable: some paths silent", leftovers(silent=["/.env"]), Outcome.UNKNOWN, "1 of 38"),
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
    agree(http_exposed_files, case)
