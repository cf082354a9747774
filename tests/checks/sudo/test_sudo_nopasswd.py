"""`sudo-nopasswd` finds every way around the password."""

import pytest
from tests.checks.sudo.rules import host, rule, sudoers, user
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.model import Outcome
from cdso_checks.sudo.sudo_nopasswd import sudo_nopasswd

CASES = [
    Case("good", host(sudoers()), Outcome.PASS, says="all 2 rules ask for a password"),
    Case(
        "good: the scanning account and its exact commands",
        host(
            sudoers(
                rule(
                    user("audit"),
                    "/usr/bin/timeout -k 2 10 /usr/sbin/sshd -T",
                    run_as="root",
                    authenticate=False,
                )
            )
        ),
        Outcome.PASS,
        says="2 rules ask for a password; 1 do not",
    ),
    Case(
        "good: a service that the rulebook allows",
        host(sudoers(rule(user("nagios"), "/usr/lib/nagios/check", authenticate=False))),
        Outcome.PASS,
        says="2 rules ask for a password; 1 do not",
        parameters={"allowed_users": ("nagios",)},
    ),
    Case(
        "bad: ALL",
        host(sudoers(rule(user("eve"), "ALL", authenticate=False))),
        Outcome.FAIL,
        says="1 rules",
    ),
    Case(
        "bad: a group",
        host(sudoers(rule(user("%ops"), "/usr/bin/apt update", authenticate=False))),
        Outcome.FAIL,
    ),
    Case(
        "bad: the scanning account with ALL",
        host(sudoers(rule(user("audit"), "ALL", authenticate=False))),
        Outcome.FAIL,
    ),
    Case(
        "bad: the scanning account with any arguments",
        host(sudoers(rule(user("audit"), "/usr/bin/cat", authenticate=False))),
        Outcome.FAIL,
    ),
    Case(
        "bad: the scanning account with a wildcard",
        host(sudoers(rule(user("audit"), "/usr/bin/cat /var/log/*", authenticate=False))),
        Outcome.FAIL,
    ),
    Case(
        "bad: somebody else with exact commands",
        host(
            sudoers(
                rule(user("eve"), "/usr/bin/timeout -k 2 10 /usr/sbin/sshd -T", authenticate=False)
            )
        ),
        Outcome.FAIL,
    ),
    Case("bad: a default", host(sudoers(defaults={"authenticate": False})), Outcome.FAIL),
    Case(
        "bad: an endless timestamp", host(sudoers(defaults={"timestamp_timeout": -1})), Outcome.FAIL
    ),
    Case("bad: an exempt group", host(sudoers(defaults={"exempt_group": "ops"})), Outcome.FAIL),
    Case("absent", host(MISSING_TOOL, version=""), Outcome.NOT_APPLICABLE),
    Case("unreadable: sudo refused", host(DENIED), Outcome.UNKNOWN),
    Case(
        "unreadable: a syntax error",
        host(Answer(code=1, errors="/etc/sudoers:3:9: syntax error")),
        Outcome.UNKNOWN,
        says="syntax error",
    ),
    Case("unreadable: sudo without cvtsudoers", host(MISSING_TOOL), Outcome.UNKNOWN),
    Case(
        "unreadable: rules of a directory",
        host(sudoers(defaults={"use_pty": True}), sources="sudoers: files sss\n"),
        outcomes={"sudoers": Outcome.PASS, "directory": Outcome.UNKNOWN},
    ),
    Case(
        "unreadable: doas",
        host(sudoers(defaults={"use_pty": True}), doas="/usr/bin/doas\n"),
        outcomes={"sudoers": Outcome.PASS, "doas": Outcome.UNKNOWN},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(sudo_nopasswd, case)
