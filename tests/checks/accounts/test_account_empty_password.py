"""`account-empty-password` tells empty from locked and from unreadable."""

import pytest
from tests.checks.accounts.machine import LOCAL, SHADOW_LINES, host
from tests.support import DENIED, Answer, Case, agree

from cdso_audit.facts.accounts import ACCOUNTS, SHADOW
from cdso_audit.model import Outcome
from cdso_checks.accounts.account_empty_password import account_empty_password

CASES = [
    Case("good", host(), Outcome.PASS),
    Case(
        "good: locked is not empty",
        host(shadow=SHADOW_LINES.replace("bob:$y$:0", "bob:none:1")),
        Outcome.PASS,
    ),
    Case(
        "good: a line of NIS",
        host(LOCAL + "+::::::\n", SHADOW_LINES + "+:empty:0::::::\n"),
        Outcome.PASS,
    ),
    Case(
        "bad: in shadow",
        host(shadow=SHADOW_LINES.replace("bob:$y$", "bob:empty")),
        Outcome.FAIL,
        says="bob",
    ),
    Case(
        "bad: in passwd itself",
        host(LOCAL.replace("bob:x/0", "bob:empty/0")),
        Outcome.FAIL,
        says="bob",
    ),
    Case(
        "bad: a service, since su gives a shell",
        host(shadow=SHADOW_LINES.replace("nobody:none:1", "nobody:empty:0")),
        Outcome.FAIL,
    ),
    Case(
        "absent: no password at all",
        host(shadow=SHADOW_LINES.replace("$y$:0", "none:1")),
        Outcome.PASS,
    ),
    Case("unreadable: sudo refused", {**host(), SHADOW: DENIED}, Outcome.UNKNOWN),
    Case(
        "unreadable: shadow is denied, which is not the same as empty",
        host(shadow=Answer(code=2, errors="awk: cannot open /etc/shadow (Permission denied)")),
        Outcome.UNKNOWN,
        says="not allowed to look",
    ),
    Case(
        "unreadable: the list of accounts was cut",
        {**host(), ACCOUNTS: "== me\naudit\n== local\nroot:x/0:0:0::/:/bin/sh\n"},
        Outcome.UNKNOWN,
    ),
    Case("unreadable: shadow is empty", host(shadow=""), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(account_empty_password, case)
