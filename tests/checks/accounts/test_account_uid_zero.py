"""`account-uid-zero` counts every name of number 0."""

import pytest
from tests.checks.accounts.machine import LOCAL, accounts, host
from tests.support import Case, agree

from cdso_audit.facts.accounts import ACCOUNTS
from cdso_audit.model import Outcome
from cdso_checks.accounts.account_uid_zero import account_uid_zero

CASES = [
    Case("good", host(), Outcome.PASS),
    Case(
        "bad: a second name in passwd",
        host(LOCAL + "toor:x/0:0:0::/root:/bin/sh\n"),
        Outcome.FAIL,
        says="toor",
    ),
    Case(
        "bad: from a directory",
        host(everyone=LOCAL + "ldaproot:*/0:0:0::/root:/bin/sh\n"),
        Outcome.FAIL,
        says="ldaproot",
    ),
    Case("good: a line of NIS is no account", host(LOCAL + "+::0:0:::\n"), Outcome.PASS),
    Case(
        "absent: no account has number 0",
        host("alice:x/0:1000:1000::/home/alice:/bin/bash\n"),
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: the list of accounts was cut",
        {**host(), ACCOUNTS: "== me\naudit\n== local\nroot:x/0:0:0::/:/bin/sh\n"},
        Outcome.UNKNOWN,
    ),
    Case("unreadable: a line that is none", {ACCOUNTS: accounts("root;0\n")}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(account_uid_zero, case)
