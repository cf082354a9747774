"""`failed-units` asks as a user, then as root."""

import pytest
from tests.checks.kernel.surroundings import DOCKER, HARDWARE
from tests.checks.services.units import ACTIVE, NO_BUS
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.mounts import SURROUNDINGS
from cdso_audit.facts.services import FAILED, UNITS
from cdso_audit.model import Outcome
from cdso_checks.services.failed_units import failed_units

BROKEN = "● backup.service loaded failed failed Nightly backup\n"

CASES = [
    Case("good", {UNITS: ACTIVE, FAILED: DENIED, SURROUNDINGS: HARDWARE}, Outcome.PASS),
    Case("good: root answers", {UNITS: NO_BUS, FAILED: "", SURROUNDINGS: HARDWARE}, Outcome.PASS),
    Case(
        "good: ignored",
        {UNITS: NO_BUS, FAILED: BROKEN, SURROUNDINGS: HARDWARE},
        Outcome.PASS,
        parameters={"ignored": ("backup.service",)},
    ),
    Case(
        "bad",
        {
            UNITS: ACTIVE.replace("== end", BROKEN + "== end"),
            FAILED: DENIED,
            SURROUNDINGS: HARDWARE,
        },
        Outcome.FAIL,
        says="backup.service",
    ),
    Case(
        "bad: root answers", {UNITS: NO_BUS, FAILED: BROKEN, SURROUNDINGS: HARDWARE}, Outcome.FAIL
    ),
    Case(
        "absent: another init",
        {UNITS: NO_BUS, FAILED: MISSING_TOOL, SURROUNDINGS: DOCKER},
        Outcome.NOT_APPLICABLE,
        says="nginx",
    ),
    Case(
        "unreadable: neither",
        {UNITS: NO_BUS, FAILED: DENIED, SURROUNDINGS: HARDWARE},
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(failed_units, case)
