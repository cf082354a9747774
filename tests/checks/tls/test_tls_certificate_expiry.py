"""`tls-certificate-expiry` counts from the moment of the snapshot, never from the wall clock."""

from datetime import timedelta
from typing import Any

import pytest
from tests.endpoints import DAY, ENDPOINT, PLAIN_ENDPOINT, REFUSED, SILENT, certificate, der, tls
from tests.support import AT, Answer, Case, agree

from cdso_audit.facts.tls import TLS_ENDPOINT
from cdso_audit.model import Outcome
from cdso_checks.tls.tls_certificate_expiry import tls_certificate_expiry


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {TLS_ENDPOINT: text}, outcome, says=says, asset=ENDPOINT, **more)


SECOND = timedelta(seconds=1)


def ends(left: timedelta, lifetime: timedelta) -> str:
    return tls(der(certificate("dvc.lab.example", begin=AT + left - lifetime, end=AT + left)))


CASES = [
    case("good: 21 days left", ends(21 * DAY, 365 * DAY), Outcome.PASS, "valid until 2026-12-12"),
    case("good: short-lived", ends(2 * DAY, 8 * DAY), Outcome.PASS),
    case("bad: a second less", ends(21 * DAY - SECOND, 365 * DAY), Outcome.FAIL, "not renewed"),
    case("bad: short-lived", ends(2 * DAY - SECOND, 8 * DAY), Outcome.FAIL, "not renewed"),
    case("bad: this second", ends(0 * DAY, 90 * DAY), Outcome.FAIL, "expired on 2026-11-21"),
    case("bad: expired", ends(-40 * DAY, 90 * DAY), Outcome.FAIL, "expired"),
    case("bad: not yet valid", ends(100 * DAY, 90 * DAY), Outcome.FAIL, "not valid before"),
    Case("absent: plain http", {TLS_ENDPOINT: "{}"}, Outcome.NOT_APPLICABLE, asset=PLAIN_ENDPOINT),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", '{"a": 1}', Outcome.UNKNOWN),
    case("unreadable: no certificate", tls(), Outcome.UNKNOWN),
    case("unreadable: not a certificate", tls(b"0\x82nonsense"), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(tls_certificate_expiry, case)
