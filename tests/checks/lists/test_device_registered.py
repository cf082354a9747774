"""`device-registered` wants a full row of every network device."""

from dataclasses import replace

import pytest
from tests.checks.lists.rows import asset, lists
from tests.facts.devices.samples import IOS, UNREADABLE, changed
from tests.support import Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import Outcome
from cdso_checks.lists.device_registered import device_registered

HERE = {DEVICE_CONFIG: changed(IOS)}
ROW = asset(asset="sw-core", kind="network")
CASES = [
    Case("good", HERE, Outcome.PASS, asset=IOS, lists=lists(assets=(ROW,))),
    Case(
        "bad: no row of its own",
        HERE,
        Outcome.FAIL,
        asset=IOS,
        lists=lists(assets=(asset(asset="fw"),)),
    ),
    Case(
        "bad: retired",
        HERE,
        Outcome.FAIL,
        asset=IOS,
        lists=lists(assets=(asset(asset="sw-core", status="retired"),)),
    ),
    Case(
        "bad: spare",
        HERE,
        Outcome.FAIL,
        asset=IOS,
        lists=lists(assets=(asset(asset="sw-core", status="spare"),)),
    ),
    Case(
        "bad: nobody answers",
        HERE,
        Outcome.FAIL,
        asset=IOS,
        says="owner",
        lists=lists(assets=(asset(asset="sw-core", owner=""),)),
    ),
    Case("absent: no list", HERE, Outcome.UNKNOWN, asset=IOS),
    *(replace(each, lists=lists(assets=(ROW,))) for each in UNREADABLE),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_registered, case)
