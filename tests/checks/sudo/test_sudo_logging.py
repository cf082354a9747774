"""`sudo-logging` takes the last setting, and the default of the version."""

import pytest
from tests.checks.sudo.rules import host, sudoers
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.model import Outcome
from cdso_checks.sudo.sudo_logging import sudo_logging

BOUND = """\
{"Defaults": [{"Options": [{"use_pty": true}]},
              {"Binding": [{"username": "bob"}], "Options": [{"use_pty": false}]}]}
"""


CASES = [
    Case("good: Debian 12 sets it", host(sudoers(defaults={"use_pty": True})), Outcome.PASS),
    Case("good: since 1.9.14 it is on", host(sudoers(), version="1.9.16p2"), Outcome.PASS),
    Case(
        "good: a file instead of syslog",
        host(sudoers(defaults={"use_pty": True, "syslog": False, "logfile": "/var/log/sudo.log"})),
        Outcome.PASS,
    ),
    Case(
        "bad: Debian 11 has no terminal of its own",
        host(sudoers(), version="1.9.5p2"),
        Outcome.FAIL,
        says="terminal",
    ),
    Case(
        "bad: switched off in a new version",
        host(sudoers(defaults={"use_pty": False}), version="1.9.16p2"),
        Outcome.FAIL,
    ),
    Case(
        "bad: no log",
        host(sudoers(defaults={"use_pty": True, "syslog": False})),
        Outcome.FAIL,
        says="not logged",
    ),
    Case(
        "bad: allowed commands are not logged",
        host(sudoers(defaults={"use_pty": True, "log_allowed": False})),
        Outcome.FAIL,
    ),
    Case("bad: switched off for one user", host(BOUND), Outcome.FAIL),
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
    agree(sudo_logging, case)
