"""The samples between a zone of users, one of servers, one of management, and the Internet."""

from tests.checks.lists.rows import lists
from tests.facts.devices.samples import FORTI, FORTI_TEXT, IOS, JUNOS, ROS, ROS_TEXT, changed

from cdso_audit.model import Lists, ZoneRow

USERS = ZoneRow(zone="Người dùng", kind="internal", networks=("10.1.20.0/24",))
SERVERS = ZoneRow(zone="Máy chủ", kind="server", networks=("10.1.30.0/24",))
MANAGEMENT = ZoneRow(zone="Quản trị", kind="management", networks=("10.1.9.0/24",))
PLAN: Lists = lists(zones=(USERS, SERVERS, MANAGEMENT))

FORTI_INTERFACES = """\
    edit "internal"
        set vdom "root"
        set ip 10.1.20.1 255.255.255.0
        set allowaccess ping https ssh
    next
    edit "dmz"
        set ip 10.1.30.1 255.255.255.0
    next
    edit "mgmt"
        set ip 10.1.9.1 255.255.255.0
    next
end
config firewall address
    edit "portal"
        set subnet 10.1.30.10 255.255.255.255
    next
    edit "servers"
        set subnet 10.1.30.0 255.255.255.0
    next
    edit "few"
        set type iprange
        set start-ip 10.1.30.10
        set end-ip 10.1.30.20
    next
    edit "update"
        set type fqdn
        set fqdn "update.example.vn"
    next
end
config firewall addrgrp
    edit "all-servers"
        set member "portal" "few"
    next
end
"""
JUNOS_ZONES = """\
security {
    zones {
        security-zone trust {
            interfaces {
                ge-0/0/2.0;
            }
        }
        security-zone servers {
            interfaces {
                ge-0/0/3.0;
            }
        }
        security-zone manage {
            interfaces {
                ge-0/0/4.0;
            }
        }
        security-zone untrust {
            interfaces {
                ge-0/0/5.0;
            }
        }
    }
    address-book {
        global {
            address users 10.1.20.0/24;
            address portal 10.1.30.10/32;
        }
    }
}
"""


def policy(number: int, **values: str) -> str:
    """A policy of FortiGate; `_` in a name stands for `-`."""
    given = {"action": "accept", "schedule": '"always"', "srcaddr": '"all"', "dstaddr": '"all"'}
    lines = [
        f"        set {key.replace('_', '-')} {value}" for key, value in (given | values).items()
    ]
    return "\n".join([f"    edit {number}", *lines, "    next\n"])


def forti(*policies: str) -> str:
    """A firewall with these policies alone."""
    interface = FORTI_TEXT[
        FORTI_TEXT.index('    edit "internal"') : FORTI_TEXT.index("config system admin")
    ]
    before = FORTI_TEXT[FORTI_TEXT.index("    edit 1\n        set name") :]
    return changed(FORTI, (interface, FORTI_INTERFACES), (before, "".join(policies) + "end\n"))


def junos(*policies: tuple[str, str, str]) -> str:
    """Policies from a zone to another, and what stands in them."""
    nets = {2: "10.1.20.1/24", 3: "10.1.30.1/24", 4: "10.1.9.1/24", 5: "198.51.100.2/30"}
    interfaces = "".join(
        f"    ge-0/0/{n} {{\n        unit 0 {{\n            family inet {{\n"
        f"                address {net};\n            }}\n        }}\n    }}\n"
        for n, net in nets.items()
    )
    made = "".join(
        f"from-zone {one} to-zone {other} {{\npolicy p{number} {{\n{body}}}\n}}\n"
        for number, (one, other, body) in enumerate(policies)
    )
    return changed(
        JUNOS,
        ("interfaces {\n    ge-0/0/1", f"{JUNOS_ZONES}interfaces {{\n{interfaces}    ge-0/0/1"),
        ("    policies {\n", f"    policies {{\n{made}"),
    )


def rule(source: str, destination: str, application: str, action: str = "permit") -> str:
    """The inside of a policy of Junos."""
    return (
        f"match {{\nsource-address {source};\ndestination-address {destination};\n"
        f"application {application};\n}}\nthen {{\n{action};\n}}\n"
    )


def ros(*rules: str, wan: str = "198.51.100.2/30") -> str:
    """A router with these rules in the chain forward, and its own before and after."""
    addresses = (
        "/ip address\nadd address=10.1.20.1/24 interface=lan\nadd address=10.1.30.1/24 "
        f"interface=dmz\nadd address=10.1.9.1/24 interface=mgmt\nadd address={wan} interface=wan\n"
    )
    own = ROS_TEXT[
        ROS_TEXT.index("add action=accept chain=forward") : ROS_TEXT.index("/ip service")
    ]
    made = "".join(f"add chain=forward {each}\n" for each in rules)
    return changed(ROS, (own, made), ("/radius\n", f"{addresses}/radius\n"))


def ios(*interfaces: tuple[str, str], more: str = "") -> str:
    """A router: interfaces with their third octet, and further lines of each."""
    made = "".join(
        f"interface Vlan{octet}\n ip address 10.1.{octet}.1 255.255.255.0\n{lines}!\n"
        for octet, lines in interfaces
    )
    old = "interface Vlan20\n ip address 10.1.20.1 255.255.255.0\n ip access-group USERS in\n!\n"
    return changed(IOS, (old, made), ("logging trap notifications\n", f"{more}logging trap 5\n"))
