"""`device-login-required` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import GapReason, Outcome
from cdso_checks.devices.device_login_required import device_login_required

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "bad: IOS, the console asks nothing",
        {
            DEVICE_CONFIG: changed(
                IOS,
                ("aaa new-model\n", ""),
                (" exec-timeout 5 0\n login local\n", " exec-timeout 5 0\n"),
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, a password of the line",
        {DEVICE_CONFIG: changed(IOS, ("aaa new-model\n", ""))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, none is a method",
        {DEVICE_CONFIG: changed(IOS, ("default group tacacs+ local", "default none"))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "unreadable: IOS, a list that is not there",
        {DEVICE_CONFIG: changed(IOS, (" login local\n", " login authentication GONE\n"))},
        Outcome.UNKNOWN,
        asset=IOS,
    ),
    Case(
        "absent: the inventory names no file",
        {DEVICE_CONFIG: Answer(gap=GapReason.UNREACHABLE, detail="no file")},
        Outcome.UNKNOWN,
        asset=IOS,
    ),
    Case(
        "unreadable: IOS-XE 17, a line that asks nothing may be closed",
        {
            DEVICE_CONFIG: changed(
                IOS,
                ("version 15.2", "version 17.9"),
                (" transport input ssh\n", " no login\n"),
                ("aaa new-model\n", ""),
            )
        },
        Outcome.UNKNOWN,
        asset=IOS,
    ),
    *UNREADABLE,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_login_required, case)
