"""`dns-name-servers` counts the names of the zone."""

from typing import Any

import pytest
from tests.endpoints import DOMAIN, REFUSED, SILENT, dns
from tests.support import Answer, Case, agree

from cdso_audit.facts.dns import DNS_DOMAIN
from cdso_audit.model import Outcome
from cdso_checks.dns.dns_name_servers import dns_name_servers


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {DNS_DOMAIN: text}, outcome, says=says, **({"asset": DOMAIN} | more))


CASES = [
    case(
        "good",
        dns({("", "NS"): ["ns1.lab.example.", "ns2.lab.example."]}),
        Outcome.PASS,
        "2 name servers",
    ),
    case(
        "good: the zone above",
        dns({("lab.example.", "NS"): ["a.", "b."]}, apex="lab.example"),
        Outcome.PASS,
        "lab.example",
    ),
    case("bad: one", dns({("", "NS"): ["ns1.lab.example."]}), Outcome.FAIL, "1 name servers"),
    case(
        "bad: one name twice",
        dns({("", "NS"): ["ns1.lab.example.", "NS1.lab.example."]}),
        Outcome.FAIL,
    ),
    case("absent: none", dns(), Outcome.FAIL),
    case("unreadable: refused", REFUSED, Outcome.UNKNOWN),
    case("unreadable: timeout", SILENT, Outcome.UNKNOWN),
    case("unreadable: other evidence", '{"answers": 1}', Outcome.UNKNOWN),
    case(
        "unreadable: no such domain",
        dns(fails={("", "SOA"): "nxdomain"}),
        Outcome.UNKNOWN,
        "does not exist",
    ),
    case("unreadable: the resolver fails", dns(fails={("", "NS"): "servfail"}), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(dns_name_servers, case)
