"""`sbom-parts`: a file, parts in it, and the name of the whole."""

import pytest
from tests.checks.development.sboms import (
    DECLARED,
    ELSEWHERE,
    SPDX,
    UNREADABLE,
    WITHOUT_FILE,
    answer,
    cyclonedx,
    cyclonedx_xml,
)
from tests.support import Case, agree

from cdso_audit.model import Declared, Outcome
from cdso_checks.development.sbom_parts import sbom_parts

CASES = [
    Case(
        "good: CycloneDX",
        answer(portal=cyclonedx()),
        Outcome.PASS,
        says="sboms/portal.cdx.json lists 2 parts of portal 4.2.0",
        declared=DECLARED,
    ),
    Case("good: one part", answer(portal=cyclonedx(parts=1)), Outcome.PASS, declared=DECLARED),
    Case(
        "good: no version",
        answer(portal=cyclonedx(version="")),
        Outcome.PASS,
        says="2 parts of portal",
        declared=DECLARED,
    ),
    Case("good: XML", answer(portal=cyclonedx_xml()), Outcome.PASS, declared=DECLARED),
    Case("good: SPDX", answer(portal=SPDX), Outcome.PASS, declared=DECLARED),
    Case(
        "bad: no part",
        answer(portal=cyclonedx(parts=0)),
        Outcome.FAIL,
        says="no part",
        declared=DECLARED,
    ),
    Case(
        "bad: nobody knows of what",
        answer(portal=cyclonedx(name="")),
        Outcome.FAIL,
        says="does not say of what",
        declared=DECLARED,
    ),
    Case(
        "bad: declared without a file",
        answer(),
        Outcome.FAIL,
        says="no SBOM of it",
        declared=WITHOUT_FILE,
    ),
    Case(
        "absent: the system's software runs elsewhere",
        answer(),
        Outcome.NOT_APPLICABLE,
        says="it names portal",
        declared=ELSEWHERE,
    ),
    Case(
        "unreadable: nothing is declared",
        answer(),
        Outcome.UNKNOWN,
        says="declared.sboms",
        declared=Declared(),
    ),
    Case("unreadable: closed", UNREADABLE, Outcome.UNKNOWN, says="denied", declared=DECLARED),
    Case(
        "unreadable: cut short",
        answer(portal=cyclonedx()[:200]),
        Outcome.UNKNOWN,
        says="sboms/portal.cdx.json: line ",
        declared=DECLARED,
    ),
    Case("unreadable: not in the evidence", answer(), Outcome.UNKNOWN, declared=DECLARED),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(sbom_parts, case)
