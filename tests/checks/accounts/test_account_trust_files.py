"""`account-trust-files` counts lines that let somebody in, wherever they stand."""

import pytest
from tests.checks.files.walks import END, ROOT, STRANGE, USUAL, answers, walk
from tests.support import DENIED, Answer, Case, agree

from cdso_audit.facts.filetree import TRUST_LISTS
from cdso_audit.facts.reading import Probe
from cdso_audit.model import Outcome
from cdso_checks.accounts.account_trust_files import account_trust_files


def given(tree: Answer, lists: str | Answer = "", mounts: str = USUAL) -> dict[Probe, str | Answer]:
    told = f"{lists}== end\n" if isinstance(lists, str) else lists
    return {**answers(tree, mounts), TRUST_LISTS: told}


CASES = [
    Case("good: other files", given(walk("c f 600 0 0 /home/ops/.netrc")), Outcome.PASS),
    Case("good: comments only", given(walk(), "list 0 0 /etc/hosts.equiv\n"), Outcome.PASS),
    Case(
        "bad: everybody",
        given(walk(), "list 1 1 /etc/hosts.equiv\n"),
        Outcome.FAIL,
        says="/etc/hosts.equiv",
    ),
    Case("bad: one host", given(walk(), "list 1 0 /etc/ssh/shosts.equiv\n"), Outcome.FAIL),
    Case(
        "bad: in a home",
        given(walk("c f 600 0 0 /home/ops/.rhosts", "c f 600 0 0 /home/ops/.pgpass")),
        Outcome.FAIL,
        says="1 files let other hosts in without a proof: /home/ops/.rhosts",
    ),
    Case("absent: no file of such a name", given(walk()), Outcome.PASS),
    Case("unreadable: no root", given(DENIED), Outcome.UNKNOWN),
    Case("unreadable: not walked", given(walk(), "", ROOT + STRANGE + END), Outcome.UNKNOWN),
    Case("unreadable: cut", given(walk(), Answer("list 1 1 /etc/hosts.equiv\n")), Outcome.UNKNOWN),
    Case("unreadable: noise", given(walk(), "hello\n"), Outcome.UNKNOWN),
    Case(
        "unreadable: closed",
        given(walk(), "closed /etc/hosts.equiv\n"),
        outcomes={"files": Outcome.PASS, "/etc/hosts.equiv": Outcome.UNKNOWN},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(account_trust_files, case)
