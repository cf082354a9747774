"""`account-leavers-shut`: neither password nor key opens what had to be shut."""

from datetime import date

import pytest
from tests.checks.accounts.machine import SHADOW_LINES, host, key
from tests.checks.lists.rows import lists
from tests.support import DENIED, Case, agree

from cdso_audit.facts.accounts import SHADOW
from cdso_audit.facts.sshfiles import AUTHORIZED_KEYS
from cdso_audit.model import AccountRow, Outcome
from cdso_checks.lists.account_leavers_shut import account_leavers_shut

LOCKED = SHADOW_LINES.replace("bob:$y$:0", "bob:$y$:1")
EXPIRED = SHADOW_LINES.replace("bob:$y$:0:20770:0:99999:7::", "bob:$y$:0:20770:0:99999:7:1:")


def row(on: date | None = date(2026, 11, 1), **more: object) -> AccountRow:
    given = {"assets": ("*",), "account": "bob", "kind": "user", "deactivated": on}
    return AccountRow.model_validate({**given, **more})


LEFT = lists(accounts=(row(),))
CASES = [
    Case("good: locked, and without a key", host(shadow=LOCKED), Outcome.PASS, lists=LEFT),
    Case(
        "good: the day has not come",
        host(),
        Outcome.PASS,
        lists=lists(accounts=(row(date(2026, 12, 1)),)),
    ),
    Case("good: no longer there", host(), Outcome.PASS, lists=lists(accounts=(row(account="x"),))),
    Case("bad: a password", host(), Outcome.FAIL, says="bob (password)", lists=LEFT),
    Case(
        "bad: on its last day",
        host(),
        Outcome.FAIL,
        lists=lists(accounts=(row(date(2026, 11, 21)),)),
    ),
    Case(
        "bad: a key opens what is locked",
        host(shadow=LOCKED, keys=key("bob")),
        Outcome.FAIL,
        says="bob (key)",
        lists=LEFT,
    ),
    Case(
        "bad: the list says locked",
        host(),
        Outcome.FAIL,
        lists=lists(accounts=(row(None, state="locked"),)),
    ),
    Case("absent: no list", host(), Outcome.UNKNOWN),
    Case(
        "unreadable: whether there are keys",
        {**host(shadow=LOCKED), AUTHORIZED_KEYS: DENIED},
        Outcome.UNKNOWN,
        says="keys",
        lists=LEFT,
    ),
    Case("unreadable: shadow", {**host(), SHADOW: DENIED}, Outcome.UNKNOWN, lists=LEFT),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(account_leavers_shut, case)
