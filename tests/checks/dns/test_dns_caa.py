"""`dns-caa` climbs to the nearest domain that has any."""

from typing import Any

import pytest
from tests.endpoints import DOMAIN, REFUSED, SILENT, dns
from tests.support import Answer, Case, agree

from cdso_audit.facts.dns import DNS_DOMAIN
from cdso_audit.model import Outcome
from cdso_checks.dns.dns_caa import dns_caa


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {DNS_DOMAIN: text}, outcome, says=says, **({"asset": DOMAIN} | more))


CASES = [
    case(
        "good",
        dns({("", "CAA"): ['0 issue "ca.example"', '0 iodef "mailto:a@b.example"']}),
        Outcome.PASS,
        "ca.example",
    ),
    case(
        "good: from above",
        dns({("lab.example.", "CAA"): ['0 issue ";"']}),
        Outcome.PASS,
        "lab.example",
    ),
    case(
        "good: wildcards alone",
        dns({("", "CAA"): ['0 issuewild "ca.example"']}),
        Outcome.PASS,
        "ca.example",
    ),
    case(
        "bad: reports only",
        dns({("", "CAA"): ['0 iodef "mailto:a@b.example"']}),
        Outcome.FAIL,
        "limit no issuer",
    ),
    case(
        "bad: the nearest holds",
        dns({("", "CAA"): ['0 iodef "x"'], ("lab.example.", "CAA"): ['0 issue "a"']}),
        Outcome.FAIL,
    ),
    case("absent: none", dns(), Outcome.FAIL, "no CAA record"),
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
        dns(fails={("lab.example.", "CAA"): "timeout"}),
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(dns_caa, case)
