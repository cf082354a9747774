"""`browsers-mail-listed` knows them by the names of packages."""

import pytest
from tests.checks.lists.rows import installed, lists, software
from tests.support import Case, agree

from cdso_audit.facts.software import INSTALLED_SOFTWARE
from cdso_audit.model import Outcome
from cdso_checks.lists.browsers_mail_listed import browsers_mail_listed

ROWS = lists(software=(software("firefox-esr", kind="browser"),))
CASES = [
    Case("good", installed("firefox-esr 1", "libc6 2"), Outcome.PASS, says="all 1", lists=ROWS),
    Case(
        "good: one that came along is listed too",
        installed("firefox-esr 1", "x 1", manual="x\n"),
        Outcome.PASS,
        says="all 1",
        lists=ROWS,
    ),
    Case(
        "good: a mail program as such",
        installed("postfix 8"),
        Outcome.PASS,
        lists=lists(software=(software("postfix", kind="mail"),)),
    ),
    Case(
        "bad: another",
        installed("firefox-esr 1", "postfix 8"),
        Outcome.FAIL,
        says="postfix",
        lists=ROWS,
    ),
    Case(
        "bad: listed as another kind",
        installed("firefox-esr 1"),
        Outcome.FAIL,
        lists=lists(software=(software("firefox-esr", kind="application"),)),
    ),
    Case(
        "absent: none", installed("libc6 2"), Outcome.PASS, says="nothing of the kind", lists=ROWS
    ),
    Case("absent: no list", installed("firefox-esr 1"), Outcome.UNKNOWN),
    Case("unreadable: cut", {INSTALLED_SOFTWARE: "== dpkg\n"}, Outcome.UNKNOWN, lists=ROWS),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(browsers_mail_listed, case)
