"""`account-admin-password-age` dates the passwords of those who become root."""

import pytest
from tests.checks.accounts.machine import (
    LOCAL,
    SHADOW_LINES,
    SUDO_JSON,
    host,
    sudo_version,
)
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.accounts import ACCOUNTS, SHADOW
from cdso_audit.model import Outcome
from cdso_checks.accounts.account_admin_password_age import account_admin_password_age

CASES = [
    Case("good", host(), Outcome.PASS, says="1 passwords"),
    Case(
        "good: an old password of somebody else",
        host(shadow=SHADOW_LINES.replace("bob:$y$:0:20770", "bob:$y$:0:1")),
        Outcome.PASS,
    ),
    Case(
        "good: exactly the limit",
        host(shadow=SHADOW_LINES.replace("alice:$y$:0:20770", "alice:$y$:0:20718")),
        Outcome.PASS,
    ),
    Case(
        "bad: a day over the limit",
        host(shadow=SHADOW_LINES.replace("alice:$y$:0:20770", "alice:$y$:0:20717")),
        Outcome.FAIL,
        says="alice",
    ),
    Case(
        "bad: no date",
        host(shadow=SHADOW_LINES.replace("alice:$y$:0:20770", "alice:$y$:0:")),
        Outcome.FAIL,
    ),
    Case(
        "bad: a change is due, and the old password still works",
        host(shadow=SHADOW_LINES.replace("alice:$y$:0:20770", "alice:$y$:0:0")),
        Outcome.FAIL,
    ),
    Case(
        "bad: administrator by a rule of sudo",
        host(
            shadow=SHADOW_LINES.replace("bob:$y$:0:20770", "bob:$y$:0:1"),
            sudoers=SUDO_JSON.replace('"username": "root"', '"username": "bob"'),
        ),
        Outcome.FAIL,
        says="bob",
    ),
    Case(
        "bad: root by number",
        host(LOCAL + "toor:x/0:0:0::/root:/bin/sh\n", SHADOW_LINES + "toor:$6$:0:1:0:99999:7::\n"),
        Outcome.FAIL,
        says="toor",
    ),
    Case(
        "bad: first group is sudo",
        host(
            LOCAL.replace("bob:x/0:1001:1001", "bob:x/0:1001:27"),
            SHADOW_LINES.replace("bob:$y$:0:20770", "bob:$y$:0:1"),
        ),
        Outcome.FAIL,
    ),
    Case(
        "good: the account has run out",
        host(
            shadow=SHADOW_LINES.replace(
                "alice:$y$:0:20770:0:99999:7::", "alice:$y$:0:1:0:99999:7::20000"
            )
        ),
        Outcome.NOT_APPLICABLE,
    ),
    Case(
        "absent: administrators have keys only",
        host(shadow=SHADOW_LINES.replace("alice:$y$:0", "alice:none:1")),
        Outcome.NOT_APPLICABLE,
    ),
    Case(
        "absent: no sudo", host(sudo=sudo_version(version=""), sudoers=MISSING_TOOL), Outcome.PASS
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
    Case("unreadable: sudoers", host(sudoers=DENIED), Outcome.UNKNOWN),
    Case(
        "unreadable: an administrator of a directory",
        host(everyone=LOCAL + "dave:*/0:5000:27::/home/dave:/bin/bash\n"),
        Outcome.UNKNOWN,
        says="dave",
    ),
    Case(
        "unreadable: rules of a directory",
        host(sudo=sudo_version(sources="sudoers: files sss\n")),
        outcomes={"accounts": Outcome.PASS, "directory": Outcome.UNKNOWN},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(account_admin_password_age, case)
