"""`mount-options` reads what is mounted, not what fstab wants."""

# ruff: noqa: S108 - text is as the programs print it

import pytest
from tests.checks.kernel.surroundings import CONTAINER, CUT, HARDWARE
from tests.support import Case, agree

from cdso_audit.facts.mounts import MOUNTS, SURROUNDINGS
from cdso_audit.model import Outcome
from cdso_checks.files.mount_options import mount_options


def mounts(*lines: str) -> str:
    """/proc/self/mountinfo with / and these mounts, each on top of an earlier one of its point."""
    text = "22 1 254:0 / / rw,relatime - ext4 /dev/vda1 rw\n"
    tops: dict[str, int] = {}
    for number, line in enumerate(lines, start=30):
        point, options = line.split(" ")
        text += f"{number} {tops.get(point, 22)} 0:{number} / {point} {options} - tmpfs tmpfs rw\n"
        tops[point] = number
    return text + "== end\n"


CASES = [
    Case(
        "good",
        {
            MOUNTS: mounts("/dev/shm rw,nosuid,nodev", "/tmp rw,nosuid,nodev,noexec"),
            SURROUNDINGS: HARDWARE,
        },
        Outcome.PASS,
    ),
    Case(
        "bad: /dev/shm with devices",
        {MOUNTS: mounts("/dev/shm rw,relatime"), SURROUNDINGS: HARDWARE},
        Outcome.FAIL,
        says="/dev/shm (nosuid, nodev)",
    ),
    Case(
        "bad: a later mount covers the good one",
        {MOUNTS: mounts("/tmp rw,nosuid,nodev", "/tmp rw,relatime"), SURROUNDINGS: HARDWARE},
        Outcome.FAIL,
    ),
    Case(
        "bad: a file system of its own is asked for",
        {MOUNTS: mounts("/dev/shm rw,nosuid,nodev"), SURROUNDINGS: HARDWARE},
        Outcome.FAIL,
        says="/tmp",
        parameters={"separate": ("/tmp",)},
    ),
    Case(
        "bad: noexec is asked for",
        {MOUNTS: mounts("/dev/shm rw,nosuid,nodev"), SURROUNDINGS: HARDWARE},
        Outcome.FAIL,
        parameters={"dev_shm": ("noexec",)},
    ),
    Case(
        "absent: a container",
        {MOUNTS: mounts("/dev/shm rw"), SURROUNDINGS: CONTAINER},
        Outcome.NOT_APPLICABLE,
    ),
    Case(
        "absent: no file system of its own",
        {MOUNTS: mounts(), SURROUNDINGS: HARDWARE},
        Outcome.NOT_APPLICABLE,
    ),
    Case(
        "unreadable: cut",
        {MOUNTS: "22 1 254:0 / / rw - ext4 /dev/vda rw\n", SURROUNDINGS: HARDWARE},
        Outcome.UNKNOWN,
    ),
    Case("unreadable: surroundings", {MOUNTS: mounts(), SURROUNDINGS: CUT}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(mount_options, case)
