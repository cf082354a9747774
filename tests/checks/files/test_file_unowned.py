"""`file-unowned` knows of containers, dynamic users and directory services."""

import pytest
from tests.checks.files.walks import JOINED, answers, walk
from tests.support import DENIED, Case, agree

from cdso_audit.model import Outcome
from cdso_checks.files.file_unowned import file_unowned

CASES = [
    Case("good", answers(walk()), Outcome.PASS),
    Case(
        "good: a rootless container's",
        answers(walk("u f 644 100033 100033 /home/a/x")),
        Outcome.PASS,
    ),
    Case(
        "good: a dynamic user of systemd",
        answers(walk("u d 755 62803 62803 /var/lib/private/x")),
        Outcome.PASS,
    ),
    Case("bad", answers(walk("u f 644 1004 1004 /srv/old")), Outcome.FAIL, says="/srv/old"),
    Case(
        "bad: several reasons",
        answers(walk("s f 4755 1004 0 /srv/old", "u f 4755 1004 0 /srv/old")),
        Outcome.FAIL,
    ),
    Case("absent: nothing has no owner", answers(walk("w f 666 0 0 /a")), Outcome.PASS),
    Case(
        "unreadable: the directory may be down",
        answers(walk("u f 644 700100 700100 /home/b"), who=JOINED),
        Outcome.UNKNOWN,
        says="sss",
    ),
    Case("unreadable: no root", answers(DENIED), Outcome.UNKNOWN),
    Case("unreadable: sources were cut", answers(walk(), who="== nsswitch\n"), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(file_unowned, case)
