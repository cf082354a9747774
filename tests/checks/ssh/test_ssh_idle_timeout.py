"""`ssh-idle-timeout` multiplies interval and count."""

import pytest
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.reading import Probe
from cdso_audit.facts.sshd import SSHD_ROOT, SSHD_USER
from cdso_audit.model import Outcome
from cdso_checks.ssh.ssh_idle_timeout import ssh_idle_timeout

PORT = "port 22\n"


def both(text: str) -> dict[Probe, str | Answer]:
    """The same settings for root and for an ordinary user."""
    return {SSHD_ROOT: PORT + text, SSHD_USER: PORT + text}


CASES = [
    Case(
        "good: exactly the limit",
        both("clientaliveinterval 100\nclientalivecountmax 3\n"),
        Outcome.PASS,
    ),
    Case(
        "good: fifteen minutes where a rulebook allows them",
        both("clientaliveinterval 300\nclientalivecountmax 3\n"),
        Outcome.PASS,
        parameters={"max_seconds": 900},
    ),
    Case(
        "bad: one more than the limit",
        both("clientaliveinterval 301\nclientalivecountmax 1\n"),
        Outcome.FAIL,
    ),
    Case("bad: default", both("clientaliveinterval 0\nclientalivecountmax 3\n"), Outcome.FAIL),
    Case(
        "bad: a count of 0 switches it off",
        both("clientaliveinterval 300\nclientalivecountmax 0\n"),
        Outcome.FAIL,
        says="never ended",
    ),
    Case("absent", {SSHD_ROOT: MISSING_TOOL, SSHD_USER: MISSING_TOOL}, Outcome.NOT_APPLICABLE),
    Case("unreadable: sudo refused", {SSHD_ROOT: DENIED, SSHD_USER: DENIED}, Outcome.UNKNOWN),
    Case(
        "unreadable: privilege separation directory is missing",
        {
            SSHD_ROOT: Answer(code=255, errors="Missing privilege separation directory: /run/sshd"),
            SSHD_USER: Answer(code=255, errors="Missing privilege separation directory: /run/sshd"),
        },
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(ssh_idle_timeout, case)
