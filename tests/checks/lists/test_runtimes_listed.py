"""`runtimes-listed` knows them by the names of packages."""

import pytest
from tests.checks.lists.rows import installed, lists, software
from tests.support import Case, agree

from cdso_audit.facts.software import INSTALLED_SOFTWARE
from cdso_audit.model import Outcome
from cdso_checks.lists.runtimes_listed import runtimes_listed

ROWS = lists(software=(software("openjdk-17-jre-headless", kind="runtime"),))
CASES = [
    Case(
        "good",
        installed("openjdk-17-jre-headless 1", "libc6 2"),
        Outcome.PASS,
        says="all 1",
        lists=ROWS,
    ),
    Case(
        "good: one that came along is listed too",
        installed("openjdk-17-jre-headless 1", "x 1", manual="x\n"),
        Outcome.PASS,
        says="all 1",
        lists=ROWS,
    ),
    Case(
        "good: one of the system",
        installed("openjdk-17-jre-headless 1"),
        Outcome.PASS,
        lists=lists(software=(software("openjdk-17-jre-headless", kind="system"),)),
    ),
    Case(
        "bad: another",
        installed("openjdk-17-jre-headless 1", "php8.2-fpm 8"),
        Outcome.FAIL,
        says="php8.2-fpm",
        lists=ROWS,
    ),
    Case(
        "bad: listed as another kind",
        installed("openjdk-17-jre-headless 1"),
        Outcome.FAIL,
        lists=lists(software=(software("openjdk-17-jre-headless", kind="application"),)),
    ),
    Case(
        "absent: none", installed("libc6 2"), Outcome.PASS, says="nothing of the kind", lists=ROWS
    ),
    Case("absent: no list", installed("openjdk-17-jre-headless 1"), Outcome.UNKNOWN),
    Case("unreadable: cut", {INSTALLED_SOFTWARE: "== dpkg\n"}, Outcome.UNKNOWN, lists=ROWS),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(runtimes_listed, case)
