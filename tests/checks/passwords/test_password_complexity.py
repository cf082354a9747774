"""`password-complexity` counts classes and demanded credits."""

import pytest
from tests.checks.passwords.stacks import DEBIAN, NO_PAM, PWQUALITY, RHEL, changed, pam
from tests.support import Answer, Case, agree

from cdso_audit.facts.pam import PAM
from cdso_audit.model import GapReason, Outcome
from cdso_checks.passwords.password_complexity import password_complexity

CASES = [
    Case("good: classes", {PAM: pam(PWQUALITY, pwquality="minclass = 4\n")}, Outcome.PASS),
    Case(
        "good: negative credits",
        {PAM: pam(PWQUALITY, pwquality="dcredit = -1\nucredit = -1\nlcredit = -1\nocredit = -2\n")},
        Outcome.PASS,
    ),
    Case(
        "good: arguments",
        {PAM: pam(changed(PWQUALITY, "common-password", "retry=3", "minclass=4"))},
        Outcome.PASS,
    ),
    Case("good: RHEL 9", {PAM: pam(RHEL, pwquality="minclass=4\n")}, Outcome.PASS),
    Case(
        "good: three where the rulebook says so",
        {PAM: pam(PWQUALITY, pwquality="minclass = 3\n")},
        Outcome.PASS,
        parameters={"min_classes": 3},
    ),
    Case(
        "bad: three credits",
        {PAM: pam(PWQUALITY, pwquality="dcredit = -1\nucredit = -1\nlcredit = -1\n")},
        Outcome.FAIL,
        says="3 kinds",
    ),
    Case(
        "bad: positive credits demand nothing",
        {PAM: pam(PWQUALITY, pwquality="dcredit = 1\nucredit = 1\nlcredit = 1\nocredit = 1\n")},
        Outcome.FAIL,
    ),
    Case("bad: Debian", {PAM: pam(DEBIAN)}, Outcome.FAIL, says="0 kinds"),
    Case(
        "bad: it only warns",
        {PAM: pam(PWQUALITY, pwquality="minclass = 4\nenforcing = 0\n")},
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
    agree(password_complexity, case)
