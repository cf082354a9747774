"""`account-listed`: what gets a session is on the list."""

import pytest
from tests.checks.accounts.machine import LOCAL, accounts
from tests.checks.lists.rows import lists
from tests.support import DENIED, Case, agree

from cdso_audit.facts.accounts import ACCOUNTS
from cdso_audit.model import AccountRow, Outcome
from cdso_checks.lists.account_listed import account_listed

ROWS = tuple(
    AccountRow(assets=("web*",), account=name, kind="admin") for name in ("root", "alice", "bob")
)
LISTED = lists(accounts=ROWS)
DIRECTORY = LOCAL + "chi:x/0:70001:70001::/home/chi:/bin/bash\n"
CASES = [
    Case("good", {ACCOUNTS: accounts()}, Outcome.PASS, says="all 3", lists=LISTED),
    Case(
        "bad: one is not listed",
        {ACCOUNTS: accounts()},
        Outcome.FAIL,
        says=": bob",
        lists=lists(accounts=ROWS[:2]),
    ),
    Case(
        "bad: one of the directory is not listed",
        {ACCOUNTS: accounts(everyone=DIRECTORY)},
        Outcome.FAIL,
        says="chi",
        lists=LISTED,
    ),
    Case(
        "bad: listed for another host",
        {ACCOUNTS: accounts()},
        Outcome.FAIL,
        lists=lists(accounts=(AccountRow(assets=("db*",), account="bob", kind="user"), *ROWS[:2])),
    ),
    Case("absent: no list", {ACCOUNTS: accounts()}, Outcome.UNKNOWN),
    Case("unreadable: denied", {ACCOUNTS: DENIED}, Outcome.UNKNOWN, lists=LISTED),
    Case("unreadable: cut", {ACCOUNTS: "== me\nx\n"}, Outcome.UNKNOWN, lists=LISTED),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(account_listed, case)
