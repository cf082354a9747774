"""`device-server-egress`: what each dialect lets out of the zones of servers."""

import pytest
from tests.checks.lists.rows import lists
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE
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
from tests.support import Case, agree, findings

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import DeviceAsset, Lists, Outcome, ZoneRow
from cdso_checks.lists.device_server_egress import device_server_egress

PASS, FAIL, UNKNOWN, NONE = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE


def case(
    name: str, text: str, outcome: Outcome, asset: DeviceAsset, says: str = "", plan: Lists = PLAN
) -> Case:
    return Case(name, {DEVICE_CONFIG: text}, outcome, asset=asset, says=says, lists=plan)


def kind(name: str) -> Lists:
    """The zone of servers as another kind of zone."""
    row: ZoneRow = SERVERS.model_copy(update={"kind": name})
    return lists(zones=(USERS, row))


OUT = {"srcintf": '"dmz"', "dstintf": '"wan1"'}
ALL = '"ALL"'
USERS_OUT = policy(9, srcintf='"internal"', dstintf='"wan1"', service=ALL)
NAT = ("77", " ip nat outside\n")
BOUND = " ip access-group S in\n"
ACL = "ip access-list extended S\n{}!\n"
CASES = [
    case("good: FortiGate, users go out, servers do not", forti(USERS_OUT), PASS, FORTI, "Máy chủ"),
    case(
        "good: FortiGate, a service is named",
        forti(policy(4, **OUT, service='"HTTPS"')),
        PASS,
        FORTI,
        "names services or destinations: 4",
    ),
    case(
        "good: FortiGate, a service of the Internet is named",
        forti(policy(4, **{**OUT, "dstaddr": '"none"'}, internet_service="enable")),
        PASS,
        FORTI,
        "4",
    ),
    case(
        "good: FortiGate, denied before all go out",
        forti(
            policy(1, **{**OUT, "action": "deny"}, service=ALL),
            policy(2, srcintf='"any"', dstintf='"wan1"', service=ALL),
        ),
        PASS,
        FORTI,
        "no rule lets",
    ),
    case(
        "good: FortiGate, to people's own zone",
        forti(policy(1, srcintf='"dmz"', dstintf='"internal"', service=ALL)),
        PASS,
        FORTI,
        "no rule lets",
    ),
    case("bad: FortiGate", forti(policy(3, **OUT, service=ALL)), FAIL, FORTI, "3"),
    case(
        "bad: FortiGate, every port of TCP",
        forti(policy(3, **OUT, service='"ALL_TCP"')),
        FAIL,
        FORTI,
    ),
    case(
        "bad: FortiGate, one server",
        forti(policy(3, **{**OUT, "srcaddr": '"portal"'}, service=ALL)),
        FAIL,
        FORTI,
    ),
    case(
        "bad: FortiGate, with everybody",
        forti(policy(1, srcintf='"any"', dstintf='"any"', service=ALL)),
        FAIL,
        FORTI,
    ),
    case(
        "bad: FortiGate, by the bundle of lines of an older release",
        forti(policy(1, srcintf='"dmz"', dstintf='"virtual-wan-link"', service=ALL)).replace(
            "config firewall policy",
            "config system virtual-wan-link\n    config members\n        edit 1\n"
            '            set interface "wan1"\n        next\n    end\nend\n'
            "config firewall policy",
        ),
        FAIL,
        FORTI,
    ),
    case(
        "bad: FortiGate, after a rule that bounds",
        forti(policy(1, **OUT, service='"HTTPS"'), policy(2, **OUT, service=ALL)),
        FAIL,
        FORTI,
        "by: 2",
    ),
    case(
        "bad: FortiGate, denied for the web alone",
        forti(
            policy(1, **{**OUT, "action": "deny"}, service='"HTTP"'),
            policy(2, **OUT, service=ALL),
        ),
        FAIL,
        FORTI,
    ),
    case(
        "bad: FortiGate, by people's names, nobody can tell",
        forti(policy(1, **OUT, service=ALL, groups='"operators"')),
        UNKNOWN,
        FORTI,
        "1",
    ),
    case(
        "bad: FortiGate, to a name, nobody can tell",
        forti(policy(1, **{**OUT, "dstaddr": '"update"'}, service=ALL)),
        UNKNOWN,
        FORTI,
    ),
    case(
        "good: FortiGate, to a name by one service",
        forti(policy(1, **{**OUT, "dstaddr": '"update"'}, service='"HTTPS"')),
        PASS,
        FORTI,
    ),
    *(
        case(
            f"bad: FortiGate, a zone of the kind {name}",
            forti(policy(1, **OUT, service=ALL)),
            FAIL,
            FORTI,
            plan=kind(name),
        )
        for name in ("database-server", "dmz")
    ),
    case(
        "absent: FortiGate, a zone of no servers",
        forti(policy(1, **OUT, service=ALL)),
        NONE,
        FORTI,
        plan=kind("wan"),
    ),
    case(
        "good: Junos",
        junos(("servers", "untrust", rule("portal", "any", "junos-https"))),
        PASS,
        JUNOS,
        "servers>untrust",
    ),
    case("bad: Junos", junos(("servers", "untrust", rule("any", "any", "any"))), FAIL, JUNOS),
    case(
        "bad: Junos, every port of UDP",
        junos(("servers", "untrust", rule("any", "any", "junos-udp-any"))),
        FAIL,
        JUNOS,
    ),
    case(
        "good: RouterOS, to one address",
        ros("action=accept src-address=10.1.30.0/24 dst-address=203.0.113.7", "action=drop"),
        PASS,
        ROS,
        "names services or destinations",
    ),
    case(
        "good: RouterOS, dropped",
        ros("action=drop in-interface=dmz out-interface=wan", "action=accept"),
        PASS,
        ROS,
        "no rule lets",
    ),
    case("bad: RouterOS", ros("action=accept in-interface=dmz", "action=drop"), FAIL, ROS),
    case("bad: RouterOS, nothing is dropped", ros(), FAIL, ROS, "forward end"),
    case("absent: RouterOS, another device leads outwards", ros(wan="10.9.9.2/30"), NONE, ROS),
    case("absent: IOS, another device leads outwards", ios(("30", ""), ("20", "")), NONE, IOS),
    case("bad: IOS, it translates addresses", ios(("30", ""), NAT), FAIL, IOS, "Vlan30"),
    case(
        "bad: IOS, every port of TCP",
        ios(("30", BOUND), NAT, more=ACL.format(" permit tcp any any\n")),
        FAIL,
        IOS,
    ),
    case(
        "good: IOS, one port",
        ios(("30", BOUND), NAT, more=ACL.format(" permit tcp any any eq 443\n")),
        PASS,
        IOS,
        "Vlan30 1",
    ),
    case(
        "absent: no such zone here",
        forti(USERS_OUT),
        NONE,
        FORTI,
        plan=lists(zones=(USERS, MANAGEMENT)),
    ),
    case("absent: no list", forti(USERS_OUT), UNKNOWN, FORTI, plan=Lists()),
    *(
        Case(each.name, each.answers, each.outcome, asset=each.asset, lists=PLAN, says=each.says)
        for each in UNREADABLE
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_server_egress, case)


def test_it_shows_which_zone_gets_out_and_where_the_rule_stands() -> None:
    told = case("", forti(policy(3, **OUT, service=ALL)), FAIL, FORTI)

    assert [each.seen for each in findings(device_server_egress, told)] == ["Máy chủ: edit 3"]
