"""`file-suid-known` knows usual programs of packages and what is declared."""

import pytest
from tests.checks.files.walks import answers, walk
from tests.support import DENIED, Case, agree

from cdso_audit.model import Declared, Outcome
from cdso_checks.files.file_suid_known import file_suid_known

CASES = [
    Case(
        "good: merged /usr",
        answers(walk("s f 4755 0 0 /usr/bin/su"), owners="== dpkg\nlogin: /bin/su\n== end\n"),
        Outcome.PASS,
    ),
    Case(
        "good: declared",
        answers(walk("s f 4755 0 0 /opt/app/bin/helper"), owners="== dpkg\n== end\n"),
        Outcome.PASS,
        declared=Declared(suid=("/opt/app/bin/helper",)),
    ),
    Case(
        "good: Red Hat",
        answers(walk("s f 4755 0 0 /usr/bin/sudo"), owners="== rpm\nrpm: /usr/bin/sudo\n== end\n"),
        Outcome.PASS,
    ),
    Case(
        "bad: of nobody",
        answers(walk("s f 4755 0 0 /usr/local/bin/rootme"), owners="== dpkg\n== end\n"),
        Outcome.FAIL,
        says="/usr/local/bin/rootme",
    ),
    Case(
        "bad: a package's own program was given the bit",
        answers(
            walk("s f 4755 0 0 /usr/bin/vim.basic"),
            owners="== dpkg\nvim: /usr/bin/vim.basic\n== end\n",
        ),
        Outcome.FAIL,
        says="vim.basic",
    ),
    Case(
        "bad: a diversion is no owner",
        answers(
            walk("s f 4755 0 0 /usr/bin/su"),
            owners="== dpkg\nlocal diversion from: /usr/bin/su\n== end\n",
        ),
        Outcome.FAIL,
    ),
    Case(
        "bad: a usual name in a wrong place",
        answers(walk("s f 4755 0 0 /tmp/su"), owners="== dpkg\nlogin: /bin/su\n== end\n"),
        Outcome.FAIL,
    ),
    Case("absent: no set-id file", answers(walk()), Outcome.PASS, says="all 0"),
    Case("unreadable: no root", answers(DENIED), Outcome.UNKNOWN),
    Case(
        "unreadable: no package database",
        answers(walk("s f 4755 0 0 /bin/su"), owners="== none\n== end\n"),
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: owners were not asked", answers(walk("s f 4755 0 0 /bin/su")), Outcome.UNKNOWN
    ),
    Case(
        "unreadable: owners were cut",
        answers(walk("s f 4755 0 0 /bin/su"), owners="== dpkg\n"),
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(file_suid_known, case)
