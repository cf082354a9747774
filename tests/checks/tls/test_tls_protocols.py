"""`tls-protocols` wants a clear answer for every old version."""

from typing import Any

import pytest
from tests.endpoints import ENDPOINT, MODERN, PLAIN_ENDPOINT, REFUSED, SILENT, tls
from tests.support import Answer, Case, agree

from cdso_audit.facts.tls import TLS_ENDPOINT
from cdso_audit.model import Outcome
from cdso_checks.tls.tls_protocols import tls_protocols


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {TLS_ENDPOINT: text}, outcome, says=says, asset=ENDPOINT, **more)


CASES = [
    case("good", tls(), Outcome.PASS, "TLS 1.2, TLS 1.3"),
    case("good: TLS 1.3 only", tls(versions=MODERN | {"TLS 1.2": "rejected"}), Outcome.PASS),
    case(
        "good: cut without a word, but still talking",
        tls(versions=MODERN | {"SSL 3.0": "closed"}, control="accepted"),
        Outcome.PASS,
    ),
    case("bad: TLS 1.0", tls(versions=MODERN | {"TLS 1.0": "accepted"}), Outcome.FAIL, "TLS 1.0"),
    case("bad: SSL 3.0", tls(versions=MODERN | {"SSL 3.0": "accepted"}), Outcome.FAIL, "SSL 3.0"),
    case(
        "bad: stricter rule",
        tls(),
        Outcome.FAIL,
        parameters={"allowed": ["TLS 1.3"]},
    ),
    case(
        "unreadable: a rate limit looks like a refusal",
        tls(versions=MODERN | {"TLS 1.0": "closed", "TLS 1.1": "closed"}, control="closed"),
        Outcome.UNKNOWN,
        "TLS 1.0, TLS 1.1",
    ),
    case("unreadable: one timeout", tls(versions=MODERN | {"TLS 1.1": "timeout"}), Outcome.UNKNOWN),
    Case("absent: plain http", {TLS_ENDPOINT: "{}"}, Outcome.NOT_APPLICABLE, asset=PLAIN_ENDPOINT),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", '{"a": 1}', Outcome.UNKNOWN),
    case("unreadable: no version", tls(versions=dict.fromkeys(MODERN, "timeout")), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(tls_protocols, case)
