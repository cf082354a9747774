"""`browser-mail-supported` knows that a supported release does not support each of its packages."""

from datetime import date

import pytest
from tests.checks.lists.rows import lists, software
from tests.checks.updates.clients import host, release
from tests.checks.updates.test_security_updates import waits
from tests.support import DENIED, Answer, Case, agree

from cdso_audit.facts.os_release import HOST_NATURE
from cdso_audit.facts.software import INSTALLED_SOFTWARE
from cdso_audit.model import Lists, Outcome
from cdso_checks.updates.browser_mail_supported import browser_mail_supported
from cdso_checks.updates.client_support import unsupported

CHROME = "google-chrome-stable 143.0.7499.40-1"
NEWER = waits("google-chrome-stable", "143", "144")


def until(name: str, day: date) -> Lists:
    """The owner's list, with the end of support of one program."""
    return lists(software=(software(name, kind="browser", support_until=day),))


STREAM = release("centos", "9").replace("PRETTY_NAME", 'NAME="CentOS Stream"\nPRETTY_NAME')
CASES = [
    Case("good: of the release", host("firefox-esr 140", "postfix 3.7"), Outcome.PASS,
         says="all 2"),
    Case("good: the newest Chrome", host(CHROME), Outcome.PASS),
    Case("good: chromium where it is supported", host("chromium 143"), Outcome.PASS),
    Case("good: the list dates a snap", host("x 1", snap="ii firefox 145\n"), Outcome.PASS,
         lists=until("firefox", date(2027, 1, 1))),
    Case("good: the list's last day", host("postfix 3.7"), Outcome.PASS,
         lists=until("postfix", date(2026, 11, 21))),
    Case("bad: the earlier of two days", host("postfix 3.7"), Outcome.FAIL,
         lists=lists(software=(software("postfix", kind="mail", support_until=date(2027, 1, 1)),
                               software("postfi*", kind="mail", support_until=date(2026, 1, 1))))),
    Case("good: Chrome by lists of a week", host(CHROME, days=7), Outcome.PASS),
    Case("bad: a paid extension that is over",
         host("postfix 2.11", system=release("debian", "8", "a.list")), Outcome.FAIL),
    Case("good: a release that its name tells", host("postfix 3", system=STREAM), Outcome.PASS),
    Case("good: a paid extension", host("postfix 3.5", system=release("debian", "11", "a.list")),
         Outcome.PASS),
    Case("bad: the release is over", host("postfix 3.5", system=release("debian", "11")),
         Outcome.FAIL, says="debian 11 2026-08-31"),
    Case("bad: for trusted content only", host("epiphany-browser 43"), Outcome.FAIL,
         says="trusted content only"),
    Case("bad: one of two", host("firefox-esr 140", "falkon 22"), Outcome.FAIL, says="falkon 22 ("),
    Case("bad: an old Chrome", host(CHROME, updates=NEWER), Outcome.FAIL, says="a newer version"),
    Case("bad: the list says it is over", host("postfix 3.7"), Outcome.FAIL,
         says="lists/software 2026-11-20", lists=until("postfix", date(2026, 11, 20))),
    Case("absent: neither", host("nginx 1"), Outcome.NOT_APPLICABLE, says="neither a browser"),
    Case("unreadable: Chrome by old lists", host(CHROME, days=8), Outcome.UNKNOWN, says=CHROME),
    Case("unreadable: a snap", host("x 1", snap="ii firefox 145\n"), Outcome.UNKNOWN),
    Case("unreadable: a release that nobody knows", host("postfix 3", system=release("odd", "1")),
         Outcome.UNKNOWN),
    Case("unreadable: Chrome, and apt was denied", host(CHROME, updates=DENIED), Outcome.UNKNOWN),
    Case("unreadable: no list of packages", {**host("x 1"), INSTALLED_SOFTWARE: DENIED},
         Outcome.UNKNOWN),
    Case("unreadable: no os-release", {**host("postfix 3"), HOST_NATURE: Answer(code=2)},
         Outcome.UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(browser_mail_supported, case)


@pytest.mark.parametrize(
    ("version", "name", "is_bare"),
    [
        ("12", "epiphany-browser", True),
        ("13", "epiphany-browser", False),
        ("13", "falkon", True),
        ("10", "chromium", True),
        ("11", "chromium", False),
        ("12", "firefox-esr", False),
    ],
)
def test_the_table(version: str, name: str, is_bare: bool) -> None:
    assert bool(unsupported("debian", version, name)) is is_bare
    assert not unsupported("ubuntu", version, name)
