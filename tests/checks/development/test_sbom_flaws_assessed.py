"""`sbom-flaws-assessed`: a state for each, and no pass without a section that holds some."""

import pytest
from tests.checks.development.sboms import (
    ASSESSED,
    DECLARED,
    ELSEWHERE,
    SPDX,
    SPDX_TAGS,
    UNREADABLE,
    WITHOUT_FILE,
    answer,
    cyclonedx,
    cyclonedx_xml,
)
from tests.support import Case, agree

from cdso_audit.model import Outcome
from cdso_checks.development.sbom_flaws_assessed import sbom_flaws_assessed

XML_FLAW = (
    "<vulnerability><id>CVE-2026-0003</id><analysis><state>{}</state></analysis></vulnerability>"
)
MANY = tuple((f"CVE-2026-{at:04}", "") for at in range(13))

CASES = [
    Case(
        "good: each has its state",
        answer(portal=cyclonedx(flaws=ASSESSED)),
        Outcome.PASS,
        says="all 2 known vulnerabilities are assessed; exploitable: 1",
        declared=DECLARED,
    ),
    *(
        Case(
            f"good: {state}",
            answer(portal=cyclonedx(flaws=(("CVE-2026-0001", state),))),
            Outcome.PASS,
            declared=DECLARED,
        )
        for state in ("resolved", "resolved_with_pedigree", "false_positive")
    ),
    Case(
        "good: XML",
        answer(portal=cyclonedx_xml(flaws=XML_FLAW.format("resolved"))),
        Outcome.PASS,
        declared=DECLARED,
    ),
    Case(
        "bad: one without, though a scanner rated it",
        answer(portal=cyclonedx(flaws=(*ASSESSED, ("CVE-2026-0009", "")))),
        Outcome.FAIL,
        says="1 known vulnerabilities have no assessment: CVE-2026-0009",
        declared=DECLARED,
    ),
    Case(
        "bad: nobody has looked yet",
        answer(portal=cyclonedx(flaws=(("CVE-2026-0001", "in_triage"),))),
        Outcome.FAIL,
        declared=DECLARED,
    ),
    Case(
        "bad: XML",
        answer(portal=cyclonedx_xml(flaws=XML_FLAW.format("in_triage"))),
        Outcome.FAIL,
        says="CVE-2026-0003",
        declared=DECLARED,
    ),
    Case(
        "bad: without a name",
        answer(portal=cyclonedx(flaws=(("", ""),))),
        Outcome.FAIL,
        says="assessment: ?",
        declared=DECLARED,
    ),
    Case(
        "bad: twelve are spelt out",
        answer(portal=cyclonedx(flaws=MANY)),
        Outcome.FAIL,
        says="13 known vulnerabilities have no assessment: CVE-2026-0000",
        declared=DECLARED,
    ),
    Case(
        "bad: twelve, and no more",
        answer(portal=cyclonedx(flaws=MANY)),
        Outcome.FAIL,
        says="CVE-2026-0011 …",
        declared=DECLARED,
    ),
    Case(
        "bad: all twelve",
        answer(portal=cyclonedx(flaws=MANY[1:])),
        Outcome.FAIL,
        says="CVE-2026-0012",
        declared=DECLARED,
    ),
    Case(
        "absent: no section",
        answer(portal=cyclonedx()),
        Outcome.UNKNOWN,
        says="(CycloneDX 1.5) has no section",
        declared=DECLARED,
    ),
    Case(
        "absent: an empty section, as trivy writes it without looking",
        answer(portal=cyclonedx(flaws=())),
        Outcome.UNKNOWN,
        says="whether anybody looked",
        declared=DECLARED,
    ),
    Case(
        "absent: XML without a section",
        answer(portal=cyclonedx_xml()),
        Outcome.UNKNOWN,
        says="no section",
        declared=DECLARED,
    ),
    Case(
        "absent: SPDX", answer(portal=SPDX), Outcome.UNKNOWN, says="no section", declared=DECLARED
    ),
    Case("absent: tag-value", answer(portal=SPDX_TAGS), Outcome.UNKNOWN, declared=DECLARED),
    Case(
        "absent: no SBOM",
        answer(),
        Outcome.UNKNOWN,
        says="no SBOM of it",
        declared=WITHOUT_FILE,
    ),
    Case("absent: none here", answer(), Outcome.NOT_APPLICABLE, declared=ELSEWHERE),
    Case(
        "unreadable: no list of blocks",
        answer(
            portal=cyclonedx(flaws=ASSESSED).replace(
                '"vulnerabilities": [', '"vulnerabilities": ["CVE-2026-0004",'
            )
        ),
        Outcome.UNKNOWN,
        says="no list of blocks",
        declared=DECLARED,
    ),
    Case("unreadable: closed", UNREADABLE, Outcome.UNKNOWN, declared=DECLARED),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(sbom_flaws_assessed, case)
