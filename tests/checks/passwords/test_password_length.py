"""`password-length` goes by the stack, then by the settings."""

import pytest
from tests.checks.passwords.stacks import DEBIAN, DEFS, NO_PAM, PWQUALITY, RHEL, changed, pam
from tests.support import Answer, Case, agree

from cdso_audit.facts.pam import PAM
from cdso_audit.model import GapReason, Outcome
from cdso_checks.passwords.password_length import password_length

CASES = [
    Case(
        "good: pwquality.conf",
        {PAM: pam(PWQUALITY, pwquality="minlen = 14\n")},
        Outcome.PASS,
        says="14 characters (pam_pwquality)",
    ),
    Case(
        "good: an argument wins over the file",
        {
            PAM: pam(
                changed(PWQUALITY, "common-password", "retry=3", "retry=3 minlen=14"),
                pwquality="minlen = 8\n",
            )
        },
        Outcome.PASS,
    ),
    Case(
        "good: a drop-in",
        {PAM: pam(PWQUALITY, pwquality_d="minlen = 14\n", pwquality="# minlen = 8\n")},
        Outcome.PASS,
    ),
    Case("good: RHEL 9", {PAM: pam(RHEL, pwquality="minlen=14\n")}, Outcome.PASS),
    Case(
        "good: RHEL 9 with a line for local accounts before",
        {
            PAM: pam(
                changed(
                    RHEL,
                    "system-auth",
                    "password    requisite                                    pam_pwquality",
                    "password [success=1 default=ignore] pam_succeed_if.so uid < 1000\n"
                    "password requisite pam_pwquality",
                ),
                pwquality="minlen=14\n",
            )
        },
        Outcome.PASS,
    ),
    Case(
        "good: pam_unix itself",
        {PAM: pam(changed(DEBIAN, "common-password", "obscure", "obscure minlen=14"))},
        Outcome.PASS,
    ),
    Case(
        "good: passwdqc",
        {
            PAM: pam(
                changed(
                    PWQUALITY,
                    "common-password",
                    "pam_pwquality.so retry=3",
                    "pam_passwdqc.so min=disabled,24,20,16,14",
                )
            )
        },
        Outcome.PASS,
    ),
    Case(
        "good: passwdqc by its file",
        {
            PAM: pam(
                changed(
                    PWQUALITY,
                    "common-password",
                    "pam_pwquality.so retry=3",
                    "pam_passwdqc.so config=/etc/passwdqc.conf",
                ),
                passwdqc="min=disabled,24,20,16,14\n",
            )
        },
        Outcome.PASS,
    ),
    Case("good: eight with MFA", {PAM: pam(PWQUALITY)}, Outcome.PASS, parameters={"min_length": 8}),
    Case(
        "bad: Debian without pwquality",
        {PAM: pam(DEBIAN)},
        Outcome.FAIL,
        says="6 characters are enough (pam_unix)",
    ),
    Case(
        "bad: a setting without the module",
        {PAM: pam(DEBIAN, pwquality="minlen = 14\n")},
        Outcome.FAIL,
    ),
    Case(
        "bad: PASS_MIN_LEN does nothing",
        {PAM: pam(DEBIAN, defs=DEFS + "PASS_MIN_LEN 14\n")},
        Outcome.FAIL,
    ),
    Case("bad: the default of pwquality", {PAM: pam(PWQUALITY)}, Outcome.FAIL, says="8 characters"),
    Case(
        "bad: the main file wins over a drop-in",
        {PAM: pam(PWQUALITY, pwquality_d="minlen = 14\n", pwquality="minlen = 8\n")},
        Outcome.FAIL,
    ),
    Case(
        "bad: credits shorten it",
        {PAM: pam(PWQUALITY, pwquality="minlen = 14\ndcredit = 1\nucredit = 1\n")},
        Outcome.FAIL,
        says="12 characters",
    ),
    Case(
        "bad: it only warns",
        {PAM: pam(PWQUALITY, pwquality="minlen = 14\nenforcing = 0\n")},
        Outcome.FAIL,
    ),
    Case(
        "bad: cracklib counts credits by itself",
        {
            PAM: pam(
                changed(
                    PWQUALITY,
                    "common-password",
                    "pam_pwquality.so retry=3",
                    "pam_cracklib.so minlen=14",
                )
            )
        },
        Outcome.FAIL,
        says="10 characters",
    ),
    Case(
        "bad: passwdqc of Debian",
        {
            PAM: pam(
                changed(PWQUALITY, "common-password", "pam_pwquality.so retry=3", "pam_passwdqc.so")
            )
        },
        Outcome.FAIL,
        says="7 characters",
    ),
    Case(
        "bad: pwquality after pam_unix",
        {
            PAM: pam(
                changed(
                    DEBIAN,
                    "common-password",
                    "password\trequired\tpam_permit.so",
                    "password required pam_pwquality.so minlen=14",
                )
            )
        },
        Outcome.FAIL,
    ),
    Case(
        "bad: a jump over pwquality",
        {
            PAM: pam(
                changed(
                    PWQUALITY,
                    "common-password",
                    "password\trequisite\tpam_pwquality",
                    "password [success=1 default=ignore] pam_localuser.so\n"
                    "password requisite pam_pwquality",
                ),
                pwquality="minlen = 14\n",
            )
        },
        Outcome.FAIL,
    ),
    Case(
        "bad: the line is a comment",
        {
            PAM: pam(
                changed(
                    PWQUALITY,
                    "common-password",
                    "password\trequisite\tpam_pwq",
                    "# password requisite pam_pwq",
                ),
                pwquality="minlen = 14\n",
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
    agree(password_length, case)
