"""`core-dumps-restricted` accepts each of the ways."""

import pytest
from tests.support import Answer, Case, agree

from cdso_audit.facts.kernel_core import CORE_DUMPS
from cdso_audit.model import Outcome
from cdso_checks.kernel.core_dumps_restricted import core_dumps_restricted


def core(pattern: str, suid: str = "0", limits: str = "", stored: str = "") -> str:
    parts = ["== pattern", pattern, "== suid", suid, "== limits", limits, "== coredump", stored]
    return "\n".join([*(each for each in parts if each), "== end", ""])


CASES = [
    Case("good: a limit", {CORE_DUMPS: core("core", limits="* hard core 0")}, Outcome.PASS),
    Case(
        "good: systemd keeps nothing",
        {CORE_DUMPS: core("|/usr/lib/systemd/systemd-coredump %P", stored="Storage=none")},
        Outcome.PASS,
    ),
    Case("good: piped into nothing", {CORE_DUMPS: core("|/bin/false")}, Outcome.PASS),
    Case("bad: kept", {CORE_DUMPS: core("core")}, Outcome.FAIL, says="is kept"),
    Case(
        "bad: a soft limit is no limit",
        {CORE_DUMPS: core("core", limits="* soft core 0")},
        Outcome.FAIL,
    ),
    Case(
        "bad: for one user only",
        {CORE_DUMPS: core("core", limits="@dev hard core 0")},
        Outcome.FAIL,
    ),
    Case(
        "bad: Storage=none, but another program takes it",
        {CORE_DUMPS: core("|/usr/share/apport/apport %p", stored="Storage=none")},
        Outcome.FAIL,
    ),
    Case(
        "bad: a later file keeps them, indented",
        {
            CORE_DUMPS: core(
                "|/usr/lib/systemd/systemd-coredump %P",
                stored="# /a.conf\n[Coredump]\nStorage=none\n\n# /b.conf\n[Coredump]\n"
                "  Storage = external",
            )
        },
        Outcome.FAIL,
    ),
    Case(
        "bad: set-id programs",
        {CORE_DUMPS: core("core", "2", "* hard core 0")},
        Outcome.FAIL,
        says="fs.suid_dumpable = 2",
    ),
    Case("absent: nothing is configured", {CORE_DUMPS: core("core")}, Outcome.FAIL),
    Case("unreadable: a file of limits.d", {CORE_DUMPS: Answer(code=4)}, Outcome.UNKNOWN),
    Case("unreadable: cut", {CORE_DUMPS: "== pattern\n"}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(core_dumps_restricted, case)
