"""`device-port-security` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import Outcome
from cdso_checks.devices.device_port_security import device_port_security

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case(
        "bad: IOS, a maximum alone",
        {DEVICE_CONFIG: changed(IOS, ("switchport port-security\n!", "!"))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, 802.1X taken off",
        {DEVICE_CONFIG: changed(IOS, (" authentication port-control auto\n", ""))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: Junos",
        {DEVICE_CONFIG: changed(JUNOS, ("ge-0/0/1.0 {", "ge-0/0/9.0 {"))},
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "unreadable: RouterOS, a bridge",
        {
            DEVICE_CONFIG: changed(
                ROS,
                (
                    "/radius\n",
                    "/interface bridge port\nadd bridge=bridge1 interface=ether2\n/radius\n",
                ),
            )
        },
        Outcome.UNKNOWN,
        asset=ROS,
    ),
    Case("absent: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.NOT_APPLICABLE, asset=FORTI),
    Case(
        "absent: RouterOS, no bridge",
        {DEVICE_CONFIG: changed(ROS)},
        Outcome.NOT_APPLICABLE,
        asset=ROS,
    ),
    Case(
        "absent: IOS, every port is a trunk",
        {DEVICE_CONFIG: changed(IOS, ("switchport mode access", "switchport mode trunk"))},
        Outcome.NOT_APPLICABLE,
        asset=IOS,
    ),
    *UNREADABLE,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_port_security, case)
