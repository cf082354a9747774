"""`account-list-current`: what is listed for the host is there."""

from datetime import date

import pytest
from tests.checks.accounts.machine import accounts
from tests.checks.lists.rows import lists
from tests.support import DENIED, Case, agree

from cdso_audit.facts.accounts import ACCOUNTS
from cdso_audit.model import AccountRow, Outcome
from cdso_checks.lists.account_list_current import account_list_current

HERE = {ACCOUNTS: accounts()}


def row(
    name: str, assets: str = "web1", gone: date | None = None, until: date | None = None
) -> AccountRow:
    return AccountRow(
        assets=(assets,), account=name, kind="user", deactivated=gone, contract_until=until
    )


CASES = [
    Case("good", HERE, Outcome.PASS, lists=lists(accounts=(row("alice"), row("root")))),
    Case("good: a pattern", HERE, Outcome.PASS, lists=lists(accounts=(row("gone", "web*"),))),
    Case(
        "good: deactivated, and gone",
        HERE,
        Outcome.PASS,
        lists=lists(accounts=(row("gone", gone=date(2026, 1, 1)),)),
    ),
    Case(
        "bad: listed for this host, and gone",
        HERE,
        Outcome.FAIL,
        says=": gone",
        lists=lists(accounts=(row("gone"), row("alice"))),
    ),
    Case(
        "good: a contract that ended, and gone",
        HERE,
        Outcome.PASS,
        lists=lists(accounts=(row("gone", until=date(2026, 11, 20)),)),
    ),
    Case(
        "bad: a contract that ends today, and gone",
        HERE,
        Outcome.FAIL,
        lists=lists(accounts=(row("gone", until=date(2026, 11, 21)),)),
    ),
    Case("absent: no list", HERE, Outcome.UNKNOWN),
    Case("unreadable: denied", {ACCOUNTS: DENIED}, Outcome.UNKNOWN, lists=lists(accounts=())),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(account_list_current, case)
