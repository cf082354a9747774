"""`su-restricted` sends an outsider through the stack of su."""

import pytest
from tests.checks.passwords.stacks import DEBIAN, NO_PAM, RHEL, changed, pam
from tests.support import Answer, Case, agree

from cdso_audit.facts.pam import PAM
from cdso_audit.model import GapReason, Outcome
from cdso_checks.passwords.su_restricted import su_restricted

CASES = [
    Case(
        "good: Debian with the line",
        {
            PAM: pam(
                changed(
                    DEBIAN,
                    "su",
                    "auth sufficient pam_rootok.so\n",
                    "auth sufficient pam_rootok.so\nauth required pam_wheel.so group=sudo\n",
                )
            )
        },
        Outcome.PASS,
    ),
    Case(
        "good: RHEL with the line",
        {
            PAM: pam(
                changed(
                    RHEL, "su", "auth substack", "auth required pam_wheel.so use_uid\nauth substack"
                )
            )
        },
        Outcome.PASS,
    ),
    Case(
        "good: in the stack of accounts",
        {
            PAM: pam(
                changed(
                    DEBIAN,
                    "su",
                    "auth sufficient pam_rootok.so\n",
                    "auth sufficient pam_rootok.so\naccount requisite pam_wheel.so\n",
                )
            )
        },
        Outcome.PASS,
    ),
    Case("bad: Debian", {PAM: pam(DEBIAN)}, Outcome.FAIL),
    Case("bad: RHEL", {PAM: pam(RHEL)}, Outcome.FAIL),
    Case(
        "bad: the example is a comment",
        {
            PAM: pam(
                changed(
                    DEBIAN,
                    "su",
                    "auth sufficient pam_rootok.so\n",
                    "auth sufficient pam_rootok.so\n# auth required pam_wheel.so\n",
                )
            )
        },
        Outcome.FAIL,
    ),
    Case(
        "bad: trust opens, and does not close",
        {
            PAM: pam(
                changed(
                    DEBIAN,
                    "su",
                    "auth sufficient pam_rootok.so\n",
                    "auth sufficient pam_rootok.so\nauth sufficient pam_wheel.so trust\n",
                )
            )
        },
        Outcome.FAIL,
    ),
    Case(
        "bad: after a line that ends the stack",
        {
            PAM: pam(
                changed(
                    RHEL,
                    "su",
                    "auth substack",
                    "auth sufficient pam_unix.so\nauth required pam_wheel.so\nauth substack",
                )
            )
        },
        Outcome.FAIL,
    ),
    Case("absent: no su", {PAM: pam({"passwd": DEBIAN["passwd"]})}, Outcome.NOT_APPLICABLE),
    Case("unreadable: closed", {PAM: pam(DEBIAN, closed="/etc/pam.d/su")}, Outcome.UNKNOWN),
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
    agree(su_restricted, case)
