"""`sudo-broad-rules` knows everything by its many names."""

import pytest
from tests.checks.sudo.rules import host, rule, sudoers, user
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.model import Declared, Outcome
from cdso_checks.sudo.sudo_broad_rules import sudo_broad_rules

NEGATED = sudoers(rule(user("bob"), "ALL")).replace(
    '"Commands": [{"command": "ALL"}]',
    '"Commands": [{"command": "ALL"}, {"command": "/bin/sh", "negated": true}]',
)


CASES = [
    Case("good", host(sudoers()), Outcome.PASS),
    Case(
        "good: one exact command",
        host(sudoers(rule(user("bob"), "/usr/bin/systemctl restart app"))),
        Outcome.PASS,
    ),
    Case(
        "good: declared",
        host(sudoers(rule(user("bob"), "ALL"))),
        Outcome.PASS,
        declared=Declared(admins=("bob",)),
    ),
    Case(
        "good: as another user",
        host(sudoers(rule(user("bob"), "ALL", run_as="postgres"))),
        Outcome.PASS,
    ),
    Case("bad: a person", host(sudoers(rule(user("bob"), "ALL"))), Outcome.FAIL),
    Case(
        "bad: not the declared one",
        host(sudoers(rule(user("bob"), "ALL"))),
        Outcome.FAIL,
        declared=Declared(admins=("alice",)),
    ),
    Case("bad: everybody", host(sudoers(rule(user("ALL"), "ALL"))), Outcome.FAIL),
    Case("bad: a group of users", host(sudoers(rule(user("%users"), "ALL"))), Outcome.FAIL),
    Case("bad: a shell", host(sudoers(rule(user("bob"), "/bin/bash"))), Outcome.FAIL),
    Case("bad: su", host(sudoers(rule(user("bob"), "/usr/bin/su -"))), Outcome.FAIL),
    Case("bad: a folder", host(sudoers(rule(user("bob"), "/usr/bin/"))), Outcome.FAIL),
    Case(
        "bad: everything in a folder", host(sudoers(rule(user("bob"), "/usr/bin/*"))), Outcome.FAIL
    ),
    Case("bad: everything but a shell", host(NEGATED), Outcome.FAIL),
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
    agree(sudo_broad_rules, case)
