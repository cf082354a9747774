"""`usb-storage-disabled` asks for one module."""

import pytest
from tests.checks.kernel.surroundings import CONTAINER, HARDWARE
from tests.support import MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.kernel_modules import MODPROBE, MODULES
from cdso_audit.facts.mounts import SURROUNDINGS
from cdso_audit.facts.reading import Probe
from cdso_audit.model import Outcome
from cdso_checks.kernel.usb_storage_disabled import usb_storage_disabled

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
    Case("good: written with a hyphen", answers(config="blacklist usb-storage\n"), Outcome.PASS),
    Case("bad", answers(config=""), Outcome.FAIL, says="usb_storage"),
    Case(
        "bad: plugged in before",
        answers(SHIPPED.replace("== loaded\n", "== loaded\nusb_storage\n")),
        Outcome.FAIL,
    ),
    Case("absent: a container", answers(where=CONTAINER), Outcome.NOT_APPLICABLE),
    Case("unreadable: no kmod", answers(config=MISSING_TOOL), Outcome.UNKNOWN),
    Case("unreadable: cut", answers("== shipped\n"), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(usb_storage_disabled, case)
