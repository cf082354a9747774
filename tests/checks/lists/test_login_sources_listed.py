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
    Case("unreadable: no records", {LOGINS: logins()}, Outcome.UNKNOWN, lists=ROWS),
    Case("unreadable: denied", {LOGINS: DENIED}, Outcome.UNKNOWN, lists=ROWS),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(login_sources_listed, case)
