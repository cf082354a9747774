"""`device-intrusion-block` on the intrusion policies that rules use."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.facts.devices.traffic_samples import with_more
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import GapReason, Outcome
from cdso_checks.devices.device_intrusion_block import device_intrusion_block

CASES = [
    Case(
        "good: FortiGate, block",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config ips sensor\n    edit "other"\n        config entries\n'
                    "            edit 1\n                set action pass\n            next\n"
                    '        end\n    next\n    edit "web"\n        config entries\n'
                    "            edit 1\n                set action block\n            next\n"
                    "        end\n    next\nend\n"
                ),
                (
                    "        set logtraffic all\n",
                    (
                        "        set logtraffic all\n        set utm-status enable\n"
                        '        set ips-sensor "web"\n'
                    ),
                ),
            )
        },
        Outcome.PASS,
        asset=FORTI,
        says="web",
    ),
    Case(
        "good: FortiGate, reset",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config ips sensor\n    edit "other"\n        config entries\n'
                    "            edit 1\n                set action pass\n            next\n"
                    '        end\n    next\n    edit "web"\n        config entries\n'
                    "            edit 1\n                set action reset\n            next\n"
                    "        end\n    next\nend\n"
                ),
                (
                    "        set logtraffic all\n",
                    (
                        "        set logtraffic all\n        set utm-status enable\n"
                        '        set ips-sensor "web"\n'
                    ),
                ),
            )
        },
        Outcome.PASS,
        asset=FORTI,
        says="web",
    ),
    Case(
        "bad: FortiGate, monitor",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config ips sensor\n    edit "other"\n        config entries\n'
                    "            edit 1\n                set action pass\n            next\n"
                    '        end\n    next\n    edit "web"\n        config entries\n'
                    "            edit 1\n                set action pass\n            next\n"
                    "        end\n    next\nend\n"
                ),
                (
                    "        set logtraffic all\n",
                    (
                        "        set logtraffic all\n        set utm-status enable\n"
                        '        set ips-sensor "web"\n'
                    ),
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
        says="web",
    ),
    Case(
        "bad: FortiGate, the signatures decide",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config ips sensor\n    edit "other"\n        config entries\n'
                    "            edit 1\n                set action pass\n            next\n"
                    '        end\n    next\n    edit "web"\n        config entries\n'
                    "            edit 1\n            next\n        end\n    next\nend\n"
                ),
                (
                    "        set logtraffic all\n",
                    (
                        "        set logtraffic all\n        set utm-status enable\n"
                        '        set ips-sensor "web"\n'
                    ),
                ),
            )
        },
        Outcome.UNKNOWN,
        asset=FORTI,
        says="web",
    ),
    Case(
        "bad: FortiGate, one entry watches",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config ips sensor\n    edit "other"\n        config entries\n'
                    "            edit 1\n                set action pass\n            next\n"
                    '        end\n    next\n    edit "web"\n        config entries\n'
                    "            edit 1\n                set action block\n            next\n"
                    "            edit 2\n                set action pass\n            next\n"
                    "        end\n    next\nend\n"
                ),
                (
                    "        set logtraffic all\n",
                    (
                        "        set logtraffic all\n        set utm-status enable\n"
                        '        set ips-sensor "web"\n'
                    ),
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
        says="web",
    ),
    Case(
        "good: FortiGate, the one that watches is off",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config ips sensor\n    edit "other"\n        config entries\n'
                    "            edit 1\n                set action pass\n            next\n"
                    '        end\n    next\n    edit "web"\n        config entries\n'
                    "            edit 1\n                set action block\n            next\n"
                    "            edit 2\n                set status disable\n"
                    "                set action pass\n            next\n        end\n    next\n"
                    "end\n"
                ),
                (
                    "        set logtraffic all\n",
                    (
                        "        set logtraffic all\n        set utm-status enable\n"
                        '        set ips-sensor "web"\n'
                    ),
                ),
            )
        },
        Outcome.PASS,
        asset=FORTI,
        says="web",
    ),
    Case(
        "bad: FortiGate, one leaves it to signatures",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config ips sensor\n    edit "other"\n        config entries\n'
                    "            edit 1\n                set action pass\n            next\n"
                    '        end\n    next\n    edit "web"\n        config entries\n'
                    "            edit 1\n                set action block\n            next\n"
                    "            edit 2\n                set action default\n            next\n"
                    "        end\n    next\nend\n"
                ),
                (
                    "        set logtraffic all\n",
                    (
                        "        set logtraffic all\n        set utm-status enable\n"
                        '        set ips-sensor "web"\n'
                    ),
                ),
            )
        },
        Outcome.UNKNOWN,
        asset=FORTI,
        says="web",
    ),
    Case(
        "bad: FortiGate, a sensor that the text does not hold",
        {
            DEVICE_CONFIG: changed(
                FORTI,
                (
                    "        set logtraffic all\n",
                    (
                        "        set logtraffic all\n        set utm-status enable\n"
                        '        set ips-sensor "web"\n'
                    ),
                ),
            )
        },
        Outcome.UNKNOWN,
        asset=FORTI,
    ),
    Case(
        "absent: FortiGate, nothing is inspected",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config ips sensor\n    edit "other"\n        config entries\n'
                    "            edit 1\n                set action pass\n            next\n"
                    '        end\n    next\n    edit "web"\n        config entries\n'
                    "            edit 1\n                set action block\n            next\n"
                    "        end\n    next\nend\n"
                ),
                (
                    "        set logtraffic all\n",
                    '        set logtraffic all\n        set ips-sensor "web"\n',
                ),
            )
        },
        Outcome.NOT_APPLICABLE,
        asset=FORTI,
    ),
    Case(
        "unreadable: FortiGate, no policies",
        {DEVICE_CONFIG: changed(FORTI, ("config firewall policy", "config firewall other"))},
        Outcome.UNKNOWN,
        asset=FORTI,
    ),
    Case(
        "good: Junos, drop-connection",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "security {\n    idp {\n        idp-policy P {\n            rulebase-ips {\n"
                    "                rule 1 {\n                    then {\n"
                    "                        action {\n"
                    "                            drop-connection;\n                        }\n"
                    "                    }\n                }\n            }\n        }\n    }\n"
                    "}\n"
                ),
                (
                    "                    permit;\n",
                    (
                        "                    permit {\n"
                        "                        application-services {\n"
                        "                            idp-policy P;\n                        }\n"
                        "                    }\n"
                    ),
                ),
            )
        },
        Outcome.PASS,
        asset=JUNOS,
        says="P",
    ),
    Case(
        "good: Junos, close-client-and-server",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "security {\n    idp {\n        idp-policy P {\n            rulebase-ips {\n"
                    "                rule 1 {\n                    then {\n"
                    "                        action {\n"
                    "                            close-client-and-server;\n"
                    "                        }\n                    }\n                }\n"
                    "            }\n        }\n    }\n}\n"
                ),
                (
                    "                    permit;\n",
                    (
                        "                    permit {\n"
                        "                        application-services {\n"
                        "                            idp-policy P;\n                        }\n"
                        "                    }\n"
                    ),
                ),
            )
        },
        Outcome.PASS,
        asset=JUNOS,
        says="P",
    ),
    Case(
        "bad: Junos, recommended",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "security {\n    idp {\n        idp-policy P {\n            rulebase-ips {\n"
                    "                rule 1 {\n                    then {\n"
                    "                        action {\n"
                    "                            recommended;\n                        }\n"
                    "                    }\n                }\n            }\n        }\n    }\n"
                    "}\n"
                ),
                (
                    "                    permit;\n",
                    (
                        "                    permit {\n"
                        "                        application-services {\n"
                        "                            idp-policy P;\n                        }\n"
                        "                    }\n"
                    ),
                ),
            )
        },
        Outcome.UNKNOWN,
        asset=JUNOS,
        says="P",
    ),
    Case(
        "bad: Junos, no-action",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "security {\n    idp {\n        idp-policy P {\n            rulebase-ips {\n"
                    "                rule 1 {\n                    then {\n"
                    "                        action {\n"
                    "                            no-action;\n                        }\n"
                    "                    }\n                }\n            }\n        }\n    }\n"
                    "}\n"
                ),
                (
                    "                    permit;\n",
                    (
                        "                    permit {\n"
                        "                        application-services {\n"
                        "                            idp-policy P;\n                        }\n"
                        "                    }\n"
                    ),
                ),
            )
        },
        Outcome.FAIL,
        asset=JUNOS,
        says="P",
    ),
    Case(
        "bad: Junos, ignore-connection",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "security {\n    idp {\n        idp-policy P {\n            rulebase-ips {\n"
                    "                rule 1 {\n                    then {\n"
                    "                        action {\n"
                    "                            ignore-connection;\n"
                    "                        }\n                    }\n                }\n"
                    "            }\n        }\n    }\n}\n"
                ),
                (
                    "                    permit;\n",
                    (
                        "                    permit {\n"
                        "                        application-services {\n"
                        "                            idp-policy P;\n                        }\n"
                        "                    }\n"
                    ),
                ),
            )
        },
        Outcome.FAIL,
        asset=JUNOS,
        says="P",
    ),
    Case(
        "good: Junos, the active policy",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "security {\n    idp {\n        idp-policy P {\n            rulebase-ips {\n"
                    "                rule 1 {\n                    then {\n"
                    "                        action {\n"
                    "                            drop-packet;\n                        }\n"
                    "                    }\n                }\n            }\n        }\n    }\n"
                    "}\nsecurity {\n    idp {\n        active-policy P;\n    }\n}\n"
                ),
                (
                    "                    permit;\n",
                    (
                        "                    permit {\n"
                        "                        application-services {\n"
                        "                            idp;\n                        }\n"
                        "                    }\n"
                    ),
                ),
            )
        },
        Outcome.PASS,
        asset=JUNOS,
    ),
    Case("absent: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.NOT_APPLICABLE, asset=JUNOS),
    Case(
        "good: IOS-XE",
        {
            DEVICE_CONFIG: with_more(
                IOS,
                (
                    "utd engine standard\n threat-inspection whitelist profile W\n"
                    " threat protection\n!\n"
                ),
            )
        },
        Outcome.PASS,
        asset=IOS,
    ),
    Case(
        "bad: IOS-XE",
        {DEVICE_CONFIG: with_more(IOS, "utd engine standard\n threat detection\n!\n")},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "unreadable: IOS, the older form",
        {DEVICE_CONFIG: with_more(IOS, "ip ips name OLD\n")},
        Outcome.UNKNOWN,
        asset=IOS,
    ),
    Case("absent: IOS", {DEVICE_CONFIG: changed(IOS)}, Outcome.NOT_APPLICABLE, asset=IOS),
    Case("absent: RouterOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.NOT_APPLICABLE, asset=ROS),
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
    agree(device_intrusion_block, case)
