"""`password-hash-method` reads PAM and login.defs."""

import pytest
from tests.checks.passwords.stacks import DEBIAN, NO_PAM, RHEL, changed, pam
from tests.support import Answer, Case, agree

from cdso_audit.facts.pam import PAM
from cdso_audit.model import GapReason, Outcome
from cdso_checks.passwords.password_hash_method import password_hash_method

CASES = [
    Case("good: yescrypt", {PAM: pam(DEBIAN)}, Outcome.PASS),
    Case(
        "good: pam_unix goes by login.defs",
        {PAM: pam(changed(DEBIAN, "common-password", " yescrypt", ""))},
        Outcome.PASS,
    ),
    Case("good: RHEL 9", {PAM: pam(RHEL, defs="ENCRYPT_METHOD SHA512\n")}, Outcome.PASS),
    Case(
        "bad: MD5 in PAM wins over login.defs",
        {PAM: pam(changed(DEBIAN, "common-password", "yescrypt", "md5"))},
        Outcome.FAIL,
        says="md5",
    ),
    Case("bad: MD5 in login.defs", {PAM: pam(DEBIAN, defs="ENCRYPT_METHOD MD5\n")}, Outcome.FAIL),
    Case("bad: nothing said is DES", {PAM: pam(DEBIAN, defs="")}, Outcome.FAIL, says="des"),
    Case(
        "unreadable: a closed file",
        {PAM: pam(DEBIAN, closed="/etc/pam.d/extra")},
        outcomes={"passwd": Outcome.PASS, "/etc/pam.d/extra": Outcome.UNKNOWN},
    ),
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
    Case("absent: no PAM at all", {PAM: NO_PAM}, Outcome.FAIL),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(password_hash_method, case)
