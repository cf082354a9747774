"""`account-hash-scheme` reads schemes, never hashes."""

import pytest
from tests.checks.accounts.machine import LOCAL, SHADOW_LINES, host
from tests.support import DENIED, Answer, Case, agree

from cdso_audit.facts.accounts import ACCOUNTS, SHADOW
from cdso_audit.model import Outcome
from cdso_checks.accounts.account_hash_scheme import account_hash_scheme

CASES = [
    Case("good: yescrypt", host(), Outcome.PASS),
    Case(
        "good: a weak hash that is locked",
        host(shadow=SHADOW_LINES.replace("bob:$y$:0", "bob:$1$:1")),
        Outcome.PASS,
    ),
    Case(
        "good: SHA-256 where the rulebook allows it",
        host(shadow=SHADOW_LINES.replace("bob:$y$", "bob:$5$")),
        Outcome.PASS,
        parameters={"good": ("$y$", "$5$")},
    ),
    Case(
        "bad: MD5",
        host(shadow=SHADOW_LINES.replace("bob:$y$", "bob:$1$")),
        Outcome.FAIL,
        says="bob",
    ),
    Case("bad: DES", host(shadow=SHADOW_LINES.replace("bob:$y$", "bob:des")), Outcome.FAIL),
    Case("bad: SHA-256", host(shadow=SHADOW_LINES.replace("bob:$y$", "bob:$5$")), Outcome.FAIL),
    Case("bad: DES in passwd itself", host(LOCAL.replace("bob:x/0", "bob:des/0")), Outcome.FAIL),
    Case(
        "absent: no password opens an account",
        host(shadow=SHADOW_LINES.replace("$y$:0", "none:1")),
        Outcome.PASS,
        says="no account has a password",
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
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(account_hash_scheme, case)
