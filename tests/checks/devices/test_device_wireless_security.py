"""`device-wireless-security` on the networks that a device leads."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.facts.devices.traffic_samples import with_more
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import GapReason, Outcome
from cdso_checks.devices.device_wireless_security import device_wireless_security

CASES = [
    Case(
        "good: FortiGate, wpa2-only-enterprise",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config wireless-controller vap\n    edit "staff"\n'
                    '        set ssid "STAFF"\n        set security wpa2-only-enterprise\n'
                    "    next\nend\n"
                ),
            )
        },
        Outcome.PASS,
        asset=FORTI,
        says="STAFF",
    ),
    Case(
        "good: FortiGate, wpa2-only-personal",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config wireless-controller vap\n    edit "staff"\n'
                    '        set ssid "STAFF"\n        set security wpa2-only-personal\n'
                    "    next\nend\n"
                ),
            )
        },
        Outcome.PASS,
        asset=FORTI,
        says="STAFF",
    ),
    Case(
        "good: FortiGate, wpa3-sae",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config wireless-controller vap\n    edit "staff"\n'
                    '        set ssid "STAFF"\n        set security wpa3-sae\n    next\nend\n'
                ),
            )
        },
        Outcome.PASS,
        asset=FORTI,
        says="STAFF",
    ),
    Case(
        "good: FortiGate, wpa3-enterprise",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config wireless-controller vap\n    edit "staff"\n'
                    '        set ssid "STAFF"\n        set security wpa3-enterprise\n    next\n'
                    "end\n"
                ),
            )
        },
        Outcome.PASS,
        asset=FORTI,
        says="STAFF",
    ),
    Case(
        "bad: FortiGate, open",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config wireless-controller vap\n    edit "staff"\n'
                    '        set ssid "STAFF"\n        set security open\n    next\nend\n'
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
        says="STAFF",
    ),
    Case(
        "bad: FortiGate, captive-portal",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config wireless-controller vap\n    edit "staff"\n'
                    '        set ssid "STAFF"\n        set security captive-portal\n    next\n'
                    "end\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
        says="STAFF",
    ),
    Case(
        "bad: FortiGate, wep128",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config wireless-controller vap\n    edit "staff"\n'
                    '        set ssid "STAFF"\n        set security wep128\n    next\nend\n'
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
        says="STAFF",
    ),
    Case(
        "bad: FortiGate, wpa-personal",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config wireless-controller vap\n    edit "staff"\n'
                    '        set ssid "STAFF"\n        set security wpa-personal\n    next\n'
                    "end\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
        says="STAFF",
    ),
    Case(
        "bad: FortiGate, owe",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config wireless-controller vap\n    edit "staff"\n'
                    '        set ssid "STAFF"\n        set security owe\n    next\nend\n'
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
        says="STAFF",
    ),
    Case(
        "bad: FortiGate, osen",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config wireless-controller vap\n    edit "staff"\n'
                    '        set ssid "STAFF"\n        set security osen\n    next\nend\n'
                ),
            )
        },
        Outcome.UNKNOWN,
        asset=FORTI,
        says="STAFF",
    ),
    Case(
        "bad: FortiGate, TKIP",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config wireless-controller vap\n    edit "staff"\n'
                    "        set encrypt TKIP-AES\n    next\nend\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=FORTI,
    ),
    Case(
        "good: FortiGate, the default",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config wireless-controller vap\n    edit "staff"\n'
                    "        set passphrase ENC abcdefg\n    next\nend\n"
                ),
            )
        },
        Outcome.PASS,
        asset=FORTI,
        says="wpa2-personal",
    ),
    Case(
        "absent: FortiGate, switched off",
        {
            DEVICE_CONFIG: with_more(
                FORTI,
                (
                    'config wireless-controller vap\n    edit "staff"\n'
                    "        set status disable\n        set security open\n    next\nend\n"
                ),
            )
        },
        Outcome.NOT_APPLICABLE,
        asset=FORTI,
    ),
    Case(
        "good: IOS-XE, 802.1X",
        {DEVICE_CONFIG: with_more(IOS, "wlan STAFF 1 STAFF\n no shutdown\n")},
        Outcome.PASS,
        asset=IOS,
    ),
    Case(
        "good: IOS-XE, a shared password",
        {
            DEVICE_CONFIG: with_more(
                IOS,
                (
                    "wlan STAFF 1 STAFF\n no security wpa akm dot1x\n security wpa akm psk\n"
                    " no shutdown\n"
                ),
            )
        },
        Outcome.PASS,
        asset=IOS,
    ),
    Case(
        "bad: IOS-XE, open",
        {DEVICE_CONFIG: with_more(IOS, "wlan STAFF 1 STAFF\n no security wpa\n no shutdown\n")},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS-XE, WEP",
        {
            DEVICE_CONFIG: with_more(
                IOS,
                (
                    "wlan STAFF 1 STAFF\n"
                    " security static-wep-key encryption 104 ascii 0 abcdefghijklm 1\n"
                    " no shutdown\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS-XE, the first WPA too",
        {DEVICE_CONFIG: with_more(IOS, "wlan STAFF 1 STAFF\n security wpa wpa1\n no shutdown\n")},
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS-XE, the first WPA alone",
        {
            DEVICE_CONFIG: with_more(
                IOS, "wlan STAFF 1 STAFF\n no security wpa wpa2\n security wpa wpa1\n no shutdown\n"
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "good: IOS-XE, WPA3",
        {
            DEVICE_CONFIG: with_more(
                IOS,
                (
                    "wlan STAFF 1 STAFF\n no security wpa wpa2\n no security wpa akm dot1x\n"
                    " security wpa wpa3\n security wpa akm sae\n no shutdown\n"
                ),
            )
        },
        Outcome.PASS,
        asset=IOS,
    ),
    Case(
        "bad: IOS-XE, OWE",
        {
            DEVICE_CONFIG: with_more(
                IOS, "wlan STAFF 1 STAFF\n security wpa akm owe\n no shutdown\n"
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "absent: IOS-XE, shut down",
        {DEVICE_CONFIG: with_more(IOS, "wlan STAFF 1 STAFF\n no security wpa\n")},
        Outcome.NOT_APPLICABLE,
        asset=IOS,
    ),
    Case(
        "good: IOS, an access point, 802.1X",
        {
            DEVICE_CONFIG: with_more(
                IOS,
                (
                    "dot11 ssid STAFF\n authentication open eap E\n"
                    " authentication key-management wpa version 2\n!\n"
                ),
            )
        },
        Outcome.PASS,
        asset=IOS,
        says="STAFF",
    ),
    Case(
        "good: IOS, an access point, a shared password",
        {
            DEVICE_CONFIG: with_more(
                IOS,
                (
                    "dot11 ssid STAFF\n authentication open\n"
                    " authentication key-management wpa version 2\n"
                    " wpa-psk ascii 7 0822455D0A16\n!\n"
                ),
            )
        },
        Outcome.PASS,
        asset=IOS,
        says="STAFF",
    ),
    Case(
        "bad: IOS, an access point, the first WPA",
        {
            DEVICE_CONFIG: with_more(
                IOS,
                "dot11 ssid STAFF\n authentication open\n authentication key-management wpa\n!\n",
            )
        },
        Outcome.FAIL,
        asset=IOS,
        says="STAFF",
    ),
    Case(
        "bad: IOS, an access point, not demanded",
        {
            DEVICE_CONFIG: with_more(
                IOS,
                (
                    "dot11 ssid STAFF\n authentication open\n"
                    " authentication key-management wpa version 2 optional\n!\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=IOS,
        says="STAFF",
    ),
    Case(
        "bad: IOS, an access point, open",
        {DEVICE_CONFIG: with_more(IOS, "dot11 ssid STAFF\n authentication open\n!\n")},
        Outcome.FAIL,
        asset=IOS,
        says="STAFF",
    ),
    Case(
        "bad: IOS, an access point, TKIP",
        {
            DEVICE_CONFIG: with_more(
                IOS,
                (
                    "dot11 ssid STAFF\n authentication key-management wpa version 2\n!\n"
                    "interface Dot11Radio0\n encryption mode ciphers aes-ccm tkip\n!\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=IOS,
    ),
    Case(
        "bad: IOS, an access point, WEP",
        {
            DEVICE_CONFIG: with_more(
                IOS,
                (
                    "dot11 ssid STAFF\n authentication open\n!\ninterface Dot11Radio0\n"
                    " encryption mode wep mandatory\n!\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=IOS,
        says="wep",
    ),
    Case("absent: IOS, no radio", {DEVICE_CONFIG: changed(IOS)}, Outcome.NOT_APPLICABLE, asset=IOS),
    Case("absent: Junos", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.NOT_APPLICABLE, asset=JUNOS),
    Case(
        "unreadable: Junos, its radios",
        {
            DEVICE_CONFIG: with_more(
                JUNOS,
                (
                    "wlan {\n    access-point ap1 {\n        mac-address 00:11:22:33:44:55;\n"
                    "    }\n}\n"
                ),
            )
        },
        Outcome.UNKNOWN,
        asset=JUNOS,
    ),
    Case(
        "good: RouterOS, 802.1X",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                (
                    "/interface wireless security-profiles\n"
                    "add authentication-types=wpa2-eap mode=dynamic-keys name=s\n"
                    "/interface wireless\n"
                    "set [ find default-name=wlan1 ] disabled=no mode=ap-bridge ssid=STAFF "
                    "security-profile=s\n"
                ),
            )
        },
        Outcome.PASS,
        asset=ROS,
        says="STAFF",
    ),
    Case(
        "good: RouterOS, a shared password",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                (
                    "/interface wireless security-profiles\n"
                    "add authentication-types=wpa2-psk mode=dynamic-keys name=s "
                    "wpa2-pre-shared-key=hunter2hunter2\n/interface wireless\n"
                    "set [ find default-name=wlan1 ] disabled=no mode=ap-bridge ssid=STAFF "
                    "security-profile=s\n"
                ),
            )
        },
        Outcome.PASS,
        asset=ROS,
        says="STAFF",
    ),
    Case(
        "good: RouterOS, the default profile, set",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                (
                    "/interface wireless security-profiles\n"
                    "set [ find default=yes ] authentication-types=wpa2-psk mode=dynamic-keys\n"
                    "/interface wireless\n"
                    "set [ find default-name=wlan1 ] disabled=no mode=ap-bridge ssid=STAFF\n"
                ),
            )
        },
        Outcome.PASS,
        asset=ROS,
        says="STAFF",
    ),
    Case(
        "bad: RouterOS, the default profile",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                (
                    "/interface wireless security-profiles\n"
                    "set [ find default=yes ] supplicant-identity=MikroTik\n"
                    "/interface wireless\n"
                    "set [ find default-name=wlan1 ] disabled=no mode=ap-bridge ssid=STAFF\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=ROS,
        says="STAFF",
    ),
    Case(
        "bad: RouterOS, both generations",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                (
                    "/interface wireless security-profiles\n"
                    "add authentication-types=wpa-psk,wpa2-psk mode=dynamic-keys name=s\n"
                    "/interface wireless\n"
                    "set [ find default-name=wlan1 ] disabled=no mode=ap-bridge ssid=STAFF "
                    "security-profile=s\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=ROS,
        says="STAFF",
    ),
    Case(
        "bad: RouterOS, TKIP",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                (
                    "/interface wireless security-profiles\n"
                    "add authentication-types=wpa2-psk mode=dynamic-keys name=s "
                    "unicast-ciphers=tkip,aes-ccm\n/interface wireless\n"
                    "set [ find default-name=wlan1 ] disabled=no mode=ap-bridge ssid=STAFF "
                    "security-profile=s\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=ROS,
        says="STAFF",
    ),
    Case(
        "bad: RouterOS, WEP",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                (
                    "/interface wireless security-profiles\n"
                    "add mode=static-keys-required name=s\n/interface wireless\n"
                    "set [ find default-name=wlan1 ] disabled=no mode=ap-bridge ssid=STAFF "
                    "security-profile=s\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=ROS,
        says="STAFF",
    ),
    Case(
        "bad: RouterOS, a profile that is not there",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                (
                    "/interface wireless security-profiles\n"
                    "add authentication-types=wpa2-eap mode=dynamic-keys name=s\n"
                    "/interface wireless\n"
                    "set [ find default-name=wlan1 ] disabled=no mode=ap-bridge ssid=STAFF "
                    "security-profile=gone\n"
                ),
            )
        },
        Outcome.UNKNOWN,
        asset=ROS,
        says="STAFF",
    ),
    Case(
        "absent: RouterOS, the radio is off",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                (
                    "/interface wireless security-profiles\n"
                    "set [ find default=yes ] supplicant-identity=MikroTik\n"
                    "/interface wireless\n"
                    "set [ find default-name=wlan1 ] mode=ap-bridge ssid=STAFF\n"
                ),
            )
        },
        Outcome.NOT_APPLICABLE,
        asset=ROS,
    ),
    Case(
        "absent: RouterOS, a client of another network",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                (
                    "/interface wireless security-profiles\n"
                    "set [ find default=yes ] supplicant-identity=MikroTik\n"
                    "/interface wireless\n"
                    "set [ find default-name=wlan1 ] disabled=no mode=station ssid=STAFF\n"
                ),
            )
        },
        Outcome.NOT_APPLICABLE,
        asset=ROS,
    ),
    Case(
        "good: RouterOS 7, named",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                (
                    "/interface wifi security\n"
                    "add authentication-types=wpa3-psk,wpa2-psk name=sec\n"
                    "/interface wifi configuration\nadd name=cfg security=sec ssid=STAFF\n"
                    "/interface wifi\n"
                    "set [ find default-name=wifi1 ] configuration=cfg disabled=no\n"
                ),
            )
        },
        Outcome.PASS,
        asset=ROS,
    ),
    Case(
        "good: RouterOS 7, on the spot",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                (
                    "/interface wifi\n"
                    "set [ find default-name=wifi1 ] configuration.mode=ap "
                    "configuration.ssid=STAFF disabled=no "
                    "security.authentication-types=wpa2-psk,wpa3-psk "
                    "security.passphrase=hunter2hunter2\n"
                ),
            )
        },
        Outcome.PASS,
        asset=ROS,
    ),
    Case(
        "bad: RouterOS 7, open",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                (
                    "/interface wifi\n"
                    "set [ find default-name=wifi1 ] configuration.ssid=STAFF disabled=no\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=ROS,
    ),
    Case(
        "bad: RouterOS 7, provisioned",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                (
                    "/interface wifi configuration\nadd name=guests ssid=GUESTS\n"
                    "/interface wifi provisioning\n"
                    "add action=create-dynamic-enabled master-configuration=guests\n"
                ),
            )
        },
        Outcome.FAIL,
        asset=ROS,
    ),
    Case(
        "bad: RouterOS, the access points that it leads",
        {
            DEVICE_CONFIG: with_more(
                ROS,
                (
                    "/caps-man security\nadd authentication-types=wpa-psk,wpa2-psk name=sec\n"
                    "/caps-man configuration\nadd name=cfg security=sec ssid=STAFF\n"
                ),
            )
        },
        Outcome.FAIL,
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
    agree(device_wireless_security, case)
