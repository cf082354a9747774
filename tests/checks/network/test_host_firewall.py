"""`host-firewall` walks the rules; test_firewall_oracle.py compares the walking with the kernel."""

import pytest
from tests.checks.network.rule_sets import (
    EMPTY,
    ESTABLISHED,
    FAIL2BAN,
    LOOPBACK,
    OPEN,
    REJECT,
    SSH,
    UFW,
    XT,
    answers,
    network,
)
from tests.checks.network.rule_sets import nft as rules
from tests.support import DENIED, Answer, Case, agree

from cdso_audit.facts.firewall import NETWORK
from cdso_audit.model import Outcome
from cdso_checks.network.host_firewall import host_firewall

CASES = [
    Case(
        "good: default drop",
        answers(rules(ESTABLISHED, LOOPBACK, SSH, policy="drop")),
        Outcome.PASS,
        says="dropped on eth0",
    ),
    Case(
        "good: accepts by policy, ends in a reject",
        answers(rules(ESTABLISHED, LOOPBACK, SSH, REJECT)),
        Outcome.PASS,
    ),
    Case("good: ufw through iptables", answers(EMPTY, UFW, UFW), Outcome.PASS),
    Case("good: legacy tables", answers(EMPTY, OPEN, OPEN, legacy=UFW), Outcome.PASS),
    Case(
        "good: a trusted side interface is named",
        answers(
            rules(
                SSH,
                '{"match": {"op": "!=", "left": {"meta": {"key": "iifname"}}, "right": "eth0"}},'
                ' {"accept": null}',
                policy="drop",
            ),
            net=network(more="eth1 up -"),
        ),
        Outcome.PASS,
        says="everything is let in on eth1",
    ),
    Case(
        "bad: nothing installed",
        answers(net=network(tools="", modules="")),
        Outcome.FAIL,
        says="no firewall tool is installed",
    ),
    Case("bad: installed and empty", answers(EMPTY), Outcome.FAIL, says="no rule"),
    Case("bad: fail2ban and Docker are no firewall", answers(EMPTY, FAIL2BAN), Outcome.FAIL),
    Case("bad: loopback rules only", answers(rules(LOOPBACK, SSH)), Outcome.FAIL),
    Case(
        "bad: the uplink is accepted as a whole",
        answers(
            rules(
                '{"match": {"op": "==", "left": {"meta": {"key": "iifname"}}, "right": "eth0"}},'
                ' {"accept": null}',
                policy="drop",
            )
        ),
        Outcome.FAIL,
        says="131070 ports",
    ),
    Case("bad: filters IPv6 alone", answers(rules(SSH, policy="drop", family="ip6")), Outcome.FAIL),
    Case(
        "absent: nothing but a loopback",
        answers(
            EMPTY,
            net="== interfaces\nlo unknown -\n== route4\nIface\n== route6\n"
            "== addresses6\n== stack6\n0\n== tools\n== modules\n== end\n",
        ),
        Outcome.NOT_APPLICABLE,
    ),
    Case("unreadable: no root", answers(DENIED, DENIED, DENIED), Outcome.UNKNOWN),
    Case(
        "unreadable: the kernel refused nft",
        answers(Answer(code=1, errors="Operation not permitted (you must be root)")),
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: a match of nobody's",
        answers(rules(SSH, XT, policy="drop")),
        Outcome.UNKNOWN,
        says="cannot read",
    ),
    Case(
        "unreadable: nf_tables in use by a tool without nft",
        answers(net=network(tools="firewall-cmd")),
        Outcome.UNKNOWN,
        says="nft is not installed",
    ),
    Case("unreadable: no JSON", answers("table inet filter {\n}\n"), Outcome.UNKNOWN),
    Case(
        "unreadable: the network is not told",
        {**answers(rules(SSH, policy="drop")), NETWORK: Answer(code=127)},
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(host_firewall, case)
