"""`unneeded-services` looks at what starts and what runs."""

import pytest
from tests.checks.services.units import ACTIVE, NO_BUS, answers, unit
from tests.support import MISSING_TOOL, Answer, Case, agree

from cdso_audit.model import Outcome
from cdso_checks.services.unneeded_services import unneeded_services

CASES = [
    Case("good", answers(), Outcome.PASS),
    Case("good: disabled", answers(unit("cups.service", "disabled")), Outcome.PASS),
    Case(
        "good: needed here",
        answers(unit("rpcbind.socket")),
        Outcome.PASS,
        parameters={"needed": ("rpcbind",)},
    ),
    Case("good: no bus", answers(active=NO_BUS), Outcome.PASS, says="could not be asked"),
    Case(
        "bad: starts",
        answers(unit("avahi-daemon.service")),
        Outcome.FAIL,
        says="avahi-daemon.service",
    ),
    Case(
        "bad: runs though disabled",
        answers(active=ACTIVE.replace("== end", "cups.service loaded active running CUPS\n== end")),
        Outcome.FAIL,
    ),
    Case("absent: no systemd", answers(MISSING_TOOL, MISSING_TOOL), Outcome.UNKNOWN),
    Case("unreadable: unit files", answers(Answer(code=4)), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(unneeded_services, case)
