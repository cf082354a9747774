"""`device-log-timestamps` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import GapReason, Outcome
from cdso_checks.devices.device_log_timestamps import device_log_timestamps

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "bad: IOS, the uptime is no date",
        {
            DEVICE_CONFIG: changed(
                IOS,
                (
                    "service timestamps log datetime msec localtime show-timezone",
                    "service timestamps log uptime",
                ),
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, no line",
        {
            DEVICE_CONFIG: changed(
                IOS,
                (
                    (
                        "service timestamps log datetime msec localtime show-timezone\n"
                        "service password"
                    ),
                    "service password",
                ),
                ("service timestamps debug datetime msec\n", ""),
            )
        },
        Outcome.FAIL,
        asset=IOS,
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
    agree(device_log_timestamps, case)
