"""`account-credential-files` looks at modes, never at contents."""

import pytest
from tests.checks.files.walks import END, ROOT, STRANGE, answers, walk
from tests.support import DENIED, Answer, Case, agree

from cdso_audit.model import Outcome
from cdso_checks.accounts.account_credential_files import account_credential_files

GOOD = ("c f 600 0 0 /home/ops/.pgpass", "c f 400 1000 1000 /home/ops/.ssh/id_ed25519")

CASES = [
    Case("good", answers(walk(*GOOD)), Outcome.PASS, says="2 files"),
    Case(
        "bad: others read",
        answers(walk(*GOOD, "c f 644 1000 1000 /home/ops/.netrc")),
        Outcome.FAIL,
        says="1 of 3 files with credentials are open to others, the first is /home/ops/.netrc",
    ),
    Case("bad: the group reads", answers(walk("c f 640 0 4 /home/ops/.my.cnf")), Outcome.FAIL),
    Case(
        "good: where the group may",
        answers(walk("c f 640 0 4 /home/ops/.my.cnf")),
        Outcome.PASS,
        parameters={"max_mode": "0640"},
    ),
    Case("absent: none", answers(walk("c f 600 0 0 /home/ops/.rhosts")), Outcome.NOT_APPLICABLE),
    Case("unreadable: no root", answers(DENIED), Outcome.UNKNOWN),
    Case("unreadable: cut", answers(Answer("c f 600 0 0 /ro")), Outcome.UNKNOWN),
    Case("unreadable: not walked", answers(walk(), ROOT + STRANGE + END), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(account_credential_files, case)
