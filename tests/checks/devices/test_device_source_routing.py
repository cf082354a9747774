"""`device-source-routing` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import Outcome
from cdso_checks.devices.device_source_routing import device_source_routing

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "bad: IOS, on by default",
        {DEVICE_CONFIG: changed(IOS, ("no ip source-route\n", ""))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: Junos",
        {
            DEVICE_CONFIG: changed(
                JUNOS,
                (
                    "snmp {\n",
                    "routing-options {\n    source-routing {\n        ip;\n    }\n}\nsnmp {\n",
                ),
            )
        },
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: RouterOS",
        {
            DEVICE_CONFIG: changed(
                ROS, ("/radius\n", "/ip settings\nset accept-source-route=yes\n/radius\n")
            )
        },
        Outcome.FAIL,
        asset=ROS,
    ),
    Case("absent: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.NOT_APPLICABLE, asset=FORTI),
    *UNREADABLE,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_source_routing, case)
