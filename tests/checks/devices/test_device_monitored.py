"""`device-monitored` by a device's own settings, or by the platform's list."""

from datetime import date

import pytest
from tests.checks.lists.rows import lists
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.facts.devices.traffic_samples import with_more
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import EnrolmentRow, GapReason, Lists, Outcome
from cdso_checks.devices.device_monitored import device_monitored

IOS_OFF = ("snmp-server group MON v3 priv\n", "")
FORTI_OFF = ("config system snmp sysinfo\n    set status enable", "config system snmp sysinfo")
ROS_OFF = ("/snmp\nset enabled=yes", "/snmp\nset enabled=no")


def listed(asset: str, platform: str = "monitoring") -> Lists:
    row = {"asset": asset, "platform": platform, "seen": date(2026, 11, 19)}
    return lists(enrolments=(EnrolmentRow.model_validate(row),))


CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS, says="SNMP"),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "good: IOS-XE, telemetry",
        {
            DEVICE_CONFIG: with_more(
                IOS, "telemetry ietf subscription 101\n encoding encode-kvgpb\n!\n", IOS_OFF
            )
        },
        Outcome.PASS,
        asset=IOS,
        says="telemetry",
    ),
    Case(
        "good: the platform's list has it",
        {DEVICE_CONFIG: changed(IOS, IOS_OFF)},
        Outcome.PASS,
        asset=IOS,
        lists=listed(IOS.id),
        says="list",
    ),
    Case("bad: IOS", {DEVICE_CONFIG: changed(IOS, IOS_OFF)}, Outcome.FAIL, asset=IOS),
    Case("bad: FortiGate", {DEVICE_CONFIG: changed(FORTI, FORTI_OFF)}, Outcome.FAIL, asset=FORTI),
    Case("bad: RouterOS", {DEVICE_CONFIG: changed(ROS, ROS_OFF)}, Outcome.FAIL, asset=ROS),
    Case(
        "bad: another list has it",
        {DEVICE_CONFIG: changed(IOS, IOS_OFF)},
        Outcome.FAIL,
        asset=IOS,
        lists=listed(IOS.id, "scanner"),
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
    agree(device_monitored, case)
