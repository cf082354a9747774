"""`ssh-access-limited` wants a list that shuts somebody out."""

import pytest
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.reading import Probe
from cdso_audit.facts.sshd import SSHD_ROOT, SSHD_USER
from cdso_audit.model import Outcome
from cdso_checks.ssh.ssh_access_limited import ssh_access_limited

PORT = "port 22\n"


def both(text: str) -> dict[Probe, str | Answer]:
    """The same settings for root and for an ordinary user."""
    return {SSHD_ROOT: PORT + text, SSHD_USER: PORT + text}


CASES = [
    Case("good: groups", both("permitrootlogin yes\nallowgroups ssh-users\n"), Outcome.PASS),
    Case(
        "good: users",
        both("permitrootlogin yes\nallowusers alice@10.0.0.0/8\nallowusers bob\n"),
        Outcome.PASS,
    ),
    Case("good: denied", both("permitrootlogin yes\ndenygroups nologin\n"), Outcome.PASS),
    Case(
        "bad", both("permitrootlogin no\n"), outcomes={"root": Outcome.PASS, "user": Outcome.FAIL}
    ),
    Case("bad: everybody is allowed", both("permitrootlogin yes\nallowusers *\n"), Outcome.FAIL),
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
    agree(ssh_access_limited, case)
