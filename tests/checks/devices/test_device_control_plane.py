"""`device-control-plane` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Case, agree, shipped

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import Outcome

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "bad: IOS",
        {DEVICE_CONFIG: changed(IOS, (" service-policy input COPP\n", ""))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: Junos",
        {DEVICE_CONFIG: changed(JUNOS, ("input PROTECT-RE;", "output OUT;"))},
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: RouterOS",
        {DEVICE_CONFIG: changed(ROS, ("add action=drop chain=input log=yes\n", ""))},
        Outcome.FAIL,
        asset=ROS,
    ),
    Case("absent: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.NOT_APPLICABLE, asset=FORTI),
    *UNREADABLE,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(shipped("device-control-plane"), case)
