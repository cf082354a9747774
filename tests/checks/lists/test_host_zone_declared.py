"""`host-zone-declared` holds addresses against the plan of zones."""

import pytest
from tests.checks.lists.rows import CUT, DATABASES, DMZ, SERVERS, lists, network
from tests.support import Case, agree

from cdso_audit.facts.network_state import NETWORK_STATE
from cdso_audit.model import Outcome
from cdso_checks.lists.host_zone_declared import host_zone_declared

ALL = lists(zones=(DMZ, SERVERS, DATABASES))
CASES = [
    Case("good", network("198.18.77.10", "10.1.2.3"), Outcome.PASS, lists=ALL),
    Case(
        "good: the kinds of the rule are there, one only if any",
        network("198.18.77.10"),
        Outcome.PASS,
        parameters={"min_zones": ["dmz", "server", "wireless-if-any"]},
        lists=ALL,
    ),
    Case(
        "bad: an address outside the plan",
        network("198.18.77.10", "10.9.9.9"),
        Outcome.FAIL,
        says="10.9.9.9",
        lists=ALL,
    ),
    Case(
        "bad: the plan lacks a zone",
        network("198.18.77.10"),
        Outcome.FAIL,
        says="management",
        parameters={"min_zones": ["dmz", "management"]},
        lists=ALL,
    ),
    Case("absent: no list", network("198.18.77.10"), Outcome.UNKNOWN),
    Case("absent: no address", network(), Outcome.UNKNOWN, lists=ALL),
    Case("unreadable: cut", {NETWORK_STATE: CUT}, Outcome.UNKNOWN, lists=ALL),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(host_zone_declared, case)
