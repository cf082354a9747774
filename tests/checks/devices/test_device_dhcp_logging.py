"""`device-dhcp-logging` on devices that hand out addresses."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.facts.devices.traffic_samples import with_more
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import DeviceAsset, GapReason, Outcome
from cdso_checks.devices.device_dhcp_logging import device_dhcp_logging


def _no_server(asset: DeviceAsset, more: str) -> str:
    on = "config log syslogd setting\n    set status enable"
    return with_more(asset, more, (on, on.replace("enable", "disable")))


CASES = [
    Case(
        "good: IOS, accounting",
        {
            DEVICE_CONFIG: with_more(
                IOS, "ip dhcp pool USERS\n network 10.1.20.0 255.255.255.0\n accounting DHCP\n!\n"
            )
        },
        Outcome.PASS,
        asset=IOS,
        says="accounting",
    ),
    Case(
        "bad: IOS",
        {
            DEVICE_CONFIG: with_more(
                IOS, "ip dhcp pool USERS\n network 10.1.20.0 255.255.255.0\n!\n"
            )
        },
        Outcome.FAIL,
        asset=IOS,
        says="USERS",
    ),
    Case(
        "bad: IOS, one of two pools",
        {
            DEVICE_CONFIG: with_more(
                IOS,
                (
                    "ip dhcp pool A\n accounting DHCP\n!\nip dhcp pool B\n"
                    " network 10.2.0.0 255.255.0.0\n!\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=IOS,
        says="pool B",
    ),
    Case(
        "absent: IOS, the server is switched off",
        {
            DEVICE_CONFIG: with_more(
                IOS, "no service dhcp\nip dhcp pool USERS\n network 10.1.20.0 255.255.255.0\n!\n"
            )
        },
        Outcome.NOT_APPLICABLE,
        asset=IOS,
    ),
    Case(
        "absent: IOS, a relay",
        {
            DEVICE_CONFIG: changed(
                IOS,
                (
                    " ip access-group USERS in\n",
                    " ip access-group USERS in\n ip helper-address 10.1.2.20\n",
                ),
            )
        },
        Outcome.NOT_APPLICABLE,
        asset=IOS,
    ),
    Case(
        "good: FortiGate, events go to a server",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config system dhcp server\n    edit 1\n        set interface "internal"\n'
                    "    next\nend\n"
                ),
            )
        },
        Outcome.PASS,
        asset=FORTI,
        says="10.1.2.50",
    ),
    Case(
        "good: FortiGate, on its disk",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config system dhcp server\n    edit 1\n        set interface "internal"\n'
                    "    next\nend\nconfig log disk setting\n    set status enable\nend\n"
                ),
                ('    set server "10.1.2.50"\n', "    set status disable\n"),
            )
        },
        Outcome.PASS,
        asset=FORTI,
    ),
    Case(
        "bad: FortiGate, no system event is logged",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config system dhcp server\n    edit 1\n        set interface "internal"\n'
                    "    next\nend\nconfig log eventfilter\n    set system disable\nend\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
        says="system disable",
    ),
    Case(
        "bad: FortiGate, neither disk nor server",
        {
            DEVICE_CONFIG: _no_server(
                FORTI,
                (
                    'config system dhcp server\n    edit 1\n        set interface "internal"\n'
                    "    next\nend\nconfig log disk setting\n    set status disable\nend\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case(
        "bad: FortiGate, whether it has a disk is not told",
        {
            DEVICE_CONFIG: _no_server(
                FORTI,
                (
                    'config system dhcp server\n    edit 1\n        set interface "internal"\n'
                    "    next\nend\n"
                ),
            )
        },
        Outcome.UNKNOWN,
        asset=FORTI,
    ),
    Case(
        "absent: FortiGate, switched off",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config system dhcp server\n    edit 1\n        set interface "internal"\n'
                    "    next\nend\n"
                ).replace("    next", "        set status disable\n    next"),
            )
        },
        Outcome.NOT_APPLICABLE,
        asset=FORTI,
    ),
    Case(
        "good: Junos, a trace",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "system {\n    services {\n        dhcp-local-server {\n"
                    "            group USERS {\n                interface ge-0/0/1.0;\n"
                    "            }\n        }\n    }\n    processes {\n        dhcp-service {\n"
                    "            traceoptions {\n                file dhcp;\n            }\n"
                    "        }\n    }\n}\n"
                ),
            )
        },
        Outcome.PASS,
        asset=JUNOS,
    ),
    Case(
        "bad: Junos does not tell",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "system {\n    services {\n        dhcp-local-server {\n"
                    "            group USERS {\n                interface ge-0/0/1.0;\n"
                    "            }\n        }\n    }\n}\n"
                ),
            )
        },
        Outcome.UNKNOWN,
        asset=JUNOS,
        says="USERS",
    ),
    Case(
        "good: RouterOS, info goes to a server",
        {DEVICE_CONFIG: with_more(ROS, "/ip dhcp-server\nadd interface=bridge name=dhcp1\n")},
        Outcome.PASS,
        asset=ROS,
    ),
    Case(
        "good: RouterOS, an action of its own",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                "/ip dhcp-server\nadd interface=bridge name=dhcp1\n",
                (
                    (
                        "/system logging action\nset 3 remote=10.1.2.50\n/system logging\n"
                        "add action=remote topics=info\n"
                    ),
                    (
                        "/system logging action\nadd name=keep target=disk\n/system logging\n"
                        "add action=keep topics=dhcp,!debug\n"
                    ),
                ),
            )
        },
        Outcome.PASS,
        asset=ROS,
    ),
    Case(
        "bad: RouterOS, the rule leaves leases out",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                "/ip dhcp-server\nadd interface=bridge name=dhcp1\n",
                ("topics=info", "topics=info,!dhcp"),
            )
        },
        Outcome.FAIL,
        asset=ROS,
        says="memory",
    ),
    Case(
        "bad: RouterOS, of errors alone",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                "/ip dhcp-server\nadd interface=bridge name=dhcp1\n",
                ("topics=info", "topics=error"),
            )
        },
        Outcome.FAIL,
        asset=ROS,
        says="memory",
    ),
    Case(
        "bad: RouterOS, a narrower topic",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                "/ip dhcp-server\nadd interface=bridge name=dhcp1\n",
                ("topics=info", "topics=dhcp,debug,packet"),
            )
        },
        Outcome.FAIL,
        asset=ROS,
        says="memory",
    ),
    Case(
        "bad: RouterOS, the server has no address",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                "/ip dhcp-server\nadd interface=bridge name=dhcp1\n",
                ("set 3 remote=10.1.2.50", "set 3 bsd-syslog=yes"),
            )
        },
        Outcome.FAIL,
        asset=ROS,
    ),
    Case(
        "good: RouterOS, the first rule turned round",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                "/ip dhcp-server\nadd interface=bridge name=dhcp1\n",
                ("add action=remote topics=info", "set 0 action=remote"),
            )
        },
        Outcome.PASS,
        asset=ROS,
    ),
    Case(
        "bad: RouterOS, the rule of errors turned round",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                "/ip dhcp-server\nadd interface=bridge name=dhcp1\n",
                ("add action=remote topics=info", "set 1 action=remote"),
            )
        },
        Outcome.FAIL,
        asset=ROS,
    ),
    Case(
        "absent: RouterOS 6, off until it is switched on",
        {
            DEVICE_CONFIG: with_more(
                ROS, "/ip dhcp-server\nadd interface=bridge name=dhcp1\n", ("7.13.2", "6.49.10")
            )
        },
        Outcome.NOT_APPLICABLE,
        asset=ROS,
    ),
    Case(
        "absent: RouterOS, disabled",
        {
            DEVICE_CONFIG: with_more(
                ROS, "/ip dhcp-server\nadd disabled=yes interface=bridge name=dhcp1\n"
            )
        },
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
    agree(device_dhcp_logging, case)
