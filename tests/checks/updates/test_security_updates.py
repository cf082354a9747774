"""`security-updates` never passes on old lists, and sees what is on hold."""

from datetime import timedelta

import pytest
from tests.support import AT, Answer, Case, agree

from cdso_audit.facts.updates import PACKAGE_UPDATES, apt_pending
from cdso_audit.model import Outcome
from cdso_checks.updates.security_updates import security_updates

#: Printed by apt-get 2.6 -s --ignore-hold dist-upgrade.
INST = """Inst libssl3 [3.0.16-1~deb12u1] (3.0.22-1~deb12u2 {security} [amd64])
Inst python3-jwt [2.6.0-1] (2.6.0-1+deb12u1 Debian:12.15/oldstable, {security} [all])
Inst python3-xmltodict [0.13.0-1] (0.13.0-1.1~deb12u1 Debian:12.15/oldstable [all])
Inst linux-image-6.1.0-49-amd64 (6.1.174-1 {security} [amd64])
""".format(security="Debian-Security:12/oldstable-security")
COUNT = "{} upgraded, 1 newly installed, 0 to remove and 0 not upgraded.\n"
UBUNTU = (
    "Inst tzdata [2025a] (2026a Ubuntu:24.04/noble-updates, Ubuntu:24.04/noble-security [all])\n"
)
DNF = """RHSA-2026:1234 Important/Sec. openssl-1:3.0.7-30.el9_4.x86_64
RHSA-2026:1234 Important/Sec. openssl-libs-1:3.0.7-30.el9_4.x86_64
exit 0
"""
ZYPPER = """Repository | Name                | Category | Severity  | Interactive | Status | Summary
-----------+---------------------+----------+-----------+-------------+--------+--------
SLE-Update | SUSE-SLE-15-2026-11 | security | important | reboot      | needed | Kernel
exit 0
"""


def stamp(days: float) -> int:
    return int((AT - timedelta(days=days)).timestamp())


def apt(pending: str, days: float = 1, suite: str = "bookworm-security") -> dict[object, str]:
    return {
        PACKAGE_UPDATES: "@@ manager-apt\n@@ lists\n"
        f"{stamp(60)} deb.example.org_debian_dists_bookworm_InRelease\n"
        f"{stamp(days)} deb.example.org_debian-security_dists_{suite}_InRelease\n"
        f"@@ held\n@@ pending\n{pending}@@ end\n"
    }


def other(manager: str, pending: str, days: float = 1) -> dict[object, str]:
    return {
        PACKAGE_UPDATES: f"@@ manager-{manager}\n@@ lists\n{stamp(days)} /var/cache/x/repomd.xml\n"
        f"@@ pending\n{pending}@@ end\n"
    }


CASES = [
    Case("good: apt", apt(COUNT.format(0)), Outcome.PASS, says="lists of 2026-11-20"),
    Case(
        "good: other updates are no security updates",
        apt("Inst a [1] (2 Debian:12.15/oldstable [all])\n" + COUNT.format(1)),
        Outcome.PASS,
        says="1 other updates",
    ),
    Case("good: dnf", other("dnf", "exit 0\n"), Outcome.PASS),
    Case(
        "good: zypper",
        other("zypper", "No updates found.\nexit 0\n"),
        Outcome.PASS,
    ),
    Case(
        "bad: apt",
        apt(INST + COUNT.format(3)),
        Outcome.FAIL,
        says="2 security updates wait: libssl3, python3-jwt",
    ),
    Case("bad: pending by old lists", apt(INST + COUNT.format(3), 90), Outcome.FAIL),
    Case("bad: Ubuntu", apt(UBUNTU + COUNT.format(1), suite="noble-security"), Outcome.FAIL),
    Case("bad: dnf", other("dnf", DNF), Outcome.FAIL, says="2 security updates"),
    Case("bad: zypper", other("zypper", ZYPPER), Outcome.FAIL, says="SUSE-SLE-15-2026-11"),
    Case(
        "absent: no package manager",
        {PACKAGE_UPDATES: "@@ end\n"},
        Outcome.UNKNOWN,
        says="neither apt",
    ),
    Case(
        "unreadable: the lists are old", apt(COUNT.format(0), 8), Outcome.UNKNOWN, says="8 days old"
    ),
    Case(
        "unreadable: no list of a security suite",
        apt(COUNT.format(0), suite="bookworm-updates"),
        Outcome.UNKNOWN,
        says="no list of security updates",
    ),
    Case(
        "unreadable: apt is broken",
        apt("E: dpkg was interrupted, you must manually run 'dpkg --configure -a'\n"),
        Outcome.UNKNOWN,
        says="dpkg was interrupted",
    ),
    Case(
        "unreadable: dnf has no cache",
        other("dnf", "Error: Cache-only enabled but no cache for 'baseos'\nexit 1\n"),
        Outcome.UNKNOWN,
        says="Cache-only",
    ),
    Case("unreadable: broken", {PACKAGE_UPDATES: Answer(code=2)}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(security_updates, case)


def test_a_new_dependency_is_no_update() -> None:
    assert apt_pending(INST) == (("libssl3 3.0.22-1~deb12u2", "python3-jwt 2.6.0-1+deb12u1"), 1)
