"""`dns-dmarc` walks up to the domain that has a policy."""

from typing import Any

import pytest
from tests.endpoints import DOMAIN, REFUSED, SILENT, dns
from tests.support import Answer, Case, agree

from cdso_audit.facts.dns import DNS_DOMAIN
from cdso_audit.model import Outcome
from cdso_checks.dns.dns_dmarc import dns_dmarc


def dmarc(text: str) -> str:
    return dns({("_dmarc", "TXT"): [f'"{text}"']})


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {DNS_DOMAIN: text}, outcome, says=says, **({"asset": DOMAIN} | more))


CASES = [
    case("good", dmarc("v=DMARC1; p=reject; rua=mailto:a@b.example"), Outcome.PASS, "reject"),
    case(
        "good: from above",
        dns({("_dmarc.lab.example.", "TXT"): ['"v=DMARC1; p=quarantine"']}),
        Outcome.PASS,
        "quarantine",
    ),
    case("good: weak, and said so", dmarc("v=DMARC1; p=none"), Outcome.PASS, "weak"),
    case(
        "bad: weak where the rule wants more",
        dmarc("v=DMARC1; p=none"),
        Outcome.FAIL,
        "p=none",
        parameters={"accept_none": False},
    ),
    case(
        "bad: sp of the domain above",
        dns({("_dmarc.lab.example.", "TXT"): ['"v=DMARC1; p=reject; sp=none"']}),
        Outcome.FAIL,
        parameters={"accept_none": False},
    ),
    case("bad: for no mail at all", dmarc("v=DMARC1; p=reject; pct=0"), Outcome.FAIL, "0 %"),
    case(
        "bad: no policy", dmarc("v=DMARC1; rua=mailto:a@b.example"), Outcome.FAIL, "no valid policy"
    ),
    case(
        "bad: twice",
        dns({("_dmarc", "TXT"): ['"v=DMARC1; p=reject"', '"v=DMARC1; p=none"']}),
        Outcome.FAIL,
        "2 DMARC",
    ),
    case("bad: something else at the name", dmarc("v=spf1 -all"), Outcome.FAIL, "no DMARC"),
    case("absent: none", dns(), Outcome.FAIL),
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
    case(
        "unreadable: the resolver fails",
        dns(fails={("_dmarc", "TXT"): "servfail"}),
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(dns_dmarc, case)
