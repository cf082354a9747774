"""`default-umask` takes what comes last."""

import pytest
from tests.checks.passwords.stacks import DEBIAN, NO_PAM, pam
from tests.support import DENIED, Case, agree

from cdso_audit.facts.pam import PAM
from cdso_audit.facts.shell import PROFILES
from cdso_audit.model import Outcome
from cdso_checks.passwords.default_umask import default_umask

SESSION = DEBIAN | {"sshd": "session required pam_unix.so\nsession optional pam_umask.so\n"}


def profiles(*lines: str) -> str:
    return "== profiles\nfile /etc/profile\n" + "".join(f"{each}\n" for each in lines) + "== end\n"


CASES = [
    Case(
        "good: login.defs by pam_umask",
        {PROFILES: profiles(), PAM: pam(SESSION, defs="UMASK 027\n")},
        Outcome.PASS,
    ),
    Case(
        "good: an argument of pam_umask",
        {
            PROFILES: profiles(),
            PAM: pam(SESSION | {"sshd": "session optional pam_umask.so umask=0077\n"}),
        },
        Outcome.PASS,
    ),
    Case(
        "good: a start file",
        {PROFILES: profiles("line 0 4 umask 027"), PAM: pam(DEBIAN)},
        Outcome.PASS,
    ),
    Case(
        "bad: login.defs without pam_umask",
        {PROFILES: profiles(), PAM: pam(DEBIAN, defs="UMASK 027\n")},
        Outcome.FAIL,
        says="022",
    ),
    Case(
        "bad: a start file comes later",
        {PROFILES: profiles("line 0 4 umask 022"), PAM: pam(SESSION, defs="UMASK 027\n")},
        Outcome.FAIL,
    ),
    Case(
        "bad: RHEL, the looser of two",
        {
            PROFILES: profiles("line 1 60 umask 002", "line 1 62 umask 022"),
            PAM: pam(SESSION, defs="UMASK 027\n"),
        },
        Outcome.FAIL,
        says="002",
    ),
    Case("bad: Debian", {PROFILES: profiles(), PAM: pam(DEBIAN)}, Outcome.FAIL),
    Case(
        "bad: a stricter one that the rulebook wants",
        {PROFILES: profiles(), PAM: pam(SESSION, defs="UMASK 027\n")},
        Outcome.FAIL,
        parameters={"mask": "077"},
    ),
    Case("absent: no PAM", {PROFILES: profiles(), PAM: NO_PAM}, Outcome.FAIL),
    Case("unreadable: PAM", {PROFILES: profiles(), PAM: DENIED}, Outcome.UNKNOWN),
    Case("unreadable: denied", {PROFILES: DENIED, PAM: pam(DEBIAN)}, Outcome.UNKNOWN),
    Case(
        "unreadable: cut",
        {PROFILES: "== profiles\nfile /etc/profile\n", PAM: pam(DEBIAN)},
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: a closed file",
        {PROFILES: profiles("closed /etc/profile.d/x.sh"), PAM: pam(DEBIAN)},
        outcomes={"logins": Outcome.FAIL, "/etc/profile.d/x.sh": Outcome.UNKNOWN},
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(default_umask, case)
