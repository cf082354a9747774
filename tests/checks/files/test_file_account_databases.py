"""`file-account-databases` accepts what Debian and Red Hat ship."""

# ruff: noqa: S105 - text is as the programs print it

import pytest
from tests.support import Answer, Case, agree

from cdso_audit.facts.files import ACCOUNT_FILES
from cdso_audit.model import Outcome
from cdso_checks.files.file_account_databases import file_account_databases

PASSWD = "644 0 0 root root regular file|/etc/passwd\n"
DEBIAN = PASSWD + (
    "640 0 42 root shadow regular file|/etc/shadow\n"
    "644 0 0 root root regular file|/etc/group\n"
    "640 0 42 root shadow regular file|/etc/gshadow\n"
    "600 0 0 root root regular empty file|/etc/security/opasswd\n"
    "== end\n"
)

CASES = [
    Case("good: Debian", {ACCOUNT_FILES: DEBIAN}, Outcome.PASS),
    Case(
        "good: Red Hat",
        {ACCOUNT_FILES: PASSWD + "0 0 0 root root regular file|/etc/shadow\n== end\n"},
        Outcome.PASS,
    ),
    Case(
        "bad: shadow for all to read",
        {ACCOUNT_FILES: PASSWD + "644 0 42 root shadow regular file|/etc/shadow\n== end\n"},
        Outcome.FAIL,
        says="/etc/shadow",
    ),
    Case(
        "bad: a copy is open",
        {
            ACCOUNT_FILES: DEBIAN.replace(
                "== end\n", "644 0 0 root root regular file|/etc/shadow-\n== end\n"
            )
        },
        Outcome.FAIL,
        says="/etc/shadow-",
    ),
    Case(
        "bad: a group of people reads shadow",
        {ACCOUNT_FILES: PASSWD + "640 0 1000 root staff regular file|/etc/shadow\n== end\n"},
        Outcome.FAIL,
    ),
    Case(
        "bad: passwd of another owner",
        {
            ACCOUNT_FILES: DEBIAN.replace(
                "644 0 0 root root regular file|/etc/passwd",
                "644 1000 0 ops root regular file|/etc/passwd",
            )
        },
        Outcome.FAIL,
    ),
    Case(
        "bad: no shadow at all",
        {ACCOUNT_FILES: PASSWD + "== end\n"},
        Outcome.FAIL,
        says="no /etc/shadow",
    ),
    Case("absent: no copies", {ACCOUNT_FILES: DEBIAN}, Outcome.PASS),
    Case(
        "unreadable: no stat",
        {ACCOUNT_FILES: Answer(code=4, errors="sh: stat: not found")},
        Outcome.UNKNOWN,
    ),
    Case("unreadable: nothing came", {ACCOUNT_FILES: "== end\n"}, Outcome.UNKNOWN),
    Case("unreadable: cut", {ACCOUNT_FILES: PASSWD}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(file_account_databases, case)
