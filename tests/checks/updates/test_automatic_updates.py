"""`automatic-updates` wants program, setting and timer."""

import pytest
from tests.support import Answer, Case, agree

from cdso_audit.facts.updates import AUTOMATIC_UPDATES
from cdso_audit.model import Outcome
from cdso_checks.updates.automatic_updates import automatic_updates

#: Printed by apt-config 2.6.
APT = 'APT::Periodic "";\nAPT::Periodic::Update-Package-Lists "1";\n'
ON = APT + 'APT::Periodic::Unattended-Upgrade "1";\n'
TIMERS = "apt-daily.timer enabled\napt-daily-upgrade.timer enabled"


def seen(
    manager: str = "apt-get", apt: str = "", program: str = "", dnf: str = "", timers: str = TIMERS
) -> dict[object, str]:
    return {
        AUTOMATIC_UPDATES: f"@@ apt\n{apt}\n@@ unattended\n{program}\n@@ dnf\n{dnf}\n@@ timers\n"
        f"{timers}\n@@ manager\n{manager}\n@@ ran\n1795200000\n@@ end\n"
    }


UU = "/usr/bin/unattended-upgrade"
CASES = [
    Case("good: apt", seen(apt=ON, program=UU), Outcome.PASS, says="last run 2026-11-20"),
    Case(
        "good: apt does not mind the case",
        seen(apt='APT::periodic::unattended-upgrade "1";\n', program=UU),
        Outcome.PASS,
    ),
    Case(
        "good: dnf",
        seen(
            "dnf",
            dnf="apply_updates = yes\nupgrade_type = security",
            timers="dnf-automatic.timer enabled",
        ),
        Outcome.PASS,
    ),
    Case(
        "good: the timer that installs by its name",
        seen("dnf", dnf="apply_updates = no", timers="dnf-automatic-install.timer enabled"),
        Outcome.PASS,
    ),
    Case("bad: a timer without the setting", seen(apt=APT, program=UU), Outcome.FAIL, says="off"),
    Case(
        "bad: periodic is off as a whole",
        seen(apt=ON + 'APT::Periodic::Enable "0";\n', program=UU),
        Outcome.FAIL,
    ),
    Case(
        "bad: the setting without a timer",
        seen(apt=ON, program=UU, timers="apt-daily.timer enabled\napt-daily-upgrade.timer masked"),
        Outcome.FAIL,
        says="no timer",
    ),
    Case(
        "bad: dnf only downloads",
        seen("dnf", dnf="apply_updates = no", timers="dnf-automatic.timer enabled"),
        Outcome.FAIL,
    ),
    Case("absent: not installed", seen(apt=ON), Outcome.FAIL, says="no program"),
    Case("unreadable: no package manager", seen(""), Outcome.UNKNOWN),
    Case("unreadable: broken", {AUTOMATIC_UPDATES: Answer(code=2)}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(automatic_updates, case)
