"""`mandatory-access-control` looks at now and at the next start."""

import pytest
from tests.checks.kernel.surroundings import CONTAINER, HARDWARE
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.mac import AA_STATUS, MAC_STATE
from cdso_audit.facts.mounts import SURROUNDINGS
from cdso_audit.facts.reading import Probe
from cdso_audit.model import Outcome
from cdso_checks.kernel.mandatory_access_control import mandatory_access_control

APPARMOR = (
    "apparmor-kernel Y\nlsm lockdown,capability,yama,apparmor\nselinux-now none\n"
    "selinux-saved \ncmdline ro quiet\napparmor-unit enabled\nend .\n"
)
SELINUX = (
    "apparmor-kernel none\nlsm lockdown,capability,yama,selinux,bpf\nselinux-now 1\n"
    "selinux-saved enforcing\ncmdline ro quiet\napparmor-unit none\nend .\n"
)
PROFILES = (
    '{"version": "2", "profiles": {"/usr/bin/man": "enforce", "lsb_release": "enforce", '
    '"/usr/sbin/named": "complain"}, "processes": {}}\n'
)


def answers(
    state: str, status: str | Answer = MISSING_TOOL, where: str = HARDWARE
) -> dict[Probe, str | Answer]:
    return {MAC_STATE: state, AA_STATUS: status, SURROUNDINGS: where}


CASES = [
    Case("good: AppArmor", answers(APPARMOR, PROFILES), Outcome.PASS),
    Case("good: SELinux", answers(SELINUX), Outcome.PASS),
    Case(
        "bad: neither",
        answers(APPARMOR.replace("apparmor-kernel Y", "apparmor-kernel none")),
        Outcome.FAIL,
        says="neither",
    ),
    Case(
        "bad: AppArmor without a policy",
        answers(APPARMOR, Answer('{"version": "2", "profiles": {}, "processes": {}}', 2)),
        Outcome.FAIL,
        says="enforces nothing",
    ),
    Case(
        "bad: off after the next start",
        answers(APPARMOR.replace("apparmor-unit enabled", "apparmor-unit disabled"), PROFILES),
        Outcome.FAIL,
        says="next start",
    ),
    Case(
        "bad: too many only complain",
        answers(APPARMOR, PROFILES),
        Outcome.FAIL,
        parameters={"max_complaining": 0},
    ),
    Case(
        "bad: SELinux permissive",
        answers(SELINUX.replace("selinux-now 1", "selinux-now 0")),
        Outcome.FAIL,
    ),
    Case(
        "bad: SELinux permissive in the file",
        answers(SELINUX.replace("saved enforcing", "saved permissive")),
        Outcome.FAIL,
        says="next start",
    ),
    Case(
        "bad: SELinux off on the command line",
        answers(SELINUX.replace("quiet", "quiet enforcing=0")),
        Outcome.FAIL,
        says="enforcing=0",
    ),
    Case("absent: a container", answers(APPARMOR, where=CONTAINER), Outcome.NOT_APPLICABLE),
    Case("unreadable: no root", answers(APPARMOR, DENIED), Outcome.UNKNOWN),
    Case("unreadable: no aa-status", answers(APPARMOR, MISSING_TOOL), Outcome.UNKNOWN),
    Case(
        "unreadable: aa-status without its rights",
        answers(APPARMOR, Answer("", 4, "You do not have enough privilege")),
        Outcome.UNKNOWN,
    ),
    Case("unreadable: cut", answers("apparmor-kernel Y\n"), Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(mandatory_access_control, case)
