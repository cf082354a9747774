"""`log-file-modes` knows which logs may be read by all."""

import pytest
from tests.support import DENIED, Answer, Case, agree

from cdso_audit.facts.logging import LOG_FILES
from cdso_audit.model import Outcome
from cdso_checks.logging.log_file_modes import log_file_modes

#: Printed by stat on Debian 12.
DEBIAN = """644 root root 1795297200 0 29966 /var/log/alternatives.log
640 root adm 1795297200 1795297100 233201 /var/log/apt/term.log
640 root adm 1795297200 1795297100 100 /var/log/auth.log
640 root adm 1795297200 1795297100 100 /var/log/syslog.2.gz
664 root utmp 1795297200 1795297100 100 /var/log/wtmp
660 root utmp 1795297200 1795297100 100 /var/log/btmp
640 root systemd-journal 1795297200 1795297100 100 /var/log/journal/56/system.journal
640 postgres adm 1795297200 1795297100 100 /var/log/postgresql/postgresql-15-main.log
"""
CASES = [
    Case("good: as Debian makes them", {LOG_FILES: DEBIAN}, Outcome.PASS, says="8 log files"),
    Case(
        "bad: all may read the logins",
        {
            LOG_FILES: DEBIAN.replace(
                "640 root adm 1795297200 1795297100 100 /var/log/auth",
                "644 root adm 1795297200 1795297100 100 /var/log/auth",
            )
        },
        Outcome.FAIL,
        says="/var/log/auth.log (0644)",
    ),
    Case(
        "bad: all may write",
        {LOG_FILES: DEBIAN + "666 app app 1795297200 - 1 /var/log/app/debug trace.txt\n"},
        Outcome.FAIL,
        says="1 log files are too open",
    ),
    Case(
        "bad: a group of people writes",
        {LOG_FILES: DEBIAN + "660 app users 1795297200 0 1 /var/log/app.log\n"},
        Outcome.FAIL,
    ),
    Case(
        "bad: a rotated one",
        {LOG_FILES: DEBIAN + "644 root root 1795297200 0 1 /var/log/secure-20261101\n"},
        Outcome.FAIL,
    ),
    Case("absent: no files", {LOG_FILES: ""}, Outcome.NOT_APPLICABLE),
    Case("unreadable: sudo refused", {LOG_FILES: DENIED}, Outcome.UNKNOWN),
    Case(
        "unreadable: find failed",
        {LOG_FILES: Answer(DEBIAN, code=1, errors="find: '/var/log/x': Permission denied")},
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(log_file_modes, case)
