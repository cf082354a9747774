"""`http-security-contact` judges a security.txt that is there."""

from typing import Any

import pytest
from tests.endpoints import ENDPOINT, REFUSED, SILENT, contact
from tests.support import Answer, Case, agree

from cdso_audit.facts.http import HTTP_CONTACT
from cdso_audit.model import Outcome
from cdso_checks.web.http_security_contact import http_security_contact

MAIL = "mailto:ungcuu@example.gov.vn"
NEXT = "2027-06-30T00:00:00Z"


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {HTTP_CONTACT: text}, outcome, says=says, asset=ENDPOINT, **more)


CASES = [
    case("good", contact([MAIL], [NEXT]), Outcome.PASS, "until 2027-06-30"),
    case("good: another zone", contact([MAIL], ["2026-11-21T19:00:01+07:00"]), Outcome.PASS),
    case("good: small letters", contact([MAIL], ["2027-06-30t00:00:00z"]), Outcome.PASS),
    case("good: one of two works", contact(["0123", MAIL], [NEXT]), Outcome.PASS),
    case("bad: over since now", contact([MAIL], ["2026-11-21T19:00:00+07:00"]), Outcome.FAIL),
    case("bad: over", contact([MAIL], ["2025-01-01T00:00:00Z"]), Outcome.FAIL, "2025-01-01"),
    case("bad: no date", contact([MAIL]), Outcome.FAIL, "until when"),
    case("bad: two dates", contact([MAIL], [NEXT, NEXT]), Outcome.FAIL, "until when"),
    case("bad: no zone", contact([MAIL], ["2027-06-30T00:00:00"]), Outcome.FAIL, "until when"),
    case("bad: no instant", contact([MAIL], ["next year"]), Outcome.FAIL, "until when"),
    case("bad: nobody", contact([], [NEXT]), Outcome.FAIL, "no contact"),
    case(
        "bad: no form that works",
        contact(["ungcuu@example.gov.vn", "http://example.gov.vn/x"], [NEXT]),
        Outcome.FAIL,
        "ungcuu@example.gov.vn",
    ),
    case(
        "bad: without TLS",
        contact([MAIL], [NEXT], "http://dvc.lab.example/.well-known/security.txt"),
        Outcome.FAIL,
        "TLS",
    ),
    case("absent: no file", contact(), Outcome.NOT_APPLICABLE, "security.txt"),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", "[]", Outcome.UNKNOWN),
    case("unreadable: forbidden", contact(gap="denied", detail="status 403"), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(http_security_contact, case)
