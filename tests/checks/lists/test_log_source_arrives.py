"""`log-source-arrives`: the platform has it, the host sends it, and the export is fresh."""

from datetime import date

import pytest
from tests.checks.lists.rows import lists
from tests.checks.logging.test_log_forwarding import NEW, STANDS, seen
from tests.support import Answer, Case, agree

from cdso_audit.facts.logging import LOG_DAEMONS, LOG_FORWARDING
from cdso_audit.model import LogSourceRow, Outcome
from cdso_checks.lists.log_source_arrives import log_source_arrives

SENDS = seen("rsyslogd", STANDS, rsyslog=NEW)


def source(
    last: date = date(2026, 11, 20), on: date = date(2026, 11, 20), name: str = "web1"
) -> object:
    return lists(on, log_sources=(LogSourceRow(asset=name, platform="SIEM", last_event=last),))


CASES = [
    Case("good", SENDS, Outcome.PASS, says="SIEM", lists=source()),
    Case("good: the day before the export", SENDS, Outcome.PASS, lists=source(date(2026, 11, 19))),
    Case(
        "bad: two days before the export",
        SENDS,
        Outcome.FAIL,
        says="2 days",
        lists=source(date(2026, 11, 18)),
    ),
    Case("bad: the platform does not have it", SENDS, Outcome.FAIL, lists=source(name="web2")),
    Case(
        "bad: nothing on the host sends",
        seen("rsyslogd"),
        Outcome.FAIL,
        says="sends any",
        lists=source(),
    ),
    Case(
        "absent: the export is too old",
        SENDS,
        Outcome.UNKNOWN,
        says="make a new one",
        lists=source(date(2026, 10, 20), date(2026, 10, 20)),
    ),
    Case(
        "good: the export is a month old",
        SENDS,
        Outcome.PASS,
        lists=source(date(2026, 10, 21), date(2026, 10, 21)),
    ),
    Case("absent: no list", SENDS, Outcome.UNKNOWN),
    Case(
        "unreadable: broken",
        {LOG_FORWARDING: Answer(code=2), LOG_DAEMONS: Answer(code=2)},
        Outcome.UNKNOWN,
        lists=source(),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(log_source_arrives, case)
