"""`login-sources-listed` reads where sessions came from."""

import pytest
from tests.checks.accounts.machine import logins
from tests.checks.lists.rows import lists
from tests.support import DENIED, Case, agree

from cdso_audit.facts.accounts import LOGINS
from cdso_audit.model import AdminSourceRow, Outcome
from cdso_checks.lists.login_sources_listed import login_sources_listed

BEGINS = "\nwtmp begins 2026-01-01T00:00:00+00:00\n"
JUMP = (
    "alice    pts/0        10.1.9.5         2026-11-20T08:00:00+00:00 - 2026-11-20T09:00:00+00:00\n"
)
ELSEWHERE = "bob      pts/1        203.0.113.9      2026-11-19T08:00:00+00:00   still logged in\n"
CONSOLE = (
    "root     tty1                          2026-11-19T07:00:00+00:00 - 2026-11-19T07:01:00+00:00\n"
)
BOOT = "reboot   system boot  6.1.0-18-amd64   2026-11-19T06:00:00+00:00   still running\n"
OLD = (
    "bob      pts/1        203.0.113.9      2026-03-01T08:00:00+00:00 - 2026-03-01T09:00:00+00:00\n"
)
NAMED = (
    "bob      pts/1        pc7.example.vn   2026-11-19T08:00:00+00:00 - 2026-11-19T09:00:00+00:00\n"
)
#: `wtmpdb last -w --time-format iso` and `lastlog2` of Debian 13.
WTMPDB = (
    "root     tty1                          2026-11-20T06:39:30+0000  - still logged in   \n"
    "root     ssh          2001:db8:1234:5678:9abc:def0:1234:5678 2026-11-20T06:39:30+0000  - "
    "2026-11-20T06:49:30+0000 (00:10)\n"
    "alice    pts/0        10.1.9.5         2026-11-20T06:39:30+0000  - still logged in   \n"
    "soft-reboot system boot  6.18.44-fc-v669  2026-11-20T06:39:27+0000  - still running   \n"
    "\nwtmpdb begins 2026-11-20T06:39:27+0000\n"
)
LASTLOG2 = (
    "Username         Port     From                                       Latest \n"
    "alice            pts/0    10.1.9.5                            Fri Nov 20 06:39:30 +0000 2026\n"
    "bob              tty1                                         Fri Nov 20 06:39:30 +0000 2026\n"
    "root             ssh      203.0.113.9                         Fri Nov 20 06:39:30 +0000 2026\n"
)
ROWS = lists(
    admin_sources=(
        AdminSourceRow(source="10.1.9.0/24", kind="jump-host"),
        AdminSourceRow(source="10.1.8.7/32", kind="workstation"),
    )
)


def here(*lines: str) -> dict[object, str]:
    return {LOGINS: logins(last="".join(lines) + BEGINS)}


CASES = [
    Case("good", here(JUMP, CONSOLE, BOOT), Outcome.PASS, says="all 1", lists=ROWS),
    Case("good: long ago", here(JUMP, OLD), Outcome.PASS, lists=ROWS),
    Case("good: nobody came", here(BOOT), Outcome.PASS, says="all 0", lists=ROWS),
    Case(
        "bad: from elsewhere",
        here(JUMP, ELSEWHERE),
        Outcome.FAIL,
        says="bob (203.0.113.9)",
        lists=ROWS,
    ),
    Case(
        "bad: from a workstation where a jump host is the rule",
        here(JUMP.replace("10.1.9.5", "10.1.8.7")),
        Outcome.FAIL,
        parameters={"kinds": ["jump-host", "gateway"]},
        lists=ROWS,
    ),
    Case(
        "bad: listed for other hosts",
        here(JUMP),
        Outcome.FAIL,
        lists=lists(
            admin_sources=(AdminSourceRow(assets=("db*",), source="10.1.9.0/24", kind="vpn"),)
        ),
    ),
    Case("absent: no list", here(JUMP), Outcome.UNKNOWN),
    Case(
        "unreadable: names in place of addresses",
        here(NAMED),
        Outcome.UNKNOWN,
        says="pc7",
        lists=ROWS,
    ),
    Case(
        "good: wtmpdb",
        {LOGINS: logins(last=WTMPDB, kept="wtmpdb\n")},
        Outcome.PASS,
        says="all 2",
        lists=lists(
            admin_sources=(
                AdminSourceRow(source="10.1.9.0/24", kind="jump-host"),
                AdminSourceRow(source="2001:db8:1234:5678:9abc::/80", kind="vpn"),
            )
        ),
    ),
    Case(
        "bad: wtmpdb",
        {LOGINS: logins(last=WTMPDB, kept="wtmpdb\n")},
        Outcome.FAIL,
        says="root (2001:db8:1234:5678:9abc:def0:1234:5678)",
        lists=ROWS,
    ),
    Case(
        "bad: the newest login of an account",
        {LOGINS: logins(lastlog2=LASTLOG2, kept="lastlog2\n")},
        Outcome.FAIL,
        says="root (203.0.113.9)",
        lists=ROWS,
    ),
    Case(
        "unreadable: the newest logins are not all",
        {LOGINS: logins(lastlog2=LASTLOG2.replace("203.0.113.9", "10.1.9.6"), kept="lastlog2\n")},
        Outcome.UNKNOWN,
        says="only the newest login",
        lists=ROWS,
    ),
    Case(
        "absent: no records, as Debian 13 is installed",
        {LOGINS: logins()},
        Outcome.UNKNOWN,
        says="keeps no record",
        lists=ROWS,
    ),
    Case(
        "absent: lastlog2 of which nobody is in",
        {LOGINS: logins(kept="lastlog2\n")},
        Outcome.UNKNOWN,
        says="only the newest login",
        lists=ROWS,
    ),
    Case(
        "unreadable: a wtmp from before the upgrade, and no `last`",
        {LOGINS: logins(kept="unread\n")},
        Outcome.UNKNOWN,
        says="last is not installed",
        lists=ROWS,
    ),
    Case(
        "unreadable: wtmpdb says nothing",
        {LOGINS: logins(kept="wtmpdb\n")},
        Outcome.UNKNOWN,
        says="do not say where they begin",
        lists=ROWS,
    ),
    Case("unreadable: denied", {LOGINS: DENIED}, Outcome.UNKNOWN, lists=ROWS),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(login_sources_listed, case)
