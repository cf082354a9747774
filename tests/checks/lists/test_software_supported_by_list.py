"""`software-supported-by-list`: the last day counts as supported."""

from datetime import date

import pytest
from tests.checks.lists.rows import installed, lists, software
from tests.support import Case, agree

from cdso_audit.facts.software import INSTALLED_SOFTWARE
from cdso_audit.model import Outcome
from cdso_checks.lists.software_supported_by_list import software_supported_by_list

HERE = installed("nginx 1")


def until(day: date | None) -> object:
    return lists(software=(software("nginx", support_until=day),))


CASES = [
    Case("good: its last day", HERE, Outcome.PASS, lists=until(date(2026, 11, 21))),
    Case(
        "good: over, and not installed",
        HERE,
        Outcome.PASS,
        lists=lists(software=(software("nginx"), software("x", support_until=date(2020, 1, 1)))),
    ),
    Case(
        "bad: over", HERE, Outcome.FAIL, says="nginx (2026-11-20)", lists=until(date(2026, 11, 20))
    ),
    Case("absent: no day", HERE, Outcome.UNKNOWN, lists=until(None)),
    Case("absent: no row", HERE, Outcome.UNKNOWN, lists=lists(software=())),
    Case("absent: no list", HERE, Outcome.UNKNOWN),
    Case(
        "unreadable: cut",
        {INSTALLED_SOFTWARE: "== dpkg\n"},
        Outcome.UNKNOWN,
        lists=until(date(2030, 1, 1)),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(software_supported_by_list, case)
