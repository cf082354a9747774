"""`browser-mail-updates` counts any newer version that apt knows, not only security updates."""

import pytest
from tests.checks.updates.clients import host
from tests.checks.updates.test_security_updates import SECURITY, other, waits
from tests.support import DENIED, Answer, Case, agree

from cdso_audit.facts.software import INSTALLED_SOFTWARE
from cdso_audit.facts.updates import PACKAGE_UPDATES
from cdso_audit.model import Outcome
from cdso_checks.updates.browser_mail_updates import browser_mail_updates

FIREFOX = "firefox-esr 140"
WAITS = waits("firefox-esr", "140", "140.5", SECURITY)
VENDOR = waits("google-chrome-stable", "143", "144")
OTHER = waits("nginx", "1", "2", SECURITY)
DNF = "RHSA-2026:1 Important/Sec. {}-140.5.0-1.el9_4.x86_64\nexit 0\n"
ZYPPER = "a | SUSE-1 | security | important | --- | needed | x\nexit 0\n"


def rhel(name: str) -> dict[object, str | Answer]:
    return {**host("firefox 140"), **other("dnf", DNF.format(name))}


CASES = [
    Case("good: nothing newer", host(FIREFOX), Outcome.PASS, says="lists of 2026-11-20"),
    Case("good: another waits", host(FIREFOX, updates=OTHER), Outcome.PASS),
    Case("good: dnf, another", rhel("nginx"), Outcome.PASS),
    Case("good: lists of a month", host(FIREFOX, days=31), Outcome.PASS),
    Case("bad: a security update", host(FIREFOX, updates=WAITS), Outcome.FAIL, says=FIREFOX),
    Case(
        "bad: of its maker",
        host("google-chrome-stable 143", updates=VENDOR),
        Outcome.FAIL,
        says="google-chrome-stable 143",
    ),
    Case("bad: dnf with an advisory", rhel("firefox"), Outcome.FAIL),
    Case("bad: waits by old lists too", host(FIREFOX, updates=WAITS, days=90), Outcome.FAIL),
    Case("absent: neither", host("nginx 1"), Outcome.NOT_APPLICABLE),
    Case(
        "absent: a snap alone",
        host("x 1", snap="ii firefox 145\n"),
        Outcome.NOT_APPLICABLE,
        says="firefox 145: these refresh themselves",
    ),
    Case("unreadable: old lists", host(FIREFOX, days=32), Outcome.UNKNOWN, says="32 days old"),
    Case("unreadable: no security list", host(FIREFOX, suite="bookworm"), Outcome.UNKNOWN),
    Case("unreadable: apt denied", host(FIREFOX, updates=DENIED), Outcome.UNKNOWN),
    Case(
        "unreadable: zypper",
        {**host(FIREFOX), **other("zypper", ZYPPER)},
        Outcome.UNKNOWN,
        says="patches, not programs",
    ),
    Case(
        "unreadable: cut", {**host(FIREFOX), PACKAGE_UPDATES: "@@ manager-apt\n"}, Outcome.UNKNOWN
    ),
    Case("unreadable: packages", {**host(FIREFOX), INSTALLED_SOFTWARE: DENIED}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(browser_mail_updates, case)
