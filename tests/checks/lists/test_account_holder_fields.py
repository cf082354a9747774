"""`account-holder-fields`: one person behind each account."""

from datetime import date

import pytest
from tests.checks.accounts.machine import accounts
from tests.checks.lists.rows import lists
from tests.support import DENIED, Case, agree

from cdso_audit.facts.accounts import ACCOUNTS
from cdso_audit.model import AccountRow, Outcome
from cdso_checks.lists.account_holder_fields import account_holder_fields

HERE = {ACCOUNTS: accounts()}


def row(**more: object) -> AccountRow:
    given = {
        "assets": ("*",), "account": "alice", "kind": "user", "holder": "Nguyễn Thị Ái",
        "unit": "CNTT", "activated": date(2025, 1, 1),
    }  # fmt: skip
    return AccountRow.model_validate({**given, **more})


CASES = [
    Case("good", HERE, Outcome.PASS, lists=lists(accounts=(row(),))),
    Case(
        "good: a service without a day",
        HERE,
        Outcome.PASS,
        lists=lists(accounts=(row(account="bob", kind="service", unit="", activated=None),)),
    ),
    Case(
        "good: a row of an account that is elsewhere",
        HERE,
        Outcome.PASS,
        lists=lists(accounts=(row(), row(account="x", holder=""))),
    ),
    Case(
        "bad: no holder", HERE, Outcome.FAIL, says="alice", lists=lists(accounts=(row(holder=""),))
    ),
    Case("bad: no department", HERE, Outcome.FAIL, lists=lists(accounts=(row(unit=""),))),
    Case(
        "bad: an administrator without department",
        HERE,
        Outcome.FAIL,
        lists=lists(accounts=(row(kind="admin", unit=""),)),
    ),
    Case("bad: no first day", HERE, Outcome.FAIL, lists=lists(accounts=(row(activated=None),))),
    Case(
        "bad: two people",
        HERE,
        Outcome.FAIL,
        says="several",
        lists=lists(accounts=(row(holder="An và Bình"),)),
    ),
    Case(
        "bad: two people by a comma",
        HERE,
        Outcome.FAIL,
        lists=lists(accounts=(row(holder="An, Bình"),)),
    ),
    Case("bad: no row of this host", HERE, Outcome.FAIL, lists=lists(accounts=())),
    Case("absent: no list", HERE, Outcome.UNKNOWN),
    Case("unreadable: denied", {ACCOUNTS: DENIED}, Outcome.UNKNOWN, lists=lists(accounts=(row(),))),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(account_holder_fields, case)
