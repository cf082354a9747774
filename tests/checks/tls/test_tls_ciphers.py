"""`tls-ciphers` wants every weak suite refused."""

from typing import Any

import pytest
from tests.endpoints import ENDPOINT, MODERN, PLAIN_ENDPOINT, REFUSED, SILENT, tls
from tests.support import Answer, Case, agree

from cdso_audit.facts.tls import TLS_ENDPOINT
from cdso_audit.model import Outcome
from cdso_checks.tls.tls_ciphers import tls_ciphers


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {TLS_ENDPOINT: text}, outcome, says=says, asset=ENDPOINT, **more)


ONLY_1_3 = MODERN | {"TLS 1.2": "rejected"}


CASES = [
    case("good", tls(), Outcome.PASS),
    case("good: TLS 1.3 has none", tls(versions=ONLY_1_3, weak=(), static=""), Outcome.PASS),
    case("bad: RC4", tls(weak=("accepted", "rejected")), Outcome.FAIL, "RC4"),
    case(
        "bad: what came before the silence counts", tls(weak=("accepted", "timeout")), Outcome.FAIL
    ),
    case("unreadable: cut", tls(weak=("closed",)), Outcome.UNKNOWN),
    case("unreadable: connections used up", tls(weak=("not-asked",)), Outcome.UNKNOWN),
    Case("absent: plain http", {TLS_ENDPOINT: "{}"}, Outcome.NOT_APPLICABLE, asset=PLAIN_ENDPOINT),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", '{"a": 1}', Outcome.UNKNOWN),
    case("unreadable: no version", tls(versions=dict.fromkeys(MODERN, "timeout")), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(tls_ciphers, case)
