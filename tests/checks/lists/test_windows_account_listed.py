"""`windows-account-listed`: one verdict an account, by its name without its domain."""

from datetime import date

import pytest
from tests.checks.lists.rows import lists
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, user, users
from tests.support import Case, agree

from cdso_audit.facts.windows.accounts import WINDOWS_USERS
from cdso_audit.model import AccountRow, Outcome
from cdso_checks.lists.windows_account_listed import windows_account_listed

HERE = {WINDOWS_USERS: users(user("an", 1001))}


def listed(**more: object) -> dict[str, object]:
    row = AccountRow.model_validate({"account": "AN", "kind": "user", **more})
    return {"lists": lists(accounts=(row,)), "asset": WINDOWS}


CASES = [
    Case("good", HERE, Outcome.PASS, **listed(holder="Nguyễn Văn An")),
    Case("bad: not listed", HERE, Outcome.FAIL, **listed(account="binh")),
    Case("bad: listed as locked", HERE, Outcome.FAIL, **listed(state="locked")),
    Case("bad: left", HERE, Outcome.FAIL, **listed(deactivated=date(2026, 11, 21))),
    Case("good: leaves tomorrow", HERE, Outcome.PASS, **listed(deactivated=date(2026, 11, 22))),
    Case(
        "absent: disabled",
        {WINDOWS_USERS: users(user("an", 1001, enabled=False))},
        Outcome.NOT_APPLICABLE,
        **listed(),
    ),
    Case("absent: no list", HERE, Outcome.UNKNOWN, asset=WINDOWS),
    Case("unreadable: refused", {WINDOWS_USERS: DENIED}, Outcome.UNKNOWN, **listed()),
    Case("unreadable: no JSON", {WINDOWS_USERS: NOT_JSON}, Outcome.UNKNOWN, **listed()),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_account_listed, case)
