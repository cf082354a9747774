"""`audit-storage` reads auditd.conf with the daemon's defaults, and the disk below."""

import pytest
from tests.support import DENIED, Answer, Case, agree

from cdso_audit.facts.auditd import AUDIT_DISK, AUDITD_CONF
from cdso_audit.facts.os_release import HOST_NATURE
from cdso_audit.model import Outcome
from cdso_checks.logging.audit_storage import audit_storage

MACHINE = "@@ os-release\nID=debian\n@@ container\nnone\n@@ kernel\n6.1.0-9-amd64\n@@ end\n"
#: As Debian's auditd 3.0.9 ships it.
SHIPPED = """#
# This file controls the configuration of the audit daemon
#

local_events = yes
write_logs = yes
log_file = /var/log/audit/audit.log
max_log_file = 8
num_logs = 5
##name = mydomain
max_log_file_action = ROTATE
space_left = 75
space_left_action = SYSLOG
admin_space_left = 50
admin_space_left_action = SUSPEND
disk_full_action = SUSPEND
disk_error_action = SUSPEND
"""
DISK = """@@ audit-disk
/dev/vda1        20509264 9000000  {free}      47% /
@@ auditd
configured
/usr/sbin/auditd
"""


def answers(conf: str, free: int = 10443096) -> dict[object, object]:
    return {AUDITD_CONF: conf, AUDIT_DISK: DISK.format(free=free), HOST_NATURE: MACHINE}


CASES = [
    Case("good: as shipped", answers(SHIPPED), Outcome.PASS, says="10198 MiB"),
    Case(
        "bad: a full disk is ignored",
        answers(SHIPPED.replace("disk_full_action = SUSPEND", "disk_full_action = IGNORE")),
        Outcome.FAIL,
        says="disk_full_action = ignore",
    ),
    Case(
        "bad: what is not set is ignored",
        answers(SHIPPED.replace("space_left_action = SYSLOG", "#")),
        Outcome.FAIL,
        says="space_left_action",
    ),
    Case("bad: nearly full", answers(SHIPPED, 51200), Outcome.FAIL, says="only 50 MiB"),
    Case(
        "bad: writes nothing",
        answers(SHIPPED.replace("write_logs = yes", "write_logs = no")),
        Outcome.FAIL,
    ),
    Case(
        "absent: no audit daemon",
        {
            AUDIT_DISK: "@@ audit-disk\n/dev/vda1 1 1 1 1% /\n@@ auditd\n",
            AUDITD_CONF: Answer(code=1, errors="cat: /etc/audit/auditd.conf: No such file"),
            HOST_NATURE: MACHINE,
        },
        Outcome.FAIL,
        says="no audit daemon",
    ),
    Case(
        "unreadable: sudo refused",
        {AUDITD_CONF: DENIED, AUDIT_DISK: DISK.format(free=1), HOST_NATURE: MACHINE},
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: no disk",
        {AUDITD_CONF: SHIPPED, AUDIT_DISK: "@@ auditd\nconfigured\n", HOST_NATURE: MACHINE},
        Outcome.UNKNOWN,
    ),
    Case(
        "unreadable: a container without the daemon",
        {
            AUDIT_DISK: "@@ audit-disk\n/dev/vda1 1 1 1 1% /\n@@ auditd\n",
            AUDITD_CONF: Answer(code=1),
            HOST_NATURE: MACHINE.replace("none", "lxc"),
        },
        Outcome.UNKNOWN,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(audit_storage, case)
