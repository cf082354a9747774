"""`directory-sticky-bit` judges folders alone."""

import pytest
from tests.checks.files.walks import answers, walk
from tests.support import DENIED, Case, agree

from cdso_audit.model import Outcome
from cdso_checks.files.directory_sticky_bit import directory_sticky_bit

CASES = [
    Case("good", answers(walk("w f 666 0 0 /opt/x")), Outcome.PASS),
    Case(
        "bad",
        answers(walk("d d 777 1000 1000 /opt/app/incoming")),
        Outcome.FAIL,
        says="/opt/app/incoming",
    ),
    Case("absent: no such folder", answers(walk()), Outcome.PASS),
    Case("unreadable: no root", answers(DENIED), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(directory_sticky_bit, case)
