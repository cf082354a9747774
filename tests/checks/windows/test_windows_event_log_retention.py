"""`windows-event-log-retention`: how far event logs reach back."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, log, said
from tests.support import Case, agree

from cdso_audit.facts.windows.operations import WINDOWS_EVENT_LOGS
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_event_log_retention import windows_event_log_retention

CASES = [
    Case(
        "good",
        {WINDOWS_EVENT_LOGS: said(logs=[log("Security", "2026-05-01T00:00:00.0000000Z")])},
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad",
        {WINDOWS_EVENT_LOGS: said(logs=log("Security", "2026-11-18T00:00:00.0000000Z"))},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: off",
        {WINDOWS_EVENT_LOGS: said(logs=log("Security", None, enabled=False, records=0))},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: no record",
        {WINDOWS_EVENT_LOGS: said(logs=log("Security", None, records=0))},
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: records may not be read",
        {
            WINDOWS_EVENT_LOGS: said(
                logs=log(
                    "Security", None, problem="Attempted to perform an unauthorized operation."
                )
            )
        },
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: Windows refused", {WINDOWS_EVENT_LOGS: DENIED}, Outcome.UNKNOWN, asset=WINDOWS
    ),
    Case(
        "unreadable: no JSON came back",
        {WINDOWS_EVENT_LOGS: NOT_JSON},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_event_log_retention, case)
