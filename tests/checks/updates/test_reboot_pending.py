"""`reboot-pending` compares kernels of one flavour, by number and not by letter."""

import pytest
from tests.support import Answer, Case, agree

from cdso_audit.facts.os_release import HOST_NATURE
from cdso_audit.facts.updates import REBOOT_STATE
from cdso_audit.model import Outcome
from cdso_checks.updates.reboot_pending import reboot_pending


def seen(
    running: str, *installed: str, flag: str = "", container: str = "none", livepatch: str = ""
) -> dict[object, str]:
    return {
        REBOOT_STATE: f"@@ flag\n{flag}\n@@ running\n{running}\n@@ installed\n"
        + "\n".join(installed)
        + f"\n@@ rpm\n@@ booted\n1795000000\n@@ livepatch\n{livepatch}\n@@ end\n",
        HOST_NATURE: f"@@ container\n{container}\n@@ end\n",
    }


OLD, NEW = "6.1.0-9-amd64", "6.1.0-49-amd64"
FLAG = "required\nlinux-image-6.1.0-49-amd64\nlibc6"
CASES = [
    Case("good: the newest runs", seen(NEW, OLD, NEW), Outcome.PASS, says="since 2026-11-18"),
    Case("good: another flavour is newer", seen(NEW, NEW, "6.1.0-50-cloud-amd64"), Outcome.PASS),
    Case(
        "good: RHEL",
        seen(
            "5.14.0-427.13.1.el9_4.x86_64",
            "5.14.0-427.13.1.el9_4.x86_64",
            "5.14.0-362.8.1.el9_4.x86_64",
        ),
        Outcome.PASS,
    ),
    Case("bad: 49 is newer than 9", seen(OLD, OLD, NEW), Outcome.FAIL, says=f"{NEW} is installed"),
    Case("bad: the flag", seen(NEW, NEW, flag=FLAG), Outcome.FAIL, says="libc6"),
    Case(
        "bad: a container asks as well", seen(NEW, flag="required", container="lxc"), Outcome.FAIL
    ),
    Case("absent: a container", seen(NEW, container="lxc"), Outcome.NOT_APPLICABLE, says="lxc"),
    Case("unreadable: no kernel found", seen(NEW), Outcome.UNKNOWN),
    Case("unreadable: live patches", seen(OLD, OLD, NEW, livepatch="kpatch"), Outcome.UNKNOWN),
    Case("unreadable: broken", {**seen(NEW), REBOOT_STATE: Answer(code=2)}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(reboot_pending, case)
