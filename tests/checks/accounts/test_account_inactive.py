"""`account-inactive` believes records only."""

import pytest
from tests.checks.accounts.machine import LOCAL, SHADOW_LINES, host, key, logins
from tests.support import DENIED, Answer, Case, agree

from cdso_audit.facts.accounts import ACCOUNTS, SHADOW
from cdso_audit.model import Outcome
from cdso_checks.accounts.account_inactive import account_inactive

# What lastlog (shadow 4.13) and last (util-linux 2.38) print.
BOB = "Sun Nov 01 10:00:00 +0000 2026"
LASTLOG = f"""\
Username         Port     From                                       Latest
root                                                                **Never logged in**
alice            pts/0    10.0.0.5                                  Fri Nov 20 09:00:00 +0000 2026
bob              pts/0    10.0.0.5                                  {BOB}
"""
LAST = """\
bob      pts/1        10.0.0.6         2026-10-20T09:00:00+00:00   gone - no logout
alice    pts/0        10.0.0.5         2026-11-20T09:00:00+00:00 - 2026-11-20T10:00:00+00:00
reboot   system boot  6.1.0            2026-09-01T08:00:00+00:00   still running

wtmp begins 2026-09-01T08:00:00+00:00
"""


CASES = [
    Case(
        "good: lastlog",
        host(shadow=SHADOW_LINES.replace("20770", "20500"), last=logins(lastlog=LASTLOG)),
        Outcome.PASS,
    ),
    Case(
        "good: new and never used",
        host(last=logins(lastlog=LASTLOG.replace(BOB, "**Never logged in**"))),
        Outcome.PASS,
    ),
    Case(
        "good: wtmp names both",
        host(shadow=SHADOW_LINES.replace("20770", "20500"), last=logins(last=LAST)),
        Outcome.PASS,
    ),
    Case(
        "good: the account that looks is in use",
        host(
            LOCAL.replace("bob", "audit"),
            SHADOW_LINES.replace("bob", "audit").replace("20770", "20500"),
            last=logins(lastlog=LASTLOG),
        ),
        Outcome.PASS,
    ),
    Case(
        "bad: never used, in lastlog",
        host(
            shadow=SHADOW_LINES.replace("20770", "20500"),
            last=logins(lastlog=LASTLOG.replace(BOB, "**Never logged in**")),
        ),
        Outcome.FAIL,
        says="bob",
    ),
    Case(
        "bad: long ago",
        host(
            shadow=SHADOW_LINES.replace("20770", "20500"),
            last=logins(lastlog=LASTLOG.replace("Nov 01", "Oct 01")),
        ),
        Outcome.FAIL,
        says="bob",
    ),
    Case(
        "bad: wtmp reaches back and does not name bob",
        host(
            shadow=SHADOW_LINES.replace("20770", "20500"),
            last=logins(last=LAST.replace("bob  ", "carol")),
        ),
        Outcome.FAIL,
        says="bob",
    ),
    Case(
        "bad: a key counts, though the password is locked",
        host(
            shadow=SHADOW_LINES.replace("bob:$y$:0:20770", "bob:none:1:20500"),
            keys=key("bob"),
            last=logins(lastlog=LASTLOG.replace(BOB, "**Never logged in**")),
        ),
        Outcome.FAIL,
        says="bob",
    ),
    Case(
        "absent: nobody can get in",
        host(shadow=SHADOW_LINES.replace("$y$:0", "none:1")),
        Outcome.NOT_APPLICABLE,
    ),
    Case(
        "absent: services only",
        host(
            LOCAL.replace("alice:x/0:1000", "alice:x/0:900").replace("bob:x/0:1001", "bob:x/0:901")
        ),
        Outcome.NOT_APPLICABLE,
    ),
    Case(
        "unreadable: no record at all, as on Debian 13",
        host(shadow=SHADOW_LINES.replace("20770", "20500")),
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: a lastlog that nobody writes",
        host(
            shadow=SHADOW_LINES.replace("20770", "20500"),
            last=logins(
                lastlog="root   **Never logged in**\nalice   **Never logged in**\n"
                "bob   **Never logged in**\n"
            ),
        ),
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: wtmp begins last week",
        host(
            shadow=SHADOW_LINES.replace("20770", "20500"),
            last=logins(last=LAST.replace("bob  ", "carol").replace("2026-09-01", "2026-11-14")),
        ),
        Outcome.UNKNOWN,
        says="bob",
    ),
    Case("unreadable: the records were cut", host(last="== lastlog\n"), Outcome.UNKNOWN),
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
    agree(account_inactive, case)
