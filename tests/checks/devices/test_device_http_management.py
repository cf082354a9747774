"""`device-http-management` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import GapReason, Outcome
from cdso_checks.devices.device_http_management import device_http_management

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case(
        "good: FortiGate, https alone", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI
    ),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "bad: IOS",
        {DEVICE_CONFIG: changed(IOS, ("no ip http server", "ip http server"))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: Junos",
        {
            DEVICE_CONFIG: changed(
                JUNOS,
                (
                    "        ssh {",
                    "        web-management {\n            http;\n        }\n        ssh {",
                ),
            )
        },
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: FortiGate",
        {DEVICE_CONFIG: changed(FORTI, ("ping https ssh", "ping https http ssh"))},
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case(
        "bad: RouterOS, www",
        {DEVICE_CONFIG: changed(ROS, ("set www disabled=yes\n", ""))},
        Outcome.FAIL,
        asset=ROS,
    ),
    Case(
        "bad: RouterOS, ftp",
        {DEVICE_CONFIG: changed(ROS, ("set ftp disabled=yes\n", "set ftp disabled=no\n"))},
        Outcome.FAIL,
        asset=ROS,
    ),
    Case(
        "unreadable: IOS, neither form",
        {DEVICE_CONFIG: changed(IOS, ("no ip http server\n", ""))},
        Outcome.UNKNOWN,
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
    agree(device_http_management, case)
