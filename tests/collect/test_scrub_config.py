"""No secret of a saved configuration survives, in any form that the dialects are documented in."""

import pytest
from tests.facts.devices.samples import NAMES, TEXTS

from cdso_audit.collect.scrub import scrubbed
from cdso_audit.collect.scrub_config import scrubbed_config

SECRET = "hunter2hunter2"  # noqa: S105 - it is looked for afterwards
SECRETS = [
    ("cisco-ios", f"enable secret 9 {SECRET}", "type 9"),
    ("cisco-ios", f"enable password {SECRET}", "type 0"),
    ("cisco-ios", f"enable secret level 5 5 {SECRET}", "type 5"),
    ("cisco-ios", f"username nva privilege 15 secret 5 {SECRET}", "type 5"),
    ("cisco-ios", f"username nva password 7 {SECRET}", "type 7"),
    ("cisco-ios", f"username nva privilege 15 password 0 {SECRET} with blanks {SECRET}", "type 0"),
    ("cisco-ios", f"line vty 0 4\n password 7 {SECRET}", "type 7"),
    ("cisco-ios", f"snmp-server community {SECRET} RO 10", "community 1"),
    ("cisco-ios", "snmp-server community Public view ALL RW", "community 1 known"),
    ("cisco-ios", f"snmp-server host 10.1.2.3 {SECRET}", "community 1"),
    ("cisco-ios", f"snmp-server host 10.1.2.3 traps version 2c {SECRET} config", "community 1"),
    ("cisco-ios", f"snmp-server host 10.1.2.3 vrf M version 2c {SECRET}", "community 1"),
    ("cisco-ios", f"snmp-server user u g v3 auth sha {SECRET} priv aes 128 {SECRET}", "secret"),
    ("cisco-ios", f"tacacs-server key 7 {SECRET}", "type 7"),
    ("cisco-ios", f"tacacs-server host 10.1.2.3 key {SECRET}", "type 0"),
    ("cisco-ios", f"radius server R\n key {SECRET}", "type 0"),
    ("cisco-ios", f"radius-server host 10.1.2.3 auth-port 1812 acct-port 1813 key 7 {SECRET}", "7"),
    ("cisco-ios", f"aaa group server tacacs+ T\n server-private 10.1.2.3 key 7 {SECRET}", "7"),
    ("cisco-ios", f"crypto isakmp key {SECRET} address 198.51.100.1", "type 0"),
    ("cisco-ios", f"crypto isakmp key 6 {SECRET} address 198.51.100.1", "type 6"),
    ("cisco-ios", f"crypto ikev2 keyring K\n peer P\n  pre-shared-key local {SECRET}", "type 0"),
    ("cisco-ios", f"crypto keyring K\n  pre-shared-key address 198.51.100.1 key {SECRET}", "0"),
    ("cisco-ios", f"key chain K\n key 1\n  key-string 7 {SECRET}", "type 7"),
    ("cisco-ios", f"interface Gi0/1\n ip ospf message-digest-key 1 md5 7 {SECRET}", "type 7"),
    ("cisco-ios", f"interface Gi0/1\n ip ospf authentication-key {SECRET}", "type 0"),
    ("cisco-ios", f"interface Gi0/1\n standby 1 authentication {SECRET}", "type 0"),
    ("cisco-ios", f"interface Di1\n ppp chap password 0 {SECRET}", "type 0"),
    ("cisco-ios", f"router bgp 65000\n neighbor 10.1.1.1 password 7 {SECRET}", "type 7"),
    ("cisco-ios", f"ntp authentication-key 1 md5 {SECRET} 7", "secret"),
    ("cisco-ios", f"ip ftp password 7 {SECRET}", "type 7"),
    ("cisco-ios", f"wlan S 1 S\n security wpa psk set-key ascii 0 {SECRET}", "type 0"),
    ("cisco-ios", f"wlan S 1 S\n security wpa psk set-key hex 8 {SECRET}", "type 8"),
    ("cisco-ios", f"wlan S 1 S\n security static-wep-key encryption 104 ascii 0 {SECRET} 1", "0"),
    ("cisco-ios", f"interface Dot11Radio0\n encryption key 1 size 128bit 7 {SECRET}", "type"),
    ("cisco-ios", f"dot11 ssid S\n wpa-psk ascii 7 {SECRET}", "type 7"),
    ("juniper-junos", f'encrypted-password "$6$salt${SECRET}"; ## SECRET-DATA', "sha512"),
    ("juniper-junos", f'secret "$9${SECRET}"; ## SECRET-DATA', "reversible"),
    ("juniper-junos", f"set system radius-server 10.1.2.3 secret {SECRET}", "plain"),
    ("juniper-junos", f'set security ike policy P pre-shared-key ascii-text "$9${SECRET}"', "rev"),
    ("juniper-junos", f"set protocols bgp group G authentication-key {SECRET}", "plain"),
    ("juniper-junos", f"snmp {{\n    community {SECRET} {{", "community 1"),
    ("juniper-junos", f"set snmp community {SECRET} authorization read-only", "community 1"),
    ("juniper-junos", f"set groups G snmp community {SECRET} clients 10.0.0.0/8", "community 1"),
    ("juniper-junos", f'set system ntp authentication-key 1 type md5 value "$9${SECRET}"', "rev"),
    (
        "juniper-junos",
        f"set protocols ospf area 0 interface x authentication md5 1 key {SECRET}",
        "p",
    ),
    ("fortinet-fortios", f"config system admin\n    set password ENC SH2{SECRET}", "sha256"),
    ("fortinet-fortios", f"config vpn ipsec phase1-interface\n set psksecret ENC {SECRET}", "encr"),
    ("fortinet-fortios", f"config user radius\n    set secret {SECRET}", "plain"),
    ("fortinet-fortios", f'config user local\n    set passwd "{SECRET}"', "plain"),
    ("fortinet-fortios", f'config wireless-controller vap\n set passphrase "{SECRET}"', "plain"),
    ("fortinet-fortios", f'config system snmp community\n edit 1\n set name "{SECRET}"', "commun"),
    ("fortinet-fortios", f"config router bgp\n    set password {SECRET}", "plain"),
    ("mikrotik-routeros", f"/ppp secret\nadd name=u password={SECRET}", "secret"),
    ("mikrotik-routeros", f'/ppp secret\nadd name=u password="{SECRET} \\" {SECRET}"', "secret"),
    ("mikrotik-routeros", f"/ppp secret add name=u pass\\\n    word={SECRET}", "secret"),
    ("mikrotik-routeros", f"/radius\nadd secret={SECRET}", "secret"),
    (
        "mikrotik-routeros",
        f"/interface wireless security-profiles\nset wpa2-pre-shared-key={SECRET}",
        "",
    ),
    ("mikrotik-routeros", f'/interface wireguard\nadd private-key="{SECRET}="', "secret"),
    (
        "mikrotik-routeros",
        f"/snmp community\nset [ find default=yes ] name={SECRET}",
        "community 1",
    ),
    ("mikrotik-routeros", f'/system script\nadd name=a source="x {SECRET}"', "script"),
    ("mikrotik-routeros", f"/interface wifi security\nadd passphrase={SECRET} name=a", "secret"),
]
HARMLESS = [
    ("cisco-ios", "service password-encryption"),
    ("cisco-ios", "key chain OSPF\n key 1"),
    ("cisco-ios", "ntp server 10.1.2.10 key 1"),
    ("cisco-ios", "aaa authentication login default group tacacs+ enable"),
    ("cisco-ios", "ip ospf authentication message-digest"),
    ("cisco-ios", "security passwords min-length 12"),
    ("cisco-ios", "crypto key generate rsa"),
    ("juniper-junos", "authentication-order [ tacplus password ];"),
    ("juniper-junos", "set system login password minimum-length 12"),
    ("juniper-junos", "set policy-options community C members 65000:1"),
    ("juniper-junos", "set system ntp server 10.1.2.10 key 1"),
    ("fortinet-fortios", "config system password-policy\n    set status enable"),
    ("fortinet-fortios", "config vpn ipsec phase1\n    set keylife 86400"),
    ("mikrotik-routeros", "/ip service\nset ssh address=10.1.9.0/24"),
    ("mikrotik-routeros", "/ip ipsec profile\nset [ find default=yes ] name=default"),
]


@pytest.mark.parametrize(("dialect", "text", "told"), SECRETS)
def test_a_secret_is_taken_out_and_its_kind_stays(dialect: str, text: str, told: str) -> None:
    clean, count = scrubbed_config(text, dialect)

    assert count
    assert SECRET not in clean
    assert "ublic" not in clean
    assert told in clean


@pytest.mark.parametrize(("dialect", "text"), HARMLESS)
def test_a_setting_stays(dialect: str, text: str) -> None:
    assert scrubbed_config(text, dialect) == (text, 0)


@pytest.mark.parametrize("asset", TEXTS)
def test_what_was_taken_out_is_left_alone_by_the_second_lock(asset: str) -> None:
    clean, _ = scrubbed_config(TEXTS[asset], NAMES[asset])

    assert scrubbed(clean.encode()) == (clean.encode(), 0)
    assert scrubbed_config(clean, NAMES[asset])[0] == clean


def test_the_same_community_keeps_its_number() -> None:
    text = (
        "snmp-server community first RO\nsnmp-server community second RO\n"
        "snmp-server host 10.1.1.1 second"
    )
    clean, _ = scrubbed_config(text, "cisco-ios")

    assert clean.split("\n") == [
        "snmp-server community [removed: community 1] RO",
        "snmp-server community [removed: community 2] RO",
        "snmp-server host 10.1.1.1 [removed: community 2]",
    ]
