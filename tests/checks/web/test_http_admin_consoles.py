"""`http-admin-consoles` names the program, and says so when it was not answered."""

from typing import Any

import pytest
from tests.endpoints import ENDPOINT, REFUSED, SILENT, consoles
from tests.support import Answer, Case, agree

from cdso_audit.facts.http import HTTP_CONSOLES
from cdso_audit.model import Outcome
from cdso_checks.web.http_admin_consoles import http_admin_consoles


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {HTTP_CONSOLES: text}, outcome, says=says, asset=ENDPOINT, **more)


CASES = [
    case("good", consoles(), Outcome.PASS, "26 paths"),
    case("bad", consoles({"/pma/": "phpMyAdmin"}), Outcome.FAIL, "phpMyAdmin (/pma/)"),
    case("bad: one is enough", consoles({"/pma/": "phpMyAdmin"}, silent=["/solr/"]), Outcome.FAIL),
    case(
        "good: the owner wants it",
        consoles({"/login": "Grafana"}),
        Outcome.PASS,
        parameters={"allowed": ("Grafana",)},
    ),
    case("absent: nobody asks for a path twice", consoles(asked=1), Outcome.PASS),
    case("unreadable: some paths silent", consoles(silent=["/pma/"]), Outcome.UNKNOWN, "1 of 26"),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", "[]", Outcome.UNKNOWN),
    case("unreadable: lost", consoles(gap="timeout", detail="timed out"), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(http_admin_consoles, case)
