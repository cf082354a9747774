"""`device-firewall-default-deny` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import Outcome
from cdso_checks.devices.device_firewall_default_deny import device_firewall_default_deny

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "bad: Junos",
        {DEVICE_CONFIG: changed(JUNOS, ("deny-all", "permit-all"))},
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: RouterOS, no drop",
        {
            DEVICE_CONFIG: changed(
                ROS,
                ("add action=drop chain=input log=yes\n", ""),
                ("add action=drop chain=forward log=yes\n", ""),
            )
        },
        Outcome.FAIL,
        asset=ROS,
    ),
    Case(
        "unreadable: RouterOS, some interfaces alone",
        {
            DEVICE_CONFIG: changed(
                ROS,
                (
                    "add action=drop chain=input log=yes",
                    "add action=drop chain=input in-interface-list=!LAN",
                ),
                (
                    "add action=drop chain=forward log=yes",
                    "add action=drop chain=forward in-interface-list=WAN",
                ),
            )
        },
        Outcome.UNKNOWN,
        asset=ROS,
    ),
    Case(
        "absent: IOS, at no interface",
        {DEVICE_CONFIG: changed(IOS, (" ip access-group USERS in\n", ""))},
        Outcome.NOT_APPLICABLE,
        asset=IOS,
    ),
    *UNREADABLE,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_firewall_default_deny, case)
