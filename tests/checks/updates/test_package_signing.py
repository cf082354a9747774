"""`package-signing` reads both forms of apt's sources, and dnf's inheritance."""

import pytest
from tests.support import Answer, Case, agree

from cdso_audit.facts.updates import PACKAGE_SOURCES
from cdso_audit.model import Outcome
from cdso_checks.updates.package_signing import package_signing

SHIPPED = """@file /etc/apt/sources.list.d/debian.sources
Types: deb
# http://snapshot.example.org/archive/debian/20250520T000000Z
URIs: http://deb.example.org/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://deb.example.org/debian-security
Suites: bookworm-security
Components: main
"""
LIST = "@file /etc/apt/sources.list\n{}\n"
REPO = "@file /etc/dnf/dnf.conf\n[main]\ngpgcheck={}\n@file /etc/yum.repos.d/a.repo\n[a]\n{}\n"


def seen(
    one: str = "", deb822: str = "", apt: str = "", yum: str = "", manager: str = "apt-get"
) -> dict[object, str]:
    return {
        PACKAGE_SOURCES: f"@@ list\n{one}\n@@ deb822\n{deb822}\n@@ apt\n{apt}\n@@ yum\n{yum}\n"
        f"@@ manager\n{manager}\n@@ end\n"
    }


BASE = "baseurl=https://repo.example.vn/\n"
CASES = [
    Case("good: as shipped", seen(deb822=SHIPPED), Outcome.PASS, says="all 2"),
    Case("good: dnf inherits", seen(yum=REPO.format(1, BASE), manager="dnf"), Outcome.PASS),
    Case(
        "good: an unchecked source that is off",
        seen(deb822=SHIPPED + "\nTypes: deb\nEnabled: no\nURIs: http://x/\nTrusted: yes\n"),
        Outcome.PASS,
    ),
    Case(
        "good: a comment",
        seen(LIST.format("# deb [trusted=yes] http://x/ a b"), SHIPPED),
        Outcome.PASS,
    ),
    Case(
        "bad: trusted in one line",
        seen(LIST.format("deb [arch=amd64 trusted=yes] http://x.example.vn/ ./")),
        Outcome.FAIL,
        says="trusted=yes",
    ),
    Case(
        "bad: trusted by another word that apt takes for true",
        seen(LIST.format("deb [trusted=on] http://x.example.vn/ ./")),
        Outcome.FAIL,
        says="trusted=on",
    ),
    Case(
        "bad: down to an unsigned repository",
        seen(deb822=SHIPPED + "Allow-Downgrade-To-Insecure: enable\n"),
        Outcome.FAIL,
    ),
    Case(
        "good: a stanza that is off, by another word for no",
        seen(deb822=SHIPPED + "\nTypes: deb\nEnabled: disable\nURIs: http://x/\nTrusted: on\n"),
        Outcome.PASS,
    ),
    Case(
        "good: a file that apt passes over",
        seen(
            "@file /etc/apt/sources.list.d/my repo.list\ndeb [trusted=yes] http://x/ a b", SHIPPED
        ),
        Outcome.PASS,
    ),
    Case("bad: trusted in a stanza", seen(deb822=SHIPPED + "Trusted: yes\n"), Outcome.FAIL),
    Case(
        "bad: a setting for all",
        seen(deb822=SHIPPED, apt='APT::Get::AllowUnauthenticated "true";'),
        Outcome.FAIL,
        says="allowunauthenticated",
    ),
    Case(
        "bad: gpgcheck off",
        seen(yum=REPO.format(1, BASE + "gpgcheck=0"), manager="dnf"),
        Outcome.FAIL,
    ),
    Case("bad: off for all", seen(yum=REPO.format(0, BASE), manager="dnf"), Outcome.FAIL),
    Case("absent: no sources", seen(), Outcome.UNKNOWN, says="no package source"),
    Case(
        "unreadable: closed",
        seen("@file /etc/apt/sources.list.d/x.list\nunreadable\n", SHIPPED),
        Outcome.UNKNOWN,
        says="x.list",
    ),
    Case("unreadable: no package manager", seen(manager=""), Outcome.UNKNOWN),
    Case("unreadable: broken", {PACKAGE_SOURCES: Answer(code=2)}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(package_signing, case)
