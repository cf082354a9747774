"""`sysctl-kernel` judges what holds now and after the next start."""

import pytest
from tests.checks.kernel.surroundings import CONTAINER
from tests.checks.kernel.sysctls import KERNEL, SAVED_KERNEL, answers, saved
from tests.support import Answer, Case, agree

from cdso_audit.model import Outcome
from cdso_checks.kernel.sysctl_kernel import sysctl_kernel

CASES = [
    Case("good", answers(KERNEL, saved(SAVED_KERNEL)), Outcome.PASS),
    Case(
        "good: the kernel was built so",
        answers(
            KERNEL,
            saved(
                SAVED_KERNEL.replace("kernel.dmesg_restrict = 1\n", ""),
                config="CONFIG_SECURITY_DMESG_RESTRICT=y\n",
            ),
        ),
        Outcome.PASS,
    ),
    Case(
        "good: no Yama",
        answers({k: v for k, v in KERNEL.items() if "yama" not in k}, saved(SAVED_KERNEL)),
        Outcome.PASS,
    ),
    Case(
        "good: root reads the rest",
        answers(
            KERNEL | {"fs/protected_fifos": "!"},
            saved(SAVED_KERNEL),
            root="/proc/sys/fs/protected_fifos:1\n",
        ),
        Outcome.PASS,
    ),
    Case(
        "bad: no randomisation",
        answers(KERNEL | {"kernel/randomize_va_space": "0"}, saved(SAVED_KERNEL)),
        Outcome.FAIL,
    ),
    Case("bad: saved nowhere", answers(KERNEL, saved("")), Outcome.FAIL, says="will be wrong"),
    Case(
        "bad: set-id programs dump",
        answers(KERNEL | {"fs/suid_dumpable": "2"}, saved(SAVED_KERNEL + "fs.suid_dumpable = 2\n")),
        Outcome.FAIL,
    ),
    Case(
        "bad: root reads a wrong one",
        answers(
            KERNEL | {"fs/protected_fifos": "!"},
            saved(SAVED_KERNEL),
            root="/proc/sys/fs/protected_fifos:0\n",
        ),
        Outcome.FAIL,
    ),
    Case("absent: a container", answers(KERNEL, saved(""), CONTAINER), Outcome.NOT_APPLICABLE),
    Case(
        "unreadable: only root may read some",
        answers(KERNEL | {"fs/protected_fifos": "!"}, saved(SAVED_KERNEL)),
        Outcome.UNKNOWN,
        says="fs.protected_fifos",
    ),
    Case(
        "unreadable: cut", answers(Answer("kernel/kptr_restrict:1\n"), saved("")), Outcome.UNKNOWN
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(sysctl_kernel, case)
