"""`audit-rules` compares what rules do, however they are written."""

import pytest
from tests.support import DENIED, MISSING_TOOL, Case, agree

from cdso_audit.facts.auditd import AUDITCTL_RULES, parse_auditctl_rules
from cdso_audit.facts.os_release import HOST_NATURE
from cdso_audit.model import Outcome
from cdso_checks.logging.audit_rules import audit_rules

MACHINE = "@@ os-release\nID=debian\n@@ container\nnone\n@@ kernel\n6.1.0-9-amd64\n@@ end\n"
#: As `auditctl -l` lists them: watches as such, keys as `-F key=` on system call rules.
WHOLE = """-w /etc/group -p wa -k identity
-w /etc/passwd -p wa -k identity
-w /etc/shadow -p wa -k identity
-w /etc/sudoers -p wa -k scope
-w /etc/sudoers.d -p wa -k scope
-w /var/log/lastlog -p wa -k logins
-a always,exit -F arch=b64 -S adjtimex,settimeofday -F key=time-change
-a always,exit -F arch=b32 -S stime,settimeofday,adjtimex -F key=time-change
-a always,exit -F arch=b64 -S init_module,delete_module,finit_module -F auid!=-1 -F key=modules
"""
OTHER_WORDS = """-a always,exit -S all -F path=/etc/passwd -F perm=wa -F key=identity
-a always,exit -S all -F path=/etc/shadow -F perm=wa -F key=identity
-a always,exit -S all -F path=/etc/group -F perm=wa -F key=identity
-a always,exit -S all -F dir=/etc/sudoers.d -F perm=wa -k scope
-a always,exit -S all -F path=/etc/sudoers -F perm=rwxa -k scope
-w /var/log/wtmp -p wa -k session
-a always,exit -F arch=b64 -S clock_settime -k time-change
-a always,exit -F arch=b64 -S init_module -F auid!=unset -k modules
-a always,exit -F arch=b64 -S finit_module -F auid!=4294967295 -k modules
-a always,exit -F arch=b64 -S delete_module -k modules
"""


def answers(rules: str) -> dict[object, str]:
    return {AUDITCTL_RULES: rules, HOST_NATURE: MACHINE}


CASES = [
    Case("good", answers(WHOLE), Outcome.PASS, says="9 audit rules"),
    Case("good: the same in other words", answers(OTHER_WORDS), Outcome.PASS),
    Case(
        "good: a directory above is watched",
        answers(WHOLE + "-w /etc/audit/ -p wa -k x\n"),
        Outcome.PASS,
        parameters={"topics": ["audit-config"]},
    ),
    Case("bad: none is loaded", answers("No rules\n"), Outcome.FAIL, says="no audit rule"),
    Case(
        "bad: only 32-bit calls",
        answers(WHOLE.replace("-F arch=b64 -S adjtimex", "-F arch=b32 -S adjtimex")),
        Outcome.FAIL,
        says="time",
    ),
    Case(
        "bad: reads alone are watched",
        answers(WHOLE.replace("/etc/shadow -p wa", "/etc/shadow -p r")),
        Outcome.FAIL,
        says="identity",
    ),
    Case(
        "bad: the rule says never",
        answers(WHOLE.replace("always,exit -F arch=b64 -S init", "never,exit -F arch=b64 -S init")),
        Outcome.FAIL,
        says="modules",
    ),
    Case(
        "bad: failures alone",
        answers("-a always,exit -F arch=b64 -S mount -F exit=-EACCES -k m\n"),
        Outcome.FAIL,
        parameters={"topics": ["mounts"]},
    ),
    Case(
        "absent: no auditctl",
        {AUDITCTL_RULES: MISSING_TOOL, HOST_NATURE: MACHINE},
        Outcome.FAIL,
    ),
    Case(
        "unreadable: sudo refused", {AUDITCTL_RULES: DENIED, HOST_NATURE: MACHINE}, Outcome.UNKNOWN
    ),
    Case("unreadable: nothing", answers(""), Outcome.UNKNOWN),
    Case(
        "unreadable: a container without auditctl",
        {AUDITCTL_RULES: MISSING_TOOL, HOST_NATURE: MACHINE.replace("none", "docker")},
        Outcome.UNKNOWN,
        says="docker",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(audit_rules, case)


def test_the_ways_to_say_no_login_are_one() -> None:
    same = {
        parse_auditctl_rules(f"-a always,exit -F arch=b64 -S open -F {word} -F key=a")[0]
        for word in ("auid!=-1", "auid!=unset", "auid!=4294967295")
    }

    assert len(same) == 1


def test_an_unknown_topic_is_an_error_of_the_rulebook() -> None:
    case = Case("-", answers(WHOLE), Outcome.ERROR, parameters={"topics": ["identty"]})

    agree(audit_rules, case)
