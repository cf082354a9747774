"""`host-roles-apart` holds roles and the register against the kinds of zones."""

import pytest
from tests.checks.lists.rows import CUT, DATABASES, DMZ, SERVERS, asset, lists, network
from tests.support import HOST, Case, agree

from cdso_audit.facts.network_state import NETWORK_STATE
from cdso_audit.model import Outcome
from cdso_checks.lists.host_roles_apart import host_roles_apart

DATABASE = HOST.model_copy(update={"roles": ("database",)})
ZONES = (DMZ, SERVERS, DATABASES)
PLAN = lists(zones=ZONES, assets=(asset(),))
IN_DB = lists(zones=ZONES, assets=(asset(addresses=("10.1.3.5",), position="csdl"),))
CASES = [
    Case("good", network("198.18.77.10"), Outcome.PASS, lists=PLAN),
    Case(
        "good: a database in its zone",
        network("10.1.3.5"),
        Outcome.PASS,
        asset=DATABASE,
        lists=IN_DB,
    ),
    Case(
        "good: a database with a leg elsewhere",
        network("10.1.3.5", "10.1.2.5"),
        Outcome.PASS,
        asset=DATABASE,
        lists=IN_DB,
    ),
    Case(
        "bad: a database in the DMZ",
        network("198.18.77.10"),
        Outcome.FAIL,
        asset=DATABASE,
        says="database",
        lists=PLAN,
    ),
    Case(
        "bad: the register says another zone",
        network("10.1.2.5"),
        Outcome.FAIL,
        says="DMZ",
        lists=PLAN,
    ),
    Case("bad: in no zone", network("10.9.9.9"), Outcome.FAIL, lists=PLAN),
    Case(
        "absent: the register does not say",
        network("198.18.77.10"),
        Outcome.UNKNOWN,
        lists=lists(zones=ZONES, assets=(asset(position=""),)),
    ),
    Case(
        "absent: one of the lists",
        network("198.18.77.10"),
        Outcome.UNKNOWN,
        says="assets",
        lists=lists(zones=ZONES),
    ),
    Case("unreadable: cut", {NETWORK_STATE: CUT}, Outcome.UNKNOWN, lists=PLAN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(host_roles_apart, case)
