"""`device-firewall-any-any` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import Outcome
from cdso_checks.devices.device_firewall_any_any import device_firewall_any_any

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "good: FortiGate, disabled",
        {
            DEVICE_CONFIG: changed(
                FORTI,
                (
                    "config firewall policy\n",
                    (
                        "config firewall policy\n    edit 9\n        set status disable\n"
                        '        set action accept\n        set srcaddr "all"\n'
                        '        set dstaddr "all"\n        set service "ALL"\n    next\n'
                    ),
                ),
            )
        },
        Outcome.PASS,
        asset=FORTI,
    ),
    Case(
        "bad: IOS",
        {DEVICE_CONFIG: changed(IOS, (" deny   ip any any log", " permit ip any any"))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, the list is not defined",
        {
            DEVICE_CONFIG: changed(
                IOS, ("ip access-list extended USERS", "ip access-list extended OTHER")
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
                ("source-address users", "source-address any"),
                ("application junos-https", "application any"),
            )
        },
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: FortiGate",
        {
            DEVICE_CONFIG: changed(
                FORTI, ('set srcaddr "users"', 'set srcaddr "all"'), ('"HTTPS"', '"ALL"')
            )
        },
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case(
        "bad: RouterOS, a rule without a matcher",
        {
            DEVICE_CONFIG: changed(
                ROS,
                (
                    "add action=accept chain=input src-address=10.1.9.0/24",
                    "add action=accept chain=input",
                ),
                (
                    (
                        "add action=accept chain=forward dst-port=443 log=yes protocol=tcp \\\n"
                        "    src-address=10.1.20.0/24"
                    ),
                    "add action=accept chain=forward",
                ),
            )
        },
        Outcome.FAIL,
        asset=ROS,
    ),
    Case(
        "absent: IOS, at no interface",
        {DEVICE_CONFIG: changed(IOS, (" ip access-group USERS in\n", ""))},
        Outcome.NOT_APPLICABLE,
        asset=IOS,
    ),
    Case(
        "absent: Junos, no zones",
        {
            DEVICE_CONFIG: changed(
                JUNOS,
                (
                    "    policies {\n        from-zone trust to-zone untrust {",
                    "    other {\n        from-zone trust to-zone untrust {",
                ),
            )
        },
        Outcome.NOT_APPLICABLE,
        asset=JUNOS,
    ),
    *UNREADABLE,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_firewall_any_any, case)
