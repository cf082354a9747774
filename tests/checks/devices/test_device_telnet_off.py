"""`device-telnet-off` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import GapReason, Outcome
from cdso_checks.devices.device_telnet_off import device_telnet_off

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "bad: IOS, all protocols",
        {DEVICE_CONFIG: changed(IOS, (" transport input ssh\n", " transport input all\n"))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS 15, the default of a vty is everything",
        {DEVICE_CONFIG: changed(IOS, (" transport input ssh\n", ""))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, one of two blocks of lines",
        {
            DEVICE_CONFIG: changed(
                IOS,
                (
                    "line vty 5 15\n access-class 10 in\n exec-timeout 5 0\n transport input ssh",
                    "line vty 5 15\n transport input telnet ssh",
                ),
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: Junos",
        {DEVICE_CONFIG: changed(JUNOS, ("        ssh {", "        telnet;\n        ssh {"))},
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: FortiGate, an interface answers",
        {
            DEVICE_CONFIG: changed(
                FORTI,
                ("set admin-telnet disable", "set admin-telnet enable"),
                ("allowaccess ping https ssh", "allowaccess ping https ssh telnet"),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case(
        "bad: RouterOS, on unless switched off",
        {DEVICE_CONFIG: changed(ROS, ("set telnet disabled=yes\n", ""))},
        Outcome.FAIL,
        asset=ROS,
    ),
    Case(
        "unreadable: IOS-XE 17, no transport input",
        {
            DEVICE_CONFIG: changed(
                IOS, ("version 15.2", "version 17.9"), (" transport input ssh\n", "")
            )
        },
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
    agree(device_telnet_off, case)
