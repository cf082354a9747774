"""`device-firewall-logging` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import Outcome
from cdso_checks.devices.device_firewall_logging import device_firewall_logging

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "bad: IOS",
        {DEVICE_CONFIG: changed(IOS, ("deny   ip any any log", "deny   ip any any"))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: Junos",
        {
            DEVICE_CONFIG: changed(
                JUNOS,
                (
                    (
                        "                    log {\n                        session-close;\n"
                        "                    }\n"
                    ),
                    "",
                ),
            )
        },
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: FortiGate, security events alone by default",
        {DEVICE_CONFIG: changed(FORTI, ("        set logtraffic all\n", ""))},
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case("bad: RouterOS", {DEVICE_CONFIG: changed(ROS, (" log=yes", ""))}, Outcome.FAIL, asset=ROS),
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
    agree(device_firewall_logging, case)
