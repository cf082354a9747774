"""`tls-certificate-name` compares names as RFC 9525 does."""

from typing import Any

import pytest
from tests.endpoints import ENDPOINT, PLAIN_ENDPOINT, REFUSED, SILENT, certificate, der, tls
from tests.support import Answer, Case, agree

from cdso_audit.facts.tls import TLS_ENDPOINT
from cdso_audit.model import Outcome
from cdso_checks.tls.tls_certificate_name import tls_certificate_name


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {TLS_ENDPOINT: text}, outcome, says=says, asset=ENDPOINT, **more)


def named(*names: str, host: str = "dvc.lab.example") -> str:
    return tls(der(certificate(*names)), host=host)


CASES = [
    case("good", named("www.lab.example", "dvc.lab.example"), Outcome.PASS),
    case("good: case", named("DVC.lab.Example"), Outcome.PASS),
    case("good: wildcard", named("*.lab.example"), Outcome.PASS),
    case("good: address", named("198.18.77.10", host="198.18.77.10"), Outcome.PASS),
    case("bad: another name", named("www.lab.example"), Outcome.FAIL, "www.lab.example"),
    case(
        "bad: another address",
        named("198.18.77.9", host="198.18.77.10"),
        Outcome.FAIL,
        "but 198.18.77.9",
    ),
    case("bad: wildcard for two labels", named("*.example"), Outcome.FAIL),
    case("bad: wildcard for the name itself", named("*.dvc.lab.example"), Outcome.FAIL),
    case("bad: wildcard for a whole zone", named("*.vn", host="agency.vn"), Outcome.FAIL),
    case("bad: only the common name", named(), Outcome.FAIL),
    case("bad: address as a name", named("dvc.lab.example", host="198.18.77.10"), Outcome.FAIL),
    Case("absent: plain http", {TLS_ENDPOINT: "{}"}, Outcome.NOT_APPLICABLE, asset=PLAIN_ENDPOINT),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", '{"a": 1}', Outcome.UNKNOWN),
    case("unreadable: no certificate", tls(), Outcome.UNKNOWN),
    case("unreadable: not a certificate", tls(b"0\x82nonsense"), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(tls_certificate_name, case)
