"""`audit-daemon-running` believes the kernel, and says when the kernel is somebody else's."""

import pytest
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.auditd import AUDITCTL_STATUS
from cdso_audit.facts.os_release import HOST_NATURE
from cdso_audit.model import Outcome
from cdso_checks.logging.audit_daemon_running import audit_daemon_running

MACHINE = "@@ os-release\nID=debian\n@@ container\nnone\n@@ kernel\n6.1.0-9-amd64\n@@ end\n"
CONTAINER = MACHINE.replace("none", "lxc")
#: Printed by auditctl 3.0.9.
STATUS = """enabled {enabled}
failure 1
pid {pid}
rate_limit 0
backlog_limit 64
lost 0
backlog 0
backlog_wait_time 15000
backlog_wait_time_actual 0
loginuid_immutable 0 unlocked
"""
RHEL6 = "AUDIT_STATUS: enabled=1 flag=1 pid=1263 rate_limit=0 backlog_limit=320 lost=0 backlog=0\n"


def answers(enabled: int, pid: int, nature: str = MACHINE) -> dict[object, str]:
    return {AUDITCTL_STATUS: STATUS.format(enabled=enabled, pid=pid), HOST_NATURE: nature}


CASES = [
    Case("good", answers(1, 812), Outcome.PASS, says="process 812"),
    Case("good: rules are locked until a reboot", answers(2, 812), Outcome.PASS),
    Case("good: an old release", {AUDITCTL_STATUS: RHEL6, HOST_NATURE: MACHINE}, Outcome.PASS),
    Case(
        "good: an image made as a container runs as a machine",
        answers(1, 7, CONTAINER),
        Outcome.PASS,
    ),
    Case("bad: nobody takes the records", answers(1, 0), Outcome.FAIL, says="no audit daemon"),
    Case("bad: switched off", answers(0, 812), Outcome.FAIL, says="switched off"),
    Case(
        "absent: not installed is no excuse",
        {AUDITCTL_STATUS: MISSING_TOOL, HOST_NATURE: MACHINE},
        Outcome.FAIL,
        says="no audit daemon is installed",
    ),
    Case(
        "unreadable: a container",
        {
            AUDITCTL_STATUS: Answer(code=1, errors="Error - audit support not in kernel"),
            HOST_NATURE: CONTAINER,
        },
        Outcome.UNKNOWN,
        says="lxc",
    ),
    Case(
        "unreadable: sudo refused",
        {AUDITCTL_STATUS: DENIED, HOST_NATURE: MACHINE},
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: not root",
        {
            AUDITCTL_STATUS: Answer(code=4, errors="You must be root to run this program."),
            HOST_NATURE: MACHINE,
        },
        Outcome.UNKNOWN,
        says="not allowed",
    ),
    Case(
        "unreadable: says nothing",
        {AUDITCTL_STATUS: "", HOST_NATURE: MACHINE},
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(audit_daemon_running, case)
