"""`device-snmp-version` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import Outcome
from cdso_checks.devices.device_snmp_version import device_snmp_version

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "bad: IOS, a community",
        {
            DEVICE_CONFIG: changed(
                IOS, ("snmp-server group MON v3 priv", "snmp-server community s3cr3tname RO 10")
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, version 3 without encryption",
        {DEVICE_CONFIG: changed(IOS, ("v3 priv", "v3 auth"))},
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
                    "snmp {\n    community s3cr3tname {\n        authorization read-only;\n    }\n",
                ),
            )
        },
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: FortiGate",
        {DEVICE_CONFIG: changed(FORTI, ("auth-priv", "auth-no-priv"))},
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case(
        "bad: RouterOS, the default community",
        {DEVICE_CONFIG: changed(ROS, ("set [ find default=yes ] disabled=yes\n", ""))},
        Outcome.FAIL,
        asset=ROS,
    ),
    Case(
        "absent: IOS",
        {DEVICE_CONFIG: changed(IOS, ("snmp-server group MON v3 priv\n", ""))},
        Outcome.NOT_APPLICABLE,
        asset=IOS,
    ),
    Case(
        "absent: FortiGate, the agent is off",
        {
            DEVICE_CONFIG: changed(
                FORTI, ("config system snmp sysinfo\n    set status enable\nend\n", "")
            )
        },
        Outcome.NOT_APPLICABLE,
        asset=FORTI,
    ),
    Case(
        "absent: RouterOS, off by default",
        {DEVICE_CONFIG: changed(ROS, ("/snmp\nset enabled=yes\n", ""))},
        Outcome.NOT_APPLICABLE,
        asset=ROS,
    ),
    *UNREADABLE,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_snmp_version, case)
