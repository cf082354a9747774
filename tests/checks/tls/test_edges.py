"""Limits of the checks of TLS, on this side and on the other."""

from datetime import timedelta
from typing import Any

import pytest
from tests.edges import Edge, holds
from tests.support import AT

from cdso_audit.facts.tls import Certificate, TlsCertificates, Trust
from cdso_audit.model import Outcome
from cdso_checks.tls.tls_certificate_expiry import tls_certificate_expiry
from cdso_checks.tls.tls_certificate_key import tls_certificate_key
from cdso_checks.tls.tls_certificate_trusted import tls_certificate_trusted

PASS, FAIL = Outcome.PASS, Outcome.FAIL
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def certified(*trust: Trust, **fields: Any) -> TlsCertificates:
    usual: dict[str, Any] = {
        "subject": "x.example", "issuer": "CA", "not_before": AT - 10 * DAY,
        "not_after": AT + 80 * DAY, "dns_names": ("x.example",), "key_kind": "EC", "key_bits": 256,
        "signature_hash": "sha256", "self_issued": False,
    }  # fmt: skip
    chain = (Certificate(**(usual | fields)),)
    return TlsCertificates(subject="x.example:443", host="x.example", chain=chain, trust=trust)


OUTDATED = Trust(store="system", now="rejected", at_all="accepted", detail="expired")
AGENCY = Trust(store="agency", now="accepted", at_all="accepted")
EDGES = [
    Edge(tls_certificate_key, certified(key_kind="Ed25519", key_bits=256), PASS),
    Edge(tls_certificate_key, certified(key_kind="DSA", key_bits=2048), FAIL),
    Edge(tls_certificate_key, certified(key_kind="RSA", key_bits=2048), PASS),
    Edge(tls_certificate_key, certified(key_kind="RSA", key_bits=2047), FAIL),
    Edge(tls_certificate_key, certified(signature_hash="md5"), FAIL),
    Edge(tls_certificate_key, certified(signature_hash="md2"), FAIL),
    Edge(tls_certificate_key, certified(signature_hash="sha1"), FAIL),
    Edge(tls_certificate_key, certified(signature_hash="sha1", self_issued=True), PASS),
    Edge(tls_certificate_expiry, certified(not_before=AT), PASS),
    Edge(tls_certificate_expiry, certified(not_before=AT + SECOND), FAIL),
    Edge(tls_certificate_expiry, certified(not_after=AT), FAIL, says="expired"),
    Edge(tls_certificate_trusted, certified(OUTDATED), FAIL, says="out of date"),
    Edge(tls_certificate_trusted, certified(OUTDATED, not_before=AT), FAIL, says="out of date"),
    Edge(tls_certificate_trusted, certified(OUTDATED, not_after=AT), FAIL, says="out of date"),
    Edge(tls_certificate_trusted, certified(OUTDATED, not_after=AT - SECOND), PASS),
    Edge(tls_certificate_trusted, certified(OUTDATED, AGENCY), PASS),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
