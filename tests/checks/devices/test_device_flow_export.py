"""`device-flow-export` on devices that carry traffic between networks."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.facts.devices.traffic_samples import router, with_more
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import GapReason, Outcome
from cdso_checks.devices.device_flow_export import device_flow_export

CASES = [
    Case(
        "good: IOS, flexible",
        {
            DEVICE_CONFIG: router(
                IOS,
                (
                    "flow exporter COLLECT\n destination 10.1.2.55\n!\nflow monitor M\n"
                    " exporter COLLECT\n record netflow ipv4 original-input\n!\n"
                ),
                (
                    " ip address 10.1.30.1 255.255.255.0\n",
                    " ip address 10.1.30.1 255.255.255.0\n ip flow monitor M input\n",
                ),
            )
        },
        Outcome.PASS,
        asset=IOS,
        says="10.1.2.55",
    ),
    Case(
        "good: IOS, the older form",
        {
            DEVICE_CONFIG: router(
                IOS,
                "ip flow-export version 9\nip flow-export destination 10.1.2.55 2055\n",
                (
                    " ip address 10.1.30.1 255.255.255.0\n",
                    " ip address 10.1.30.1 255.255.255.0\n ip flow ingress\n",
                ),
            )
        },
        Outcome.PASS,
        asset=IOS,
    ),
    Case(
        "good: IOS, a copy for a sensor",
        {
            DEVICE_CONFIG: router(
                IOS,
                (
                    "monitor session 1 source interface Gi1/0/23\n"
                    "monitor session 1 destination interface Gi1/0/22\n"
                ),
            )
        },
        Outcome.PASS,
        asset=IOS,
        says="session 1",
    ),
    Case(
        "bad: IOS, half a copy",
        {DEVICE_CONFIG: router(IOS, "monitor session 1 source interface Gi1/0/23\n")},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, a monitor at no interface",
        {
            DEVICE_CONFIG: router(
                IOS,
                (
                    "flow exporter COLLECT\n destination 10.1.2.55\n!\nflow monitor M\n"
                    " exporter COLLECT\n record netflow ipv4 original-input\n!\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=IOS,
        says="no interface exports",
    ),
    Case(
        "bad: IOS, a monitor without exporter",
        {
            DEVICE_CONFIG: router(
                IOS,
                (
                    "flow exporter COLLECT\n destination 10.1.2.55\n!\nflow monitor M\n"
                    " exporter COLLECT\n record netflow ipv4 original-input\n!\n"
                ).replace("\n exporter COLLECT", ""),
                (
                    " ip address 10.1.30.1 255.255.255.0\n",
                    " ip address 10.1.30.1 255.255.255.0\n ip flow monitor M input\n",
                ),
            )
        },
        Outcome.FAIL,
        asset=IOS,
        says="no interface exports",
    ),
    Case("bad: IOS", {DEVICE_CONFIG: router(IOS)}, Outcome.FAIL, asset=IOS),
    Case(
        "good: IOS, another device does it",
        {DEVICE_CONFIG: router(IOS)},
        Outcome.NOT_APPLICABLE,
        asset=IOS,
        parameters={"elsewhere": [IOS.id]},
    ),
    Case(
        "absent: IOS, a switch with one address",
        {DEVICE_CONFIG: changed(IOS)},
        Outcome.NOT_APPLICABLE,
        asset=IOS,
    ),
    Case(
        "good: FortiGate logs every session to a server",
        {DEVICE_CONFIG: changed(FORTI)},
        Outcome.PASS,
        asset=FORTI,
        says="10.1.2.50",
    ),
    Case(
        "good: FortiGate, NetFlow",
        {
            DEVICE_CONFIG: router(
                FORTI,
                "config system netflow\n    set collector-ip 10.1.2.55\nend\n",
                ("logtraffic all", "logtraffic utm"),
                (
                    "set allowaccess ping\n",
                    "set allowaccess ping\n        set netflow-sampler both\n",
                ),
            )
        },
        Outcome.PASS,
        asset=FORTI,
        says="10.1.2.55",
    ),
    Case(
        "good: FortiGate, NetFlow of later releases",
        {
            DEVICE_CONFIG: router(
                FORTI,
                (
                    "config system netflow\n    config collectors\n        edit 1\n"
                    '            set collector-ip "10.1.2.55"\n        next\n    end\nend\n'
                ),
                ("logtraffic all", "logtraffic utm"),
                (
                    "set allowaccess ping\n",
                    "set allowaccess ping\n        set netflow-sampler rx\n",
                ),
            )
        },
        Outcome.PASS,
        asset=FORTI,
    ),
    Case(
        "good: FortiGate, sFlow",
        {
            DEVICE_CONFIG: router(
                FORTI,
                "config system sflow\n    set collector-ip 10.1.2.55\nend\n",
                ("logtraffic all", "logtraffic utm"),
                (
                    "set allowaccess ping\n",
                    "set allowaccess ping\n        set sflow-sampler enable\n",
                ),
            )
        },
        Outcome.PASS,
        asset=FORTI,
    ),
    Case(
        "bad: FortiGate, a collector that nobody exports to",
        {
            DEVICE_CONFIG: router(
                FORTI,
                "config system netflow\n    set collector-ip 10.1.2.55\nend\n",
                ("logtraffic all", "logtraffic utm"),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
        says="10.1.2.55",
    ),
    Case(
        "bad: FortiGate, sessions stay on the device",
        {
            DEVICE_CONFIG: changed(
                FORTI,
                (
                    "config log syslogd setting\n    set status enable",
                    "config log syslogd setting\n    set status disable",
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case(
        "bad: FortiGate, one policy logs less",
        {
            DEVICE_CONFIG: changed(
                FORTI,
                (
                    "        set logtraffic all\n    next\n",
                    (
                        "        set logtraffic all\n    next\n    edit 2\n"
                        "        set action accept\n    next\n"
                    ),
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case("bad: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.FAIL, asset=JUNOS),
    Case(
        "good: Junos, the sessions of a firewall",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "security {\n    log {\n        stream siem {\n            host {\n"
                    "                10.1.2.50;\n            }\n        }\n    }\n}\n"
                ),
            )
        },
        Outcome.PASS,
        asset=JUNOS,
        says="10.1.2.50",
    ),
    Case(
        "good: Junos, sFlow",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "protocols {\n    sflow {\n        collector 10.1.2.55;\n"
                    "        interfaces ge-0/0/1.0;\n    }\n}\n"
                ),
            )
        },
        Outcome.PASS,
        asset=JUNOS,
    ),
    Case(
        "bad: Junos, sFlow at no interface",
        {
            DEVICE_CONFIG: with_more(
                JUNOS, "protocols {\n    sflow {\n        collector 10.1.2.55;\n    }\n}\n"
            )
        },
        Outcome.FAIL,
        asset=JUNOS,
    ),
    Case(
        "good: Junos, sampled",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "forwarding-options {\n    sampling {\n        instance S {\n"
                    "            family inet {\n                output {\n"
                    "                    flow-server 10.1.2.55 {\n"
                    "                        port 2055;\n                    }\n"
                    "                }\n            }\n        }\n    }\n}\ninterfaces {\n"
                    "    ge-0/0/2 {\n        unit 0 {\n            family inet {\n"
                    "                sampling {\n                    input;\n"
                    "                }\n            }\n        }\n    }\n}\n"
                ),
            )
        },
        Outcome.PASS,
        asset=JUNOS,
        says="10.1.2.55",
    ),
    Case(
        "bad: Junos, nothing is sampled",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "forwarding-options {\n    sampling {\n        instance S {\n"
                    "            family inet {\n                output {\n"
                    "                    flow-server 10.1.2.55 {\n"
                    "                        port 2055;\n                    }\n"
                    "                }\n            }\n        }\n    }\n}\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=JUNOS,
        says="10.1.2.55",
    ),
    Case(
        "absent: Junos, a switch",
        {DEVICE_CONFIG: changed(JUNOS, ("    policies {\n", "    inactive: policies {\n"))},
        Outcome.NOT_APPLICABLE,
        asset=JUNOS,
    ),
    Case(
        "good: RouterOS",
        {
            DEVICE_CONFIG: router(
                ROS,
                (
                    "/ip traffic-flow\nset enabled=yes\n/ip traffic-flow target\n"
                    "add dst-address=10.1.2.55\n"
                ),
            )
        },
        Outcome.PASS,
        asset=ROS,
        says="10.1.2.55",
    ),
    Case(
        "bad: RouterOS, not switched on",
        {
            DEVICE_CONFIG: router(
                ROS,
                (
                    "/ip traffic-flow\nset enabled=yes\n/ip traffic-flow target\n"
                    "add dst-address=10.1.2.55\n"
                ).replace("=yes", "=no"),
            )
        },
        Outcome.FAIL,
        asset=ROS,
    ),
    Case(
        "bad: RouterOS, no target",
        {DEVICE_CONFIG: router(ROS, "/ip traffic-flow\nset enabled=yes\n")},
        Outcome.FAIL,
        asset=ROS,
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
    agree(device_flow_export, case)
