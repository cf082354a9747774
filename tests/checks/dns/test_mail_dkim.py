"""`mail-dkim` judges the key at each selector that was named."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from tests.endpoints import DOMAIN, REFUSED, RSA_1024, RSA_2048, SILENT, dns
from tests.support import Answer, Case, agree

from cdso_audit.facts.dns import DNS_DOMAIN
from cdso_audit.model import Outcome
from cdso_checks.dns.mail_dkim import mail_dkim

WITH = DOMAIN.model_copy(update={"dkim_selectors": ("s1",)})


def public(key: rsa.RSAPrivateKey) -> str:
    kept = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(kept).decode()


RSA, SHORT = public(RSA_2048), public(RSA_1024)


def dkim(text: str) -> str:
    halves = f'"{text[:200]}" "{text[200:]}"' if len(text) > 200 else f'"{text}"'
    return dns({("s1._domainkey", "TXT"): [halves]}, selectors=("s1",))


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {DNS_DOMAIN: text}, outcome, says=says, **({"asset": DOMAIN} | more))


CASES = [
    case("good", dkim(f"v=DKIM1; k=rsa; p={RSA}"), Outcome.PASS, "rsa 2048", asset=WITH),
    case(
        "good: Ed25519",
        dkim("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="),
        Outcome.PASS,
        "ed25519",
        asset=WITH,
    ),
    case("bad: short", dkim(f"v=DKIM1; p={SHORT}"), Outcome.FAIL, "rsa 1024", asset=WITH),
    case("bad: no kind of key", dkim(f"v=DKIM1; k=dsa; p={RSA}"), Outcome.FAIL, "dsa", asset=WITH),
    case("bad: revoked", dkim("v=DKIM1; p="), Outcome.FAIL, "revoked", asset=WITH),
    case("bad: a test", dkim(f"v=DKIM1; t=y:s; p={RSA}"), Outcome.FAIL, "test", asset=WITH),
    case("bad: broken", dkim(f"v=DKIM1; p={RSA[:100]}"), Outcome.FAIL, "broken", asset=WITH),
    case(
        "bad: nothing at the selector", dns(selectors=("s1",)), Outcome.FAIL, "no DKIM", asset=WITH
    ),
    case(
        "absent: no mail",
        dns(),
        Outcome.NOT_APPLICABLE,
        asset=DOMAIN.model_copy(update={"mail": False}),
    ),
    case(
        "absent: a null MX",
        dns({("", "MX"): ["0 ."]}),
        Outcome.NOT_APPLICABLE,
        asset=DOMAIN.model_copy(update={"mail": False}),
    ),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", '{"answers": 1}', Outcome.UNKNOWN),
    case(
        "unreadable: no such domain",
        dns(fails={("", "SOA"): "nxdomain"}),
        Outcome.UNKNOWN,
        "does not exist",
    ),
    case("unreadable: no selector is known", dns(), Outcome.UNKNOWN, "cannot be guessed"),
    case(
        "unreadable: the resolver fails",
        dns(fails={("s1._domainkey", "TXT"): "timeout"}, selectors=("s1",)),
        Outcome.UNKNOWN,
        asset=WITH,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(mail_dkim, case)
