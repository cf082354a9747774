"""`device-ssh-version` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import Outcome
from cdso_checks.devices.device_ssh_version import device_ssh_version

CASES = [
    Case("good: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case(
        "good: Junos 21, by default",
        {DEVICE_CONFIG: changed(JUNOS, ("            protocol-version v2;\n", ""))},
        Outcome.PASS,
        asset=JUNOS,
    ),
    Case("good: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI),
    Case("good: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.PASS, asset=ROS),
    Case(
        "bad: IOS 15, both by default",
        {DEVICE_CONFIG: changed(IOS, ("ip ssh version 2\n", ""))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, version 1",
        {DEVICE_CONFIG: changed(IOS, ("ip ssh version 2", "ip ssh version 1"))},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: Junos, both",
        {DEVICE_CONFIG: changed(JUNOS, ("protocol-version v2", "protocol-version [ v1 v2 ]"))},
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: FortiGate",
        {
            DEVICE_CONFIG: changed(
                FORTI, ("    set admintimeout 5\n", "    set admin-ssh-v1 enable\n")
            )
        },
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case(
        "unreadable: IOS-XE 17, not told",
        {DEVICE_CONFIG: changed(IOS, ("version 15.2", "version 17.9"), ("ip ssh version 2\n", ""))},
        Outcome.UNKNOWN,
        asset=IOS,
    ),
    Case(
        "absent: Junos, SSH is off",
        {
            DEVICE_CONFIG: changed(
                JUNOS,
                (
                    (
                        "        ssh {\n            root-login deny;\n"
                        "            protocol-version v2;\n        }\n"
                    ),
                    "        netconf {\n            rfc-compliant;\n        }\n",
                ),
            )
        },
        Outcome.NOT_APPLICABLE,
        asset=JUNOS,
    ),
    Case(
        "absent: RouterOS, SSH is off",
        {DEVICE_CONFIG: changed(ROS, ("set ssh address=10.1.9.0/24", "set ssh disabled=yes"))},
        Outcome.NOT_APPLICABLE,
        asset=ROS,
    ),
    *UNREADABLE,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_ssh_version, case)
