"""`device-management-no-internet`: what each dialect lets out of the zone of management."""

import pytest
from tests.checks.lists.rows import lists
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE
from tests.facts.devices.zone_samples import (
    PLAN,
    USERS,
    forti,
    ios,
    junos,
    policy,
    ros,
    rule,
)
from tests.support import Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import DeviceAsset, Lists, Outcome
from cdso_checks.lists.device_management_no_internet import device_management_no_internet

PASS, FAIL, UNKNOWN, NONE = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE


def case(
    name: str, text: str, outcome: Outcome, asset: DeviceAsset, says: str = "", plan: Lists = PLAN
) -> Case:
    return Case(name, {DEVICE_CONFIG: text}, outcome, asset=asset, says=says, lists=plan)


OUT = {"srcintf": '"mgmt"', "dstintf": '"wan1"'}
USERS_OUT = policy(9, srcintf='"internal"', dstintf='"wan1"', service='"ALL"')
NAT = ("77", " ip nat outside\n")
CASES = [
    case("good: FortiGate", forti(USERS_OUT), PASS, FORTI, "Quản trị"),
    case(
        "good: FortiGate, denied before all go out",
        forti(
            policy(1, **{**OUT, "action": "deny"}, service='"ALL"'),
            policy(2, srcintf='"any"', dstintf='"wan1"', service='"ALL"'),
        ),
        PASS,
        FORTI,
    ),
    case(
        "good: FortiGate, into its own zones",
        forti(policy(1, srcintf='"mgmt"', dstintf='"dmz"', service='"ALL"')),
        PASS,
        FORTI,
    ),
    case("bad: FortiGate", forti(policy(3, **OUT, service='"HTTPS"')), FAIL, FORTI, "3"),
    case(
        "bad: FortiGate, with everybody",
        forti(policy(1, srcintf='"any"', dstintf='"any"', service='"HTTPS"')),
        FAIL,
        FORTI,
    ),
    case(
        "bad: FortiGate, to a service of the Internet",
        forti(
            policy(
                1, srcintf='"mgmt"', dstintf='"wan1"', internet_service="enable", dstaddr='"none"'
            )
        ),
        FAIL,
        FORTI,
    ),
    case(
        "bad: FortiGate, denied for the web alone",
        forti(
            policy(1, **{**OUT, "action": "deny"}, service='"HTTP"'),
            policy(2, **OUT, service='"ALL"'),
        ),
        FAIL,
        FORTI,
    ),
    case(
        "bad: FortiGate, to a name, nobody can tell",
        forti(policy(1, **{**OUT, "dstaddr": '"update"'}, service='"HTTPS"')),
        UNKNOWN,
        FORTI,
    ),
    case("good: Junos", junos(("trust", "untrust", rule("users", "any", "any"))), PASS, JUNOS),
    case(
        "bad: Junos", junos(("manage", "untrust", rule("any", "any", "junos-https"))), FAIL, JUNOS
    ),
    case(
        "good: RouterOS",
        ros("action=drop src-address=10.1.9.0/24 out-interface=wan", "action=accept"),
        PASS,
        ROS,
    ),
    case("bad: RouterOS", ros("action=accept in-interface=mgmt", "action=drop"), FAIL, ROS),
    case("bad: RouterOS, nothing is dropped", ros(), FAIL, ROS),
    case(
        "absent: RouterOS, no way out of it leads outwards",
        ros(wan="10.9.9.2/30"),
        NONE,
        ROS,
    ),
    case("absent: IOS, another device leads outwards", ios(("9", ""), ("20", "")), NONE, IOS),
    case("bad: IOS, it translates addresses", ios(("9", ""), NAT), FAIL, IOS, "Vlan9"),
    case(
        "good: IOS, it translates addresses and denies",
        ios(
            ("9", " ip access-group M in\n"),
            NAT,
            more="ip access-list extended M\n permit ip any 10.0.0.0 0.255.255.255\n!\n",
        ),
        PASS,
        IOS,
    ),
    case(
        "absent: no such zone here",
        forti(USERS_OUT),
        NONE,
        FORTI,
        plan=lists(zones=(USERS,)),
    ),
    case("absent: no list", forti(USERS_OUT), UNKNOWN, FORTI, plan=Lists()),
    *(
        Case(each.name, each.answers, each.outcome, asset=each.asset, lists=PLAN, says=each.says)
        for each in UNREADABLE
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_management_no_internet, case)
