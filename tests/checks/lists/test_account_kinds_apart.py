"""`account-kinds-apart`: a service logs in by no password, and shares no name with a person."""

import pytest
from tests.checks.accounts.machine import SHADOW_LINES, host, key
from tests.checks.lists.rows import lists
from tests.support import DENIED, Case, agree

from cdso_audit.facts.accounts import SHADOW
from cdso_audit.model import AccountRow, Outcome
from cdso_checks.lists.account_kinds_apart import account_kinds_apart

LOCKED = SHADOW_LINES.replace("bob:$y$:0", "bob:$y$:1")
SERVICE = AccountRow(account="bob", kind="service")
PERSON = AccountRow(account="alice", kind="admin")
ROWS = lists(accounts=(SERVICE, PERSON))
CASES = [
    Case("good: locked", host(shadow=LOCKED), Outcome.PASS, lists=ROWS),
    Case(
        "good: a key is another check's",
        host(shadow=LOCKED, keys=key("bob")),
        Outcome.PASS,
        lists=ROWS,
    ),
    Case(
        "good: an API elsewhere",
        host(),
        Outcome.PASS,
        lists=lists(accounts=(AccountRow(assets=("db1",), account="bob", kind="api"),)),
    ),
    Case("bad: a password opens it", host(), Outcome.FAIL, says="bob", lists=ROWS),
    Case(
        "bad: an API likewise",
        host(),
        Outcome.FAIL,
        lists=lists(accounts=(AccountRow(account="bob", kind="api"),)),
    ),
    Case(
        "bad: one name for both",
        host(shadow=LOCKED),
        Outcome.FAIL,
        says="alike",
        lists=lists(accounts=(SERVICE, AccountRow(account="bob", kind="user"))),
    ),
    Case(
        "bad: one name for an administrator and a service",
        host(shadow=LOCKED),
        Outcome.FAIL,
        says="alike",
        lists=lists(accounts=(SERVICE, AccountRow(account="bob", kind="admin"))),
    ),
    Case("absent: no list", host(), Outcome.UNKNOWN),
    Case("unreadable: shadow", {**host(), SHADOW: DENIED}, Outcome.UNKNOWN, lists=ROWS),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(account_kinds_apart, case)
