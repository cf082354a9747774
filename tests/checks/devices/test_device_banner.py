"""`device-banner` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import GapReason, Outcome
from cdso_checks.devices.device_banner import device_banner

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "bad: IOS, only after the login",
        {DEVICE_CONFIG: changed(IOS, ("banner login", "banner exec"))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: Junos, only after the login",
        {DEVICE_CONFIG: changed(JUNOS, ('message "Only', 'announcement "Only'))},
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: FortiGate",
        {DEVICE_CONFIG: changed(FORTI, ("    set pre-login-banner enable\n", ""))},
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case(
        "bad: RouterOS",
        {
            DEVICE_CONFIG: changed(
                ROS, ('set note="Only for staff"', 'set note="Only for staff" show-at-login=no')
            )
        },
        Outcome.FAIL,
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
    agree(device_banner, case)
