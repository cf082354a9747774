"""`software-removal-due`: a day that is over, a day to come, and no day at all."""

from datetime import date

import pytest
from tests.checks.lists.rows import installed, lists, software
from tests.support import DENIED, Case, agree

from cdso_audit.facts.software import INSTALLED_SOFTWARE
from cdso_audit.model import Outcome
from cdso_checks.lists.software_listed import software_listed
from cdso_checks.lists.software_removal_due import software_removal_due

HOST = installed("nginx 1", "telnetd 0.17", manual="nginx\ntelnetd\n")
TODAY = date(2026, 11, 21)


def leaving(day: date, name: str = "telnetd", **more: object):  # type: ignore[no-untyped-def]  # noqa: ANN201
    return lists(software=(software("nginx"), software(name, remove_by=day, **more)))


CASES = [
    Case("good: nothing to go", installed("nginx 1"), Outcome.PASS,
         lists=lists(software=(software("nginx"),))),
    Case("good: its last day", HOST, Outcome.PASS, says="telnetd (2026-11-21)",
         lists=leaving(TODAY)),
    Case("good: gone already", installed("nginx 1"), Outcome.PASS,
         lists=leaving(date(2026, 1, 1))),
    Case("good: overdue on another host", installed("nginx 1"), Outcome.PASS,
         lists=leaving(date(2026, 1, 1), "nginx", assets=("db1",))),
    Case("bad: a day ago", HOST, Outcome.FAIL, says="telnetd (2026-11-20)",
         lists=leaving(date(2026, 11, 20))),
    Case("bad: a pattern is due", HOST, Outcome.FAIL, lists=leaving(date(2026, 1, 1), "telnet*")),
    Case("bad: the earliest day counts, though another row allows it", HOST, Outcome.FAIL,
         lists=lists(software=(software("*"), software("telnetd", remove_by=date(2026, 1, 1))))),
    Case("bad: the earlier of two days", HOST, Outcome.FAIL, says="telnetd (2026-01-01)",
         lists=lists(software=(software("telnetd", remove_by=date(2027, 1, 1)),
                               software("telnet*", remove_by=date(2026, 1, 1))))),
    Case("bad: no row at all", HOST, Outcome.FAIL, says="neither leave nor a day",
         lists=lists(software=(software("nginx"),))),
    Case("absent: nothing that somebody asked for", installed("libc6 2", manual=""), Outcome.PASS,
         lists=lists(software=(software("nginx"),))),
    Case("unreadable: no list", HOST, Outcome.UNKNOWN),
    Case("unreadable: denied", {INSTALLED_SOFTWARE: DENIED}, Outcome.UNKNOWN,
         lists=leaving(TODAY)),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(software_removal_due, case)


def test_a_row_with_a_day_of_removal_allows_nothing() -> None:
    agree(
        software_listed,
        Case("-", HOST, Outcome.FAIL, says="telnetd", lists=leaving(date(2027, 1, 1))),
    )
