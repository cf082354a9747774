"""`device-time-sources` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import GapReason, Outcome
from cdso_checks.devices.device_time_sources import device_time_sources

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI),
    Case("good: RouterOS 7", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "good: RouterOS 6",
        {
            DEVICE_CONFIG: changed(
                ROS,
                (
                    "set enabled=yes\n/system ntp client servers\nadd address=10.1.2.10\n",
                    "set enabled=yes primary-ntp=10.1.2.10\n",
                ),
            )
        },
        Outcome.PASS,
        asset=ROS,
    ),
    Case(
        "bad: IOS",
        {DEVICE_CONFIG: changed(IOS, ("ntp server 10.1.2.10\n", ""))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: Junos",
        {
            DEVICE_CONFIG: changed(
                JUNOS, ("        server 10.1.2.10;", "        boot-server 10.1.2.10;")
            )
        },
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: FortiGate",
        {DEVICE_CONFIG: changed(FORTI, ("set ntpsync enable", "set ntpsync disable"))},
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case(
        "bad: RouterOS",
        {DEVICE_CONFIG: changed(ROS, ("/system ntp client\nset enabled=yes\n", ""))},
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
    agree(device_time_sources, case)
