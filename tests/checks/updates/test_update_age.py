"""`update-age` reads the package manager's own log."""

import pytest
from tests.support import Answer, Case, agree

from cdso_audit.facts.os_release import HOST_NATURE
from cdso_audit.facts.updates import UPDATE_HISTORY
from cdso_audit.model import Outcome
from cdso_checks.updates.update_age import update_age


def seen(
    dpkg: str = "", rpm: str = "", logs: str = "", zone: str = "+0700", boot: int = 1700000000
) -> dict[object, str]:
    return {
        UPDATE_HISTORY: f"@@ dpkg\n{dpkg}\n@@ rpm\n{rpm}\n@@ logs\n{logs}\n"
        f"@@ zone\n{zone}\n@@ end\n",
        HOST_NATURE: f"@@ container\nnone\n@@ first-boot\n{boot}\n@@ end\n",
    }


LOG = "/var/log/dpkg.log"
LINE = "2026-{} upgrade libssl3:amd64 3.0.16-1~deb12u1 3.0.19-1~deb12u2"
CASES = [
    Case(
        "good: dpkg", seen(LINE.format("11-20 06:01:02"), logs=LOG), Outcome.PASS, says="2026-11-20"
    ),
    Case("good: rpm", seen(rpm="1795200000"), Outcome.PASS),
    Case(
        "good: just within, by the host's zone",
        seen(LINE.format("10-21 19:00:01"), logs=LOG),
        Outcome.PASS,
    ),
    Case(
        "good: set up this month",
        seen(logs=LOG, boot=1795000000),
        Outcome.PASS,
        says="set up on 2026-11-18",
    ),
    Case(
        "bad: just over, by the host's zone",
        seen(LINE.format("10-21 18:59:58"), logs=LOG),
        Outcome.FAIL,
        says="31 days ago",
    ),
    Case("bad: half a year", seen(LINE.format("05-09 07:28:46"), logs=LOG), Outcome.FAIL),
    Case(
        "bad: set up again in the same version, as debootstrap does",
        seen("2026-11-20 07:00:00 upgrade dpkg:amd64 1.20.13 1.20.13", logs=LOG),
        Outcome.FAIL,
    ),
    Case("bad: the log tells of no upgrade", seen(logs=LOG), Outcome.FAIL),
    Case("absent: neither dpkg nor rpm", seen(), Outcome.UNKNOWN),
    Case("unreadable: broken", {**seen(), UPDATE_HISTORY: Answer(code=2)}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(update_age, case)
