"""`bootloader-protected` reads modes and words of GRUB."""

import pytest
from tests.checks.kernel.surroundings import CONTAINER, HARDWARE, VIRTUAL
from tests.support import DENIED, Answer, Case, agree

from cdso_audit.facts.kernel_boot import GRUB_FILES, GRUB_WORDS
from cdso_audit.facts.mounts import SURROUNDINGS
from cdso_audit.facts.reading import Probe
from cdso_audit.model import Outcome
from cdso_checks.kernel.bootloader_protected import bootloader_protected


def answers(
    files: str | Answer = "600 0 0 /boot/grub/grub.cfg\n",
    words: str | Answer = "/boot/grub/grub.cfg:password_pbkdf2 \n",
    where: str = HARDWARE,
) -> dict[Probe, str | Answer]:
    if isinstance(files, str):  # as find writes it: the path twice, then NUL
        files = "".join(f"{each}/{each.partition('/')[2]}\0" for each in files.splitlines())
    return {GRUB_FILES: files, GRUB_WORDS: words, SURROUNDINGS: where}


CASES = [
    Case("good", answers(), Outcome.PASS),
    Case(
        "good: a virtual machine, by parameter",
        answers(words=Answer("", 1), where=VIRTUAL),
        Outcome.PASS,
        parameters={"password_on_virtual": "no"},
    ),
    Case(
        "good: Red Hat",
        answers(
            "600 0 0 /boot/grub2/grub.cfg\n600 0 0 /boot/grub2/user.cfg\n",
            "/boot/grub2/user.cfg:GRUB2_PASSWORD=\n",
        ),
        Outcome.PASS,
    ),
    Case("bad: no password", answers(words=Answer("", 1)), Outcome.FAIL, says="without a password"),
    Case(
        "bad: superusers without a password",
        answers(words="/boot/grub/grub.cfg:set superusers=\n"),
        Outcome.FAIL,
    ),
    Case(
        "bad: everybody reads it",
        answers("644 0 0 /boot/grub/grub.cfg\n"),
        Outcome.FAIL,
        says="open to others",
    ),
    Case("absent: a container", answers(where=CONTAINER), Outcome.NOT_APPLICABLE),
    Case("unreadable: no root", answers(DENIED, DENIED), Outcome.UNKNOWN),
    Case("unreadable: another loader", answers("", Answer("", 1)), Outcome.UNKNOWN, says="no GRUB"),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(bootloader_protected, case)
