"""`device-session-timeout` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import GapReason, Outcome
from cdso_checks.devices.device_session_timeout import device_session_timeout

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case(
        "good: IOS, ten minutes by default",
        {DEVICE_CONFIG: changed(IOS, (" exec-timeout 5 0\n", ""))},
        Outcome.PASS,
        asset=IOS,
    ),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case(
        "good: FortiGate, the default",
        {DEVICE_CONFIG: changed(FORTI, ("    set admintimeout 5\n", ""))},
        Outcome.PASS,
        asset=FORTI,
    ),
    Case(
        "bad: IOS, never on the console",
        {
            DEVICE_CONFIG: changed(
                IOS, ("line con 0\n exec-timeout 5 0", "line con 0\n exec-timeout 0 0")
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, no exec-timeout",
        {
            DEVICE_CONFIG: changed(
                IOS, ("line con 0\n exec-timeout 5 0", "line con 0\n no exec-timeout")
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: Junos, a class that is built in has no time",
        {DEVICE_CONFIG: changed(JUNOS, ("        idle-timeout 5;\n", ""))},
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: FortiGate, eight hours",
        {DEVICE_CONFIG: changed(FORTI, ("set admintimeout 5", "set admintimeout 480"))},
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case(
        "unreadable: RouterOS, not in an export",
        {DEVICE_CONFIG: changed(ROS)},
        Outcome.UNKNOWN,
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
    agree(device_session_timeout, case)
