"""`device-remote-posture` at each way in of people from elsewhere."""

import pytest
from tests.facts.devices.remote_samples import policy, portal, program, remote, tunnel, vpn
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.facts.devices.traffic_samples import with_more
from tests.support import Answer, Case, agree, findings

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import DeviceAsset, GapReason, Outcome
from cdso_checks.devices.device_remote_posture import device_remote_posture

PASS, FAIL, UNKNOWN, NONE = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
WAN = 'source-interface "wan1"'
TUNNEL = "tunnel-mode enable"
AV = "host-check av"
ALL_SYSTEMS = "skip-check-for-unsupported-os disable"
NO_BROWSER = "skip-check-for-browser disable"
TAGS = ("ztna-status enable", 'ztna-ems-tag "EMS1_ZTNA_AV"')
SERVED = vpn(WAN)
BEHIND = policy(9)
PEOPLE = ("type dynamic", 'authusrgrp "staff"')
CUSTOM = ("host-check custom", ALL_SYSTEMS, TUNNEL)


def case(
    name: str, text: str, outcome: Outcome, says: str = "", asset: DeviceAsset = FORTI
) -> Case:
    return Case(name, {DEVICE_CONFIG: text}, outcome, asset=asset, says=says)


def office(name: str, outcome: Outcome, *settings: str, says: str = "", more: str = "") -> Case:
    """A portal that is used, reached by a policy without tags."""
    text = remote(BEHIND, more=portal("office", *settings) + SERVED + more)
    return case(name, text, outcome, says)


def asked(
    name: str, outcome: Outcome, *policies: str, served: str = SERVED, says: str = ""
) -> Case:
    """A portal that asks for nothing: what do the policies behind it ask for?"""
    return case(name, remote(*policies, more=portal("office", TUNNEL) + served), outcome, says)


def dial(name: str, outcome: Outcome, *settings: str, says: str = "", **more: str) -> Case:
    """A tunnel of IPsec with a policy behind it."""
    given = (policy(9, source="dial"),) if "section" not in more else ()
    return case(name, remote(*given, more=tunnel("dial", *settings, **more)), outcome, says)


def domains(**parts: str) -> str:
    """The sample, and virtual domains with their own text."""
    text = remote()
    start = text.index("config firewall policy")
    made = text[:start] + "config vdom\nedit root\nnext\nedit staff\nnext\nend\n"
    for domain, what in {"root": text[start:], **parts}.items():
        made += f"config vdom\nedit {domain}\n{what}end\n"
    return made


def policies(*made: str) -> str:
    return f"config firewall policy\n{''.join(made)}end\n"


CASES = [
    office("good: FortiGate", PASS, TUNNEL, AV, ALL_SYSTEMS, says="by: SSL VPN office"),
    office("good: FortiGate, with a firewall", PASS, TUNNEL, "host-check av-fw", ALL_SYSTEMS),
    office("good: FortiGate, by IPv6", PASS, "ipv6-tunnel-mode enable", AV, ALL_SYSTEMS),
    office(
        "good: FortiGate, no browser is let in unasked",
        PASS,
        TUNNEL,
        AV,
        ALL_SYSTEMS,
        "web-mode enable",
        NO_BROWSER,
        says="SSL VPN office, SSL VPN office (web)",
    ),
    office(
        "good: FortiGate, the same in the words of older releases",
        PASS,
        AV,
        ALL_SYSTEMS,
        "web-mode enable",
        "skip-check-for-unsupported-browser disable",
    ),
    office(
        "good: FortiGate, a program against malware",
        PASS,
        *CUSTOM,
        'host-check-policy "own"',
        more=program("own", 'guid "C86EC76D"'),
    ),
    office(
        "good: FortiGate, a program against malware, by its kind",
        PASS,
        *CUSTOM,
        'host-check-policy "own" "other"',
        more=program("own", "type av") + program("other", "type av"),
    ),
    office("bad: FortiGate", FAIL, TUNNEL, ALL_SYSTEMS, says="by: SSL VPN office"),
    office("bad: FortiGate, by IPv6", FAIL, "ipv6-tunnel-mode enable", ALL_SYSTEMS),
    office("bad: FortiGate, a firewall alone", FAIL, TUNNEL, "host-check fw", ALL_SYSTEMS),
    office("bad: FortiGate, other systems are let in", FAIL, TUNNEL, AV),
    office(
        "bad: FortiGate, a browser is let in",
        FAIL,
        TUNNEL,
        AV,
        ALL_SYSTEMS,
        "web-mode enable",
        says="by: SSL VPN office (web)",
    ),
    office(
        "bad: FortiGate, a browser of another system is let in",
        FAIL,
        AV,
        NO_BROWSER,
        "web-mode enable",
    ),
    office(
        "bad: FortiGate, a browser is asked for nothing",
        FAIL,
        NO_BROWSER,
        ALL_SYSTEMS,
        "web-mode enable",
        says="(web)",
    ),
    office("bad: FortiGate, no program is named", FAIL, *CUSTOM),
    office(
        "bad: FortiGate, a program that is a firewall",
        FAIL,
        *CUSTOM,
        'host-check-policy "own"',
        more=program("own", "type fw"),
    ),
    office(
        "bad: FortiGate, one of two programs is a firewall, nobody can tell",
        UNKNOWN,
        *CUSTOM,
        'host-check-policy "own" "other"',
        more=program("own", "type fw") + program("other"),
        says="of: SSL VPN office",
    ),
    office(
        "bad: FortiGate, a program that is not in the file",
        UNKNOWN,
        *CUSTOM,
        'host-check-policy "own"',
    ),
    office(
        "bad: FortiGate, one program is not in the file, nobody can tell",
        UNKNOWN,
        *CUSTOM,
        'host-check-policy "own" "other"',
        more=program("own", "type av"),
    ),
    office(
        "bad: FortiGate, the other is a firewall",
        UNKNOWN,
        *CUSTOM,
        'host-check-policy "own" "other"',
        more=program("own", "type fw"),
    ),
    office(
        "absent: FortiGate, a portal that opens nothing", NONE, AV, says="serves no remote access"
    ),
    asked(
        "bad: FortiGate, a portal that is not in the file",
        UNKNOWN,
        BEHIND,
        served=vpn(WAN, rules=('portal "other"',)),
        says="SSL VPN other",
    ),
    asked(
        "bad: FortiGate, the portal of all others",
        FAIL,
        BEHIND,
        served=vpn(WAN, 'default-portal "office"', rules=()),
    ),
    asked(
        "bad: FortiGate, one rule of two",
        FAIL,
        BEHIND,
        served=vpn(WAN, rules=('groups "a"', 'groups "b", portal "office"')),
    ),
    asked(
        "bad: FortiGate, the rule names the line",
        FAIL,
        BEHIND,
        served=vpn(rules=(f'{WAN}, portal "office"',)),
    ),
    asked(
        "bad: FortiGate, no rule names a portal, nobody can tell",
        UNKNOWN,
        BEHIND,
        served=vpn(WAN, rules=('groups "a"',)),
        says="of: SSL VPN",
    ),
    asked(
        "good: FortiGate, no rule names a portal, and there are tags",
        PASS,
        policy(9, *TAGS),
        served=vpn(WAN, rules=()),
    ),
    asked("absent: FortiGate, it listens nowhere", NONE, BEHIND, served=vpn()),
    asked("absent: FortiGate, it is off", NONE, BEHIND, served=vpn(WAN, "status disable")),
    asked("bad: FortiGate, it is on", FAIL, BEHIND, served=vpn(WAN, "status enable")),
    asked("absent: FortiGate, nothing is behind it", NONE),
    asked("absent: FortiGate, what is behind it is off", NONE, policy(9, "status disable")),
    asked("bad: FortiGate, behind it by any interface", FAIL, policy(9, source="any")),
    asked(
        "bad: FortiGate, behind it by a zone",
        FAIL,
        policy(9, source="vpn"),
        served=SERVED + 'config system zone\n    edit "vpn"\n'
        '        set interface "ssl.root"\n    next\nend\n',
    ),
    asked(
        "bad: FortiGate, policies by category",
        FAIL,
        served=SERVED + "config system settings\n    set ngfw-mode policy-based\nend\n",
    ),
    asked(
        "bad: FortiGate, a policy of IPv6 of older releases",
        FAIL,
        served=SERVED + f"config firewall policy6\n{BEHIND}end\n",
    ),
    asked("good: FortiGate, tags on each policy", PASS, policy(9, *TAGS), policy(10, *TAGS)),
    asked("good: FortiGate, tags as sources", PASS, policy(9, 'srcaddr "EMS1_ZTNA_AV"')),
    asked(
        "good: FortiGate, tags as sources, by their long name",
        PASS,
        policy(9, 'srcaddr "FCTEMS8822_ZTNA_AV" "EMS1_ZTNA_AV"'),
    ),
    asked(
        "good: FortiGate, tags as sources under another name",
        PASS,
        policy(9, 'srcaddr "healthy"'),
        served=SERVED + 'config firewall address\n    edit "healthy"\n        set type dynamic\n'
        "        set sub-type ems-tag\n    next\nend\n",
    ),
    asked("bad: FortiGate, tags on one policy of two", FAIL, policy(9, *TAGS), policy(10)),
    asked(
        "bad: FortiGate, tags beside other sources", FAIL, policy(9, 'srcaddr "EMS1_ZTNA_AV" "all"')
    ),
    asked("bad: FortiGate, other sources", FAIL, policy(9, 'srcaddr "pool"')),
    asked("bad: FortiGate, tags that are off", FAIL, policy(9, TAGS[1])),
    asked("bad: FortiGate, no tag is named", FAIL, policy(9, TAGS[0])),
    asked(
        "bad: FortiGate, all but those with a tag",
        FAIL,
        policy(9, *TAGS, "ztna-ems-tag-negate enable"),
    ),
    asked(
        "good: FortiGate, tags, and a portal that is not in the file",
        PASS,
        policy(9, *TAGS),
        served=vpn(WAN, rules=('portal "other"',)),
    ),
    case(
        "bad: FortiGate, tags and a browser, nobody can tell",
        remote(policy(9, *TAGS), more=portal("office", "web-mode enable") + SERVED),
        UNKNOWN,
        "(web)",
    ),
    case(
        "good: FortiGate, tags and a browser that is asked",
        remote(
            policy(9, *TAGS),
            more=portal("office", "web-mode enable", AV, ALL_SYSTEMS, NO_BROWSER) + SERVED,
        ),
        PASS,
    ),
    case(
        "bad: FortiGate, in a virtual domain",
        domains(staff=portal("office", TUNNEL) + SERVED + policies(policy(9, source="ssl.staff"))),
        FAIL,
    ),
    case(
        "absent: FortiGate, the policy is in another virtual domain",
        domains(
            staff=portal("office", TUNNEL)
            + SERVED
            + policies(policy(8, source="any").replace("accept", "deny")),
            other=policies(policy(9, source="ssl.staff")),
        ),
        NONE,
    ),
    case(
        "good: FortiGate, the portal of another virtual domain asks for nothing",
        domains(
            other=portal("office", TUNNEL),
            staff=portal("office", TUNNEL, AV, ALL_SYSTEMS)
            + SERVED
            + policies(policy(9, source="ssl.staff")),
        ),
        PASS,
    ),
    case(
        "good: FortiGate, the rule of another virtual domain names another portal",
        domains(
            other=portal("open", TUNNEL) + vpn(rules=('portal "open"',)),
            staff=portal("office", TUNNEL, AV, ALL_SYSTEMS)
            + SERVED
            + policies(policy(9, source="ssl.staff")),
        ),
        PASS,
    ),
    case(
        "bad: FortiGate, the program of another virtual domain",
        domains(
            other=program("own", "type av"),
            staff=portal("office", *CUSTOM, 'host-check-policy "own"')
            + SERVED
            + policies(policy(9, source="ssl.staff")),
        ),
        UNKNOWN,
    ),
    case(
        "good: FortiGate, the program of its own virtual domain",
        domains(
            other=program("own", "type fw"),
            staff=program("own", "type av")
            + portal("office", *CUSTOM, 'host-check-policy "own"')
            + SERVED
            + policies(policy(9, source="ssl.staff")),
        ),
        PASS,
    ),
    dial("bad: FortiGate, IPsec of a group of users", FAIL, *PEOPLE, says="IPsec dial"),
    dial("bad: FortiGate, IPsec with XAuth", FAIL, "type dynamic", "xauthtype auto"),
    dial("bad: FortiGate, IPsec with EAP", FAIL, "type dynamic", "eap enable"),
    *(
        dial(
            f"bad: FortiGate, IPsec of the wizard, {kind}",
            FAIL,
            "type dynamic",
            f"wizard-type {kind}",
        )
        for kind in (
            "dialup-forticlient",
            "dialup-ios",
            "dialup-android",
            "dialup-windows",
            "dialup-cisco",
        )
    ),
    dial("bad: FortiGate, IPsec of a policy", FAIL, *PEOPLE, section="phase1"),
    dial("bad: FortiGate, IPsec of users of a hub", FAIL, *PEOPLE, "auto-discovery-sender enable"),
    dial(
        "bad: FortiGate, IPsec of managed machines, nobody can tell",
        UNKNOWN,
        *PEOPLE,
        "forticlient-enforcement enable",
        says="of: IPsec dial",
    ),
    dial(
        "bad: FortiGate, IPsec of known machines, nobody can tell",
        UNKNOWN,
        *PEOPLE,
        "ems-sn-check enable",
    ),
    dial("bad: FortiGate, IPsec that names no users, nobody can tell", UNKNOWN, "type dynamic"),
    dial(
        "bad: FortiGate, IPsec that says it logs in elsewhere, nobody can tell",
        UNKNOWN,
        "type dynamic",
        "xauthtype client",
        "eap disable",
    ),
    *(
        dial(
            f"absent: FortiGate, IPsec between sites, {kind}",
            NONE,
            "type dynamic",
            f"wizard-type {kind}",
        )
        for kind in (
            "dialup-fortigate",
            "hub-fortigate-auto-discovery",
            "spoke-fortigate-auto-discovery",
            "static-fortigate",
            "simplified-static-fortigate",
        )
    ),
    dial("absent: FortiGate, IPsec of a hub", NONE, "type dynamic", "auto-discovery-sender enable"),
    dial("absent: FortiGate, IPsec to one site", NONE, "type static", 'authusrgrp "staff"'),
    dial("absent: FortiGate, IPsec without a word of its type", NONE, 'authusrgrp "staff"'),
    case(
        "absent: FortiGate, nothing is behind IPsec",
        remote(BEHIND, more=tunnel("dial", *PEOPLE)),
        NONE,
    ),
    case(
        "bad: FortiGate, IPsec and policies by category",
        remote(
            more=tunnel("dial", *PEOPLE)
            + "config system settings\n    set ngfw-mode policy-based\nend\n"
        ),
        FAIL,
    ),
    case(
        "good: FortiGate, IPsec with tags",
        remote(policy(9, *TAGS, source="dial"), more=tunnel("dial", *PEOPLE)),
        PASS,
        "IPsec dial",
    ),
    case(
        "bad: FortiGate, IPsec without tags beside a portal with them",
        remote(
            policy(8, *TAGS),
            policy(9, source="dial"),
            more=portal("office", TUNNEL) + SERVED + tunnel("dial", *PEOPLE),
        ),
        FAIL,
        "by: IPsec dial",
    ),
    case(
        "good: FortiGate, IPsec of a virtual domain",
        domains(
            other=policies(policy(9, source="dial")),
            staff=tunnel("dial", *PEOPLE) + policies(policy(9, *TAGS, source="dial")),
        ),
        PASS,
    ),
    *(
        case(
            f"{name}: FortiGate, the access proxy, {told}",
            remote(
                more='config firewall proxy-policy\n    edit 4\n        set name "files"\n'
                f"        set proxy {kind}\n        set action accept\n{tags}    next\nend\n"
            ),
            outcome,
            says,
        )
        for name, told, kind, tags, outcome, says in (
            ("good", "with tags", "access-proxy", f"        set {TAGS[1]}\n", PASS, "ZTNA 4 files"),
            ("bad", "without", "access-proxy", "", FAIL, "ZTNA 4 files"),
            ("absent", "of another kind", "explicit-web", "", NONE, ""),
        )
    ),
    *(
        case(
            f"{name}: FortiGate, an address of the access proxy, {told}",
            remote(
                policy(9, *tags, source="wan1").replace('dstaddr "all"', 'dstaddr "files"'),
                more='config firewall vip\n    edit "files"\n'
                f"        set type {kind}\n        set extip 198.51.100.9\n    next\nend\n",
            ),
            outcome,
            says,
        )
        for name, told, kind, tags, outcome, says in (
            ("good", "with tags", "access-proxy", TAGS, PASS, "ZTNA 9"),
            ("bad", "without", "access-proxy", (), FAIL, "ZTNA 9"),
            ("absent", "of another kind", "static-nat", (), NONE, ""),
        )
    ),
    *(
        case(
            f"{name}: FortiGate, {kind} {state}",
            remote(more=f'config vpn {kind}\n    set status {state}\n    set usrgrp "a"\nend\n'),
            outcome,
            says,
        )
        for kind in ("l2tp", "pptp")
        for name, state, outcome, says in (
            ("bad", "enable", FAIL, kind.upper()),
            ("absent", "disable", NONE, ""),
        )
    ),
    case("absent: FortiGate, L2TP without a word", remote(more="config vpn l2tp\nend\n"), NONE),
    case("absent: FortiGate", changed(FORTI), NONE, "serves no remote access"),
    Case(
        "good: FortiGate, another system asks",
        {DEVICE_CONFIG: remote(BEHIND, more=portal("office", TUNNEL) + SERVED)},
        NONE,
        asset=FORTI,
        parameters={"elsewhere": [FORTI.id]},
    ),
    case("absent: IOS", changed(IOS), NONE, asset=IOS),
    *(
        case(f"bad: IOS, {name}, nobody can tell", with_more(IOS, text), UNKNOWN, says, IOS)
        for name, text, says in (
            (
                "a gateway for browsers",
                "webvpn gateway G\n ip address 1.2.3.4\n inservice\n!\n",
                "webvpn gateway G",
            ),
            ("EasyVPN", "crypto isakmp client configuration group STAFF\n pool P\n!\n", "STAFF"),
            (
                "FlexVPN",
                "crypto ikev2 profile P\n authentication remote anyconnect-eap aggregate\n!\n",
                "profile P",
            ),
            (
                "FlexVPN by EAP",
                "crypto ikev2 profile P\n authentication remote eap query-identity\n!\n",
                "profile P",
            ),
            ("L2TP", "vpdn enable\nvpdn-group A\n accept-dialin\n  protocol l2tp\n!\n", "group A"),
            ("PPTP", "vpdn enable\nvpdn-group A\n accept-dialin\n  protocol pptp\n!\n", ""),
            ("any protocol", "vpdn enable\nvpdn-group A\n accept-dialin\n  protocol any\n!\n", ""),
        )
    ),
    *(
        case(f"absent: IOS, {name}", with_more(IOS, text), NONE, asset=IOS)
        for name, text in (
            ("a gateway that is off", "webvpn gateway G\n ip address 1.2.3.4\n no inservice\n!\n"),
            ("FlexVPN of sites", "crypto ikev2 profile P\n authentication remote rsa-sig\n!\n"),
            ("L2TP that is off", "vpdn-group A\n accept-dialin\n  protocol l2tp\n!\n"),
            ("L2TP outwards", "vpdn enable\nvpdn-group A\n request-dialin\n  protocol l2tp\n!\n"),
            ("PPPoE", "vpdn enable\nvpdn-group A\n accept-dialin\n  protocol pppoe\n!\n"),
        )
    ),
    case("absent: Junos", changed(JUNOS), NONE, asset=JUNOS),
    *(
        case(f"bad: Junos, {name}, nobody can tell", with_more(JUNOS, text), UNKNOWN, says, JUNOS)
        for name, text, says in (
            (
                "Secure Connect",
                "security {\nremote-access {\nprofile staff {\nipsec-vpn V;\n}\n}\n}\n",
                "of: remote-access staff",
            ),
            (
                "the older VPN",
                "security {\ndynamic-vpn {\nclients {\nall {\nuser nva;\n}\n}\n}\n}\n",
                "of: dynamic-vpn all",
            ),
            (
                "a gateway with XAuth",
                "security {\nike {\ngateway G {\nxauth {\naccess-profile A;\n}\n}\n}\n}\n",
                "of: gateway G",
            ),
            (
                "a gateway with users",
                "security {\nike {\ngateway G {\naaa {\naccess-profile A;\n}\n}\n}\n}\n",
                "of: gateway G",
            ),
            (
                "a profile with its gateway",
                (
                    "security {\nike {\ngateway G {\naaa {\naccess-profile A;\n}\n}\n}\n"
                    "remote-access {\nprofile staff {\nipsec-vpn V;\n}\n}\n}\n"
                ),
                "of: remote-access staff",
            ),
        )
    ),
    case(
        "absent: Junos, a gateway of sites",
        with_more(JUNOS, "security {\nike {\ngateway G {\naddress 192.0.2.1;\n}\n}\n}\n"),
        NONE,
        asset=JUNOS,
    ),
    case("absent: RouterOS", changed(ROS), NONE, asset=ROS),
    *(
        case(f"bad: RouterOS, {name}, nobody can tell", with_more(ROS, text), UNKNOWN, says, ROS)
        for name, text, says in (
            *(
                (kind, f"/interface {kind}-server server\nset enabled=yes\n", kind)
                for kind in ("l2tp", "pptp", "sstp", "ovpn")
            ),
            (
                "OpenVPN of new releases",
                "/interface ovpn-server server\nadd certificate=C name=ovpn-server1\n",
                "ovpn",
            ),
            ("IPsec", "/ip ipsec mode-config\nadd address-pool=vpn name=staff\n", "ipsec staff"),
            (
                "IPsec, one address",
                "/ip ipsec mode-config\nadd address=10.9.0.2 name=staff\n",
                "ipsec staff",
            ),
            (
                "WireGuard",
                "/interface wireguard peers\nadd allowed-address=10.9.0.2/32 interface=wg1\n",
                "wireguard wg1",
            ),
            (
                "WireGuard of new releases",
                '/interface wireguard peers\nadd endpoint-address="" interface=wg1\n',
                "wireguard wg1",
            ),
        )
    ),
    *(
        case(f"absent: RouterOS, {name}", with_more(ROS, text), NONE, asset=ROS)
        for name, text in (
            ("L2TP that is off", "/interface l2tp-server server\nset enabled=no\n"),
            ("L2TP with other settings", "/interface l2tp-server server\nset use-ipsec=yes\n"),
            (
                "OpenVPN that is off",
                "/interface ovpn-server server\nadd disabled=yes name=ovpn-server1\n",
            ),
            ("IPsec as a client", "/ip ipsec mode-config\nset [ find default=yes ] name=request\n"),
            (
                "WireGuard to a site",
                "/interface wireguard peers\nadd endpoint-address=192.0.2.1 interface=wg1\n",
            ),
        )
    ),
    Case(
        "absent: the inventory names no file",
        {DEVICE_CONFIG: Answer(gap=GapReason.UNREACHABLE, detail="no file")},
        UNKNOWN,
        asset=IOS,
    ),
    *UNREADABLE,
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(device_remote_posture, case)


def test_it_shows_what_is_switched_at_each_way_in() -> None:
    settings = (TUNNEL, AV, ALL_SYSTEMS, "web-mode enable")
    told = office("", FAIL, *settings)

    assert [each.seen for each in findings(device_remote_posture, told)] == [
        (
            "SSL VPN office: host-check av, skip-check-for-unsupported-os disable\n"
            "SSL VPN office (web): host-check av, skip-check-for-unsupported-os disable"
        )
    ]
