"""
Configurations written for these tests after the makers' documented forms; no device of anybody's.

Each dialect has one that is as it should be; a test bends it with `changed`. Texts are as they are
kept: secrets are taken out by the product's own hand.
"""

from tests.support import Answer, Case

from cdso_audit.collect.scrub_config import scrubbed_config
from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import DeviceAsset, GapReason, Outcome

IOS = DeviceAsset(id="sw-core", device="cisco-ios", config="sw-core.txt")
JUNOS = DeviceAsset(id="srx", device="juniper-junos", config="srx.txt")
FORTI = DeviceAsset(id="fgt", device="fortigate", config="fgt.conf")
ROS = DeviceAsset(id="mt", device="mikrotik", config="mt.rsc")

IOS_TEXT = """\
Building configuration...

Current configuration : 4587 bytes
!
! Last configuration change at 09:12:40 ICT Mon Nov 16 2026 by nva
!
version 15.2
no service pad
service timestamps debug datetime msec
service timestamps log datetime msec localtime show-timezone
service password-encryption
!
hostname SW-CORE
!
enable secret 9 $9$nhEm$X.HsgL6x
!
username nva privilege 15 secret 9 $9$abcdE$Y.HsgL6x
aaa new-model
!
aaa authentication login default group tacacs+ local
aaa accounting exec default start-stop group tacacs+
!
no ip source-route
no ip bootp server
no vstack
ip ssh version 2
!
interface GigabitEthernet1/0/1
 description user
 switchport access vlan 20
 switchport mode access
 switchport port-security maximum 2
 switchport port-security
!
interface GigabitEthernet1/0/2
 switchport access vlan 30
 switchport mode access
 authentication port-control auto
!
interface GigabitEthernet1/0/24
 switchport mode trunk
!
interface GigabitEthernet1/0/23
 shutdown
!
interface Vlan20
 ip address 10.1.20.1 255.255.255.0
 ip access-group USERS in
!
no ip http server
no ip http secure-server
!
ip access-list extended USERS
 permit tcp 10.1.20.0 0.0.0.255 any eq 443
 deny   ip any any log
!
access-list 10 permit 10.1.9.0 0.0.0.255
!
logging trap notifications
logging host 10.1.2.50
!
snmp-server group MON v3 priv
tacacs server TAC1
 address ipv4 10.1.2.60
 key 7 0822455D0A16544541
!
control-plane
 service-policy input COPP
!
banner login ^C
Only for staff. username root password 0 in this text is no setting.
^C
!
line con 0
 exec-timeout 5 0
 login local
line vty 0 4
 access-class 10 in
 exec-timeout 5 0
 transport input ssh
line vty 5 15
 access-class 10 in
 exec-timeout 5 0
 transport input ssh
!
ntp server 10.1.2.10
end
"""

JUNOS_TEXT = """\
## Last commit: 2026-11-16 09:12:40 ICT by nva
version 21.4R3-S4.9;
system {
    host-name srx-edge;
    root-authentication {
        encrypted-password "$6$saltsalt$Zm9vYmFyYmF6cXV4cXV4cXV4"; ## SECRET-DATA
    }
    login {
        idle-timeout 5;
        message "Only for staff; all is logged";
        user nva {
            uid 2000;
            class super-user;
            authentication {
                encrypted-password "$6$saltsalt$Zm9vYmFyYmF6cXV4cXV4cXV4"; ## SECRET-DATA
            }
        }
    }
    services {
        ssh {
            root-login deny;
            protocol-version v2;
        }
    }
    authentication-order [ tacplus password ];
    tacplus-server {
        10.1.2.60 {
            secret "$9$abcDEFghiJKLmno"; ## SECRET-DATA
        }
    }
    syslog {
        host 10.1.2.50 {
            any notice;
        }
        file messages {
            any notice;
        }
    }
    ntp {
        server 10.1.2.10;
    }
}
security {
    policies {
        from-zone trust to-zone untrust {
            policy web {
                match {
                    source-address users;
                    destination-address any;
                    application junos-https;
                }
                then {
                    permit;
                    log {
                        session-close;
                    }
                }
            }
        }
        default-policy {
            deny-all;
        }
    }
}
interfaces {
    ge-0/0/1 {
        unit 0 {
            family ethernet-switching {
                interface-mode access;
            }
        }
    }
    lo0 {
        unit 0 {
            family inet {
                filter {
                    input PROTECT-RE;
                }
            }
        }
    }
}
protocols {
    dot1x {
        authenticator {
            interface {
                ge-0/0/1.0 {
                    supplicant multiple;
                }
            }
        }
    }
}
snmp {
    v3 {
        vacm {
            access {
                group MON {
                    default-context-prefix {
                        security-model usm {
                            security-level privacy {
                                read-view all;
                            }
                        }
                    }
                }
            }
        }
    }
}
"""

FORTI_TEXT = """\
#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=0:user=nva
#conf_file_ver=1234567890
config system global
    set admintimeout 5
    set hostname "FGT-EDGE"
    set pre-login-banner enable
    set admin-telnet disable
end
config system interface
    edit "wan1"
        set vdom "root"
        set ip 198.51.100.2 255.255.255.0
        set allowaccess ping
    next
    edit "internal"
        set vdom "root"
        set allowaccess ping https ssh
    next
end
config system admin
    edit "nva"
        set accprofile "super_admin"
        set vdom "root"
        set trusthost1 10.1.9.0 255.255.255.0
        set password ENC SH2abcdefghijklmnopqrstuvwxyz0123456789=
    next
    edit "remote-admins"
        set remote-auth enable
        set accprofile "super_admin"
        set trusthost1 10.1.9.0 255.255.255.0
        set remote-group "TAC"
    next
end
config user tacacs+
    edit "TAC1"
        set server "10.1.2.60"
        set key ENC abcdefghijklmnopqrstuvwxyz
    next
end
config system snmp sysinfo
    set status enable
end
config system snmp user
    edit "mon"
        set security-level auth-priv
        set auth-pwd ENC abcdefghijklmn
        set priv-pwd ENC abcdefghijklmn
    next
end
config log syslogd setting
    set status enable
    set server "10.1.2.50"
end
config system ntp
    set ntpsync enable
    set type custom
    config ntpserver
        edit 1
            set server "10.1.2.10"
        next
    end
end
config firewall policy
    edit 1
        set name "web"
        set srcintf "internal"
        set dstintf "wan1"
        set action accept
        set srcaddr "users"
        set dstaddr "all"
        set schedule "always"
        set service "HTTPS"
        set logtraffic all
    next
end
"""

ROS_TEXT = """\
# 2026-11-16 09:12:40 by RouterOS 7.13.2
# software id = ABCD-EFGH
#
# model = RB4011iGS+
/ip firewall filter
add action=accept chain=input connection-state=established,related
add action=accept chain=input src-address=10.1.9.0/24
add action=drop chain=input log=yes
add action=accept chain=forward dst-port=443 log=yes protocol=tcp \\
    src-address=10.1.20.0/24
add action=drop chain=forward log=yes
/ip service
set telnet disabled=yes
set ftp disabled=yes
set www disabled=yes
set ssh address=10.1.9.0/24
set api disabled=yes
set winbox address=10.1.9.0/24
set api-ssl disabled=yes
/radius
add address=10.1.2.60 secret=hunter2hunter2 service=login
/user aaa
set use-radius=yes
/snmp
set enabled=yes
/snmp community
set [ find default=yes ] disabled=yes
add addresses=10.1.2.0/24 authentication-password=hunter2hunter2 name=secretname security=private
/system identity
set name=MT-EDGE
/system logging action
set 3 remote=10.1.2.50
/system logging
add action=remote topics=info
/system note
set note="Only for staff"
/system ntp client
set enabled=yes
/system ntp client servers
add address=10.1.2.10
/tool bandwidth-server
set enabled=no
/tool mac-server
set allowed-interface-list=none
/tool mac-server mac-winbox
set allowed-interface-list=none
"""

TEXTS = {IOS.id: IOS_TEXT, JUNOS.id: JUNOS_TEXT, FORTI.id: FORTI_TEXT, ROS.id: ROS_TEXT}
NAMES = {
    IOS.id: "cisco-ios",
    JUNOS.id: "juniper-junos",
    FORTI.id: "fortinet-fortios",
    ROS.id: "mikrotik-routeros",
}


def changed(asset: DeviceAsset, *changes: tuple[str, str], day: str = "2026-11-20") -> str:
    """The sample of a dialect, changed, as the collector would hand it on."""
    text = TEXTS[asset.id]
    for old, new in changes:
        assert old in text, f"{old!r} is not in the sample"
        text = text.replace(old, new)
    return f"[file of {day}]\n{scrubbed_config(text, NAMES[asset.id])[0]}"


def refused(reason: GapReason, detail: str) -> Answer:
    """What the collector hands on when there is nothing to read."""
    return Answer(gap=reason, detail=detail)


#: What no check may pass: stands in the table of each.
UNREADABLE = [
    Case(
        "unreadable: no such file",
        {DEVICE_CONFIG: refused(GapReason.UNREACHABLE, "no such file")},
        Outcome.UNKNOWN,
        asset=IOS,
    ),
    Case(
        "unreadable: cut by a pager",
        {DEVICE_CONFIG: changed(IOS, ("no vstack\n", " --More-- \n"))},
        Outcome.UNKNOWN,
        says="without paging",
        asset=IOS,
    ),
    Case(
        "unreadable: half of it",
        {DEVICE_CONFIG: IOS_TEXT.partition("line con 0")[0]},
        Outcome.UNKNOWN,
        asset=IOS,
    ),
    Case(
        "unreadable: another maker's", {DEVICE_CONFIG: changed(FORTI)}, Outcome.UNKNOWN, asset=IOS
    ),
    Case("unreadable: no Junos", {DEVICE_CONFIG: changed(IOS)}, Outcome.UNKNOWN, asset=JUNOS),
    Case("unreadable: no FortiOS", {DEVICE_CONFIG: changed(ROS)}, Outcome.UNKNOWN, asset=FORTI),
    Case("unreadable: no RouterOS", {DEVICE_CONFIG: changed(JUNOS)}, Outcome.UNKNOWN, asset=ROS),
]
