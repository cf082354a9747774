"""`account-default-names` judges the ways into an account."""

import pytest
from tests.checks.accounts.machine import LOCAL, SHADOW_LINES, host, key
from tests.support import DENIED, Answer, Case, agree

from cdso_audit.facts.accounts import ACCOUNTS, SHADOW
from cdso_audit.model import Outcome
from cdso_checks.accounts.account_default_names import account_default_names

CASES = [
    Case("good: there is none", host(), Outcome.PASS),
    Case(
        "good: locked and without a key",
        host(
            LOCAL + "admin:x/0:1005:1005::/home/admin:/bin/bash\n",
            SHADOW_LINES + "admin:none:1:1:0:99999:7::\n",
        ),
        Outcome.PASS,
        says="1 such",
    ),
    Case(
        "good: no shell",
        host(
            LOCAL + "postgres:x/0:105:105::/var/lib/pg:/usr/sbin/nologin\n",
            SHADOW_LINES + "postgres:$y$:0:1:0:99999:7::\n",
        ),
        Outcome.PASS,
    ),
    Case(
        "bad: password",
        host(
            LOCAL + "admin:x/0:1005:1005::/home/admin:/bin/bash\n",
            SHADOW_LINES + "admin:$y$:0:20770:0:99999:7::\n",
        ),
        Outcome.FAIL,
        says="admin",
    ),
    Case(
        "bad: key",
        host(
            LOCAL + "admin:x/0:1005:1005::/home/admin:/bin/bash\n",
            SHADOW_LINES + "admin:none:1:1:0:99999:7::\n",
            keys=key("admin"),
        ),
        Outcome.FAIL,
    ),
    Case(
        "bad: in capitals",
        host(
            LOCAL + "admin:x/0:1005:1005::/home/admin:/bin/bash\n".replace("admin", "Admin"),
            SHADOW_LINES + "Admin:$y$:0:20770:0:99999:7::\n",
        ),
        Outcome.FAIL,
    ),
    Case(
        "bad: a name that the rulebook adds", host(), Outcome.FAIL, parameters={"names": ("alice",)}
    ),
    Case("absent", host("root:x/0:0:0::/root:/bin/sh\n"), Outcome.PASS, says="0 such"),
    Case(
        "unreadable: keys",
        host(
            LOCAL + "admin:x/0:1005:1005::/home/admin:/bin/bash\n",
            SHADOW_LINES + "admin:none:1:1:0:99999:7::\n",
            keys=DENIED,
        ),
        Outcome.UNKNOWN,
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
    agree(account_default_names, case)
