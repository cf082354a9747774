"""`device-users-to-servers`: rules of each dialect, held against the owner's plan of zones."""

import pytest
from tests.checks.lists.rows import lists
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.facts.devices.zone_samples import (
    MANAGEMENT,
    PLAN,
    SERVERS,
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
from cdso_checks.lists.device_users_to_servers import device_users_to_servers

PASS, FAIL, UNKNOWN, NONE = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE


def case(
    name: str, text: str, outcome: Outcome, asset: DeviceAsset, says: str = "", plan: Lists = PLAN
) -> Case:
    return Case(name, {DEVICE_CONFIG: text}, outcome, asset=asset, says=says, lists=plan)


IN = {"srcintf": '"internal"', "dstintf": '"dmz"'}
OUT = {"srcintf": '"internal"', "dstintf": '"wan1"'}
ALL = '"ALL"'
WEB = " permit tcp any any eq 443\n"
ACL = "ip access-list extended U\n{}!\n"
BOUND = " ip access-group U in\n"
OTHER = ("30", "")
CASES = [
    case("good: FortiGate", forti(policy(1, **IN, service='"HTTPS"')), PASS, FORTI, "HTTPS"),
    case(
        "good: FortiGate, users go out by any service",
        forti(policy(1, **OUT, service=ALL), policy(2, **IN, service='"HTTPS"')),
        PASS,
        FORTI,
    ),
    case(
        "good: FortiGate, a rule before denies",
        forti(policy(1, **{**IN, "action": "deny"}, service=ALL), policy(2, **IN, service=ALL)),
        PASS,
        FORTI,
    ),
    case(
        "good: FortiGate, the wide rule is off",
        forti(policy(1, **IN, service=ALL, status="disable"), policy(2, **IN, service='"HTTPS"')),
        PASS,
        FORTI,
    ),
    case("bad: FortiGate", forti(policy(7, **IN, service=ALL)), FAIL, FORTI, "7"),
    case(
        "bad: FortiGate, every port of TCP",
        forti(policy(7, **IN, service='"ALL_TCP"')),
        FAIL,
        FORTI,
        "7",
    ),
    case(
        "bad: FortiGate, to one server",
        forti(policy(1, **{**IN, "dstaddr": '"portal"'}, service=ALL)),
        FAIL,
        FORTI,
    ),
    case(
        "bad: FortiGate, to a group with a range",
        forti(policy(1, **{**IN, "dstaddr": '"all-servers"'}, service=ALL)),
        FAIL,
        FORTI,
    ),
    case(
        "bad: FortiGate, from and to any interface",
        forti(policy(1, srcintf='"any"', dstintf='"any"', service=ALL)),
        FAIL,
        FORTI,
    ),
    case(
        "bad: FortiGate, a rule before denies a part",
        forti(
            policy(1, **{**IN, "action": "deny", "dstaddr": '"portal"'}, service=ALL),
            policy(2, **IN, service=ALL),
        ),
        FAIL,
        FORTI,
    ),
    case(
        "bad: FortiGate, to people by name, nobody can tell",
        forti(policy(1, **IN, service=ALL, groups='"staff"')),
        UNKNOWN,
        FORTI,
    ),
    case(
        "bad: FortiGate, to a name",
        forti(policy(1, **{**IN, "dstaddr": '"update"'}, service=ALL)),
        UNKNOWN,
        FORTI,
    ),
    case(
        "good: Junos",
        junos(("trust", "servers", rule("users", "portal", "junos-https"))),
        PASS,
        JUNOS,
        "junos-https",
    ),
    case(
        "bad: Junos",
        junos(("trust", "servers", rule("any", "any", "any"))),
        FAIL,
        JUNOS,
        "trust>servers",
    ),
    case(
        "bad: Junos, a name that is in no book",
        junos(("trust", "servers", rule("users", "elsewhere", "any"))),
        UNKNOWN,
        JUNOS,
    ),
    case(
        "good: Junos, users go out",
        junos(("trust", "untrust", rule("any", "any", "any"))),
        PASS,
        JUNOS,
    ),
    case(
        "good: RouterOS",
        ros(
            "action=accept in-interface=lan out-interface=dmz protocol=tcp dst-port=443",
            "action=accept in-interface=lan out-interface=wan",
            "action=drop",
        ),
        PASS,
        ROS,
        "tcp 443",
    ),
    case("bad: RouterOS, nothing is dropped", ros(), FAIL, ROS, "forward end"),
    case(
        "bad: RouterOS",
        ros("action=accept src-address=10.1.20.0/24", "action=drop"),
        FAIL,
        ROS,
        "forward 4",
    ),
    case(
        "bad: RouterOS, by a list",
        ros("action=accept dst-address=10.1.30.10-10.1.30.20 in-interface=lan", "action=drop"),
        FAIL,
        ROS,
    ),
    case(
        "bad: RouterOS, by a matcher that is not known",
        ros("action=accept in-interface=lan out-interface=dmz time=8h-17h,mon", "action=drop"),
        UNKNOWN,
        ROS,
    ),
    case(
        "bad: RouterOS, another chain decides",
        ros("action=jump jump-target=users in-interface=lan", "action=drop"),
        UNKNOWN,
        ROS,
    ),
    case(
        "good: IOS",
        ios(("20", BOUND), OTHER, more=ACL.format(WEB)),
        PASS,
        IOS,
        "tcp eq 443",
    ),
    case("bad: IOS, no list", ios(("20", ""), OTHER), FAIL, IOS, "Vlan20"),
    case(
        "bad: IOS, every port of TCP",
        ios(("20", BOUND), OTHER, more=ACL.format(" permit tcp any 10.1.30.0 0.0.0.255\n")),
        FAIL,
        IOS,
    ),
    case(
        "good: IOS, denied before",
        ios(
            ("20", BOUND),
            OTHER,
            more=ACL.format(" deny ip any 10.1.30.0 0.0.0.255\n permit ip any any\n"),
        ),
        PASS,
        IOS,
    ),
    case(
        "bad: IOS, a group of objects",
        ios(("20", BOUND), OTHER, more=ACL.format(" permit ip any object-group SERVERS\n")),
        UNKNOWN,
        IOS,
    ),
    case(
        "bad: IOS, another list on the way out",
        ios(("20", ""), ("30", " ip access-group S out\n")),
        UNKNOWN,
        IOS,
    ),
    case("absent: IOS, a switch", changed(IOS), NONE, IOS),
    case(
        "absent: no zone of users here",
        forti(policy(1, **IN, service=ALL)),
        NONE,
        FORTI,
        plan=lists(zones=(SERVERS, MANAGEMENT)),
    ),
    case(
        "absent: no zone of servers in the plan",
        forti(policy(1, **IN, service=ALL)),
        NONE,
        FORTI,
        plan=lists(zones=(USERS,)),
    ),
    case("absent: no list", forti(policy(1, **IN, service=ALL)), UNKNOWN, FORTI, plan=Lists()),
    *(
        Case(each.name, each.answers, each.outcome, asset=each.asset, lists=PLAN, says=each.says)
        for each in UNREADABLE
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_users_to_servers, case)
