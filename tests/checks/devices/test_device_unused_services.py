"""`device-unused-services` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import Outcome
from cdso_checks.devices.device_unused_services import device_unused_services

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "bad: IOS, Smart Install by default",
        {DEVICE_CONFIG: changed(IOS, ("no vstack\n", ""))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, small servers",
        {
            DEVICE_CONFIG: changed(
                IOS, ("no service pad\n", "no service pad\nservice tcp-small-servers\n")
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: Junos",
        {DEVICE_CONFIG: changed(JUNOS, ("        ssh {", "        finger;\n        ssh {"))},
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: RouterOS, the bandwidth test by default",
        {DEVICE_CONFIG: changed(ROS, ("/tool bandwidth-server\nset enabled=no\n", ""))},
        Outcome.FAIL,
        asset=ROS,
    ),
    Case(
        "unreadable: IOS-XE 17, defaults differ",
        {DEVICE_CONFIG: changed(IOS, ("version 15.2", "version 17.9"), ("no service pad\n", ""))},
        Outcome.UNKNOWN,
        asset=IOS,
    ),
    Case("absent: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.NOT_APPLICABLE, asset=FORTI),
    *UNREADABLE,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_unused_services, case)
