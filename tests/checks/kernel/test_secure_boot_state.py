"""`secure-boot-state` reads the firmware's variable."""

import pytest
from tests.checks.kernel.surroundings import DOCKER, HARDWARE, VIRTUAL
from tests.support import Case, agree, shipped

from cdso_audit.facts.kernel_boot import SECURE_BOOT
from cdso_audit.facts.mounts import SURROUNDINGS
from cdso_audit.model import Outcome

CASES = [
    Case(
        "good",
        {
            SECURE_BOOT: "variable  6 0 0 0 1\nlockdown none [integrity] confidentiality\nend .\n",
            SURROUNDINGS: HARDWARE,
        },
        Outcome.PASS,
    ),
    Case(
        "bad: off",
        {SECURE_BOOT: "variable  6 0 0 0 0\nlockdown unknown\nend .\n", SURROUNDINGS: HARDWARE},
        Outcome.FAIL,
    ),
    Case(
        "bad: firmware without it",
        {SECURE_BOOT: "variable none\nlockdown unknown\nend .\n", SURROUNDINGS: HARDWARE},
        Outcome.FAIL,
    ),
    Case(
        "absent: BIOS",
        {SECURE_BOOT: "variable none\nend .\n", SURROUNDINGS: VIRTUAL},
        Outcome.NOT_APPLICABLE,
        says="UEFI",
    ),
    Case(
        "absent: a container",
        {SECURE_BOOT: "variable none\nend .\n", SURROUNDINGS: DOCKER},
        Outcome.NOT_APPLICABLE,
    ),
    Case(
        "unreadable: od failed",
        {SECURE_BOOT: "variable \nlockdown unknown\nend .\n", SURROUNDINGS: HARDWARE},
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(shipped("secure-boot-state"), case)
