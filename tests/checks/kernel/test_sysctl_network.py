"""`sysctl-network` joins `all` with each interface as the kernel does."""

import pytest
from tests.checks.kernel.surroundings import CONTAINER
from tests.checks.kernel.sysctls import NETWORK, SAVED_NETWORK, answers, saved
from tests.support import Answer, Case, agree

from cdso_audit.model import Outcome
from cdso_checks.kernel.sysctl_network import sysctl_network

CASES = [
    Case("good", answers(NETWORK, saved(SAVED_NETWORK)), Outcome.PASS),
    Case(
        "good: rp_filter by the interfaces, not by all",
        answers(
            NETWORK | {"net/ipv4/conf/all/rp_filter": "0"},
            saved(
                SAVED_NETWORK.replace("net/ipv4/conf/all/rp_filter = 1\n", ""),
                ufw="net/ipv4/conf/all/rp_filter=1\n",
            ),
        ),
        Outcome.PASS,
    ),
    Case(
        "good: ufw saves it",
        answers(
            NETWORK,
            saved(
                SAVED_NETWORK.replace(
                    "net.ipv4.conf.all.accept_redirects = 0\n",
                    "net.ipv4.conf.all.accept_redirects = 1\n",
                ),
                ufw="net/ipv4/conf/all/accept_redirects=0\n",
            ),
        ),
        Outcome.PASS,
    ),
    Case("good: a container saves nothing", answers(NETWORK, saved(""), CONTAINER), Outcome.PASS),
    Case(
        "good: no IPv6",
        answers({k: v for k, v in NETWORK.items() if "ipv6" not in k}, saved(SAVED_NETWORK)),
        Outcome.PASS,
    ),
    Case(
        "bad: changed since the start",
        answers(NETWORK | {"net/ipv4/conf/all/accept_redirects": "1"}, saved(SAVED_NETWORK)),
        Outcome.FAIL,
        says="wrong now: something changed",
    ),
    Case(
        "bad: an interface of its own",
        answers(NETWORK | {"net/ipv4/conf/eth0.5/send_redirects": "1"}, saved(SAVED_NETWORK)),
        Outcome.FAIL,
        says="1 settings",
    ),
    Case(
        "bad: saved nowhere", answers(NETWORK, saved("")), Outcome.FAIL, says="after the next start"
    ),
    Case(
        "bad: a later file undoes it",
        answers(
            NETWORK,
            saved(
                SAVED_NETWORK + "# /etc/sysctl.d/99-z.conf\nnet.ipv4.conf.all.accept_redirects=1\n"
            ),
        ),
        Outcome.FAIL,
        says="will be wrong",
    ),
    Case(
        "bad: in a container",
        answers(NETWORK | {"net/ipv4/conf/all/send_redirects": "1"}, saved(""), CONTAINER),
        Outcome.FAIL,
        says="network of this container",
    ),
    Case(
        "bad: both",
        answers(
            NETWORK | {"net/ipv4/tcp_syncookies": "0"},
            saved(SAVED_NETWORK + "net.ipv4.tcp_syncookies = 0\n"),
        ),
        Outcome.FAIL,
        says="wrong now, and",
    ),
    Case(
        "bad: martians are asked for",
        answers(NETWORK, saved(SAVED_NETWORK)),
        Outcome.FAIL,
        parameters={"log_martians": "yes"},
    ),
    Case(
        "absent: a kernel without IPv4 filters",
        answers({"net/ipv4/tcp_syncookies": "1"}, saved("")),
        Outcome.PASS,
    ),
    Case("unreadable: no /proc/sys", answers(Answer(code=3), saved("")), Outcome.UNKNOWN),
    Case(
        "unreadable: a file of sysctl.d",
        answers(NETWORK, Answer(code=4, errors="Permission denied")),
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(sysctl_network, case)
