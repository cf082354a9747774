"""`tls-certificate-key` looks at every certificate that is served."""

import base64
from typing import Any

import pytest
from tests.endpoints import (
    EC_224,
    ENDPOINT,
    PLAIN_ENDPOINT,
    REFUSED,
    RSA_1024,
    RSA_2048,
    SILENT,
    certificate,
    der,
    tls,
)
from tests.support import Answer, Case, agree

from cdso_audit.facts.tls import TLS_ENDPOINT
from cdso_audit.model import Outcome
from cdso_checks.tls.tls_certificate_key import tls_certificate_key


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {TLS_ENDPOINT: text}, outcome, says=says, asset=ENDPOINT, **more)


GOOD = der(certificate("dvc.lab.example"))
#: Made by `openssl x509 -req -CA … -sha1`: a certificate of an authority, signed with SHA-1.
SHA1 = base64.b64decode(
    "MIIB5jCBzwIUdti/IP+CMHYcjGBylEFuotdz5gcwDQYJKoZIhvcNAQEFBQAwETEPMA0GA1UEAwwGT2xkIENBMB4X"
    "DTI2MTEyMjAwNDMxN1oXDTM2MTExOTAwNDMxN1owGjEYMBYGA1UEAwwPZHZjLmxhYi5leGFtcGxlMFkwEwYHKoZI"
    "zj0CAQYIKoZIzj0DAQcDQgAEmnnx7duOmjz+OPIzCe2E7EE/klI2rbFyMX157UsHmxP+ql1HD4RDGwezciLzIdkz"
    "9zvWSXwhy+H5EI9A4vzzmTANBgkqhkiG9w0BAQUFAAOCAQEAA+9fyCkYfa2yztbR/twyCVW/MqF969qE1ltBDUEh"
    "woy4t3lJa33QMshFVsvP/sAgOsY5RMQ0QB1IPB+FahfESscCYPVGcg5Pmob2isYYUL8OhZSg5eHF5EJLtgVNkuAb"
    "PGfTeNi69dUj5vVUl692uQZU7pnjE//o06DyDngGS5A09kcItNWTgis7V96DFG0ad7yoUqs9/wYUgKJxMUDhfz2H"
    "mS2j3Topayy63s1ytYMAyWgGnTGAPLPOcFi9n+YTsS+2erIWTQtety4+KsQB2wp2hSpx1db72LeIbvfP1QniwNSY"
    "XfRqW1BTtBNMa38h48ipIJ6Mz5ttFtCbCftsqw=="
)
ROOT = der(certificate(key=RSA_1024, subject="Root", issuer="Root"))


CASES = [
    case("good", tls(GOOD), Outcome.PASS, "EC 256"),
    case("good: RSA", tls(der(certificate("a.example", key=RSA_2048))), Outcome.PASS, "RSA 2048"),
    case(
        "bad: RSA 1024", tls(der(certificate("a.example", key=RSA_1024))), Outcome.FAIL, "RSA 1024"
    ),
    case("bad: EC 224", tls(der(certificate("a.example", key=EC_224))), Outcome.FAIL, "EC 224"),
    case("bad: a short key above", tls(GOOD, ROOT), Outcome.FAIL, "CN=Root"),
    case("bad: SHA-1", tls(SHA1), Outcome.FAIL, "sha1"),
    Case("absent: plain http", {TLS_ENDPOINT: "{}"}, Outcome.NOT_APPLICABLE, asset=PLAIN_ENDPOINT),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", '{"a": 1}', Outcome.UNKNOWN),
    case("unreadable: no certificate", tls(), Outcome.UNKNOWN),
    case("unreadable: not a certificate", tls(b"0\x82nonsense"), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(tls_certificate_key, case)
