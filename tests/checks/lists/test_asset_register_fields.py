"""`asset-register-fields` wants the nine fields of the rule."""

import pytest
from tests.checks.lists.rows import CUT, asset, lists, network
from tests.support import Case, agree

from cdso_audit.facts.network_state import NETWORK_STATE
from cdso_audit.model import Outcome
from cdso_checks.lists.asset_register_fields import asset_register_fields

HERE = network("198.18.77.10")
CASES = [
    Case("good", HERE, Outcome.PASS, lists=lists(assets=(asset(),))),
    Case(
        "good: a serial number in place of the hardware address",
        HERE,
        Outcome.PASS,
        lists=lists(assets=(asset(macs=(), serial="CN123"),)),
    ),
    *(
        Case(
            f"bad: without {field}",
            HERE,
            Outcome.FAIL,
            says=field,
            lists=lists(assets=(asset(**{field: empty}),)),
        )
        for field, empty in (
            ("macs", ()),
            ("support_until", None),
            ("place", ""),
            ("position", ""),
            ("purpose", ""),
            ("status", None),
            ("owner", ""),
            ("addresses", ()),
        )
    ),
    Case("bad: no row", HERE, Outcome.FAIL, lists=lists(assets=())),
    Case("absent: no list", HERE, Outcome.UNKNOWN),
    Case("unreadable: cut", {NETWORK_STATE: CUT}, Outcome.UNKNOWN, lists=lists(assets=(asset(),))),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(asset_register_fields, case)
