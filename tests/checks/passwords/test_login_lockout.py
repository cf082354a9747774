"""`login-lockout` walks the doors as PAM does."""

import pytest
from tests.checks.passwords.stacks import DEBIAN, FAILLOCK, NO_PAM, RHEL, changed, pam
from tests.support import Answer, Case, agree

from cdso_audit.facts.pam import PAM
from cdso_audit.model import GapReason, Outcome
from cdso_checks.passwords.login_lockout import login_lockout

CASES = [
    Case(
        "good: Debian with faillock",
        {PAM: pam(FAILLOCK, faillock="deny = 5\nunlock_time = 43200\n")},
        outcomes={"sshd": Outcome.PASS, "login": Outcome.PASS},
    ),
    Case(
        "good: RHEL 9",
        {PAM: pam(RHEL, faillock="deny = 5\nunlock_time = 43200\n")},
        outcomes={"sshd": Outcome.PASS, "login": Outcome.PASS},
    ),
    Case(
        "good: defaults of faillock",
        {PAM: pam(RHEL)},
        Outcome.PASS,
        says="locks after 3 failures within 900 s, for 600 s",
    ),
    Case(
        "good: until an administrator unlocks",
        {PAM: pam(RHEL, faillock="unlock_time = never\n")},
        Outcome.PASS,
    ),
    Case(
        "good: authsucc refuses without preauth",
        {
            PAM: pam(
                changed(FAILLOCK, "common-auth", "auth\trequired\tpam_faillock.so preauth\n", "")
            )
        },
        Outcome.PASS,
    ),
    Case(
        "good: pam_tally2",
        {
            PAM: pam(
                changed(
                    DEBIAN,
                    "common-auth",
                    "auth\t[success",
                    "auth required pam_tally2.so deny=5 unlock_time=900 onerr=fail\nauth\t[success",
                )
            )
        },
        Outcome.PASS,
    ),
    Case(
        "bad: Debian by itself",
        {PAM: pam(DEBIAN)},
        outcomes={"sshd": Outcome.FAIL, "login": Outcome.FAIL},
        says="not counted",
    ),
    Case(
        "bad: settings without the module",
        {PAM: pam(DEBIAN, faillock="deny = 5\nunlock_time = 43200\n")},
        Outcome.FAIL,
    ),
    Case("bad: too many", {PAM: pam(RHEL, faillock="deny = 20\n")}, Outcome.FAIL),
    Case(
        "bad: five for business software",
        {PAM: pam(RHEL, faillock="deny = 6\n")},
        Outcome.FAIL,
        parameters={"max_attempts": 5},
    ),
    Case("bad: switched off", {PAM: pam(RHEL, faillock="deny = 0\n")}, Outcome.FAIL),
    Case("bad: unlocks at once", {PAM: pam(RHEL, faillock="unlock_time = 60\n")}, Outcome.FAIL),
    Case(
        "bad: arguments of preauth win over the file",
        {
            PAM: pam(
                changed(FAILLOCK, "common-auth", "preauth", "preauth deny=50"),
                faillock="deny = 5\nunlock_time = 43200\n",
            )
        },
        Outcome.FAIL,
    ),
    Case(
        "bad: counted, but nothing refuses",
        {
            PAM: pam(
                changed(
                    changed(
                        FAILLOCK, "common-auth", "auth\trequired\tpam_faillock.so preauth\n", ""
                    ),
                    "common-auth",
                    "[success=1 default=ignore]\tpam_unix.so nullok\n"
                    "auth\t[default=die]\tpam_faillock.so authfail\n"
                    "auth\tsufficient\tpam_faillock.so authsucc\n",
                    "[success=2 default=ignore]\tpam_unix.so nullok\n"
                    "auth\t[default=die]\tpam_faillock.so authfail\n",
                )
            )
        },
        Outcome.FAIL,
        says="let in",
    ),
    Case(
        "bad: a jump over the line that counts",
        {
            PAM: pam(
                changed(
                    FAILLOCK, "common-auth", "[success=1 default=ignore]", "[success=2 default=1]"
                )
            )
        },
        Outcome.FAIL,
        says="not counted",
    ),
    Case(
        "bad: one door is left open",
        {PAM: pam(changed(RHEL, "password-auth", "pam_faillock.so preauth silent", "pam_env.so"))},
        outcomes={"sshd": Outcome.FAIL, "login": Outcome.PASS},
    ),
    Case(
        "unreadable: a closed file",
        {PAM: pam(DEBIAN, closed="/etc/pam.d/extra")},
        outcomes={"sshd": Outcome.FAIL, "login": Outcome.FAIL, "/etc/pam.d/extra": Outcome.UNKNOWN},
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
    agree(login_lockout, case)
