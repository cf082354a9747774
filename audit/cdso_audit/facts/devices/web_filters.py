"""
Rules by which people reach every site of the web, and the filter of addresses that is on them.

A filter counts for what it stops: a profile that only watches or warns lets everybody through, and
one that learns no address of an encrypted page sees next to nothing of today's web. A rule that
names its destinations, or other services than the web's, needs none.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from cdso_audit.facts.devices import traffic_fortios
from cdso_audit.facts.devices.fortios import Entry, Forti
from cdso_audit.facts.devices.ios import Ios
from cdso_audit.facts.devices.junos import Junos, Words
from cdso_audit.facts.devices.permits import FORTI_ALL, FortiNames, JunosNames, junos_match
from cdso_audit.facts.devices.routeros import Export
from cdso_audit.facts.devices.traffic_fortios import Profiles, by_category
from cdso_audit.facts.devices.traffic_junos import rules as junos_rules
from cdso_audit.facts.devices.traffic_parts import DeviceWebFilter, WebRule
from cdso_audit.facts.reading import Absent, Fact, Missing
from cdso_audit.model import GapReason

Said = Fact | Missing | Absent

_NOT_OUT = Absent("no rule of the device lets people reach every site of the web")
_NO_FILTER = Absent("the device has no filter of web addresses")
#: Ports of the web.
_HTTP, _HTTPS = 80, 443

# ---------------------------------------------------------------------------------------------
# FortiGate
# ---------------------------------------------------------------------------------------------

#: Services of the web that every release has under these names.
_WEB = FORTI_ALL - {"ALL_UDP"} | {"HTTP", "HTTPS", "Web Access", "webproxy"}
#: Profiles that every release has, and that learn the host of an encrypted page.
_SEEING = frozenset({"certificate-inspection", "deep-inspection", "custom-deep-inspection"})
#: From this release on a policy without a word of it does not look into TLS at all.
_BLIND_BY_DEFAULT = (6, 2)


class _FortiWeb:
    """What is bound to the policies of one configuration."""

    def __init__(self, config: Forti) -> None:
        self.config = config
        self.names = FortiNames(config)
        self.groups = Profiles(config, "firewall profile-group")
        self.profiles = Profiles(config, "webfilter profile")
        self.lists = Profiles(config, "webfilter urlfilter")
        self.tls = Profiles(config, "firewall ssl-ssh-profile")
        self.services = Profiles(config, "firewall service custom")
        self.sets = Profiles(config, "firewall service group")
        self.links = {
            each.name
            for each in config.section("system interface")
            if each.one("type") == "vdom-link" or re.match(r"npu\d+_vlink", each.name)
        }

    def is_web(self, vdom: str, names: Iterable[str], seen: tuple[str, ...] = ()) -> bool:
        """Whether one of the services is the web, by its own name, its ports or its members."""
        return any(
            name in _WEB or self._is_web(vdom, name, (*seen, name))
            for name in names
            if name not in seen
        )

    def _is_web(self, vdom: str, name: str, seen: tuple[str, ...]) -> bool:
        if (group := self.sets.of(vdom, name)) is not None:
            return self.is_web(vdom, group[0].values.get("member", ()), seen)
        found = self.services.of(vdom, name)
        return found is not None and any(
            _holds(ports.partition(":")[0], port)
            for ports in found[0].values.get("tcp-portrange", ())
            for port in (_HTTP, _HTTPS)
        )

    def leads_out(self, policy: Entry) -> bool:
        """
        From inside to everywhere, by the web. Where no interface is known to lead outwards, each
        may be the one. Between virtual domains the filter is asked of the first.
        """
        everywhere = (
            "all" in (*policy.values.get("dstaddr", ()), *policy.values.get("dstaddr6", ()))
            or policy.one("dstaddr-negate") == "enable"
        )
        if policy.one("internet-service", "disable") == "enable" or not everywhere:
            return False
        web = self.is_web(policy.vdom, policy.values.get("service", ()))
        if not web and policy.one("service-negate", "disable") == "disable":
            return False
        outward = self.names.outward | self.links
        to = set(self.names.ports(policy.values.get("dstintf", ())))
        come = set(self.names.ports(policy.values.get("srcintf", ())))
        passes = bool(to & {"any", *outward}) and not come <= outward
        return passes or not self.names.outward

    def blocks(self, vdom: str, name: str) -> bool | None:
        """Whether a profile blocks a category, a level of risk, or an address of its list."""
        found = self.profiles.of(vdom, name)
        if found is None:
            return None
        told: list[bool | None] = []
        off = any("ftgd-disable" in each.values.get("options", ()) for each in found[1])
        for each in found[1]:
            below = each.section.removeprefix("webfilter profile/")
            if below in ("ftgd-wf/filters", "ftgd-wf/risk") and not off:
                told.append(each.one("action", "monitor") == "block")
            elif below == "web":
                told.append("enable" in (each.one("blocklist"), each.one("blacklist")))
                told.append(self._list_blocks(vdom, each.one("urlfilter-table", "0")))
        return True if True in told else None if None in told else False

    def _list_blocks(self, vdom: str, number: str) -> bool | None:
        if number == "0":
            return False
        found = self.lists.of(vdom, number)
        if found is None:
            return None
        return any(
            each.one("status", "enable") == "enable" and each.one("action", "exempt") == "block"
            for each in found[1]
        )

    def reads_tls(self, vdom: str, name: str) -> bool | None:
        """Whether a profile of TLS learns at least the host of an encrypted page."""
        if name == "no-inspection":
            return False
        found = self.tls.of(vdom, name)
        if found is None:
            return True if name in _SEEING else None
        https = next((e for e in found[1] if e.section.endswith("/https")), None)
        every = next((e for e in found[1] if e.section.endswith("/ssl")), None)
        if every is not None and every.one("inspect-all", "disable") != "disable":
            return True
        return https is None or https.one("status", "deep-inspection") != "disable"

    def rule(self, policy: Entry, *, proxied: bool = False) -> WebRule:
        """The policy with what is bound to it, by itself or by a group."""
        name = f"{policy.name} {policy.one('name')}".strip()
        bound, usual = policy, ""
        if policy.one("utm-status", "disable") != "enable":
            return WebRule(name=name)
        if policy.one("profile-type", "single") == "group":
            group = self.groups.of(policy.vdom, policy.one("profile-group"))
            if group is None:
                return WebRule(name=name, profile=policy.one("profile-group"), encrypted=None)
            bound, usual = group[0], "certificate-inspection"
        elif self.config.release and self.config.release >= _BLIND_BY_DEFAULT:
            usual = "no-inspection"
        profile = bound.one("webfilter-profile")
        tls = self.reads_tls(policy.vdom, bound.one("ssl-ssh-profile", usual))
        return WebRule(
            name=name,
            profile=profile,
            blocks=self.blocks(policy.vdom, profile) if profile else None,
            encrypted=True if proxied else tls,
        )


def _holds(ports: str, port: int) -> bool:
    """Whether `80`, or `1-1024`, holds a port."""
    low, _, high = ports.partition("-")
    return low.isdigit() and (high or low).isdigit() and int(low) <= port <= int(high or low)


def fortios(config: Forti) -> Iterator[Said]:
    """Policies, those of IPv6 in older releases, and those of the web proxy."""
    known = _FortiWeb(config)
    if not config.section("firewall policy"):
        yield Missing(
            "web filter", GapReason.UNPARSABLE, "no `config firewall policy` is in the file"
        )
        return
    if by_category(config):
        yield Missing(
            "web filter",
            GapReason.MISSING_TOOL,
            "policies by application and category (`ngfw-mode policy-based`) are not read",
        )
        return
    found = [
        known.rule(each)
        for section in ("firewall policy", "firewall policy6")
        for each in traffic_fortios.policies(config, section)
        if known.leads_out(each)
    ]
    found += [
        known.rule(each, proxied=each.one("proxy") == "explicit-web")
        for each in traffic_fortios.policies(config, "firewall proxy-policy")
        if each.one("proxy") in ("explicit-web", "transparent-web")
        and "all" in each.values.get("dstaddr", ())
    ]
    if found:
        yield DeviceWebFilter(subject="web filter", rules=tuple(found))
    else:
        yield _NOT_OUT


# ---------------------------------------------------------------------------------------------
# Junos
# ---------------------------------------------------------------------------------------------

_JUNOS_WEB = frozenset(
    {"any", "junos-tcp-any", "junos-http", "junos-https", "junos-http-ext", "junos-http-proxy"}
)
_FILTERS = ("security", "utm", "feature-profile", "web-filtering")
_LISTS = frozenset({"url-blacklist", "url-blocklist"})
_PLACES = frozenset({"any", "any-ipv4", "any-ipv6"})


def _junos_web(config: Junos, names: Iterable[str], seen: tuple[str, ...] = ()) -> bool:
    """Whether one of the applications is the web, by its own name, its ports or its members."""
    return any(
        name in _JUNOS_WEB or _is_junos_web(config, name, (*seen, name))
        for name in names
        if name not in seen
    )


def _is_junos_web(config: Junos, name: str, seen: tuple[str, ...]) -> bool:
    ports = {
        word
        for each in config.at("applications", "application", name)
        if "destination-port" in each
        for word in each[each.index("destination-port") + 1 :]
    }
    if ports & {"http", "https"}:
        return True
    if any(_holds(each, port) for each in ports for port in (_HTTP, _HTTPS)):
        return True
    members = [each[-1] for each in config.at("applications", "application-set", name) if each]
    return _junos_web(config, members, seen)


def _junos_blocks(config: Junos, profile: str) -> bool | None:
    """
    Whether a profile of any engine blocks; what happens when its server does not answer is no
    filter. The lists of the device hold for each profile. What comes with the release, and what an
    outer server decides, is not in the text.
    """
    own = config.full(*_FILTERS, "*", "profile", profile)
    said = [each[len(_FILTERS) + 3 :] for each in own]
    stops = any("block" in each and each[0] != "fallback-settings" for each in said)
    if stops or any(_LISTS & set(each) for each in _filtering(config)):
        return True
    told_elsewhere = any("websense-redirect" in each or "base-filter" in each for each in own)
    return None if told_elsewhere or not own else False


def _filtering(config: Junos) -> list[Words]:
    return [*config.full(*_FILTERS), *config.full("security", "utm", "default-configuration")]


def _junos_rule(config: Junos, name: str, statements: list[Words]) -> WebRule:
    bound = ("then", "permit", "application-services", "utm-policy")
    used = [each[-1] for each in statements if each[: len(bound)] == bound]
    profiles = [
        each[-1]
        for policy in used
        for each in config.at("security", "utm", "utm-policy", policy, "web-filtering")
        if each
    ]
    profile = profiles[-1] if profiles else ""
    return WebRule(
        name=name, profile=profile, blocks=_junos_blocks(config, profile) if profile else None
    )


def junos(config: Junos) -> Iterator[Said]:
    """Policies to everywhere, whose `utm-policy` names a profile of web filtering."""
    policies = list(junos_rules(config))
    categories = {word for _, each in policies for word in junos_match(each, "url-category")} - {
        "any",
        "none",
    }
    if categories:
        yield Missing(
            "web filter", GapReason.MISSING_TOOL, "policies by `url-category` are not laid out"
        )
        return
    outward = JunosNames(config).outward
    found = []
    for name, statements in policies:
        _, _, to = name.partition(" ")[0].partition(">")
        if (
            any(each[:2] == ("then", "permit") for each in statements)
            and _PLACES & set(junos_match(statements, "destination-address"))
            and (not outward or not to or to in outward)
            and _junos_web(config, junos_match(statements, "application"))
        ):
            found.append(_junos_rule(config, name, statements))
    if found:
        yield DeviceWebFilter(subject="web filter", rules=tuple(found))
    else:
        yield _NOT_OUT if policies else _NO_FILTER


# ---------------------------------------------------------------------------------------------
# Cisco IOS and RouterOS
# ---------------------------------------------------------------------------------------------


def ios(config: Ios) -> Iterator[Said]:
    """An engine beside the system, an older list, or a service outside decide: none is read."""
    engine = any(
        each.line.startswith("utd ")
        and any("web-filter" in line for line in (each.line, *each.below))
        for each in config.blocks
    )
    older = ("ip urlfilter", "parameter-map type urlf-glob", "parameter-map type urlfpolicy")
    outer = ("parameter-map type umbrella", "parameter-map type opendns")
    if engine or any(config.under(each) for each in (*older, *outer)):
        yield Missing(
            "web filter", GapReason.MISSING_TOOL, "filters of web addresses of IOS are not read"
        )
    else:
        yield _NO_FILTER


def routeros(config: Export) -> Iterator[Said]:
    """It knows no categories; lists that somebody wrote by hand are not judged."""
    proxied = config.value("/ip proxy", "enabled", "no") == "yes" and config.at("/ip proxy access")
    hosts = any("tls-host" in each.values for each in config.at("/ip firewall filter"))
    if proxied or hosts:
        yield Missing(
            "web filter",
            GapReason.MISSING_TOOL,
            "lists of the web proxy and rules by `tls-host` are not judged",
        )
    else:
        yield _NO_FILTER


BY_DIALECT: Mapping[str, Callable[[Any], Iterator[Said]]] = {
    "cisco-ios": ios,
    "juniper-junos": junos,
    "fortinet-fortios": fortios,
    "mikrotik-routeros": routeros,
}
