"""`update-lists-fresh` dates the lists that carry security updates."""

from datetime import timedelta

import pytest
from tests.support import AT, Answer, Case, agree

from cdso_audit.facts.updates import PACKAGE_UPDATES
from cdso_audit.model import Outcome
from cdso_checks.updates.update_lists_fresh import update_lists_fresh


def stamp(days: float) -> int:
    return int((AT - timedelta(days=days)).timestamp())


def apt(*lists: str) -> dict[object, str]:
    text = "\n".join(lists)
    return {
        PACKAGE_UPDATES: f"@@ manager-apt\n@@ lists\n{text}\n@@ held\n@@ pending\n"
        "Listing...\nexit 0\n@@ versions\n@@ releases\n@@ end\n"
    }


MAIN = f"{stamp(1)} mirror_debian_dists_bookworm_InRelease"
CASES = [
    Case("good", apt(MAIN, f"{stamp(2)} mirror_dists_bookworm-security_InRelease"), Outcome.PASS),
    Case(
        "good: the stamp of a whole success is newer",
        apt(
            f"{stamp(30)} mirror_dists_bookworm-security_InRelease",
            f"{stamp(1)} update-success-stamp",
        ),
        Outcome.PASS,
    ),
    Case(
        "good: dnf",
        {
            PACKAGE_UPDATES: f"@@ manager-dnf\n@@ lists\n{stamp(3)} /var/cache/dnf/a/repomd.xml\n"
            "@@ pending\nexit 0\n@@ end\n"
        },
        Outcome.PASS,
    ),
    Case(
        "bad: a fresh main list hides an old security list",
        apt(MAIN, f"{stamp(30)} mirror_dists_bookworm-security_InRelease"),
        Outcome.FAIL,
        says="30 days old",
    ),
    Case("bad: no security suite", apt(MAIN), Outcome.FAIL, says="no source carries them"),
    Case("bad: never fetched", apt(), Outcome.FAIL),
    Case("absent: no package manager", {PACKAGE_UPDATES: "@@ end\n"}, Outcome.UNKNOWN),
    Case("unreadable: broken", {PACKAGE_UPDATES: Answer(code=2)}, Outcome.UNKNOWN),
    Case("unreadable: cut short", {PACKAGE_UPDATES: "@@ manager-apt\n"}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(update_lists_fresh, case)
