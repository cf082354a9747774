"""`asset-registered` compares host and register in both directions."""

import pytest
from tests.checks.lists.rows import CUT, MAC, asset, lists, network
from tests.support import MISSING_TOOL, Case, agree

from cdso_audit.facts.network_state import NETWORK_STATE
from cdso_audit.model import Outcome
from cdso_checks.lists.asset_registered import asset_registered

HERE = network("198.18.77.10")
CASES = [
    Case("good", HERE, Outcome.PASS, says="Trần Thị B", lists=lists(assets=(asset(),))),
    Case(
        "good: known by its address alone, without hardware address",
        HERE,
        Outcome.PASS,
        lists=lists(assets=(asset(asset="", macs=()),)),
    ),
    Case("bad: not in the register", HERE, Outcome.FAIL, lists=lists(assets=())),
    Case(
        "bad: the address belongs to another asset",
        HERE,
        Outcome.FAIL,
        says="does not know",
        lists=lists(assets=(asset(asset="web2"),)),
    ),
    Case(
        "bad: an address more than the register has",
        network("198.18.77.10", "10.9.9.9"),
        Outcome.FAIL,
        says="only on the host: 10.9.9.9",
        lists=lists(assets=(asset(),)),
    ),
    Case(
        "bad: an address of the register that the host lacks",
        HERE,
        Outcome.FAIL,
        says="only in the register: 198.18.77.11",
        lists=lists(assets=(asset(addresses=("198.18.77.10", "198.18.77.11")),)),
    ),
    Case(
        "bad: another network card",
        HERE,
        Outcome.FAIL,
        says="52:54:00:00:00:99",
        lists=lists(assets=(asset(macs=("52:54:00:00:00:99",)),)),
    ),
    Case(
        "good: one of several cards is there",
        HERE,
        Outcome.PASS,
        lists=lists(assets=(asset(macs=("52:54:00:00:00:99", MAC)),)),
    ),
    Case("bad: retired", HERE, Outcome.FAIL, lists=lists(assets=(asset(status="retired"),))),
    Case("bad: spare", HERE, Outcome.FAIL, lists=lists(assets=(asset(status="spare"),))),
    Case("bad: nobody answers", HERE, Outcome.FAIL, lists=lists(assets=(asset(owner=""),))),
    Case("absent: no list", HERE, Outcome.UNKNOWN, says="lists draft"),
    Case(
        "absent: the list is a draft",
        HERE,
        Outcome.UNKNOWN,
        says="is a draft and proves nothing",
        lists=lists(on=None, assets=(asset(),)),
    ),
    Case(
        "unreadable: no ip",
        {NETWORK_STATE: MISSING_TOOL},
        Outcome.UNKNOWN,
        lists=lists(assets=(asset(),)),
    ),
    Case(
        "unreadable: cut",
        {NETWORK_STATE: CUT},
        Outcome.UNKNOWN,
        lists=lists(assets=(asset(),)),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(asset_registered, case)
