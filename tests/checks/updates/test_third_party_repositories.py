"""`third-party-repositories` lists the sources that nobody allowed by name."""

import pytest
from tests.support import Answer, Case, agree

from cdso_audit.facts.updates import PACKAGE_SOURCES
from cdso_audit.model import Outcome
from cdso_checks.updates.third_party_repositories import third_party_repositories


def seen(*lines: str) -> dict[object, str]:
    text = "\n".join(lines)
    return {
        PACKAGE_SOURCES: f"@@ list\n@file /etc/apt/sources.list\n{text}\n"
        "@@ deb822\n@@ apt\n@@ yum\n"
        "@@ manager\napt-get\n@@ end\n"
    }


DEBIAN = "deb http://mirror.debian.org/debian bookworm main"
AGENCY = "deb [signed-by=/k] https://mirror.example.vn:8443/debian bookworm main"
CASES = [
    Case("good: the distribution", seen(DEBIAN), Outcome.PASS),
    Case("good: on the host itself", seen(DEBIAN, "deb file:/srv/mirror ./"), Outcome.PASS),
    Case(
        "good: allowed",
        seen(DEBIAN, AGENCY),
        Outcome.PASS,
        parameters={"allowed": ["mirror.example.vn"]},
    ),
    Case("bad: not allowed", seen(DEBIAN, AGENCY), Outcome.FAIL, says="mirror.example.vn"),
    Case(
        "bad: a name that only ends alike",
        seen("deb http://notdebian.org/ a b"),
        Outcome.FAIL,
    ),
    Case("absent: no source", seen(), Outcome.UNKNOWN),
    Case("unreadable: closed", seen("unreadable"), Outcome.UNKNOWN),
    Case("unreadable: broken", {PACKAGE_SOURCES: Answer(code=2)}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(third_party_repositories, case)
