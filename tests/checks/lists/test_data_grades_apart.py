"""`data-grades-apart`: sensitive and open data share neither host nor zone."""

import pytest
from tests.checks.lists.rows import CUT, DMZ, SERVERS, asset, lists, network
from tests.support import Case, agree

from cdso_audit.facts.network_state import NETWORK_STATE
from cdso_audit.model import DataRow, Lists, Outcome
from cdso_checks.lists.data_grades_apart import data_grades_apart

HERE = network("10.1.2.5")


def data(asset_id: str, grade: str) -> DataRow:
    return DataRow.model_validate({"data": grade, "grade": grade, "asset": asset_id, "owner": "B"})


def told(*rows: DataRow, other: tuple[str, ...] = ("198.18.77.20",)) -> Lists:
    return lists(
        zones=(DMZ, SERVERS),
        assets=(asset(), asset(asset="www", name="www", addresses=other)),
        data=rows,
    )


SENSITIVE, OPEN = data("web1", "sensitive"), data("www", "open")
CASES = [
    Case("good", HERE, Outcome.PASS, lists=told(SENSITIVE, OPEN)),
    Case(
        "bad: in one zone",
        HERE,
        Outcome.FAIL,
        says="www",
        lists=told(SENSITIVE, OPEN, other=("10.1.2.9",)),
    ),
    Case("bad: on one host", HERE, Outcome.FAIL, lists=told(SENSITIVE, data("web1", "open"))),
    Case("bad: in no zone", network("10.9.9.9"), Outcome.FAIL, lists=told(SENSITIVE, OPEN)),
    Case(
        "absent: no sensitive data here",
        HERE,
        Outcome.NOT_APPLICABLE,
        lists=told(data("web1", "internal")),
    ),
    Case(
        "absent: nobody knows where the other lies",
        HERE,
        Outcome.UNKNOWN,
        says="www",
        lists=told(SENSITIVE, OPEN, other=()),
    ),
    Case("absent: no list", HERE, Outcome.UNKNOWN),
    Case("unreadable: cut", {NETWORK_STATE: CUT}, Outcome.UNKNOWN, lists=told(SENSITIVE)),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(data_grades_apart, case)
