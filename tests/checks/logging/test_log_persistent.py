"""`log-persistent` accepts any logger that writes, and knows what `auto` depends on."""

import pytest
from tests.support import Answer, Case, agree

from cdso_audit.facts.logging import LOG_DAEMONS
from cdso_audit.model import Outcome
from cdso_checks.logging.log_persistent import log_persistent

KEPT = "/run/log/journal\n/var/log/journal\nfiles /var/log/journal/5601/\n"


def seen(
    daemons: str, conf: str = "", directories: str = "/run/log/journal\n"
) -> dict[object, str]:
    text = f"@@ daemons\n{daemons}\n@@ journald\n{conf}\n@@ directories\n{directories}@@ end\n"
    return {LOG_DAEMONS: text}


CASES = [
    Case("good: the journal has its directory", seen("systemd-journal", "", KEPT), Outcome.PASS),
    Case(
        "good: rsyslog beside it", seen("rsyslogd\nsystemd-journal"), Outcome.PASS, says="rsyslog"
    ),
    Case("good: syslog-ng alone", seen("syslog-ng"), Outcome.PASS),
    Case("good: persistent", seen("systemd-journal", "Storage=persistent"), Outcome.PASS),
    Case("bad: auto without the directory", seen("systemd-journal"), Outcome.FAIL, says="auto"),
    Case(
        "bad: the last drop-in wins",
        seen("systemd-journal", "Storage=persistent\nStorage=volatile", KEPT),
        Outcome.FAIL,
        says="volatile",
    ),
    Case(
        "bad: blanks around the sign",
        seen("systemd-journal", "# /a.conf\n[Journal]\n Storage = none", KEPT),
        Outcome.FAIL,
        says="none",
    ),
    Case(
        "good: what journald does not understand it passes over",
        seen("systemd-journal", "Storage=persistent\nStorage=None\nStorage="),
        Outcome.PASS,
    ),
    Case("absent: no log daemon", seen("", "", KEPT), Outcome.FAIL, says="no log daemon"),
    Case("unreadable: cut short", {LOG_DAEMONS: "@@ daemons\nrsyslogd\n"}, Outcome.UNKNOWN),
    Case("unreadable: broken", {LOG_DAEMONS: Answer(code=2, errors="sh: no")}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(log_persistent, case)
