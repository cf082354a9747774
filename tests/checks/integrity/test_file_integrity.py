"""`file-integrity` wants a database, a schedule and a run; a missing tool is a failure."""

from datetime import timedelta

import pytest
from tests.support import AT, DENIED, Answer, Case, agree

from cdso_audit.facts.integrity import AIDE_FILES, INTEGRITY_TOOLS
from cdso_audit.model import Outcome
from cdso_checks.integrity.file_integrity import file_integrity

TIMER = "dailyaidecheck.timer enabled active"
RESULT = "Id=dailyaidecheck.service\nExecMainExitTimestamp={at} UTC\nExecMainStatus={status}\n"


def day(days: float) -> int:
    return int((AT - timedelta(days=days)).timestamp())


def files(run: float | None = 1, database: float | None = 60, size: int = 900) -> str:
    text = "" if database is None else f"{day(database)} {size} /var/lib/aide/aide.db\n"
    return text if run is None else text + f"{day(run)} 800 /var/log/aide/aide.log\n"


def seen(
    listing: str | Answer,
    *,
    installed: str = "/usr/bin/aide",
    processes: str = "bash",
    timers: str = TIMER,
    results: str = "",
    cron: str = "systemd",
) -> dict[object, object]:
    return {
        INTEGRITY_TOOLS: f"@@ installed\n{installed}\n@@ processes\n{processes}\n@@ timers\n"
        f"{timers}\n@@ results\n{results}\n@@ cron\n{cron}\n@@ end\n",
        AIDE_FILES: listing,
    }


CASES = [
    Case("good: AIDE by its timer", seen(files()), Outcome.PASS, says="dailyaidecheck.timer"),
    Case("good: by cron", seen(files(), timers="", cron="/etc/cron.d/aide\nsystemd"), Outcome.PASS),
    Case(
        "good: the unit's own time, files differed",
        seen(files(None), results=RESULT.format(at="Fri 2026-11-20 01:50:03", status=7)),
        Outcome.PASS,
    ),
    Case(
        "good: RHEL's compressed database",
        seen(
            files().replace("aide.db", "aide.db.gz"),
            installed="/usr/sbin/aide",
            timers="aidecheck.timer enabled active",
        ),
        Outcome.PASS,
    ),
    Case(
        "good: Wazuh",
        seen("", installed="/var/ossec", processes="wazuh-syscheckd", timers=""),
        Outcome.PASS,
        says="Wazuh watches",
    ),
    Case(
        "bad: aideinit was never finished",
        seen(files(database=None) + f"{day(1)} 900 /var/lib/aide/aide.db.new\n"),
        Outcome.FAIL,
        says="no database",
    ),
    Case("bad: an empty database", seen(files(size=0)), Outcome.FAIL, says="no database"),
    Case("bad: nothing starts it", seen(files(), timers=""), Outcome.FAIL, says="neither"),
    Case(
        "bad: Debian's cron script steps aside for a timer that is off",
        seen(
            files(),
            timers="dailyaidecheck.timer disabled inactive",
            cron="/etc/cron.daily/dailyaidecheck\nsystemd",
        ),
        Outcome.FAIL,
    ),
    Case("bad: long ago", seen(files(run=20)), Outcome.FAIL, says="20 days ago"),
    Case(
        "bad: the run broke",
        seen(files(), results=RESULT.format(at="Fri 2026-11-20 01:50:03", status=17)),
        Outcome.FAIL,
        says="status 17",
    ),
    Case(
        "bad: Wazuh is stopped",
        seen("", installed="/var/ossec", timers=""),
        Outcome.FAIL,
        says="does not run",
    ),
    Case(
        "absent: no tool is no excuse",
        seen(Answer(code=1, errors="find: '/var/lib/aide': No such file"), installed="", timers=""),
        Outcome.FAIL,
        says="no file integrity tool",
    ),
    Case("unreadable: sudo refused", seen(DENIED), Outcome.UNKNOWN),
    Case("unreadable: no trace of a run", seen(files(run=None)), Outcome.UNKNOWN, says="no run"),
    Case(
        "unreadable: cut short",
        {INTEGRITY_TOOLS: "@@ installed\n/usr/bin/aide\n", AIDE_FILES: files()},
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(file_integrity, case)
