"""`log-retention` believes the disk, not the promise, and excuses a young host by its date."""

from datetime import timedelta

import pytest
from tests.support import AT, DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.logging import JOURNAL_HEADER, LOG_FILES, LOG_ROTATION, rotation_days
from cdso_audit.facts.os_release import HOST_NATURE
from cdso_audit.model import Outcome
from cdso_checks.logging.log_retention import log_retention

#: As Debian ships them.
LOGROTATE = """weekly
rotate 4
create
include /etc/logrotate.d
/var/log/syslog
/var/log/mail.log
/var/log/auth.log
{
\trotate 4
\tweekly
\tmissingok
\tcompress
\tsharedscripts
\tpostrotate
\t\t/usr/lib/rsyslog/rsyslog-rotate
\tendscript
}
"""
YEAR = LOGROTATE.replace("\trotate 4", "\trotate 53")


def day(days: float) -> int:
    return int((AT - timedelta(days=days)).timestamp())


def files(oldest: float) -> str:
    """auth.log and syslog, each with one rotated file that ended that many days ago."""
    return "".join(
        f"640 root adm {day(0)} {day(6)} 5000 /var/log/{name}\n"
        f"640 root adm {day(oldest)} 0 3000 /var/log/{name}.4.gz\n"
        for name in ("auth.log", "syslog")
    )


def seen(
    listing: str, rotation: str = LOGROTATE, age: float = 900, journal: object = MISSING_TOOL
) -> dict[object, object]:
    return {
        LOG_FILES: listing,
        LOG_ROTATION: f"@@ logrotate\n{rotation}\n@@ journald\n@@ end\n",
        JOURNAL_HEADER: journal,
        HOST_NATURE: f"@@ container\nnone\n@@ first-boot\n{day(age)}\n@@ extended\n@@ end\n",
    }


HEADER = """File path: /var/log/journal/5601/system.journal
State: ONLINE
Head realtime timestamp: Sun 2026-02-01 07:00:03 UTC (649bdc16c22c0)
Tail realtime timestamp: Sat 2026-11-21 11:59:58 UTC (660c805b6dd80)
"""
#: `--utc` does not reach the header of a host in Việt Nam's zone.
HANOI = HEADER.replace("07:00:03 UTC", "14:00:03 +07").replace("11:59:58 UTC", "18:59:58 +07")
CASES = [
    Case("good: a year is there", seen(files(370), YEAR), Outcome.PASS, says="370 days"),
    Case("good: more is there than promised", seen(files(120)), Outcome.PASS),
    Case(
        "good: the journal reaches back",
        seen(files(20), journal=HEADER),
        Outcome.PASS,
        says="2026-02-01",
    ),
    Case(
        "good: the journal reaches back, told in the host's own zone",
        seen(files(20), journal=HANOI),
        Outcome.PASS,
        says="2026-02-01",
    ),
    Case(
        "good: one file that was never rotated has its birth",
        seen(
            "".join(
                f"640 root adm {day(0)} {day(200)} 9 /var/log/{n}\n" for n in ("secure", "messages")
            ),
            "",
        ),
        Outcome.PASS,
        says="200 days",
    ),
    Case(
        "good: the journal of an older systemd",
        seen(files(20), journal=HEADER.replace(" (649bdc16c22c0)", "")),
        Outcome.PASS,
        says="2026-02-01",
    ),
    Case(
        "unreadable: a journal without a first entry",
        seen(files(20), journal="File path: /var/log/journal/5601/system.journal\n"),
        Outcome.UNKNOWN,
    ),
    Case(
        "bad: four weeks on an old host",
        seen(files(34)),
        Outcome.FAIL,
        says="deleted after 35 days; 90 days",
    ),
    Case(
        "bad: the promise is long, the disk is not",
        seen(files(34), YEAR),
        Outcome.FAIL,
        says="34 days, though the host exists since",
    ),
    Case(
        "bad: the host is young, but will forget",
        seen(files(3), age=5),
        Outcome.FAIL,
        says="set to be deleted",
    ),
    Case(
        "bad: the audit log alone is short",
        seen(files(370) + f"600 root root {day(2)} 0 9 /var/log/audit/audit.log.4\n", YEAR),
        Outcome.FAIL,
        says="audit.log reaches back",
    ),
    Case(
        "bad: a stricter level",
        seen(files(120), YEAR),
        Outcome.FAIL,
        parameters={"min_days": 365},
    ),
    Case("absent: no log at all", seen(""), Outcome.FAIL, says="no log of logins"),
    Case(
        "unreadable: the host is younger than the period",
        seen(files(3), YEAR, age=10),
        Outcome.UNKNOWN,
        says="not yet provable: the host exists since 2026-11-11",
    ),
    *(
        Case(
            f"unreadable: a young host, whose {which} began first, and a journal without a promise",
            seen(files(3), age=9, journal=HEADER.replace("649bdc16c22c0", f"{day(age) * 10**6:x}")),
            Outcome.UNKNOWN,
            says="not yet provable",
        )
        for which, age in (("journal", 7), ("auth.log", 4))
    ),
    Case("unreadable: sudo refused", seen(DENIED), Outcome.UNKNOWN),  # type: ignore[arg-type]
    Case(
        "unreadable: the journal is closed",
        seen(files(370), YEAR, journal=Answer(code=2, errors="Permission denied")),
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(log_retention, case)


def test_scripts_and_defaults_of_logrotate_are_told_apart() -> None:
    text = 'daily\nrotate 7\n"/var/log/a b" /var/log/c {\nprerotate\nrotate 99\nendscript\n}\n'

    assert rotation_days(text + "/var/log/d { \n monthly\n maxage 10\n}\n") == {
        "/var/log/a b": 8,
        "/var/log/c": 8,
        "/var/log/d": 10,
    }
