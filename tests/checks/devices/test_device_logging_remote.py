"""`device-logging-remote` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import GapReason, Outcome
from cdso_checks.devices.device_logging_remote import device_logging_remote

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case(
        "good: IOS, the older form",
        {DEVICE_CONFIG: changed(IOS, ("logging host 10.1.2.50", "logging 10.1.2.50"))},
        Outcome.PASS,
        asset=IOS,
    ),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "bad: IOS",
        {DEVICE_CONFIG: changed(IOS, ("logging host 10.1.2.50\n", ""))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, switched off as a whole",
        {DEVICE_CONFIG: changed(IOS, ("logging trap notifications", "no logging on"))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: Junos, a file alone",
        {DEVICE_CONFIG: changed(JUNOS, ("host 10.1.2.50 {", "file other {"))},
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: FortiGate, not enabled",
        {
            DEVICE_CONFIG: changed(
                FORTI,
                (
                    "config log syslogd setting\n    set status enable",
                    "config log syslogd setting\n    set status disable",
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case(
        "bad: RouterOS, no rule uses it",
        {DEVICE_CONFIG: changed(ROS, ("add action=remote topics=info\n", ""))},
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
    agree(device_logging_remote, case)
