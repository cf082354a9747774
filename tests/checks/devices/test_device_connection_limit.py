"""`device-connection-limit` on devices that carry traffic between networks."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.facts.devices.traffic_samples import router, with_more
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import GapReason, Outcome
from cdso_checks.devices.device_connection_limit import device_connection_limit

CASES = [
    Case(
        "good: FortiGate, an anomaly",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    "config firewall DoS-policy\n    edit 1\n        config anomaly\n"
                    '            edit "tcp_syn_flood"\n                set status enable\n'
                    "                set action block\n            next\n"
                    '            edit "tcp_src_session"\n                set status enable\n'
                    "                set action block\n                set threshold 5000\n"
                    "            next\n        end\n    next\nend\n"
                ),
            )
        },
        Outcome.PASS,
        asset=FORTI,
        says="tcp_src_session",
    ),
    Case(
        "bad: FortiGate, counted alone",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    "config firewall DoS-policy\n    edit 1\n        config anomaly\n"
                    '            edit "tcp_syn_flood"\n                set status enable\n'
                    "                set action block\n            next\n"
                    '            edit "tcp_src_session"\n                set status enable\n'
                    "                set threshold 5000\n            next\n        end\n"
                    "    next\nend\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
        says="nothing is stopped",
    ),
    Case(
        "bad: FortiGate, the policy is off",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    "config firewall DoS-policy\n    edit 1\n        set status disable\n"
                    '        config anomaly\n            edit "tcp_syn_flood"\n'
                    "                set status enable\n                set action block\n"
                    '            next\n            edit "tcp_src_session"\n'
                    "                set status enable\n                set action block\n"
                    "                set threshold 5000\n            next\n        end\n"
                    "    next\nend\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
        says="nothing bounds",
    ),
    Case(
        "good: FortiGate, a shaper",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config firewall shaper per-ip-shaper\n    edit "people"\n'
                    "        set max-concurrent-session 200\n    next\nend\n"
                ),
                (
                    "        set logtraffic all\n",
                    '        set logtraffic all\n        set per-ip-shaper "people"\n',
                ),
            )
        },
        Outcome.PASS,
        asset=FORTI,
    ),
    Case(
        "bad: FortiGate, a shaper that no rule uses",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config firewall shaper per-ip-shaper\n    edit "people"\n'
                    "        set max-concurrent-session 200\n    next\nend\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case("bad: FortiGate", {DEVICE_CONFIG: changed(FORTI)}, Outcome.FAIL, asset=FORTI),
    Case(
        "good: FortiGate, another device bounds",
        {DEVICE_CONFIG: changed(FORTI)},
        Outcome.NOT_APPLICABLE,
        asset=FORTI,
        parameters={"elsewhere": [FORTI.id]},
    ),
    Case(
        "good: Junos",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "security {\n    screen {\n        ids-option edge {\n"
                    "            limit-session {\n                source-ip-based 128;\n"
                    "            }\n        }\n    }\n    zones {\n"
                    "        security-zone untrust {\n            screen edge;\n        }\n"
                    "    }\n}\n"
                ),
            )
        },
        Outcome.PASS,
        asset=JUNOS,
        says="source-ip-based 128",
    ),
    Case(
        "bad: Junos, a screen of no zone",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "security {\n    screen {\n        ids-option other {\n"
                    "            limit-session {\n                source-ip-based 128;\n"
                    "            }\n        }\n    }\n    zones {\n"
                    "        security-zone untrust {\n            screen edge;\n        }\n"
                    "    }\n}\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "bad: Junos, alarms alone",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "security {\n    screen {\n        ids-option edge {\n"
                    "            alarm-without-drop;\n            limit-session {\n"
                    "                source-ip-based 128;\n            }\n        }\n    }\n"
                    "    zones {\n        security-zone untrust {\n            screen edge;\n"
                    "        }\n    }\n}\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=JUNOS,
        says="nothing is stopped",
    ),
    Case("bad: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.FAIL, asset=JUNOS),
    Case(
        "absent: Junos, a switch",
        {DEVICE_CONFIG: changed(JUNOS, ("    policies {\n", "    inactive: policies {\n"))},
        Outcome.NOT_APPLICABLE,
        asset=JUNOS,
    ),
    Case(
        "good: IOS, the translation",
        {DEVICE_CONFIG: router(IOS, "ip nat translation max-entries all-host 300\n")},
        Outcome.PASS,
        asset=IOS,
    ),
    Case(
        "good: IOS, the older firewall",
        {DEVICE_CONFIG: router(IOS, "ip inspect tcp max-incomplete host 50 block-time 0\n")},
        Outcome.PASS,
        asset=IOS,
    ),
    Case(
        "good: IOS, the firewall of zones",
        {
            DEVICE_CONFIG: router(
                IOS,
                (
                    "parameter-map type inspect global\n sessions maximum 5000\n!\n"
                    "zone-pair security A source IN destination OUT\n!\n"
                ),
            )
        },
        Outcome.PASS,
        asset=IOS,
        says="sessions maximum",
    ),
    Case(
        "bad: IOS",
        {
            DEVICE_CONFIG: router(
                IOS, "", (" ip address 10.1.30.1", " ip nat outside\n ip address 10.1.30.1")
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, a firewall of zones",
        {DEVICE_CONFIG: router(IOS, "zone-pair security A source IN destination OUT\n!\n")},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "absent: IOS, a switch that routes in its chips",
        {DEVICE_CONFIG: router(IOS)},
        Outcome.NOT_APPLICABLE,
        asset=IOS,
    ),
    Case(
        "absent: IOS, an access switch",
        {DEVICE_CONFIG: changed(IOS)},
        Outcome.NOT_APPLICABLE,
        asset=IOS,
    ),
    Case(
        "good: RouterOS, dropped",
        {
            DEVICE_CONFIG: router(
                ROS,
                (
                    "/ip firewall filter\n"
                    "add action=drop chain=forward connection-limit=100,32 protocol=tcp\n"
                ),
            )
        },
        Outcome.PASS,
        asset=ROS,
        says="connection-limit=100,32",
    ),
    Case(
        "good: RouterOS, listed",
        {
            DEVICE_CONFIG: router(
                ROS,
                (
                    "/ip firewall filter\n"
                    "add action=add-src-to-address-list chain=forward "
                    "connection-limit=100,32 protocol=tcp\n"
                ),
            )
        },
        Outcome.PASS,
        asset=ROS,
    ),
    Case(
        "bad: RouterOS, written down alone",
        {
            DEVICE_CONFIG: router(
                ROS,
                (
                    "/ip firewall filter\n"
                    "add action=log chain=forward connection-limit=100,32 protocol=tcp\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=ROS,
        says="nothing is stopped",
    ),
    Case("bad: RouterOS", {DEVICE_CONFIG: router(ROS)}, Outcome.FAIL, asset=ROS),
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
    agree(device_connection_limit, case)
