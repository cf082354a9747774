"""`clock-agrees` compares two clocks at one moment."""

import pytest
from tests.support import AT, Answer, Case, agree

from cdso_audit.facts.clock import TARGET_CLOCK
from cdso_audit.model import GapReason, Outcome
from cdso_checks.timekeeping.clock_agrees import clock_agrees

NOW = int(AT.timestamp())
CASES = [
    Case("good", {TARGET_CLOCK: f"{NOW}\n"}, Outcome.PASS),
    Case("good: a slow connection", {TARGET_CLOCK: f"{NOW + 120}\n"}, Outcome.PASS),
    Case("bad: ahead", {TARGET_CLOCK: f"{NOW + 121}\n"}, Outcome.FAIL, says="121 s"),
    Case("bad: a zone's worth behind", {TARGET_CLOCK: f"{NOW - 25200}\n"}, Outcome.FAIL),
    Case(
        "absent: no date",
        {TARGET_CLOCK: Answer(code=127, errors="date: not found")},
        Outcome.UNKNOWN,
    ),
    Case("unreadable: no number", {TARGET_CLOCK: "Sat Nov 21\n"}, Outcome.UNKNOWN),
    Case("unreadable: timeout", {TARGET_CLOCK: Answer(gap=GapReason.TIMEOUT)}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(clock_agrees, case)
