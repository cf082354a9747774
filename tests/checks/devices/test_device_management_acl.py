"""`device-management-acl` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import Outcome
from cdso_checks.devices.device_management_acl import device_management_acl

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "bad: IOS, no access-class",
        {DEVICE_CONFIG: changed(IOS, (" access-class 10 in\n", ""))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, the list is not defined",
        {DEVICE_CONFIG: changed(IOS, ("access-list 10 permit 10.1.9.0 0.0.0.255\n", ""))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, the list permits any",
        {
            DEVICE_CONFIG: changed(
                IOS, ("access-list 10 permit 10.1.9.0 0.0.0.255", "access-list 10 permit any")
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: Junos, no filter at lo0",
        {
            DEVICE_CONFIG: changed(
                JUNOS,
                ("input PROTECT-RE;", "output OUT;"),
                ("security {\n", "security {\n    ike {\n        x y;\n    }\n"),
            )
        },
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: FortiGate, one without trusthost",
        {
            DEVICE_CONFIG: changed(
                FORTI,
                (
                    "        set trusthost1 10.1.9.0 255.255.255.0\n        set remote-group",
                    "        set remote-group",
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case(
        "bad: RouterOS, no address and no firewall",
        {
            DEVICE_CONFIG: changed(
                ROS,
                ("set ssh address=10.1.9.0/24\n", ""),
                ("add action=drop chain=input log=yes\n", ""),
            )
        },
        Outcome.FAIL,
        asset=ROS,
    ),
    Case(
        "unreadable: RouterOS, the firewall may limit it",
        {DEVICE_CONFIG: changed(ROS, ("set ssh address=10.1.9.0/24\n", ""))},
        Outcome.UNKNOWN,
        asset=ROS,
    ),
    Case(
        "absent: IOS, no remote administration",
        {DEVICE_CONFIG: changed(IOS, (" transport input ssh\n", " transport input none\n"))},
        Outcome.NOT_APPLICABLE,
        asset=IOS,
    ),
    *UNREADABLE,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_management_acl, case)
