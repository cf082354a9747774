"""`software-listed`: what somebody asked for is on the list, packages and what lies beside them."""

import pytest
from tests.checks.lists.rows import installed, lists, software
from tests.support import Answer, Case, agree

from cdso_audit.facts.software import INSTALLED_SOFTWARE
from cdso_audit.model import Outcome
from cdso_checks.lists.software_listed import software_listed

ROWS = lists(software=(software("nginx*"), software("postgresql-15")))
RPM = "== rpm\nii nginx 1.20.1-14\n== snap\n== flatpak\n== beside\n== end\n"
REST = "== snap\n== flatpak\n== beside\n== end\n"
APK = f"== apk\nii nginx 1.24.0-r7\nii pcre 8.45-r3\n== manual\nnginx~1.24\n+ok\n{REST}"
CASES = [
    Case("good", installed("nginx-core 1.22.1", "postgresql-15 15.6"), Outcome.PASS, lists=ROWS),
    Case(
        "good: what came along needs no row",
        installed("nginx 1.22.1", "libpcre2-8-0 10.42", manual="nginx\n"),
        Outcome.PASS,
        says="all 1",
        lists=ROWS,
    ),
    Case(
        "good: Alpine tells what was asked for",
        {INSTALLED_SOFTWARE: APK},
        Outcome.PASS,
        says="all 1",
        lists=ROWS,
    ),
    Case("good: RPM", {INSTALLED_SOFTWARE: RPM}, Outcome.PASS, lists=ROWS),
    Case(
        "good: a removed package with its settings left is none",
        {INSTALLED_SOFTWARE: f"== dpkg\nrc  teamviewer 15\nii  nginx 1\n{REST}"},
        Outcome.PASS,
        lists=ROWS,
    ),
    Case(
        "bad: not listed",
        installed("nginx 1.22.1", "teamviewer 15.1", manual="nginx\nteamviewer\n"),
        Outcome.FAIL,
        says="teamviewer",
        lists=ROWS,
    ),
    Case(
        "bad: where nobody tells what was asked for, everything counts",
        installed("nginx 1.22.1", "libpcre2-8-0 10.42"),
        Outcome.FAIL,
        says="libpcre2",
        lists=ROWS,
    ),
    Case(
        "bad: unpacked by hand",
        installed("nginx 1.22.1", beside="/opt/xmrig\n/usr/local/lib/python3.11\n"),
        Outcome.FAIL,
        says="1 pieces of software are not on the list: /opt/xmrig",
        lists=ROWS,
    ),
    Case(
        "bad: a snap",
        installed("nginx 1", snap="ii anydesk 6.3\n"),
        Outcome.FAIL,
        says="anydesk",
        lists=ROWS,
    ),
    Case(
        "bad: listed for other hosts",
        installed("nginx 1"),
        Outcome.FAIL,
        lists=lists(software=(software("nginx", assets=("db*",)),)),
    ),
    Case("absent: no list", installed("nginx 1"), Outcome.UNKNOWN),
    Case(
        "unreadable: no package database",
        {INSTALLED_SOFTWARE: "== none\n== snap\n== flatpak\n== beside\n== end\n"},
        Outcome.UNKNOWN,
        lists=ROWS,
    ),
    Case(
        "unreadable: dpkg broke",
        {INSTALLED_SOFTWARE: Answer("== dpkg\n", code=4)},
        Outcome.UNKNOWN,
        lists=ROWS,
    ),
    Case(
        "unreadable: cut",
        {INSTALLED_SOFTWARE: "== dpkg\nii  nginx 1\n"},
        Outcome.UNKNOWN,
        lists=ROWS,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(software_listed, case)
