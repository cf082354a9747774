"""`time-sources-declared` compares what is configured with what the owner declares."""

import pytest
from tests.support import Answer, Case, agree

from cdso_audit.facts.clock import TIME_CONFIG, TIME_DAEMONS
from cdso_audit.facts.os_release import HOST_NATURE
from cdso_audit.model import Declared, Outcome
from cdso_checks.timekeeping.time_sources_declared import time_sources_declared

MACHINE = "@@ os-release\nID=debian\n@@ container\nnone\n@@ end\n"
OURS = Declared(time_sources=("ntp.example.vn", "198.18.77.53"))


def seen(daemons: str, chrony: str = "", timesyncd: str = "", ntp: str = "") -> dict[object, str]:
    return {
        TIME_CONFIG: f"@@ chrony\n{chrony}\n@@ timesyncd\n{timesyncd}\n@@ ntp\n{ntp}\n@@ end\n",
        TIME_DAEMONS: f"@@ daemons\n{daemons}\n@@ end\n",
        HOST_NATURE: MACHINE,
    }


FALLBACK = "FallbackNTP=0.debian.pool.ntp.org 1.debian.pool.ntp.org"
CASES = [
    Case(
        "good: chrony",
        seen("chronyd", "server ntp.example.vn iburst\npool 198.18.77.53 iburst"),
        Outcome.PASS,
        declared=OURS,
    ),
    Case(
        "good: fallbacks do not count beside a source",
        seen("systemd-timesyn", timesyncd=f"{FALLBACK}\nNTP=NTP.example.vn."),
        Outcome.PASS,
        declared=OURS,
    ),
    Case(
        "good: blanks around the sign, another section's words",
        seen(
            "systemd-timesyn",
            timesyncd=f"# /a.conf\n[Time]\n {FALLBACK}\nNTP = ntp.example.vn\n[Other]\nNTP=x.vn",
        ),
        Outcome.PASS,
        declared=OURS,
    ),
    Case(
        "good: files of a daemon that does not run do not count",
        seen("chronyd", "server 198.18.77.53", ntp="pool 0.debian.pool.ntp.org iburst"),
        Outcome.PASS,
        declared=OURS,
    ),
    Case(
        "bad: Debian's pool as shipped",
        seen("chronyd", "pool 2.debian.pool.ntp.org iburst"),
        Outcome.FAIL,
        says="2.debian.pool.ntp.org",
        declared=OURS,
    ),
    Case(
        "bad: fallbacks alone",
        seen("systemd-timesyn", timesyncd=f"NTP=ntp.example.vn\nNTP=\n{FALLBACK}"),
        Outcome.FAIL,
        declared=OURS,
    ),
    Case("bad: none", seen("chronyd"), Outcome.FAIL, says="no time source", declared=OURS),
    Case("absent: no daemon", seen(""), Outcome.FAIL, declared=OURS),
    Case(
        "absent: a container without a daemon",
        {**seen(""), HOST_NATURE: MACHINE.replace("none", "lxc")},
        Outcome.UNKNOWN,
        says="lxc",
        declared=OURS,
    ),
    Case(
        "unreadable: nothing is declared",
        seen("chronyd", "server ntp.example.vn"),
        Outcome.UNKNOWN,
        says="configured are: ntp.example.vn",
    ),
    Case(
        "unreadable: the file is closed",
        seen("chronyd", "unreadable /etc/chrony/chrony.conf"),
        Outcome.UNKNOWN,
        says="chrony.conf",
        declared=OURS,
    ),
    Case(
        "unreadable: broken",
        {**seen("chronyd"), TIME_CONFIG: Answer(code=2)},
        Outcome.UNKNOWN,
        declared=OURS,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(time_sources_declared, case)
