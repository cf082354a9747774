"""`backup-runs-logged` follows where a job's words go, and never what it runs."""

import pytest
from tests.checks.backup.declared import ago
from tests.support import DENIED, Answer, Case, agree

from cdso_audit.facts.backup_jobs import BACKUP_CRONTABS, BACKUP_JOBS
from cdso_audit.facts.logging import LOG_DAEMONS
from cdso_audit.facts.reading import Probe
from cdso_audit.model import Outcome
from cdso_checks.backup.backup_runs_logged import backup_runs_logged

RAN = "backup.service Result=success Sat 2026-11-21 02:00:00 UTC"
FILE = f"/etc/cron.d/b file /var/log/b.log {ago(8)} "
NONE = Answer(code=1)


def host(
    timers: str = "",
    cron: str = "",
    crontabs: str | Answer = NONE,
    kept: str = "/var/log/journal",
    daemons: str = "systemd-journal",
) -> dict[Probe, str | Answer]:
    return {
        BACKUP_JOBS: f"@@ timers\n{timers}\n@@ cron\n{cron}\n@@ end\n",
        BACKUP_CRONTABS: crontabs,
        LOG_DAEMONS: f"@@ daemons\n{daemons}\n@@ journald\n@@ directories\n{kept}\n@@ end\n",
    }


CASES = [
    Case("good: a timer", host(RAN), Outcome.PASS, says="last 2026-11-21 02:00: success"),
    Case(
        "good: a timer whose run failed is recorded too",
        host(RAN.replace("success", "exit-code")),
        Outcome.PASS,
        says="exit-code",
    ),
    Case("good: a file", host(cron=FILE + "900"), Outcome.PASS, says="/var/log/b.log, last on"),
    Case(
        "good: rsyslog keeps it",
        host(cron="/etc/cron.d/b journal", kept="", daemons="rsyslogd"),
        Outcome.PASS,
    ),
    Case("bad: thrown away", host(cron="/etc/cron.d/b nowhere"), Outcome.FAIL, says="/dev/null"),
    Case(
        "bad: one of two lines is thrown away",
        host(cron=f"/etc/cron.d/b nowhere\n{FILE}900"),
        Outcome.FAIL,
    ),
    Case("bad: an empty file", host(cron=FILE + "0"), Outcome.FAIL, says="is empty"),
    Case("bad: no such file", host(cron="/etc/cron.d/b gone /var/log/b.log"), Outcome.FAIL),
    Case("bad: a journal in memory", host(RAN, kept=""), Outcome.FAIL, says="in memory only"),
    Case("absent: no job", host(), Outcome.NOT_APPLICABLE, says="makes backups"),
    Case(
        "unreadable: by mail",
        host(cron="/etc/cron.daily/b mail"),
        Outcome.UNKNOWN,
        says="run it by a systemd timer",
    ),
    Case("unreadable: a closed log", host(cron="/etc/cron.d/b closed /srv/b.log"), Outcome.UNKNOWN),
    Case(
        "unreadable: a log without a date",
        host(cron="/etc/cron.d/b file /var/log/b.log"),
        Outcome.UNKNOWN,
    ),
    Case("unreadable: a file of cron", host(cron="/etc/cron.d/b unread"), Outcome.UNKNOWN),
    Case(
        "unreadable: a person's crontab",
        host(crontabs=Answer("/var/spool/cron/crontabs/an\n")),
        Outcome.UNKNOWN,
        says="crontabs/an",
    ),
    Case("unreadable: has not run yet", host("backup.service Result=success"), Outcome.UNKNOWN),
    Case("unreadable: crontabs denied", host(crontabs=DENIED), Outcome.UNKNOWN),
    Case("unreadable: cut", {**host(), BACKUP_JOBS: "@@ timers\n"}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(backup_runs_logged, case)
