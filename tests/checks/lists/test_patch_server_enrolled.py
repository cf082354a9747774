"""`patch-server-enrolled`: the patch server saw the host lately."""

from datetime import date

import pytest
from tests.checks.lists.rows import lists
from tests.checks.updates.test_package_signing import SHIPPED, seen
from tests.support import Answer, Case, agree

from cdso_audit.facts.updates import PACKAGE_SOURCES
from cdso_audit.model import EnrolmentRow, Outcome
from cdso_checks.lists.patch_server_enrolled import patch_server_enrolled

HERE = seen(deb822=SHIPPED)


def enrolled(platform: str = "patches", last: date = date(2026, 11, 20)) -> object:
    row = EnrolmentRow.model_validate({"asset": "web1", "platform": platform, "seen": last})
    return lists(enrolments=(row,))


CASES = [
    Case("good", HERE, Outcome.PASS, lists=enrolled()),
    Case("bad: unknown to it", HERE, Outcome.FAIL, lists=enrolled("edr")),
    Case("bad: silent for long", HERE, Outcome.FAIL, lists=enrolled(last=date(2026, 11, 1))),
    Case(
        "bad: the host has no source",
        seen(),
        Outcome.FAIL,
        says="no package source",
        lists=enrolled(),
    ),
    Case("absent: no list", HERE, Outcome.UNKNOWN),
    Case(
        "unreadable: cut", {PACKAGE_SOURCES: Answer("@@ list\n")}, Outcome.UNKNOWN, lists=enrolled()
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(patch_server_enrolled, case)
