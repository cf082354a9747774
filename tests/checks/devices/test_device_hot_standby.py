"""`device-hot-standby` on devices that carry traffic between networks."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.facts.devices.traffic_samples import router, with_more
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import GapReason, Outcome
from cdso_checks.devices.device_hot_standby import device_hot_standby

CASES = [
    Case(
        "good: IOS, HSRP",
        {
            DEVICE_CONFIG: router(
                IOS,
                "",
                (
                    " ip address 10.1.30.1 255.255.255.0\n",
                    " ip address 10.1.30.1 255.255.255.0\n standby 1 ip 10.1.30.254\n",
                ),
            )
        },
        Outcome.PASS,
        asset=IOS,
        says="HSRP",
    ),
    Case(
        "good: IOS, VRRP",
        {
            DEVICE_CONFIG: router(
                IOS,
                "",
                (
                    " ip address 10.1.30.1 255.255.255.0\n",
                    " ip address 10.1.30.1 255.255.255.0\n vrrp 1 ip 10.1.30.254\n",
                ),
            )
        },
        Outcome.PASS,
        asset=IOS,
        says="VRRP",
    ),
    Case(
        "good: IOS, GLBP",
        {
            DEVICE_CONFIG: router(
                IOS,
                "",
                (
                    " ip address 10.1.30.1 255.255.255.0\n",
                    " ip address 10.1.30.1 255.255.255.0\n glbp 1 ip 10.1.30.254\n",
                ),
            )
        },
        Outcome.PASS,
        asset=IOS,
        says="GLBP",
    ),
    Case(
        "good: IOS, a stack",
        {
            DEVICE_CONFIG: router(
                IOS, "switch 1 provision ws-c2960x-24ts-l\nswitch 2 provision ws-c2960x-24ts-l\n"
            )
        },
        Outcome.PASS,
        asset=IOS,
        says="stack",
    ),
    Case(
        "bad: IOS, a stack of one",
        {
            DEVICE_CONFIG: router(
                IOS, "switch 1 provision ws-c2960x-24ts-l\nredundancy\n mode sso\n!\n"
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case("bad: IOS", {DEVICE_CONFIG: router(IOS)}, Outcome.FAIL, asset=IOS),
    Case(
        "bad: IOS, at an interface that is shut down",
        {
            DEVICE_CONFIG: router(
                IOS,
                (
                    "interface Vlan99\n ip address 10.1.99.1 255.255.255.0\n"
                    " standby 1 ip 10.1.99.254\n shutdown\n!\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, another path perhaps",
        {DEVICE_CONFIG: router(IOS, "router ospf 1\n network 10.0.0.0 0.255.255.255 area 0\n!\n")},
        Outcome.UNKNOWN,
        asset=IOS,
        says="OSPF",
    ),
    Case(
        "good: IOS, no main device",
        {DEVICE_CONFIG: router(IOS)},
        Outcome.NOT_APPLICABLE,
        asset=IOS,
        parameters={"elsewhere": [IOS.id]},
    ),
    Case(
        "absent: IOS, an access switch",
        {DEVICE_CONFIG: changed(IOS)},
        Outcome.NOT_APPLICABLE,
        asset=IOS,
    ),
    Case(
        "good: FortiGate, a cluster",
        {DEVICE_CONFIG: with_more(FORTI, "config system ha\n    set mode a-p\nend\n")},
        Outcome.PASS,
        asset=FORTI,
        says="a-p",
    ),
    Case(
        "good: FortiGate, VRRP",
        {
            DEVICE_CONFIG: changed(
                FORTI,
                (
                    "set allowaccess ping\n",
                    (
                        "set allowaccess ping\n        config vrrp\n            edit 1\n"
                        "                set vrip 198.51.100.1\n            next\n        end\n"
                    ),
                ),
            )
        },
        Outcome.PASS,
        asset=FORTI,
        says="VRRP",
    ),
    Case(
        "bad: FortiGate, alone",
        {DEVICE_CONFIG: with_more(FORTI, "config system ha\n    set mode standalone\nend\n")},
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case("bad: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.FAIL, asset=FORTI),
    Case(
        "bad: FortiGate, BGP",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config router bgp\n    config neighbor\n        edit "198.51.100.1"\n'
                    "            set remote-as 65000\n        next\n    end\nend\n"
                ),
            )
        },
        Outcome.UNKNOWN,
        asset=FORTI,
        says="BGP",
    ),
    Case(
        "good: Junos, a cluster",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "chassis {\n    cluster {\n        redundancy-group 1 {\n"
                    "            node 0 priority 200;\n        }\n    }\n}\n"
                ),
            )
        },
        Outcome.PASS,
        asset=JUNOS,
    ),
    Case(
        "good: Junos, VRRP",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "interfaces {\n    ge-0/0/2 {\n        unit 0 {\n            family inet {\n"
                    "                address 10.1.30.1/24 {\n"
                    "                    vrrp-group 1 {\n"
                    "                        virtual-address 10.1.30.254;\n"
                    "                    }\n                }\n            }\n        }\n    }\n"
                    "}\n"
                ),
            )
        },
        Outcome.PASS,
        asset=JUNOS,
    ),
    Case("bad: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.FAIL, asset=JUNOS),
    Case(
        "absent: Junos, a switch",
        {DEVICE_CONFIG: changed(JUNOS, ("    policies {\n", "    inactive: policies {\n"))},
        Outcome.NOT_APPLICABLE,
        asset=JUNOS,
    ),
    Case(
        "good: RouterOS",
        {DEVICE_CONFIG: router(ROS, "/interface vrrp\nadd interface=lan name=vrrp1 vrid=10\n")},
        Outcome.PASS,
        asset=ROS,
    ),
    Case(
        "bad: RouterOS, disabled",
        {
            DEVICE_CONFIG: router(
                ROS, "/interface vrrp\nadd disabled=yes interface=lan name=vrrp1 vrid=10\n"
            )
        },
        Outcome.FAIL,
        asset=ROS,
    ),
    Case(
        "bad: RouterOS, OSPF",
        {DEVICE_CONFIG: router(ROS, "/routing ospf instance\nadd name=o1\n")},
        Outcome.UNKNOWN,
        asset=ROS,
        says="OSPF",
    ),
    Case(
        "absent: RouterOS, a bridge",
        {DEVICE_CONFIG: changed(ROS)},
        Outcome.NOT_APPLICABLE,
        asset=ROS,
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
    agree(device_hot_standby, case)
