"""`security-updates` never passes on old lists, and sees what is on hold."""

from datetime import timedelta

import pytest
from tests.support import AT, Answer, Case, agree

from cdso_audit.facts.updates import PACKAGE_UPDATES, apt_pending
from cdso_audit.model import Outcome
from cdso_checks.updates.security_updates import security_updates

#: As apt 2.6 prints it: `apt list --upgradable`, of `apt-cache policy` with their names what stands
#: above the installed version, and `apt-cache policy` without a name.
UPGRADABLE = """Listing...
libssl3/oldstable-security 3.0.22-1~deb12u2 amd64 [upgradable from: 3.0.16-1~deb12u1]
libssl3/oldstable-security 3.0.22-1~deb12u2 i386 [upgradable from: 3.0.16-1~deb12u1]
python3-jwt/oldstable,oldstable-security 2.6.0-1+deb12u1 all [upgradable from: 2.6.0-1]
python3-xmltodict/oldstable 0.13.0-1.1~deb12u1 all [upgradable from: 0.13.0-1]
"""
MAIN = "        500 http://deb.debian.org/debian bookworm/main amd64 Packages\n"
SECURITY = (
    "        500 http://deb.debian.org/debian-security bookworm-security/main amd64 Packages\n"
)
VERSIONS = (
    f"libssl3:\n     3.0.22-1~deb12u2 500\n{SECURITY}"
    f"libssl3:i386:\n     3.0.22-1~deb12u2 500\n{SECURITY.replace('amd64', 'i386')}"
    f"python3-jwt:\n     2.6.0-1+deb12u1 500\n{MAIN}{SECURITY}"
    f"python3-xmltodict:\n     0.13.0-1.1~deb12u1 500\n{MAIN}"
)
RELEASES = """Package files:
 100 /var/lib/dpkg/status
     release a=now
 500 http://deb.debian.org/debian-security bookworm-security/main amd64 Packages
     release v=12,o=Debian,a=oldstable-security,n=bookworm-security,l=Debian-Security,c=main,b=amd64
     origin deb.debian.org
 500 http://deb.debian.org/debian-security bookworm-security/main i386 Packages
     release v=12,o=Debian,a=oldstable-security,n=bookworm-security,l=Debian-Security,c=main,b=i386
     origin deb.debian.org
 500 http://deb.debian.org/debian bookworm/main amd64 Packages
     release v=12.15,o=Debian,a=oldstable,n=bookworm,l=Debian,c=main,b=amd64
     origin deb.debian.org
Pinned packages:
"""
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


def apt(
    pending: str = "Listing...\n",
    days: float = 1,
    suite: str = "bookworm-security",
    *,
    versions: str = VERSIONS,
    releases: str = RELEASES,
    code: int = 0,
) -> dict[object, str]:
    return {
        PACKAGE_UPDATES: "@@ manager-apt\n@@ lists\n"
        f"{stamp(60)} deb.example.org_debian_dists_bookworm_InRelease\n"
        f"{stamp(days)} deb.example.org_debian-security_dists_{suite}_InRelease\n"
        f"@@ held\n@@ pending\n{pending}exit {code}\n"
        f"@@ versions\n{versions}@@ releases\n{releases}@@ end\n"
    }


def waits(name: str, old: str, new: str, place: str = "") -> tuple[str, str]:
    """What apt says of one update: its line, and its table of versions."""
    return (
        f"Listing...\n{name}/any {new} amd64 [upgradable from: {old}]\n",
        f"{name}:\n     {new} 500\n{place or MAIN}",
    )


def one(
    table: str, place: str, release: str, suite: str = "bookworm-security"
) -> dict[object, str]:
    """An update of `a` from 1 to 3, with the versions above 1 and one more place they come from."""
    return apt(
        "Listing...\na/any 3 amd64 [upgradable from: 1]\n",
        suite=suite,
        versions=f"a:\n{table}",
        releases=f"{RELEASES} 500 {place}\n     release {release}\n",
    )


#: Before Debian 11 both archives had one name; Ubuntu's have its own label.
BUSTER = "http://security.debian.org buster/updates/main amd64 Packages"
NOBLE = "http://archive.ubuntu.com/ubuntu noble-security/main amd64 Packages"


def other(manager: str, pending: str, days: float = 1) -> dict[object, str]:
    return {
        PACKAGE_UPDATES: f"@@ manager-{manager}\n@@ lists\n{stamp(days)} /var/cache/x/repomd.xml\n"
        f"@@ pending\n{pending}@@ end\n"
    }


CASES = [
    Case("good: apt", apt(), Outcome.PASS, says="lists of 2026-11-20"),
    Case(
        "good: other updates are no security updates",
        one(f"     3 500\n{MAIN}", "http://x y/main amd64 Packages", "o=X,a=y,n=y,l=X"),
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
        apt(UPGRADABLE),
        Outcome.FAIL,
        says="2 security updates wait: libssl3, python3-jwt",
    ),
    Case("bad: pending by old lists", apt(UPGRADABLE, 90), Outcome.FAIL),
    Case(
        "bad: a point release took the security version over",
        one(f"     3 500\n{MAIN}     2 500\n{SECURITY}", "http://x y/z amd64 Packages", "a=y,l=X"),
        Outcome.FAIL,
        says="1 security updates wait: a",
    ),
    Case(
        "bad: Debian 10, where only the label tells",
        one(
            f"     3 500\n        500 {BUSTER}\n",
            BUSTER,
            "v=10,o=Debian,a=oldoldstable,n=buster,l=Debian-Security,c=updates/main,b=amd64",
            suite="buster_updates",
        ),
        Outcome.FAIL,
    ),
    Case(
        "bad: Ubuntu",
        one(
            f"     3 500 (phased 20%)\n        500 {NOBLE}\n",
            NOBLE,
            "v=24.04,o=Ubuntu,a=noble-security,n=noble,l=Ubuntu,c=main,b=amd64",
            suite="noble-security",
        ),
        Outcome.FAIL,
    ),
    Case("bad: dnf", other("dnf", DNF), Outcome.FAIL, says="2 security updates"),
    Case("bad: zypper", other("zypper", ZYPPER), Outcome.FAIL, says="SUSE-SLE-15-2026-11"),
    Case(
        "absent: no package manager",
        {PACKAGE_UPDATES: "@@ end\n"},
        Outcome.UNKNOWN,
        says="neither apt",
    ),
    Case("unreadable: the lists are old", apt(days=8), Outcome.UNKNOWN, says="8 days old"),
    Case(
        "unreadable: no list of a security suite",
        apt(suite="bookworm-updates"),
        Outcome.UNKNOWN,
        says="no list of security updates",
    ),
    Case(
        "unreadable: apt is broken",
        apt("E: The list of sources could not be read.\n", code=100),
        Outcome.UNKNOWN,
        says="The list of sources could not be read",
    ),
    Case(
        "unreadable: a line that is no update as we know them",
        apt("Listing...\nlibssl3/oldstable-security 3.0.22 amd64\n"),
        Outcome.UNKNOWN,
        says="a line of another form",
    ),
    Case("unreadable: apt fails after its list", apt(UPGRADABLE, code=100), Outcome.UNKNOWN),
    Case("unreadable: apt is not there", apt("", code=127), Outcome.UNKNOWN, says="exit 127"),
    Case(
        "unreadable: apt-cache knows an update from nowhere",
        apt(UPGRADABLE, versions=""),
        Outcome.UNKNOWN,
        says="does not tell where libssl3 3.0.22-1~deb12u2 comes from",
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


def test_an_update_of_two_architectures_is_one() -> None:
    found = apt_pending(UPGRADABLE, VERSIONS, RELEASES)
    assert found == (
        ("libssl3 3.0.22-1~deb12u2", "python3-jwt 2.6.0-1+deb12u1"),
        ("libssl3", "python3-jwt", "python3-xmltodict"),
    )
