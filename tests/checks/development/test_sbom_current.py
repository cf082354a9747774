"""`sbom-current`: the time inside the file, counted to the scan."""

import pytest
from tests.checks.development.sboms import (
    DECLARED,
    ELSEWHERE,
    SPDX,
    UNREADABLE,
    WITHOUT_FILE,
    answer,
    cyclonedx,
)
from tests.support import Case, agree

from cdso_audit.model import Outcome
from cdso_checks.development.sbom_current import sbom_current

DAYS = {"max_days": 31}

CASES = [
    Case(
        "good: to the second",
        answer(portal=cyclonedx(made="2026-10-21T12:00:00Z")),
        Outcome.PASS,
        parameters=DAYS,
        declared=DECLARED,
    ),
    Case(
        "good: three months unless a rule says less",
        answer(portal=cyclonedx(made="2026-08-21T12:00:00Z")),
        Outcome.PASS,
        declared=DECLARED,
    ),
    Case(
        "bad: a second more than three months",
        answer(portal=cyclonedx(made="2026-08-21T11:59:59Z")),
        Outcome.FAIL,
        declared=DECLARED,
    ),
    Case(
        "good: its zone counts",
        answer(portal=cyclonedx(made="2026-10-21T19:00:00+07:00")),
        Outcome.PASS,
        says="2026-10-21",
        parameters=DAYS,
        declared=DECLARED,
    ),
    Case("good: SPDX", answer(portal=SPDX), Outcome.PASS, parameters=DAYS, declared=DECLARED),
    Case(
        "good: a clock a little ahead",
        answer(portal=cyclonedx(made="2026-11-22T12:00:00Z")),
        Outcome.PASS,
        declared=DECLARED,
    ),
    Case(
        "bad: a second more",
        answer(portal=cyclonedx(made="2026-10-21T11:59:59Z")),
        Outcome.FAIL,
        says="31 days ago",
        parameters=DAYS,
        declared=DECLARED,
    ),
    Case(
        "bad: without a zone it is UTC",
        answer(portal=cyclonedx(made="2026-10-21T11:59:59")),
        Outcome.FAIL,
        parameters=DAYS,
        declared=DECLARED,
    ),
    Case(
        "absent: no time",
        answer(portal=cyclonedx(made="")),
        Outcome.UNKNOWN,
        says="does not say when",
        declared=DECLARED,
    ),
    Case(
        "absent: no SBOM",
        answer(),
        Outcome.UNKNOWN,
        says="no SBOM of it",
        declared=WITHOUT_FILE,
    ),
    Case("absent: none here", answer(), Outcome.NOT_APPLICABLE, declared=ELSEWHERE),
    Case(
        "unreadable: no moment",
        answer(portal=cyclonedx(made="last Friday")),
        Outcome.UNKNOWN,
        says="does not say when",
        declared=DECLARED,
    ),
    Case(
        "unreadable: of the future",
        answer(portal=cyclonedx(made="2026-11-22T12:00:01Z")),
        Outcome.UNKNOWN,
        says="after the scan",
        declared=DECLARED,
    ),
    Case("unreadable: closed", UNREADABLE, Outcome.UNKNOWN, declared=DECLARED),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(sbom_current, case)
