"""`password-history` finds what remembers, before the new one is stored."""

import pytest
from tests.checks.passwords.stacks import DEBIAN, NO_PAM, RHEL, changed, pam
from tests.support import Answer, Case, agree

from cdso_audit.facts.pam import PAM
from cdso_audit.model import GapReason, Outcome
from cdso_checks.passwords.password_history import password_history

CASES = [
    Case(
        "good: pwhistory",
        {
            PAM: pam(
                changed(
                    DEBIAN,
                    "common-password",
                    "password\t[success=1",
                    "password required pam_pwhistory.so remember=5 use_authtok\n"
                    "password\t[success=1",
                )
            )
        },
        Outcome.PASS,
    ),
    Case(
        "good: its own default is ten",
        {
            PAM: pam(
                changed(
                    DEBIAN,
                    "common-password",
                    "password\t[success=1",
                    "password required pam_pwhistory.so use_authtok\npassword\t[success=1",
                )
            )
        },
        Outcome.PASS,
        says="10 old",
    ),
    Case(
        "good: its own file",
        {
            PAM: pam(
                changed(
                    DEBIAN,
                    "common-password",
                    "password\t[success=1",
                    "password required pam_pwhistory.so use_authtok\npassword\t[success=1",
                ),
                pwhistory="remember = 24\n",
            )
        },
        Outcome.PASS,
        says="24 old",
    ),
    Case(
        "good: pam_unix remembers",
        {PAM: pam(changed(DEBIAN, "common-password", "obscure", "obscure remember=10"))},
        Outcome.PASS,
    ),
    Case("good: RHEL 9", {PAM: pam(RHEL)}, Outcome.PASS),
    Case(
        "bad: too few",
        {
            PAM: pam(
                changed(
                    DEBIAN,
                    "common-password",
                    "password\t[success=1",
                    "password required pam_pwhistory.so remember=4\npassword\t[success=1",
                )
            )
        },
        Outcome.FAIL,
        says="4 old",
    ),
    Case(
        "bad: ten where the rulebook wants them",
        {
            PAM: pam(
                changed(
                    DEBIAN,
                    "common-password",
                    "password\t[success=1",
                    "password required pam_pwhistory.so remember=5\npassword\t[success=1",
                )
            )
        },
        Outcome.FAIL,
        parameters={"min_remember": 10},
    ),
    Case(
        "bad: switched off in its file",
        {
            PAM: pam(
                changed(
                    DEBIAN,
                    "common-password",
                    "password\t[success=1",
                    "password required pam_pwhistory.so use_authtok\npassword\t[success=1",
                ),
                pwhistory="remember = 0\n",
            )
        },
        Outcome.FAIL,
    ),
    Case(
        "bad: a file without the module",
        {PAM: pam(DEBIAN, pwhistory="remember = 24\n")},
        Outcome.FAIL,
    ),
    Case(
        "bad: after pam_unix",
        {
            PAM: pam(
                changed(
                    DEBIAN,
                    "common-password",
                    "password\trequired\tpam_permit.so",
                    "password required pam_pwhistory.so",
                )
            )
        },
        Outcome.FAIL,
    ),
    Case(
        "unreadable: a closed file",
        {PAM: pam(DEBIAN, closed="/etc/pam.d/extra")},
        outcomes={"passwd": Outcome.FAIL, "/etc/pam.d/extra": Outcome.UNKNOWN},
    ),
    Case("absent: no PAM at all", {PAM: NO_PAM}, Outcome.FAIL, says="does not use PAM"),
    Case("unreadable: timeout", {PAM: Answer(gap=GapReason.TIMEOUT)}, Outcome.UNKNOWN),
    Case("unreadable: cut", {PAM: "== pam\n== file /etc/pam.d/passwd\n"}, Outcome.UNKNOWN),
    Case(
        "unreadable: a file that is included is not there",
        {
            PAM: pam(
                {
                    "passwd": "@include common-password\n",
                    "sshd": "@include common-auth\n",
                    "su": "@include common-auth\n",
                }
            )
        },
        Outcome.UNKNOWN,
        says="does not exist",
    ),
    Case(
        "unreadable: a line that is none",
        {PAM: pam({"passwd": "password what\n", "sshd": "auth [x] y\n", "su": "auth what y\n"})},
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(password_history, case)
