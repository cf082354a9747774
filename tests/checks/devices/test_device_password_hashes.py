"""`device-password-hashes` on the configurations of each dialect where it applies."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.support import Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import Outcome
from cdso_checks.devices.device_password_hashes import device_password_hashes

CASES = [
    Case("good: IOS, type 9", {DEVICE_CONFIG: changed(IOS)}, Outcome.PASS, asset=IOS),
    Case("good: Junos, SHA-512", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.PASS, asset=JUNOS),
    Case("good: FortiGate, SHA-256", {DEVICE_CONFIG: changed(FORTI)}, Outcome.PASS, asset=FORTI),
    Case(
        "bad: IOS, type 7 is a disguise",
        {
            DEVICE_CONFIG: changed(
                IOS,
                (
                    "username nva privilege 15 secret 9 $9$abcdE$Y.HsgL6x",
                    "username nva privilege 15 password 7 0822455D0A16",
                ),
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, type 5 is MD5",
        {
            DEVICE_CONFIG: changed(
                IOS,
                (
                    "enable secret 9 $9$nhEm$X.HsgL6x",
                    "enable secret 5 $1$mERr$hx5rVt7rPNoS4wqbXKX7m0",
                ),
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, plain",
        {
            DEVICE_CONFIG: changed(
                IOS, ("enable secret 9 $9$nhEm$X.HsgL6x", "enable password hunter2")
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: Junos, MD5",
        {
            DEVICE_CONFIG: changed(
                JUNOS, ("$6$saltsalt$Zm9vYmFyYmF6cXV4cXV4cXV4", "$1$saltsalt$Zm9vYmFyYmF6cXV4")
            )
        },
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: FortiGate, SHA-1",
        {DEVICE_CONFIG: changed(FORTI, ("ENC SH2", "ENC AK1"))},
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
        "unreadable: FortiGate, a form that nobody knows",
        {DEVICE_CONFIG: changed(FORTI, ("ENC SH2", "ENC ZZ9"))},
        Outcome.UNKNOWN,
        asset=FORTI,
    ),
    Case(
        "absent: IOS, no password at all",
        {
            DEVICE_CONFIG: changed(
                IOS,
                ("enable secret 9 $9$nhEm$X.HsgL6x\n", ""),
                ("username nva privilege 15 secret 9 $9$abcdE$Y.HsgL6x\n", ""),
            )
        },
        Outcome.NOT_APPLICABLE,
        asset=IOS,
    ),
    *UNREADABLE,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_password_hashes, case)
