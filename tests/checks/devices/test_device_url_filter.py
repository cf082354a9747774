"""`device-url-filter` on rules by which people reach the whole web."""

import pytest
from tests.facts.devices.samples import FORTI, IOS, JUNOS, ROS, UNREADABLE, changed
from tests.facts.devices.traffic_samples import with_more
from tests.facts.devices.web_samples import (
    application,
    categories,
    engine,
    forti_web,
    junos_web,
    profile,
    tls,
    urlfilter,
)
from tests.facts.devices.zone_samples import junos, rule
from tests.support import Answer, Case, agree

from cdso_audit.facts.devices.readers import DEVICE_CONFIG
from cdso_audit.model import DeviceAsset, GapReason, Outcome
from cdso_checks.devices.device_url_filter import device_url_filter

PASS, FAIL, UNKNOWN, NONE = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE
ON = "utm-status enable"
OFFICE = 'webfilter-profile "office"'
LOOKS = 'ssl-ssh-profile "certificate-inspection"'
BOUND = (ON, OFFICE, LOOKS)
BLOCKS = profile("monitor", "block")
GROUP = (
    'config firewall profile-group\n    edit "std"\n        set webfilter-profile "office"\n'
    "    next\nend\n"
)
BY_GROUP = (ON, "profile-type group", 'profile-group "std"')
SERVICE = '        set service "HTTPS"\n'
TO = '        set dstintf "wan1"\n'
OLDER = ("FGT60F-7.2.8", "FGT60F-6.0.14")
PERMITS = engine("juniper-local", "default permit;\n")


def case(
    name: str, text: str, outcome: Outcome, says: str = "", asset: DeviceAsset = FORTI
) -> Case:
    return Case(name, {DEVICE_CONFIG: text}, outcome, asset=asset, says=says)


def on_forti(name: str, outcome: Outcome, *bound: str, more: str = BLOCKS, says: str = "") -> Case:
    return case(name, forti_web(*bound, more=more), outcome, says)


def other(name: str, outcome: Outcome, *changes: tuple[str, str], more: str = "") -> Case:
    """The sample's policy has no filter: is it asked for one?"""
    return case(name, with_more(FORTI, more, *changes), outcome)


def domains(places: dict[str, str], *bound: str, service: str = '"HTTPS"') -> str:
    """Two virtual domains: which text stands where; `staff` has the policy."""
    text = forti_web(*bound, changes=((SERVICE, f"        set service {service}\n"),))
    start = text.index("config firewall policy")
    made = text[:start] + "config vdom\nedit root\nnext\nedit staff\nnext\nend\n"
    for place, what in (*places.items(), ("staff", text[start:])):
        head = "config global\n" if place == "global" else f"config vdom\nedit {place}\n"
        made += f"{head}{what}end\n"
    return made


def between(*policies: tuple[str, str, str], more: str = "") -> str:
    """Policies of Junos between zones, of which `untrust` leads outwards."""
    own = "destination-address any;\n                    application junos-https"
    made = junos(*policies).replace(own, own.replace("any", "portal"))
    return made.replace("    policies {\n", f"    policies {{\n{more}", 1)


CASES = [
    on_forti("good: FortiGate, a category is blocked", PASS, *BOUND, says="1 web"),
    on_forti(
        "good: FortiGate, an address is blocked",
        PASS,
        *BOUND,
        more=profile(web="urlfilter-table 1") + urlfilter("action allow", "action block"),
    ),
    on_forti(
        "good: FortiGate, what the sandbox found",
        PASS,
        *BOUND,
        more=profile(web="blocklist enable"),
    ),
    on_forti(
        "good: FortiGate, an older word for it", PASS, *BOUND, more=profile(web="blacklist enable")
    ),
    on_forti(
        "good: FortiGate, a level of risk",
        PASS,
        *BOUND,
        more=profile().replace(
            "            end\n        end\n",
            "            end\n            config risk\n                edit 1\n"
            '                    set risk-level "high"\n                    set action block\n'
            "                next\n            end\n        end\n",
        ),
    ),
    on_forti("good: FortiGate, by a group", PASS, *BY_GROUP, more=GROUP + BLOCKS),
    on_forti(
        "good: FortiGate, its own profile of TLS",
        PASS,
        ON,
        OFFICE,
        'ssl-ssh-profile "own"',
        more=BLOCKS + tls("own", https="certificate-inspection"),
    ),
    on_forti(
        "good: FortiGate, a profile of TLS that looks into every port",
        PASS,
        ON,
        OFFICE,
        'ssl-ssh-profile "own"',
        more=BLOCKS + tls("own", https="disable", every="certificate-inspection"),
    ),
    on_forti(
        "good: FortiGate, a profile of TLS as it comes",
        PASS,
        ON,
        OFFICE,
        'ssl-ssh-profile "own"',
        more=BLOCKS + tls("own"),
    ),
    case("bad: FortiGate", changed(FORTI), FAIL, "without a filter of addresses: 1 web"),
    on_forti("bad: FortiGate, nothing is inspected", FAIL, OFFICE, LOOKS, says="without a filter"),
    on_forti("bad: FortiGate, other profiles alone", FAIL, ON, LOOKS, 'av-profile "default"'),
    on_forti(
        "bad: FortiGate, a group without one",
        FAIL,
        *BY_GROUP,
        more=GROUP.replace("webfilter-profile", "av-profile"),
        says="without a filter",
    ),
    on_forti(
        "bad: FortiGate, it watches and warns",
        FAIL,
        *BOUND,
        more=profile("monitor", "warning", "authenticate", ""),
        says="block nothing: office",
    ),
    on_forti("bad: FortiGate, an empty profile", FAIL, *BOUND, more=profile()),
    on_forti(
        "bad: FortiGate, other things of the web alone",
        FAIL,
        *BOUND,
        more=profile(web="safe-search url"),
        says="block nothing",
    ),
    on_forti(
        "bad: FortiGate, the categories are off",
        FAIL,
        *BOUND,
        more=profile("block", options="ftgd-disable"),
        says="block nothing",
    ),
    on_forti(
        "bad: FortiGate, a list that lets pass",
        FAIL,
        *BOUND,
        more=profile(web="urlfilter-table 1")
        + urlfilter("action allow", "action block, status disable", ""),
        says="block nothing",
    ),
    on_forti(
        "bad: FortiGate, another list blocks",
        FAIL,
        *BOUND,
        more=profile(web="urlfilter-table 1") + urlfilter("") + urlfilter("action block", number=2),
    ),
    on_forti(
        "bad: FortiGate, it does not look into TLS",
        FAIL,
        ON,
        OFFICE,
        'ssl-ssh-profile "no-inspection"',
        says="encrypted page: 1 web",
    ),
    on_forti(
        "bad: FortiGate, by default it does not look into TLS",
        FAIL,
        ON,
        OFFICE,
        says="encrypted page",
    ),
    on_forti(
        "bad: FortiGate, a profile of TLS that does not look",
        FAIL,
        ON,
        OFFICE,
        'ssl-ssh-profile "own"',
        more=BLOCKS + tls("own", https="disable"),
        says="encrypted page",
    ),
    on_forti(
        "bad: FortiGate, a group that does not look into TLS",
        FAIL,
        *BY_GROUP,
        more=GROUP.replace("    next", '        set ssl-ssh-profile "no-inspection"\n    next')
        + BLOCKS,
        says="encrypted page",
    ),
    on_forti(
        "bad: FortiGate, a profile that is not in the file",
        UNKNOWN,
        *BOUND,
        more="",
        says="not told by the text, in: 1 web",
    ),
    on_forti(
        "bad: FortiGate, a list that is not in the file",
        UNKNOWN,
        *BOUND,
        more=profile(web="urlfilter-table 7"),
    ),
    on_forti(
        "good: FortiGate, a list that is not in the file, and a category",
        PASS,
        *BOUND,
        more=profile("block", web="urlfilter-table 7"),
    ),
    on_forti("bad: FortiGate, a group that is not in the file", UNKNOWN, *BY_GROUP),
    on_forti(
        "bad: FortiGate, a profile of TLS that is not in the file",
        UNKNOWN,
        ON,
        OFFICE,
        'ssl-ssh-profile "own"',
    ),
    case(
        "bad: FortiGate, before 6.2 the default of TLS is not known",
        forti_web(ON, OFFICE, more=BLOCKS, changes=(OLDER,)),
        UNKNOWN,
    ),
    case(
        "bad: FortiGate, by default from 6.2 on",
        forti_web(ON, OFFICE, more=BLOCKS, changes=((OLDER[0], "FGT60F-6.2.0"),)),
        FAIL,
        "encrypted page",
    ),
    case(
        "good: FortiGate, the same release looks where it is told to",
        forti_web(*BOUND, more=BLOCKS, changes=(OLDER,)),
        PASS,
    ),
    other("bad: FortiGate, every service", FAIL, (SERVICE, '        set service "ALL"\n')),
    other(
        "bad: FortiGate, all but one service",
        FAIL,
        (SERVICE, '        set service "DNS"\n        set service-negate enable\n'),
    ),
    *(
        other(
            f"bad: FortiGate, a service of its own, {ports}",
            FAIL,
            (SERVICE, '        set service "DNS" "own"\n'),
            more='config firewall service custom\n    edit "own"\n'
            f"        set tcp-portrange {ports}\n    next\nend\n",
        )
        for ports in ("80", "8000 443", "443:1024-65535", "79-80", "443-444", "1-65535")
    ),
    *(
        other(
            f"absent: FortiGate, a service of its own, {ports}",
            NONE,
            (SERVICE, '        set service "own"\n'),
            more='config firewall service custom\n    edit "own"\n'
            f"        set tcp-portrange {ports}\n    next\nend\n",
        )
        for ports in ("25", "81-442", "444", "25:80", "http")
    ),
    other(
        "bad: FortiGate, a group of services",
        FAIL,
        (SERVICE, '        set service "office"\n'),
        more='config firewall service group\n    edit "office"\n        set member "DNS" "web"\n'
        '    next\n    edit "web"\n        set member "office" "HTTP"\n    next\nend\n',
    ),
    other(
        "absent: FortiGate, a group of services in a circle",
        NONE,
        (SERVICE, '        set service "office"\n'),
        more='config firewall service group\n    edit "office"\n        set member "web"\n'
        '    next\n    edit "web"\n        set member "office" "DNS"\n    next\nend\n',
    ),
    other("absent: FortiGate, no web", NONE, (SERVICE, '        set service "DNS" "NTP"\n')),
    other(
        "bad: FortiGate, to all addresses of IPv6",
        FAIL,
        ('set dstaddr "all"', 'set dstaddr "servers"\n        set dstaddr6 "all"'),
    ),
    other(
        "bad: FortiGate, to all but some",
        FAIL,
        ('set dstaddr "all"', 'set dstaddr "servers"\n        set dstaddr-negate enable'),
    ),
    other(
        "absent: FortiGate, to a service of the Internet",
        NONE,
        ('set dstaddr "all"', 'set dstaddr "all"\n        set internet-service enable'),
    ),
    other("bad: FortiGate, to any interface", FAIL, (TO, '        set dstintf "any"\n')),
    other("absent: FortiGate, to a network of its own", NONE, (TO, '        set dstintf "dmz"\n')),
    other(
        "bad: FortiGate, nobody knows what leads outwards",
        FAIL,
        (TO, '        set dstintf "dmz"\n'),
        ("        set ip 198.51.100.2 255.255.255.0\n", ""),
    ),
    other(
        "absent: FortiGate, from outside",
        NONE,
        (
            'set srcintf "internal"\n        set dstintf "wan1"',
            'set srcintf "wan1"\n        set dstintf "any"',
        ),
    ),
    *(
        other(
            f"bad: FortiGate, into another virtual domain by {name}",
            FAIL,
            (TO, f'        set dstintf "{name}"\n'),
            ('    edit "internal"\n', f'    edit "{name}"\n{kind}    next\n    edit "internal"\n'),
        )
        for name, kind in (("vl0", "        set type vdom-link\n"), ("npu0_vlink1", ""))
    ),
    other(
        "absent: FortiGate, out of another virtual domain, which was asked",
        NONE,
        ('set srcintf "internal"', 'set srcintf "vl0"'),
        (
            '    edit "internal"\n',
            '    edit "vl0"\n        set type vdom-link\n    next\n    edit "internal"\n',
        ),
    ),
    case(
        "bad: FortiGate, two rules and one filter",
        forti_web(*BOUND, more=BLOCKS).replace(
            '    edit 1\n        set name "web"',
            '    edit 7\n        set srcintf "internal"\n        set dstintf "wan1"\n'
            '        set action accept\n        set srcaddr "all"\n        set dstaddr "all"\n'
            '        set service "HTTP"\n    next\n    edit 1\n        set name "web"',
        ),
        FAIL,
        "addresses: 7",
    ),
    case(
        "bad: FortiGate, a rule of IPv6 of older releases",
        forti_web(
            *BOUND,
            more=BLOCKS + 'config firewall policy6\n    edit 5\n        set srcintf "internal"\n'
            '        set dstintf "wan1"\n        set action accept\n        set dstaddr "all"\n'
            '        set service "ALL"\n    next\nend\n',
        ),
        FAIL,
        "addresses: 5",
    ),
    *(
        case(
            f"{name}: FortiGate, {kind}",
            forti_web(
                *BOUND,
                more=BLOCKS
                + f"config firewall proxy-policy\n    edit 5\n        set proxy {kind}\n"
                '        set dstintf "wan1"\n        set srcaddr "all"\n'
                f'        set dstaddr "{to}"\n        set action accept\n'
                '        set utm-status enable\n        set webfilter-profile "office"\n'
                "    next\nend\n",
            ),
            outcome,
            says,
        )
        for name, kind, to, outcome, says in (
            ("good", "explicit-web", "all", PASS, "1 web, 5"),
            ("bad", "transparent-web", "all", FAIL, "encrypted page: 5"),
            ("good", "transparent-web", "servers", PASS, "addresses: 1 web"),
            ("good", "access-proxy", "all", PASS, "addresses: 1 web"),
        )
    ),
    case("good: FortiGate, in a virtual domain", domains({"staff": BLOCKS}, *BOUND), PASS),
    case(
        "good: FortiGate, a profile of the whole device",
        domains({"global": BLOCKS}, *BOUND),
        PASS,
    ),
    case(
        "bad: FortiGate, a profile of another virtual domain",
        domains({"root": BLOCKS}, *BOUND),
        UNKNOWN,
    ),
    case(
        "good: FortiGate, each domain has a profile of that name",
        domains({"root": profile("monitor"), "staff": BLOCKS}, *BOUND),
        PASS,
    ),
    case(
        "bad: FortiGate, each domain has a profile of that name",
        domains({"staff": profile("monitor"), "root": BLOCKS}, *BOUND),
        FAIL,
        "nothing",
    ),
    case(
        "good: FortiGate, a group and a profile of TLS in a virtual domain",
        domains(
            {
                "root": tls("own", https="disable") + GROUP.replace("office", "other"),
                "staff": BLOCKS
                + tls("own", https="certificate-inspection")
                + GROUP.replace("    next", '        set ssl-ssh-profile "own"\n    next'),
            },
            *BY_GROUP,
        ),
        PASS,
    ),
    *(
        case(
            f"{name}: FortiGate, a service of the virtual domain {place}",
            domains(
                {
                    place: 'config firewall service custom\n    edit "own"\n'
                    "        set tcp-portrange 443\n    next\nend\n"
                },
                service='"own"',
            ),
            outcome,
        )
        for name, place, outcome in (("bad", "staff", FAIL), ("absent", "root", NONE))
    ),
    Case(
        "good: FortiGate, another device filters",
        {DEVICE_CONFIG: changed(FORTI)},
        NONE,
        asset=FORTI,
        parameters={"elsewhere": [FORTI.id]},
    ),
    other("absent: FortiGate, to some addresses", NONE, ('set dstaddr "all"', 'set dstaddr "x"')),
    other(
        "absent: FortiGate, the rule is off",
        NONE,
        ('    edit 1\n        set name "web"\n', "    edit 1\n        set status disable\n"),
    ),
    other(
        "unreadable: FortiGate, no policies",
        UNKNOWN,
        ("config firewall policy", "config firewall other"),
    ),
    other(
        "unreadable: FortiGate, policies by category",
        UNKNOWN,
        more="config system settings\n    set ngfw-mode policy-based\nend\n",
    ),
    case("bad: Junos", changed(JUNOS), FAIL, "trust>untrust web", JUNOS),
    case("good: Junos", junos_web(categories("block")), PASS, asset=JUNOS),
    case(
        "good: Junos, all but a list",
        junos_web(engine("juniper-local", "default block;\n")),
        PASS,
        asset=JUNOS,
    ),
    *(
        case(f"bad: Junos, {act}", junos_web(categories(act)), FAIL, "nothing: W", JUNOS)
        for act in ("permit", "log-and-permit", "quarantine")
    ),
    case(
        "bad: Junos, a list that lets all pass",
        junos_web(PERMITS),
        FAIL,
        asset=JUNOS,
    ),
    *(
        case(
            f"good: Junos, a list of the device, {word}",
            junos_web(
                PERMITS, more=f"default-configuration {{\nweb-filtering {{\n{word} bad;\n}}\n}}\n"
            ),
            PASS,
            asset=JUNOS,
        )
        for word in ("url-blacklist", "url-blocklist")
    ),
    case(
        "good: Junos, a list of the device, where older releases have it",
        junos_web("                url-blacklist bad;\n" + PERMITS),
        PASS,
        asset=JUNOS,
    ),
    case(
        "bad: Junos, a policy that is not bound",
        junos_web(categories("block"), bound=False),
        FAIL,
        "without a filter",
        JUNOS,
    ),
    case(
        "bad: Junos, a policy against other things",
        junos_web(categories("block")).replace(
            "web-filtering {\n                http-profile W;",
            "anti-virus {\n                http-profile W;",
        ),
        FAIL,
        "without a filter",
        JUNOS,
    ),
    case(
        "bad: Junos, a profile that comes with the release",
        junos_web(name="junos-wf-enhanced-default"),
        UNKNOWN,
        asset=JUNOS,
    ),
    case(
        "bad: Junos, a profile that leans on one of the release",
        junos_web(engine("ng-juniper", "base-filter ng-default-filter;\ndefault permit;\n")),
        UNKNOWN,
        asset=JUNOS,
    ),
    case(
        "bad: Junos, a server elsewhere decides",
        junos_web(engine("websense-redirect", "timeout 10;\n")),
        UNKNOWN,
        asset=JUNOS,
    ),
    case(
        "bad: Junos, another profile blocks",
        junos_web(PERMITS + engine("juniper-enhanced", "default block;\n", name="X")),
        FAIL,
        "nothing: W",
        JUNOS,
    ),
    *(
        case(
            f"bad: Junos, the application {name} {port}",
            junos_web(
                bound=False,
                application=name,
                before=application("own", f"destination-port {port};\n")
                + application("set", "own;\njunos-ping;\n", kind="set"),
            ),
            FAIL,
            asset=JUNOS,
        )
        for name, port in (
            ("any", "1"),
            ("junos-http", "1"),
            ("own", "443"),
            ("own", "http"),
            ("own", "https"),
            ("[ junos-ssh set ]", "80-81"),
        )
    ),
    *(
        case(
            f"absent: Junos, the application {name}",
            junos_web(
                bound=False,
                application=name,
                before=application("own", "source-port 443;\ndestination-port 8443;\n"),
            ),
            NONE,
            asset=JUNOS,
        )
        for name in ("junos-ssh", "own")
    ),
    case(
        "absent: Junos, to some addresses",
        changed(JUNOS, ("destination-address any;", "destination-address portal;")),
        NONE,
        asset=JUNOS,
    ),
    case(
        "absent: Junos, denied",
        changed(JUNOS, ("                    permit;\n", "                    deny;\n")),
        NONE,
        asset=JUNOS,
    ),
    case(
        "unreadable: Junos, policies by category",
        changed(
            JUNOS,
            ("application junos-https;", "application junos-https;\nurl-category Enhanced_Games;"),
        ),
        UNKNOWN,
        asset=JUNOS,
    ),
    *(
        case(
            f"bad: Junos, of the category {name}",
            changed(
                JUNOS,
                ("application junos-https;", f"application junos-https;\nurl-category {name};"),
            ),
            FAIL,
            asset=JUNOS,
        )
        for name in ("any", "none")
    ),
    case(
        "bad: Junos, to the zone that leads outwards",
        between(("trust", "untrust", rule("any", "any", "any"))),
        FAIL,
        "trust>untrust p0",
        JUNOS,
    ),
    case(
        "bad: Junos, between all zones",
        between(
            ("trust", "servers", rule("any", "any", "any")),
            more=f"global {{\npolicy g {{\n{rule('any', 'any', 'any')}}}\n}}\n",
        ),
        FAIL,
        "addresses: global g",
        JUNOS,
    ),
    case(
        "absent: Junos, to a zone of its own",
        between(("trust", "servers", rule("any", "any", "any"))),
        NONE,
        "no rule of the device lets",
        JUNOS,
    ),
    case(
        "absent: Junos, no firewall",
        changed(JUNOS, ("    policies {", "    other {")),
        NONE,
        "no filter of web addresses",
        JUNOS,
    ),
    case("absent: IOS", changed(IOS), NONE, asset=IOS),
    *(
        case(f"unreadable: IOS, {name}", with_more(IOS, text), UNKNOWN, asset=IOS)
        for name, text in (
            ("an engine beside it", "utd engine standard\n web-filter\n  url profile 1\n!\n"),
            ("a profile of the engine", "utd web-filter url profile 1\n!\n"),
            ("an older list", "ip urlfilter exclusive-domain deny example.vn\n"),
            ("older patterns", "parameter-map type urlf-glob BAD\n pattern example.vn\n!\n"),
            ("an older policy", "parameter-map type urlfpolicy local P\n allow-mode on\n!\n"),
            ("a service outside", "parameter-map type umbrella global\n token x\n!\n"),
            ("a service outside, older", "parameter-map type opendns global\n token x\n!\n"),
        )
    ),
    case(
        "absent: IOS, an engine that does other things",
        with_more(IOS, "utd engine standard\n threat-inspection\n!\n"),
        NONE,
        asset=IOS,
    ),
    case("absent: RouterOS", changed(ROS), NONE, asset=ROS),
    case(
        "unreadable: RouterOS, the web proxy",
        with_more(
            ROS,
            "/ip proxy\nset enabled=yes\n/ip proxy access\nadd action=deny dst-host=*.example.vn\n",
        ),
        UNKNOWN,
        asset=ROS,
    ),
    case(
        "absent: RouterOS, a proxy that is off",
        with_more(ROS, "/ip proxy access\nadd action=deny dst-host=*.example.vn\n"),
        NONE,
        asset=ROS,
    ),
    case(
        "absent: RouterOS, a proxy without a list",
        with_more(ROS, "/ip proxy\nset enabled=yes\n"),
        NONE,
        asset=ROS,
    ),
    case(
        "unreadable: RouterOS, names in TLS",
        changed(
            ROS,
            (
                "/ip service\n",
                "add action=drop chain=forward protocol=tcp tls-host=*.example.vn\n/ip service\n",
            ),
        ),
        UNKNOWN,
        asset=ROS,
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
    agree(device_url_filter, case)
