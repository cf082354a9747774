"""`ssh-root-login` believes what sshd says of root."""

import pytest
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.sshd import SSHD_ROOT, SSHD_USER
from cdso_audit.model import Outcome
from cdso_checks.ssh.ssh_root_login import ssh_root_login

USER = "port 22\npermitrootlogin no\n"

CASES = [
    Case(
        "good",
        {SSHD_ROOT: "port 22\npermitrootlogin no\n", SSHD_USER: USER},
        outcomes={"root": Outcome.PASS, "user": Outcome.NOT_APPLICABLE},
    ),
    Case(
        "bad: keys only is still a login as root",
        {SSHD_ROOT: "port 22\npermitrootlogin without-password\n", SSHD_USER: USER},
        outcomes={"root": Outcome.FAIL, "user": Outcome.NOT_APPLICABLE},
        says="without-password",
    ),
    Case("absent", {SSHD_ROOT: MISSING_TOOL, SSHD_USER: MISSING_TOOL}, Outcome.NOT_APPLICABLE),
    Case("unreadable: sudo refused", {SSHD_ROOT: DENIED, SSHD_USER: DENIED}, Outcome.UNKNOWN),
    Case(
        "unreadable: no settings came back",
        {SSHD_ROOT: "Missing privilege separation directory: /run/sshd\n", SSHD_USER: USER},
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: sshd refused its own file",
        {SSHD_ROOT: Answer(code=255, errors="bad configuration option: X"), SSHD_USER: USER},
        Outcome.UNKNOWN,
        says="bad configuration option",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(ssh_root_login, case)
