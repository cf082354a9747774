"""`host-firewall-ipv6` asks the same of IPv6."""

import pytest
from tests.checks.network.rule_sets import EMPTY, OPEN, SSH, UFW, UFW6, answers, network
from tests.checks.network.rule_sets import nft as rules
from tests.support import DENIED, Case, agree

from cdso_audit.model import Outcome
from cdso_checks.network.host_firewall_ipv6 import host_firewall_ipv6

CASES = [
    Case("good: inet", answers(rules(SSH, policy="drop")), Outcome.PASS),
    Case("good: ip6tables", answers(EMPTY, UFW, UFW), Outcome.PASS),
    Case("good: ufw's own rules for IPv6", answers(EMPTY, UFW, UFW6), Outcome.PASS),
    Case("bad: IPv4 only", answers(rules(SSH, policy="drop", family="ip")), Outcome.FAIL),
    Case("bad: ufw with IPV6=no", answers(EMPTY, UFW, OPEN), Outcome.FAIL),
    Case(
        "absent: IPv6 is off",
        answers(EMPTY, net=network(stack6="1")),
        Outcome.NOT_APPLICABLE,
        says="IPv6 is switched off",
    ),
    Case("unreadable: no root", answers(DENIED), Outcome.UNKNOWN),
    Case("unreadable: ip6tables alone refused", answers(EMPTY, UFW, DENIED), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(host_firewall_ipv6, case)
