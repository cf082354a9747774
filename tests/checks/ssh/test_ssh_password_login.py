"""`ssh-password-login` sees passwords through every door that asks for one."""

import pytest
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.reading import Probe
from cdso_audit.facts.sshd import SSHD_ROOT, SSHD_USER
from cdso_audit.model import Outcome
from cdso_checks.ssh.ssh_password_login import ssh_password_login

PORT = "port 22\n"


def both(text: str) -> dict[Probe, str | Answer]:
    """The same settings for root and for an ordinary user."""
    return {SSHD_ROOT: PORT + text, SSHD_USER: PORT + text}


CASES = [
    Case(
        "good: keys only",
        both("permitrootlogin no\npasswordauthentication no\nkbdinteractiveauthentication no\n"),
        Outcome.PASS,
    ),
    Case(
        "good: MFA by chains of methods",
        both(
            "permitrootlogin yes\npasswordauthentication yes\nkbdinteractiveauthentication yes\n"
            "authenticationmethods publickey,password publickey,keyboard-interactive:pam\n"
        ),
        Outcome.PASS,
    ),
    Case(
        "good: names before 8.7",
        both("permitrootlogin no\npasswordauthentication no\nchallengeresponseauthentication no\n"),
        Outcome.PASS,
    ),
    Case(
        "bad: defaults of Debian 12",
        both(
            "permitrootlogin without-password\npasswordauthentication yes\n"
            "kbdinteractiveauthentication no\nauthenticationmethods any\n"
        ),
        outcomes={"root": Outcome.PASS, "user": Outcome.FAIL},
    ),
    Case(
        "bad: keyboard-interactive asks for the same password",
        both(
            "permitrootlogin yes\npasswordauthentication no\nkbdinteractiveauthentication yes\n"
            "authenticationmethods any\n"
        ),
        Outcome.FAIL,
    ),
    Case(
        "bad: one chain of two has no key",
        both(
            "permitrootlogin yes\npasswordauthentication yes\nkbdinteractiveauthentication no\n"
            "authenticationmethods publickey,password password\n"
        ),
        Outcome.FAIL,
    ),
    Case(
        "bad: two passwords are one factor",
        both(
            "permitrootlogin yes\npasswordauthentication yes\nkbdinteractiveauthentication yes\n"
            "authenticationmethods password,keyboard-interactive\n"
        ),
        Outcome.FAIL,
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
    agree(ssh_password_login, case)
