"""`ssh-file-modes` knows which modes are right where."""

import pytest
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.sshd import SSHD_ROOT
from cdso_audit.facts.sshfiles import SSH_FILES
from cdso_audit.model import Outcome
from cdso_checks.ssh.ssh_file_modes import ssh_file_modes

SSHD = "port 22\nhostkey /etc/ssh/ssh_host_ed25519_key\n"
DEBIAN = """\
755 0 0 root root /etc/ssh
644 0 0 root root /etc/ssh/ssh_host_ed25519_key.pub
644 0 0 root root /etc/ssh/sshd_config
600 0 0 root root /etc/ssh/ssh_host_ed25519_key
755 0 0 root root /etc/ssh/sshd_config.d
600 0 0 root root /etc/ssh/sshd_config.d/50-cloud-init.conf
"""
KEY = "600 0 0 root root /etc/ssh/ssh_host_ed25519_key"

CASES = [
    Case("good: Debian 12", {SSHD_ROOT: SSHD, SSH_FILES: DEBIAN}, Outcome.PASS),
    Case(
        "good: RHEL lets the group ssh_keys read",
        {
            SSHD_ROOT: SSHD,
            SSH_FILES: DEBIAN.replace(KEY, "640 0 994 root ssh_keys " + KEY[17:]),
        },
        Outcome.PASS,
    ),
    Case(
        "bad: a group reads a private key",
        {SSHD_ROOT: SSHD, SSH_FILES: DEBIAN.replace(KEY, "640 0 100 root users " + KEY[17:])},
        Outcome.FAIL,
    ),
    Case(
        "bad: everybody reads a private key",
        {SSHD_ROOT: SSHD, SSH_FILES: DEBIAN.replace(KEY, "644" + KEY[3:])},
        Outcome.FAIL,
        says="1 of 6",
    ),
    Case(
        "bad: a key with another name that sshd names",
        {
            SSHD_ROOT: "port 22\nhostkey /etc/ssh/own\n",
            SSH_FILES: DEBIAN + "644 0 0 root root /etc/ssh/own\n",
        },
        Outcome.FAIL,
    ),
    Case(
        "bad: a drop-in that somebody else may write",
        {SSHD_ROOT: SSHD, SSH_FILES: DEBIAN + "664 0 50 root staff /etc/ssh/sshd_config.d/a.conf"},
        Outcome.FAIL,
    ),
    Case(
        "bad: a setting that belongs to a user",
        {SSHD_ROOT: SSHD, SSH_FILES: DEBIAN.replace("644 0 0 root", "644 1000 0 alice")},
        Outcome.FAIL,
    ),
    Case("absent", {SSHD_ROOT: MISSING_TOOL, SSH_FILES: ""}, Outcome.NOT_APPLICABLE),
    Case("unreadable: denied", {SSHD_ROOT: SSHD, SSH_FILES: DENIED}, Outcome.UNKNOWN),
    Case(
        "unreadable: busybox lacks what is asked",
        {SSHD_ROOT: SSHD, SSH_FILES: Answer("find: unrecognized: -L\n", 1)},
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: a host key lies elsewhere",
        {SSHD_ROOT: "port 22\nhostkey /data/key\n", SSH_FILES: DEBIAN},
        outcomes={"/etc/ssh": Outcome.PASS, "/data/key": Outcome.UNKNOWN},
    ),
    Case(
        "unreadable: sshd does not say which keys it has",
        {SSHD_ROOT: Answer(code=255, errors="no hostkeys available"), SSH_FILES: DEBIAN},
        outcomes={"/etc/ssh": Outcome.PASS, "host keys elsewhere": Outcome.UNKNOWN},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(ssh_file_modes, case)
