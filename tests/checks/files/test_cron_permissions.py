"""`cron-permissions` knows the spools of Debian."""

import pytest
from tests.support import Answer, Case, agree

from cdso_audit.facts.files import CRON_FILES
from cdso_audit.model import Outcome
from cdso_checks.files.cron_permissions import cron_permissions

GOOD = (
    "644 0 0 root root regular file|/etc/crontab\n"
    "755 0 0 root root directory|/etc/cron.d\n"
    "755 0 0 root root directory|/var/spool/cron\n"
    "1730 0 101 root crontab directory|/var/spool/cron/crontabs\n"
    "1770 1 1 daemon daemon directory|/var/spool/cron/atjobs\n"
    "== end\n"
)

CASES = [
    Case("good: Debian", {CRON_FILES: GOOD}, Outcome.PASS),
    Case(
        "bad: a job that a group writes",
        {CRON_FILES: "664 0 33 root www-data regular file|/etc/cron.d/site\n== end\n"},
        Outcome.FAIL,
        says="/etc/cron.d/site",
    ),
    Case(
        "bad: somebody's own",
        {CRON_FILES: "644 1000 0 ops root regular file|/etc/crontab\n== end\n"},
        Outcome.FAIL,
    ),
    Case(
        "bad: readable, where that is forbidden",
        {CRON_FILES: GOOD},
        Outcome.FAIL,
        parameters={"readable": "no"},
    ),
    Case(
        "bad: a link into nowhere",
        {CRON_FILES: "0 1000 0 ? ? dangling|/etc/cron.d/x\n== end\n"},
        Outcome.FAIL,
    ),
    Case("absent: no cron", {CRON_FILES: "== end\n"}, Outcome.NOT_APPLICABLE),
    Case("unreadable: stat failed", {CRON_FILES: Answer(code=4)}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(cron_permissions, case)
