"""`mail-mta-sts` wants one record with an id."""

from typing import Any

import pytest
from tests.endpoints import DOMAIN, REFUSED, SILENT, dns
from tests.support import Answer, Case, agree

from cdso_audit.facts.dns import DNS_DOMAIN
from cdso_audit.model import Outcome
from cdso_checks.dns.mail_mta_sts import mail_mta_sts


def case(name: str, text: str | Answer, outcome: Outcome, says: str = "", **more: Any) -> Case:
    return Case(name, {DNS_DOMAIN: text}, outcome, says=says, **({"asset": DOMAIN} | more))


CASES = [
    case("good", dns({("_mta-sts", "TXT"): ['"v=STSv1; id=20260101000000;"']}), Outcome.PASS),
    case("bad: no id", dns({("_mta-sts", "TXT"): ['"v=STSv1;"']}), Outcome.FAIL, "no id"),
    case(
        "bad: twice",
        dns({("_mta-sts", "TXT"): ['"v=STSv1; id=1"', '"v=STSv1; id=2"']}),
        Outcome.FAIL,
        "2 MTA-STS",
    ),
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
        dns(fails={("_mta-sts", "TXT"): "servfail"}),
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(mail_mta_sts, case)
