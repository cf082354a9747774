"""`device-aaa` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import GapReason, Outcome
from cdso_checks.devices.device_aaa import device_aaa

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "bad: IOS, no list asks the server",
        {DEVICE_CONFIG: changed(IOS, ("default group tacacs+ local", "default local"))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, no server",
        {
            DEVICE_CONFIG: changed(
                IOS,
                ("tacacs server TAC1\n address ipv4 10.1.2.60\n key 7 0822455D0A16544541\n", ""),
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: Junos",
        {
            DEVICE_CONFIG: changed(
                JUNOS,
                ("authentication-order [ tacplus password ]", "authentication-order password"),
            )
        },
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: FortiGate",
        {DEVICE_CONFIG: changed(FORTI, ("        set remote-auth enable\n", ""))},
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case(
        "bad: RouterOS",
        {DEVICE_CONFIG: changed(ROS, ("set use-radius=yes", "set use-radius=no"))},
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
    agree(device_aaa, case)
