"""`device-local-users` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import Declared, Outcome
from cdso_checks.devices.device_local_users import device_local_users

CASES = [
    Case(
        "good: IOS",
        {DEVICE_CONFIG: changed(IOS)},
        Outcome.PASS,
        asset=IOS,
        declared=Declared(admins=("nva", "remote-admins")),
    ),
    Case(
        "good: Junos",
        {DEVICE_CONFIG: changed(JUNOS)},
        Outcome.PASS,
        asset=JUNOS,
        declared=Declared(admins=("nva", "remote-admins")),
    ),
    Case(
        "good: FortiGate",
        {DEVICE_CONFIG: changed(FORTI)},
        Outcome.PASS,
        asset=FORTI,
        declared=Declared(admins=("nva", "remote-admins")),
    ),
    Case(
        "bad: IOS, a default name",
        {DEVICE_CONFIG: changed(IOS, ("username nva", "username cisco"))},
        Outcome.FAIL,
        asset=IOS,
        declared=Declared(admins=("nva", "remote-admins")),
    ),
    Case(
        "bad: IOS, nobody declared it",
        {DEVICE_CONFIG: changed(IOS, ("username nva", "username backdoor"))},
        Outcome.FAIL,
        asset=IOS,
        declared=Declared(admins=("nva", "remote-admins")),
    ),
    Case(
        "bad: Junos",
        {DEVICE_CONFIG: changed(JUNOS, ("user nva {", "user admin {"))},
        Outcome.FAIL,
        asset=JUNOS,
        declared=Declared(admins=("nva", "remote-admins")),
    ),
    Case(
        "bad: FortiGate, the built-in account",
        {DEVICE_CONFIG: changed(FORTI, ('edit "nva"', 'edit "admin"'))},
        Outcome.FAIL,
        asset=FORTI,
        declared=Declared(admins=("nva", "remote-admins")),
    ),
    Case(
        "unreadable: RouterOS, not in an export",
        {DEVICE_CONFIG: changed(ROS)},
        Outcome.UNKNOWN,
        asset=ROS,
        declared=Declared(admins=("nva", "remote-admins")),
    ),
    Case(
        "absent: IOS, no account of its own",
        {
            DEVICE_CONFIG: changed(
                IOS, ("username nva privilege 15 secret 9 $9$abcdE$Y.HsgL6x\n", "")
            )
        },
        Outcome.NOT_APPLICABLE,
        asset=IOS,
        declared=Declared(admins=("nva", "remote-admins")),
    ),
    *UNREADABLE,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_local_users, case)
