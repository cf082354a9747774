"""`ip-forwarding` asks the roles of the asset."""

import pytest
from tests.checks.kernel.surroundings import DOCKER
from tests.checks.kernel.sysctls import NETWORK, answers, saved
from tests.support import Answer, Case, agree

from cdso_audit.model import HostAsset, Outcome
from cdso_checks.kernel.ip_forwarding import ip_forwarding

FORWARDS = NETWORK | {"net/ipv4/ip_forward": "1"}

CASES = [
    Case("good", answers(NETWORK, saved("")), Outcome.PASS),
    Case(
        "good: declared",
        answers(FORWARDS, saved("")),
        Outcome.PASS,
        asset=HostAsset(id="web1", host="198.18.77.10", roles=("container-host",)),
        says="container-host",
    ),
    Case(
        "bad: Docker switched it on",
        answers(FORWARDS, saved("")),
        Outcome.FAIL,
        says="net.ipv4.ip_forward",
    ),
    Case(
        "bad: after the next start",
        answers(NETWORK, saved("net.ipv6.conf.all.forwarding=1\n")),
        Outcome.FAIL,
        says="after the next start",
    ),
    Case(
        "bad: IPv6 alone",
        answers(NETWORK | {"net/ipv6/conf/all/forwarding": "1"}, saved("")),
        Outcome.FAIL,
    ),
    Case("absent: a container does not forward", answers(NETWORK, saved(""), DOCKER), Outcome.PASS),
    Case("unreadable: not told", answers({}, saved("")), Outcome.UNKNOWN),
    Case("unreadable: no /proc/sys", answers(Answer(code=3), saved("")), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(ip_forwarding, case)
