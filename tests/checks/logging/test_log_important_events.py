"""`log-important-events` wants to see an entry about a login, not a setting."""

import pytest
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.logging import JOURNAL_LOGIN, LOG_FILES
from cdso_audit.model import Outcome
from cdso_checks.logging.log_important_events import log_important_events

#: Printed by journalctl 252 with --output-fields.
ENTRY = (
    '{"__CURSOR":"s=1","__REALTIME_TIMESTAMP":"1795257000123456","_BOOT_ID":"5",'
    '"SYSLOG_IDENTIFIER":"sshd"}\n'
)
AUTH = "640 root adm {at} 0 {size} /var/log/auth.log\n"
CASES = [
    Case(
        "good: the journal",
        {JOURNAL_LOGIN: ENTRY, LOG_FILES: ""},
        Outcome.PASS,
        says="journal (sshd)",
    ),
    Case(
        "good: a file",
        {JOURNAL_LOGIN: MISSING_TOOL, LOG_FILES: AUTH.format(at=1795257000, size=9)},
        Outcome.PASS,
        says="/var/log/auth.log",
    ),
    Case(
        "bad: old",
        {JOURNAL_LOGIN: "", LOG_FILES: AUTH.format(at=1785257000, size=9)},
        Outcome.FAIL,
        says="days old",
    ),
    Case(
        "bad: the file is empty",
        {JOURNAL_LOGIN: "", LOG_FILES: AUTH.format(at=1795257000, size=0)},
        Outcome.FAIL,
    ),
    Case("absent: nothing logs", {JOURNAL_LOGIN: MISSING_TOOL, LOG_FILES: ""}, Outcome.FAIL),
    Case("unreadable: sudo refused", {JOURNAL_LOGIN: DENIED, LOG_FILES: DENIED}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(log_important_events, case)
