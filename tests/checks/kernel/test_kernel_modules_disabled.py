"""`kernel-modules-disabled` asks modprobe and the kernel."""

import pytest
from tests.checks.kernel.surroundings import CONTAINER, HARDWARE
from tests.support import MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.kernel_modules import MODPROBE, MODULES
from cdso_audit.facts.mounts import SURROUNDINGS
from cdso_audit.facts.reading import Probe
from cdso_audit.model import Outcome
from cdso_checks.kernel.kernel_modules_disabled import kernel_modules_disabled

SHIPPED = "== shipped\ncramfs\ndccp\nsctp\nusb_storage\nuas\n== builtin\n== loaded\n== end\n"
REFUSED = (
    "install cramfs /bin/false\ninstall dccp /bin/true\nblacklist sctp\n"
    "install usb_storage /bin/false\nalias fs-cramfs cramfs\n"
)


def answers(
    modules: str | Answer = SHIPPED, config: str | Answer = REFUSED, where: str = HARDWARE
) -> dict[Probe, str | Answer]:
    return {MODULES: modules, MODPROBE: config, SURROUNDINGS: where}


CASES = [
    Case("good", answers(), Outcome.PASS),
    Case(
        "good: not shipped at all",
        answers("== shipped\n== builtin\n== loaded\n== end\n", ""),
        Outcome.PASS,
    ),
    Case("bad", answers(config=""), Outcome.FAIL, says="cramfs, dccp, sctp"),
    Case(
        "bad: loaded all the same",
        answers(SHIPPED.replace("== loaded\n", "== loaded\nsctp\n")),
        Outcome.FAIL,
        says="sctp",
    ),
    Case(
        "bad: built in",
        answers(SHIPPED.replace("== builtin\n", "== builtin\ncramfs\n")),
        Outcome.FAIL,
        says="cramfs",
    ),
    Case(
        "bad: install that installs",
        answers(config=REFUSED.replace("cramfs /bin/false", "cramfs /sbin/modprobe -i cramfs")),
        Outcome.FAIL,
    ),
    Case("absent: a container", answers(where=CONTAINER), Outcome.NOT_APPLICABLE),
    Case(
        "unreadable: no modules of this kernel",
        answers("== unshipped\n== builtin\n== loaded\n== end\n"),
        Outcome.UNKNOWN,
    ),
    Case("unreadable: no kmod", answers(config=MISSING_TOOL), Outcome.UNKNOWN),
    Case(
        "unreadable: a file is closed",
        answers(config=Answer("", 0, "libkmod: ERROR: could not open '/etc/modprobe.d/x.conf'")),
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(kernel_modules_disabled, case)
