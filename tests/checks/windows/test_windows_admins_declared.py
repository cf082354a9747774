"""`windows-admins-declared`: who may do everything."""

import pytest
from tests.checks.windows.documented import ADMINS, DENIED, NOT_JSON, WINDOWS, said
from tests.support import Case, agree

from cdso_audit.facts.windows.accounts import WINDOWS_ADMINISTRATORS
from cdso_audit.model import Declared, Outcome
from cdso_checks.windows.windows_admins_declared import windows_admins_declared

CASES = [
    Case(
        "good",
        {WINDOWS_ADMINISTRATORS: ADMINS},
        Outcome.PASS,
        asset=WINDOWS,
        declared=Declared(admins=("an", "domain admins")),
        says="was not looked at",
    ),
    Case(
        "bad: one more",
        {WINDOWS_ADMINISTRATORS: ADMINS},
        Outcome.FAIL,
        asset=WINDOWS,
        declared=Declared(admins=("an",)),
        says="Domain Admins",
    ),
    Case(
        "bad: a class in another language is listed all the same",
        {
            WINDOWS_ADMINISTRATORS: said(
                members={"name": "WIN1\\la", "sid": "S-1-5-21-1-2-3-1009", "class": "Benutzer"}
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
        declared=Declared(admins=("an",)),
    ),
    Case(
        "absent: nothing is declared",
        {WINDOWS_ADMINISTRATORS: ADMINS},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: Windows refused",
        {WINDOWS_ADMINISTRATORS: DENIED},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case(
        "unreadable: no JSON came back",
        {WINDOWS_ADMINISTRATORS: NOT_JSON},
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_admins_declared, case)
