"""`log-zone-apart`, from the side of a host and from that of the store."""

import pytest
from tests.checks.lists.rows import CUT, DMZ, SERVERS, asset, lists, network
from tests.support import HOST, Case, agree

from cdso_audit.facts.network_state import NETWORK_STATE
from cdso_audit.model import Declared, Outcome, ZoneRow
from cdso_checks.lists.log_zone_apart import log_zone_apart

LOGS = ZoneRow(zone="Nhật ký", kind="other", networks=("10.1.9.0/24",))
ZONES = (DMZ, SERVERS, LOGS)
ROWS = (
    asset(),
    asset(asset="siem", name="SIEM", addresses=("10.1.9.5",)),
    asset(asset="", name="Tủ", addresses=()),
    asset(asset="app1", name="App", addresses=("10.1.2.8",)),
)
PLAN = lists(zones=ZONES, assets=ROWS)
STORE = HOST.model_copy(update={"roles": ("log",)})
AT_IP, BY_NAME = Declared(log_servers=("10.1.9.5",)), Declared(log_servers=("SIEM",))

CASES = [
    Case("good: by address", network("198.18.77.10"), Outcome.PASS, declared=AT_IP, lists=PLAN),
    Case("good: by name", network("198.18.77.10"), Outcome.PASS, declared=BY_NAME, lists=PLAN),
    Case(
        "good: by the name in agency.yaml",
        network("198.18.77.10"),
        Outcome.PASS,
        declared=Declared(log_servers=("siem",)),
        lists=PLAN,
    ),
    Case(
        "good: the store's own second address in the register",
        network("10.1.9.5"),
        Outcome.PASS,
        asset=STORE,
        lists=lists(zones=ZONES, assets=(asset(addresses=("10.1.9.5", "10.1.9.6")),)),
    ),
    Case(
        "good: the store's row has another address",
        network("10.1.9.5"),
        Outcome.PASS,
        asset=STORE,
        lists=lists(zones=ZONES, assets=(asset(addresses=("10.1.9.6",)),)),
    ),
    Case(
        "bad: something beside the store has one leg there",
        network("10.1.9.5"),
        Outcome.FAIL,
        asset=STORE,
        says="Bridge",
        lists=lists(
            zones=ZONES,
            assets=(*ROWS, asset(asset="b1", name="Bridge", addresses=("10.1.2.9", "10.1.9.9"))),
        ),
    ),
    Case(
        "good: the store alone",
        network("10.1.9.5"),
        Outcome.PASS,
        asset=STORE,
        says="Nhật ký",
        lists=PLAN,
    ),
    Case(
        "good: the store, known by its address",
        network("10.1.9.5"),
        Outcome.PASS,
        declared=AT_IP,
        lists=PLAN,
    ),
    Case(
        "good: what is retired beside the store",
        network("10.1.9.5"),
        Outcome.PASS,
        asset=STORE,
        lists=lists(
            zones=ZONES,
            assets=(*ROWS, asset(asset="", name="Old", addresses=("10.1.9.9",), status="retired")),
        ),
    ),
    Case(
        "bad: the same zone",
        network("10.1.9.77"),
        Outcome.FAIL,
        says="same zone: Nhật ký",
        declared=AT_IP,
        lists=PLAN,
    ),
    Case(
        "bad: one leg in it",
        network("198.18.77.10", "10.1.9.77"),
        Outcome.FAIL,
        declared=AT_IP,
        lists=PLAN,
    ),
    Case(
        "bad: others stand beside the store",
        network("10.1.2.5"),
        Outcome.FAIL,
        asset=STORE,
        says="App",
        lists=PLAN,
    ),
    Case("bad: in no zone", network("10.200.0.1"), Outcome.FAIL, declared=AT_IP, lists=PLAN),
    Case("absent: nobody names the store", network("198.18.77.10"), Outcome.UNKNOWN, lists=PLAN),
    Case(
        "absent: the store is in no zone",
        network("198.18.77.10"),
        Outcome.UNKNOWN,
        declared=Declared(log_servers=("10.200.0.1", "siem.example.vn")),
        lists=PLAN,
    ),
    Case("absent: no list", network("198.18.77.10"), Outcome.UNKNOWN, declared=AT_IP),
    Case(
        "absent: no register of what stands beside the store",
        network("10.1.9.5"),
        Outcome.UNKNOWN,
        asset=STORE,
        says="assets",
        lists=lists(zones=ZONES),
    ),
    Case("unreadable: cut", {NETWORK_STATE: CUT}, Outcome.UNKNOWN, declared=AT_IP, lists=PLAN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(log_zone_apart, case)
