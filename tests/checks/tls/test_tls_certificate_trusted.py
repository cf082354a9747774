"""`tls-certificate-trusted` believes the verification, with the dates set apart."""

from typing import Any

import pytest
from tests.endpoints import (
    DAY,
    ENDPOINT,
    PLAIN_ENDPOINT,
    REFUSED,
    SILENT,
    certificate,
    der,
    tls,
    trust,
)
from tests.support import AT, Answer, Case, agree

from cdso_audit.facts.tls import TLS_ENDPOINT
from cdso_audit.model import Outcome
from cdso_checks.tls.tls_certificate_trusted import tls_certificate_trusted


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {TLS_ENDPOINT: text}, outcome, says=says, asset=ENDPOINT, **more)


OWN = der(certificate("dvc.lab.example"))
OLD = der(certificate("dvc.lab.example", begin=AT - 90 * DAY, end=AT - DAY))
NO = trust("rejected", "rejected", detail="unable to get local issuer certificate")
LATE = trust("rejected", "accepted", detail="certificate has expired")
UNSURE = trust("unknown", "unknown", detail="this machine has no trust store")


def judged(*trusts: dict[str, str], own: bytes = OWN) -> str:
    return tls(own, trusts=trusts)


CASES = [
    case("good", judged(trust()), Outcome.PASS, "system"),
    case("good: own authority", judged(NO, trust(store="agency")), Outcome.PASS, "own authority"),
    case("good: out of date is not untrusted", judged(LATE, own=OLD), Outcome.PASS),
    case("bad: no chain", judged(NO), Outcome.FAIL, "unable to get local issuer"),
    case("bad: neither store", judged(NO, NO | {"store": "agency"}), Outcome.FAIL),
    case("bad: the intermediate is out of date", judged(LATE), Outcome.FAIL, "intermediate"),
    case("unreadable: no trust store", judged(UNSURE), Outcome.UNKNOWN, "no trust store"),
    case("unreadable: the agency's file", judged(NO, UNSURE), Outcome.UNKNOWN),
    Case("absent: plain http", {TLS_ENDPOINT: "{}"}, Outcome.NOT_APPLICABLE, asset=PLAIN_ENDPOINT),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", '{"a": 1}', Outcome.UNKNOWN),
    case("unreadable: no certificate", tls(), Outcome.UNKNOWN),
    case("unreadable: not a certificate", tls(b"0\x82nonsense"), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(tls_certificate_trusted, case)
