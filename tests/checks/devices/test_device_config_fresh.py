"""`device-config-fresh` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import GapReason, Outcome
from cdso_checks.devices.device_config_fresh import device_config_fresh

CASES = [
    Case("good: IOS, the file's day", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI),
    Case("good: RouterOS, the text's day", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "bad: IOS, an old file",
        {DEVICE_CONFIG: changed(IOS, day="2026-01-05")},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: RouterOS, an old export in a new file",
        {DEVICE_CONFIG: changed(ROS, ("# 2026-11-16 09:12:40", "# jan/05/2026 09:12:40"))},
        Outcome.FAIL,
        asset=ROS,
    ),
    Case(
        "unreadable: RouterOS, a day to come",
        {DEVICE_CONFIG: changed(ROS, ("# 2026-11-16", "# 2027-11-16"))},
        Outcome.UNKNOWN,
        asset=ROS,
    ),
    Case(
        "absent: the inventory names no file",
        {DEVICE_CONFIG: Answer(gap=GapReason.UNREACHABLE, detail="no file")},
        Outcome.UNKNOWN,
        asset=IOS,
    ),
    *UNREADABLE,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_config_fresh, case)
