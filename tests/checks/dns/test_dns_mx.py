"""`dns-mx` asks for hosts that exist, and knows the null MX."""

from typing import Any

import pytest
from tests.endpoints import DOMAIN, REFUSED, SILENT, dns
from tests.support import Answer, Case, agree

from cdso_audit.facts.dns import DNS_DOMAIN
from cdso_audit.model import Outcome
from cdso_checks.dns.dns_mx import dns_mx

MX, A, AAAA = ("", "MX"), ("mail", "A"), ("mail", "AAAA")
ONE = {MX: ["10 mail.dvc.lab.example."], A: ["198.18.77.10"], AAAA: []}
NO_MAIL = DOMAIN.model_copy(update={"mail": False})


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {DNS_DOMAIN: text}, outcome, says=says, **({"asset": DOMAIN} | more))


CASES = [
    case("good", dns(ONE), Outcome.PASS, "1 hosts take"),
    case("good: IPv6 alone", dns(ONE | {A: [], AAAA: ["2001:db8::1"]}), Outcome.PASS),
    case("bad: no record", dns(), Outcome.FAIL, "no MX record"),
    case("bad: refuses, though it has mail", dns({MX: ["0 ."]}), Outcome.FAIL, "null MX"),
    case("bad: a null MX beside others", dns(ONE | {MX: ["0 .", "10 mail.dvc.lab.example."]}),
         Outcome.FAIL, "beside"),
    case("bad: the host has no address", dns(ONE | {A: []}), Outcome.FAIL, "mail.dvc.lab.example"),
    case("bad: the host does not exist",
         dns(ONE | {A: []}, fails={A: "nxdomain", AAAA: "nxdomain"}), Outcome.FAIL),
    case("bad: an address", dns({MX: ["10 198.18.77.10."], ("198.18.77.10.", "A"): [],
         ("198.18.77.10.", "AAAA"): []}), Outcome.FAIL, "names an address"),
    case("bad: an alias", dns(ONE, extra={A: {"owner": "x.lab.example"}}), Outcome.FAIL, "CNAME"),
    case("absent: the owner has no mail", dns({MX: ["0 ."]}), Outcome.NOT_APPLICABLE,
         asset=NO_MAIL),
    case("absent: the owner has no mail, and no record says otherwise", dns(),
         Outcome.NOT_APPLICABLE, asset=NO_MAIL),
    case("good: the owner says no mail, DNS says mail", dns(ONE), Outcome.PASS, asset=NO_MAIL),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: the host was not asked for",
         dns({MX: ["10 mail.dvc.lab.example."]}), Outcome.UNKNOWN),
    case("unreadable: the resolver fails for the host",
         dns(ONE, fails={A: "servfail"}), Outcome.UNKNOWN),
    case("unreadable: no such record", dns({MX: ["mail"]}), Outcome.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(dns_mx, case)
