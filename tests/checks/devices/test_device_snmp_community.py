"""`device-snmp-community` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import Outcome
from cdso_checks.devices.device_snmp_community import device_snmp_community

CASES = [
    Case("good: IOS, version 3", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case(
        "good: IOS, a name that is no word of the trade",
        {
            DEVICE_CONFIG: changed(
                IOS, ("snmp-server group MON v3 priv", "snmp-server community Xk29dLq8 RO 10")
            )
        },
        Outcome.PASS,
        asset=IOS,
    ),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "bad: IOS",
        {
            DEVICE_CONFIG: changed(
                IOS, ("snmp-server group MON v3 priv", "snmp-server community public RO 10")
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, in capitals, with a view",
        {
            DEVICE_CONFIG: changed(
                IOS,
                ("snmp-server group MON v3 priv", "snmp-server community PRIVATE view ALL RW 10"),
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, writing without a list",
        {
            DEVICE_CONFIG: changed(
                IOS, ("snmp-server group MON v3 priv", "snmp-server community Xk29dLq8 RW")
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
                (
                    "snmp {\n",
                    "snmp {\n    community public {\n        authorization read-only;\n    }\n",
                ),
            )
        },
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: FortiGate",
        {
            DEVICE_CONFIG: changed(
                FORTI,
                (
                    "config system snmp user",
                    (
                        'config system snmp community\n    edit 1\n        set name "public"\n'
                        "    next\nend\nconfig system snmp user"
                    ),
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case(
        "bad: RouterOS, the default that no export shows",
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
    *UNREADABLE,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_snmp_community, case)
