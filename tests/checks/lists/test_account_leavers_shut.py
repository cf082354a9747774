"""`account-leavers-shut`: neither password nor key opens what had to be shut."""

from datetime import date

import pytest
from tests.checks.accounts.machine import SHADOW_LINES, host, key
from tests.checks.lists.rows import lists
from tests.support import DENIED, Case, agree

from cdso_audit.facts.accounts import SHADOW
from cdso_audit.facts.sshfiles import AUTHORIZED_KEYS
from cdso_audit.model import AccountRow, Lists, Outcome
from cdso_checks.lists.account_leavers_shut import account_leavers_shut

LOCKED = SHADOW_LINES.replace("bob:$y$:0", "bob:$y$:1")
EXPIRED = SHADOW_LINES.replace("bob:$y$:0:20770:0:99999:7::", "bob:$y$:0:20770:0:99999:7:1:")


def row(on: date | None = date(2026, 11, 1), **more: object) -> AccountRow:
    given = {"assets": ("*",), "account": "bob", "kind": "user", "deactivated": on}
    return AccountRow.model_validate({**given, **more})


def supplied(until: date | None, *more: AccountRow) -> Lists:
    """Bob is a supplier's until that day; the others of the host have a department."""
    others = tuple(row(None, account=each, unit="CNTT") for each in ("root", "alice"))
    bob = row(None, supplier="Công ty A", contract_until=until)
    return lists(accounts=(bob, *others, *more))


LEFT = lists(accounts=(row(),))
SUPPLIERS = {"suppliers_only": True}
#: Everybody has a department but bob.
UNSAID = lists(
    accounts=(
        row(None),
        row(None, account="root", unit="CNTT"),
        row(None, account="alice", unit="CNTT"),
    )
)
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
    Case(
        "bad: a contract that ended yesterday",
        host(),
        Outcome.FAIL,
        says="bob (password)",
        lists=supplied(date(2026, 11, 20)),
    ),
    Case(
        "good: the last day of the contract",
        host(),
        Outcome.PASS,
        lists=supplied(date(2026, 11, 21)),
    ),
    Case(
        "bad: suppliers, out of contract",
        host(),
        Outcome.FAIL,
        says="bob (password)",
        parameters=SUPPLIERS,
        lists=supplied(date(2026, 11, 20)),
    ),
    Case(
        "bad: suppliers, deactivated within the contract",
        host(),
        Outcome.FAIL,
        parameters=SUPPLIERS,
        lists=lists(accounts=(row(supplier="Công ty A", contract_until=date(2027, 1, 1)),)),
    ),
    Case(
        "good: suppliers, within the contract",
        host(),
        Outcome.PASS,
        says="all 0 accounts",
        parameters=SUPPLIERS,
        lists=supplied(date(2026, 11, 21)),
    ),
    Case(
        "good: suppliers, a contract without a named supplier",
        host(shadow=LOCKED),
        Outcome.PASS,
        says="all 1 accounts",
        parameters=SUPPLIERS,
        lists=supplied(None, row(None, contract_until=date(2026, 11, 20))),
    ),
    Case(
        "good: suppliers, of one's own people others tell",
        host(),
        Outcome.PASS,
        says="all 0 accounts",
        parameters=SUPPLIERS,
        lists=lists(
            accounts=tuple(
                row(date(2026, 11, 1), account=each, unit="CNTT")
                for each in ("root", "alice", "bob")
            )
        ),
    ),
    Case(
        "absent: suppliers, nobody says whose it is",
        host(),
        Outcome.UNKNOWN,
        says="a supplier's: bob",
        parameters=SUPPLIERS,
        lists=UNSAID,
    ),
    Case(
        "good: suppliers, what nobody can enter needs nobody",
        host(shadow=LOCKED),
        Outcome.PASS,
        says="all 0 accounts",
        parameters=SUPPLIERS,
        lists=UNSAID,
    ),
    Case(
        "unreadable: suppliers, whether a key opens what is locked",
        {**host(shadow=LOCKED), AUTHORIZED_KEYS: DENIED},
        Outcome.UNKNOWN,
        says="a supplier's: bob",
        parameters=SUPPLIERS,
        lists=UNSAID,
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
