"""`ssh-banner` wants a notice, not a version."""

import pytest
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.sshd import SSHD_ROOT
from cdso_audit.facts.sshfiles import SSH_BANNER
from cdso_audit.model import GapReason, Outcome
from cdso_checks.ssh.ssh_banner import ssh_banner

SSHD = "port 22\nbanner /etc/issue.net\n"

CASES = [
    Case(
        "good",
        {SSHD_ROOT: SSHD, SSH_BANNER: "present\nOnly for staff. Chỉ dành cho cán bộ.\n"},
        Outcome.PASS,
    ),
    Case("bad: none", {SSHD_ROOT: "port 22\nbanner none\n"}, Outcome.FAIL, says="no notice"),
    Case("bad: empty", {SSHD_ROOT: SSHD, SSH_BANNER: "present\n \n"}, Outcome.FAIL),
    Case("bad: missing", {SSHD_ROOT: SSHD, SSH_BANNER: "absent\n"}, Outcome.FAIL, says="missing"),
    Case(
        "bad: Debian's own file names the release",
        {SSHD_ROOT: SSHD, SSH_BANNER: "present\nDebian GNU/Linux 12\n"},
        Outcome.FAIL,
        says="Debian",
    ),
    Case(
        "bad: getty's escapes are shown raw",
        {SSHD_ROOT: SSHD, SSH_BANNER: "present\n\\S\nKernel \\r on an \\m\n"},
        Outcome.FAIL,
    ),
    Case("absent", {SSHD_ROOT: MISSING_TOOL}, Outcome.NOT_APPLICABLE),
    Case("unreadable: denied", {SSHD_ROOT: DENIED}, Outcome.UNKNOWN),
    Case(
        "unreadable: the file is closed",
        {SSHD_ROOT: SSHD, SSH_BANNER: Answer("present\n", 1, "head: Permission denied")},
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: endless",
        {SSHD_ROOT: SSHD, SSH_BANNER: Answer(gap=GapReason.TIMEOUT)},
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(ssh_banner, case)
