"""`network-neighbours-registered` finds strangers on the host's own segments."""

import pytest
from tests.checks.lists.rows import CUT, asset, lists, network
from tests.support import Case, agree

from cdso_audit.facts.network_state import NETWORK_STATE
from cdso_audit.model import Outcome
from cdso_checks.lists.network_neighbours_registered import network_neighbours_registered

GATEWAY = "198.18.77.1 dev eth0 lladdr 00:11:22:33:44:55 REACHABLE\n"
DEAD = (
    "198.18.77.99 dev eth0  FAILED\n198.18.77.98 dev eth0  INCOMPLETE\n"
    "198.18.77.97 dev eth0 lladdr de:ad:be:ef:00:97 FAILED\n"
)
INNER = "172.17.0.2 dev docker0 lladdr 02:42:ac:11:00:02 REACHABLE\n"
STRANGER = "198.18.77.66 dev eth0 lladdr de:ad:be:ef:00:66 STALE\n"
KNOWN = lists(assets=(asset(asset="", name="gw", addresses=("198.18.77.1",), macs=()),))
BY_MAC = lists(assets=(asset(asset="", name="gw", addresses=(), macs=("00:11:22:33:44:55",)),))


def heard(neighbours: str) -> dict[object, object]:
    return dict(network("198.18.77.10", neighbours=neighbours))


CASES = [
    Case("good: by address", heard(GATEWAY), Outcome.PASS, says="all 1", lists=KNOWN),
    Case("good: by hardware address", heard(GATEWAY), Outcome.PASS, lists=BY_MAC),
    Case(
        "good: containers and those that never answered are none",
        heard(GATEWAY + DEAD + INNER),
        Outcome.PASS,
        says="all 1",
        lists=KNOWN,
    ),
    Case(
        "bad: a stranger",
        heard(GATEWAY + STRANGER),
        Outcome.FAIL,
        says="198.18.77.66 (de:ad:be:ef:00:66)",
        lists=KNOWN,
    ),
    Case(
        "bad: a stranger over IPv6",
        heard("2001:db8::66 dev eth0 lladdr de:ad:be:ef:00:66 router REACHABLE\n"),
        Outcome.FAIL,
        lists=KNOWN,
    ),
    Case("absent: nobody is heard", heard(DEAD), Outcome.NOT_APPLICABLE, lists=KNOWN),
    Case("absent: no list", heard(GATEWAY), Outcome.UNKNOWN),
    Case("unreadable: cut", {NETWORK_STATE: CUT}, Outcome.UNKNOWN, lists=KNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(network_neighbours_registered, case)
