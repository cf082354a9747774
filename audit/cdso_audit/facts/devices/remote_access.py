"""
Ways in for people from elsewhere, and whether the state of their machine is asked for.

Only FortiOS writes into its configuration that a machine must have protection against malware, or
must carry a tag of its management. What other dialects serve is told with that left open: a server
of another maker may ask, and a text that is silent proves nothing. Tunnels between sites are no
way in for people.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from cdso_audit.facts.devices import traffic_fortios
from cdso_audit.facts.devices.fortios import Entry, Forti
from cdso_audit.facts.devices.ios import Ios
from cdso_audit.facts.devices.junos import Junos
from cdso_audit.facts.devices.permits import FortiNames
from cdso_audit.facts.devices.routeros import Export
from cdso_audit.facts.devices.traffic_fortios import Profiles, by_category
from cdso_audit.facts.devices.traffic_parts import DeviceRemoteAccess, Entrance
from cdso_audit.facts.reading import Absent, Fact, Missing

Said = Fact | Missing | Absent

_NONE = Absent("the device serves no remote access of people")


def _served(entrances: Iterable[Entrance]) -> Iterator[Said]:
    found = tuple(entrances)
    if found:
        yield DeviceRemoteAccess(subject="remote access", entrances=found)
    else:
        yield _NONE


# ---------------------------------------------------------------------------------------------
# FortiGate
# ---------------------------------------------------------------------------------------------

#: What a portal asks about malware; `fw` asks about a firewall alone.
_ANTIVIRUS = frozenset({"av", "av-fw"})
#: Who is let in unasked unless that is switched off: a browser (older releases: one without the
#: plug-in), and another operating system than Windows and macOS.
_BROWSER = ("skip-check-for-browser", "skip-check-for-unsupported-browser")
_SYSTEM = ("skip-check-for-unsupported-os",)
#: The wizard's words for tunnels of people, and the beginnings of those for tunnels of sites.
_PEOPLE = frozenset(
    {"dialup-forticlient", "dialup-ios", "dialup-android", "dialup-windows", "dialup-cisco"}
)
_SITES = ("dialup-fortigate", "hub-", "spoke-", "simplified-", "static-")
#: A posture tag of the central management among the sources of a policy.
_TAG = re.compile(r"(?:EMS\d+|FCTEMS\w+)_ZTNA_")


class _FortiRemote:
    """What lets people in, and the policies behind it."""

    def __init__(self, config: Forti) -> None:
        self.config = config
        self.names = FortiNames(config)
        self.portals = Profiles(config, "vpn ssl web portal")
        self.programs = Profiles(config, "vpn ssl web host-check-software")
        self.policies = [
            each
            for section in ("firewall policy", "firewall policy6")
            for each in traffic_fortios.policies(config, section)
        ]
        self.by_category = by_category(config)
        self.tags = {
            each.name
            for each in config.section("firewall address")
            if each.one("sub-type") == "ems-tag"
        }

    def behind(self, interface: str, vdom: str) -> list[Entry]:
        """Policies for what comes in over an interface, by its own name, its zone's, or any."""
        return [
            each
            for each in self.policies
            if each.vdom == vdom
            and {"any", interface} & set(self.names.ports(each.values.get("srcintf", ())))
        ]

    def is_tagged(self, policy: Entry) -> bool:
        """Whether only machines with a tag of the central management may use a policy."""
        sources = policy.values.get("srcaddr", ())
        named = bool(sources) and all(each in self.tags or _TAG.match(each) for each in sources)
        return named or (policy.one("ztna-status") == "enable" and _has_tags(policy))

    def by_tags(self, policies: list[Entry]) -> bool:
        return bool(policies) and all(self.is_tagged(each) for each in policies)

    def portal_asks(self, portal: Entry) -> bool | None:
        """What a portal asks of those whom it asks at all."""
        kind = portal.one("host-check", "none")
        if kind != "custom":
            return kind in _ANTIVIRUS
        found = [
            self.programs.of(portal.vdom, each)
            for each in portal.values.get("host-check-policy", ())
        ]
        kinds = {each[0].one("type", "av") if each else "" for each in found}
        if kinds == {"av"}:
            return True
        return None if kinds & {"av", ""} else False

    def ssl(self) -> Iterator[Entrance]:
        """Portals of the SSL VPN that somebody can reach, each by its tunnel and by a browser."""
        for each in self.config.section("vpn ssl settings"):
            rules = [
                rule
                for rule in self.config.section("vpn ssl settings/authentication-rule")
                if rule.vdom == each.vdom
            ]
            listens = any(one.one("source-interface") for one in (each, *rules))
            policies = self.behind(f"ssl.{each.vdom or 'root'}", each.vdom)
            if each.one("status", "enable") != "enable" or not listens:
                continue
            if not policies and not self.by_category:
                continue
            tagged = self.by_tags(policies)
            named = (each.one("default-portal"), *(rule.one("portal") for rule in rules))
            portals = dict.fromkeys(name for name in named if name)
            if not portals:  # it listens, and which portal somebody gets is not told
                yield Entrance(name="SSL VPN", asks=True if tagged else None)
            for portal in portals:
                yield from self.portal(portal, each.vdom, tagged)

    def portal(self, name: str, vdom: str, tagged: bool) -> Iterator[Entrance]:
        found = self.portals.of(vdom, name)
        if found is None:
            yield Entrance(name=f"SSL VPN {name}", asks=True if tagged else None)
            return
        portal = found[0]
        asks = self.portal_asks(portal)
        if _lets_in(portal, _SYSTEM):
            asks = False
        told = f"host-check {portal.one('host-check', 'none')}"
        if "enable" in (portal.one("tunnel-mode"), portal.one("ipv6-tunnel-mode")):
            yield Entrance(
                name=f"SSL VPN {name}",
                asks=True if tagged else asks,
                shown="ztna-ems-tag" if tagged else _told(portal, told, _SYSTEM),
            )
        if portal.one("web-mode") == "enable":
            by_browser = False if _lets_in(portal, _BROWSER) else asks
            yield Entrance(
                name=f"SSL VPN {name} (web)",
                asks=None if tagged and not by_browser else by_browser,
                shown=_told(portal, told, (*_BROWSER, *_SYSTEM)),
            )

    def ipsec(self) -> Iterator[Entrance]:
        """Dial-up tunnels of people; where nothing tells people from sites, that is left open."""
        for section in ("vpn ipsec phase1-interface", "vpn ipsec phase1"):
            for each in self.config.section(section):
                kind = each.one("wizard-type", "custom")
                people = (
                    kind in _PEOPLE
                    or each.one("xauthtype", "disable") not in ("disable", "client")
                    or each.one("eap", "disable") == "enable"
                    or bool(each.one("authusrgrp"))
                )
                sites = kind.startswith(_SITES) or each.one("auto-discovery-sender") == "enable"
                if each.one("type") != "dynamic" or (sites and not people):
                    continue
                policies = self.behind(each.name, each.vdom)
                if section.endswith("-interface") and not policies and not self.by_category:
                    continue
                managed = "enable" in (
                    each.one("forticlient-enforcement"),
                    each.one("ems-sn-check"),
                )
                tagged = self.by_tags(policies)
                yield Entrance(
                    name=f"IPsec {each.name}",
                    asks=True if tagged else False if people and not managed else None,
                    shown="ztna-ems-tag" if tagged else "type dynamic",
                )

    def proxied(self) -> Iterator[Entrance]:
        """Zero trust access: policies of the access proxy, or policies to its addresses."""
        for each in traffic_fortios.policies(self.config, "firewall proxy-policy"):
            if each.one("proxy") == "access-proxy":
                yield Entrance(
                    name=f"ZTNA {each.name} {each.one('name')}".strip(),
                    asks=_has_tags(each),
                    shown=each.one("ztna-ems-tag"),
                )
        published = {
            each.name
            for each in self.config.section("firewall vip")
            if each.one("type") == "access-proxy"
        }
        for each in self.policies:
            if published & set(each.values.get("dstaddr", ())):
                yield Entrance(
                    name=f"ZTNA {each.name} {each.one('name')}".strip(),
                    asks=self.is_tagged(each),
                    shown=each.one("ztna-ems-tag"),
                )

    def older(self) -> Iterator[Entrance]:
        """L2TP and PPTP, over which nothing can be asked."""
        for section in ("vpn l2tp", "vpn pptp"):
            if self.config.setting(section, "status", "disable") == "enable":
                yield Entrance(name=section.split()[1].upper(), asks=False, shown="status enable")


def _has_tags(policy: Entry) -> bool:
    negated = policy.one("ztna-ems-tag-negate", "disable") == "enable"
    return bool(policy.one("ztna-ems-tag")) and not negated


def _lets_in(portal: Entry, keys: Iterable[str]) -> bool:
    """Whether none of these is switched off."""
    return all(portal.one(key, "enable") == "enable" for key in keys)


def _told(portal: Entry, told: str, keys: Iterable[str]) -> str:
    switched = (f"{key} {portal.one(key)}" for key in keys if key in portal.values)
    return ", ".join((told, *switched))


def fortios(config: Forti) -> Iterator[Said]:
    """Every way in, of each virtual domain."""
    known = _FortiRemote(config)
    return _served((*known.ssl(), *known.ipsec(), *known.proxied(), *known.older()))


# ---------------------------------------------------------------------------------------------
# Cisco IOS, Junos, RouterOS
# ---------------------------------------------------------------------------------------------


def ios(config: Ios) -> Iterator[Said]:
    """AnyConnect, EasyVPN, FlexVPN with users, dialled L2TP and PPTP."""
    found = [each.line for each in config.under("webvpn gateway") if each.has("inservice")]
    found += [each.line for each in config.under("crypto isakmp client configuration group")]
    found += [
        each.line
        for each in config.under("crypto ikev2 profile")
        if each.last(r"authentication remote (?:eap|anyconnect-eap)\b")
    ]
    if config.state("vpdn enable"):
        found += [
            each.line
            for each in config.under("vpdn-group")
            if each.has("accept-dialin") and each.last(r"protocol (?:l2tp|pptp|any)\b")
        ]
    return _served(Entrance(name=each, asks=None, shown=each) for each in found)


def junos(config: Junos) -> Iterator[Said]:
    """Secure Connect, the older dynamic VPN, and gateways whose users log in."""
    found = [
        f"remote-access {each}" for each in config.names("security", "remote-access", "profile")
    ]
    found += [f"dynamic-vpn {each}" for each in config.names("security", "dynamic-vpn", "clients")]
    if not found:
        found = [
            f"gateway {each}"
            for each in config.names("security", "ike", "gateway")
            if any(
                config.has("security", "ike", "gateway", each, word) for word in ("xauth", "aaa")
            )
        ]
    return _served(Entrance(name=each, asks=None, shown=each) for each in found)


def routeros(config: Export) -> Iterator[Said]:
    """Servers of L2TP, PPTP, SSTP and OpenVPN, IPsec and WireGuard of people."""
    found = [
        kind
        for kind in ("l2tp", "pptp", "sstp", "ovpn")
        for each in config.at(f"/interface {kind}-server server")
        if each.verb == "add" or each.values.get("enabled") == "yes"
    ]
    found += [
        f"ipsec {each.values.get('name', '')}".strip()
        for each in config.at("/ip ipsec mode-config")
        if {"address-pool", "address"} & set(each.values)
    ]
    found += [
        f"wireguard {each.values.get('interface', '')}".strip()
        for each in config.at("/interface wireguard peers")
        if not each.values.get("endpoint-address")
    ]
    return _served(Entrance(name=each, asks=None) for each in dict.fromkeys(found))


BY_DIALECT: Mapping[str, Callable[[Any], Iterator[Said]]] = {
    "cisco-ios": ios,
    "juniper-junos": junos,
    "fortinet-fortios": fortios,
    "mikrotik-routeros": routeros,
}
