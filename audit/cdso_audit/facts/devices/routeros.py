"""
MikroTik RouterOS 6 and 7: `/export`.

An export shows only what differs from the defaults, and no accounts at all. Defaults that are read
here are documented and the same in both releases.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from cdso_audit.facts.devices.config_text import day_of
from cdso_audit.facts.devices.parts import (
    Community,
    DeviceAaa,
    DeviceBanner,
    DeviceControlPlane,
    DeviceFirewall,
    DeviceIdentity,
    DeviceLogging,
    DeviceManagement,
    DevicePorts,
    DeviceRouting,
    DeviceSecrets,
    DeviceServices,
    DeviceSnmp,
    DeviceSsh,
    DeviceTime,
    DeviceUsers,
    Door,
    Rule,
    SnmpUser,
)
from cdso_audit.facts.reading import Absent, Fact, Missing, UnreadableError, kind_of
from cdso_audit.model import GapReason

_PAIR = re.compile(r"([\w.-]+)=(\"(?:\\.|[^\"\\])*\"|\S*)")
_HEAD = re.compile(r"^# (.+?) by RouterOS (\S+)", re.MULTILINE)
#: `/ip service` of a fresh device.
_SERVICES = {
    "telnet": True, "ftp": True, "www": True, "ssh": True, "api": True, "winbox": True,
    "api-ssl": True, "www-ssl": False,
}  # fmt: skip
_PROTOCOL = {"www": "http", "www-ssl": "https"}


@dataclass(slots=True)
class Command:
    """One line of an export: where, what, on which entry, and its settings."""

    path: str
    verb: str
    target: str
    values: dict[str, str]
    shown: str


@dataclass(slots=True)
class Export:
    """A parsed export."""

    commands: list[Command]
    head: str
    version: str
    model: str

    def at(self, path: str) -> list[Command]:
        return [
            each
            for each in self.commands
            if each.path == path and each.values.get("disabled") != "yes"
        ]

    def value(self, path: str, key: str, default: str = "") -> str:
        found = [
            each.values[key] for each in self.commands if each.path == path and key in each.values
        ]
        return found[-1] if found else default


def parse(text: str) -> Export:
    """Sections, and below them `add` and `set`; a line that ends in a backslash goes on."""
    head = _HEAD.search(text)
    joined = re.sub(r"\\\n[ \t]*", "", text)
    commands: list[Command] = []
    path = ""
    for raw in joined.split("\n"):
        line = raw.strip()
        if line.startswith("/"):
            found = re.match(r"(/.*?)(?=\s+(?:add|set|remove|print|disable|enable)\b|\s*$)", line)
            path = " ".join((found[1] if found else line).split())
            line = line[len(found[1]) :].strip() if found else ""
        verb, _, rest = line.partition(" ")
        if path and verb in ("add", "set"):
            values = {key: value.strip('"') for key, value in _PAIR.findall(_without_find(rest))}
            target = _PAIR.split(_without_find(rest))[0].strip() if rest else ""
            commands.append(Command(path, verb, target, values, line))
    if head is None or not commands:
        raise UnreadableError(
            "this is no export of RouterOS: the line `# … by RouterOS …` is missing"
        )
    model = re.search(r"^# model = (.+)$", text, re.MULTILINE)
    return Export(commands, head[1], head[2], model[1].strip() if model else "")


def _without_find(text: str) -> str:
    return re.sub(r"\[ *find [^\]]*\]", "", text)


def identity(config: Export) -> Iterator[DeviceIdentity]:
    """The first line tells the day: `nov/21/2026` before release 7.10, `2026-11-21` since."""
    old = re.match(r"(\w{3})/(\d{1,2})/(\d{4})", config.head)
    new = re.match(r"(\d{4})-(\d\d)-(\d\d)", config.head)
    day = day_of(old[3], old[1], old[2]) if old else day_of(*new.groups()) if new else None
    name = config.value("/system identity", "name")
    yield DeviceIdentity(
        subject=name or "device",
        dialect="RouterOS",
        name=name,
        version=config.version,
        model=config.model,
        saved_on=day,
    )


def management(config: Export) -> Iterator[DeviceManagement]:
    """Every service of `/ip service` is on until it is switched off, www-ssl apart."""
    doors = [Door(name="console", protocols=("console",), remote=False, login="local")]
    guarded = _input_end(config)
    for name, usual in _SERVICES.items():
        said = [
            each for each in config.commands if each.path == "/ip service" and each.target == name
        ]
        off = next((e.values["disabled"] for e in reversed(said) if "disabled" in e.values), "")
        is_on = usual if not off else off == "no"
        where = next((e.values["address"] for e in reversed(said) if "address" in e.values), "")
        limited: bool | None = bool(where) and where not in ("0.0.0.0/0", "::/0")
        limit = f"address={where}" if where else "no address"
        if not limited and guarded is not False:
            limited, limit = None, "the firewall's chain input may limit it"
        doors.append(
            Door(
                name=name,
                protocols=(_PROTOCOL.get(name, name),) if is_on else (),
                limited=limited,
                limit=limit,
                login="local",
                shown=said[-1].shown if said else "",
            )
        )
    yield DeviceManagement(subject="management", doors=tuple(doors))


def ssh(config: Export) -> Iterator[DeviceSsh | Absent]:
    """The server knows version 2 alone."""
    off = [each for each in config.commands if each.path == "/ip service" and each.target == "ssh"]
    if off and off[-1].values.get("disabled") == "yes":
        yield Absent("the SSH server is not switched on")
        return
    yield DeviceSsh(subject="ssh", version="2")


def aaa(config: Export) -> Iterator[DeviceAaa]:
    """RADIUS for logins: a server with the service `login`, and `use-radius`."""
    servers = [
        each.values.get("address", "")
        for each in config.at("/radius")
        if "login" in each.values.get("service", "").split(",")
    ]
    asks = config.value("/user aaa", "use-radius", "no") == "yes"
    yield DeviceAaa(
        subject="aaa",
        servers=tuple(servers),
        methods=("radius",) if asks else (),
        central=bool(servers) and asks,
        shown="use-radius=yes" if asks else "",
    )


def users(_: Export) -> Iterator[DeviceUsers | Missing]:
    """Not part of an export."""
    yield Missing(
        "users", GapReason.MISSING_TOOL, "an export of RouterOS does not hold the accounts"
    )


def secrets(_: Export) -> Iterator[DeviceSecrets | Missing]:
    """Not part of an export."""
    yield Missing(
        "secrets", GapReason.MISSING_TOOL, "an export of RouterOS does not hold the accounts"
    )


def snmp(config: Export) -> Iterator[DeviceSnmp | Absent]:
    """Off by default; once on, the community `public` answers to all until it is changed."""
    if config.value("/snmp", "enabled", "no") != "yes":
        yield Absent("the device answers to no SNMP")
        return
    communities: list[Community] = []
    people: list[SnmpUser] = []
    first = [e for e in config.commands if e.path == "/snmp community" and e.verb == "set"]
    entries = [{"name": "[removed: community 0 known]", "addresses": "::/0"}]
    for each in first:
        entries[0] |= each.values
    entries += [
        e.values for e in config.commands if e.path == "/snmp community" and e.verb == "add"
    ]
    for each_values in entries:
        if each_values.get("disabled") == "yes":
            continue
        security = each_values.get("security", "none")
        name = f"community {len(communities) + len(people) + 1}"
        if security == "none":
            where = each_values.get("addresses", "")
            communities.append(
                Community(
                    name=name,
                    known=each_values.get("name", "").endswith(" known]"),
                    writes=each_values.get("write-access", "no") == "yes",
                    limited=bool(where) and not set(where.split(",")) & {"::/0", "0.0.0.0/0"},
                )
            )
        else:
            people.append(SnmpUser(name=name, level="priv" if security == "private" else "auth"))
    if communities or people:
        yield DeviceSnmp(subject="snmp", communities=tuple(communities), users=tuple(people))
    else:
        yield Absent("the device answers to no SNMP")


def logging(config: Export) -> Iterator[DeviceLogging]:
    """A remote action counts when a rule of `/system logging` sends to it."""
    remote = {"remote": config_remote(config)}
    for each in config.at("/system logging action"):
        if each.verb == "add" and each.values.get("target") == "remote":
            remote[each.values.get("name", "")] = each.values.get("remote", "")
    used = [each.values.get("action", "") for each in config.at("/system logging")]
    hosts = [remote[name] for name in used if remote.get(name)]
    yield DeviceLogging(subject="logging", hosts=tuple(dict.fromkeys(hosts)), timestamps=True)


def config_remote(config: Export) -> str:
    """The address of the built-in action `remote` (the fourth, or by name)."""
    found = ""
    for each in config.at("/system logging action"):
        if each.verb == "set" and each.values.get("remote") and each.target in ("3", "remote", ""):
            found = each.values["remote"]
    return found if found != "0.0.0.0" else ""  # noqa: S104 - an address to compare with


def time(config: Export) -> Iterator[DeviceTime]:
    """Release 7 keeps servers in a list of their own, release 6 in the client."""
    servers: list[str] = []
    if config.value("/system ntp client", "enabled", "no") == "yes":
        servers = [
            e.values["address"]
            for e in config.at("/system ntp client servers")
            if "address" in e.values
        ]
        for key in ("primary-ntp", "secondary-ntp"):
            servers.append(config.value("/system ntp client", key))
        servers += config.value("/system ntp client", "server-dns-names").split(",")
        servers += config.value("/system ntp client", "servers").split(",")
    told = [each for each in servers if each and each != "0.0.0.0"]  # noqa: S104 - an address to compare with
    yield DeviceTime(subject="time", servers=tuple(dict.fromkeys(told)), authenticated=None)


def banner(config: Export) -> Iterator[DeviceBanner]:
    """`/system note` at the login."""
    text = config.value("/system note", "note")
    shown = config.value("/system note", "show-at-login", "yes") != "no"
    yield DeviceBanner(
        subject="banner", is_set=bool(text) and shown, where="/system note" if text else ""
    )


def services(config: Export) -> Iterator[DeviceServices]:
    """Services besides administration, with their documented defaults."""

    def is_on(path: str, key: str, usual: str) -> bool:
        return config.value(path, key, usual) not in ("no", "none")

    yield DeviceServices(
        subject="services",
        services={
            "bandwidth-server": is_on("/tool bandwidth-server", "enabled", "yes"),
            "mac-server (telnet)": is_on("/tool mac-server", "allowed-interface-list", "all"),
            "mac-winbox": is_on("/tool mac-server mac-winbox", "allowed-interface-list", "all"),
            "proxy": is_on("/ip proxy", "enabled", "no"),
            "socks": is_on("/ip socks", "enabled", "no"),
            "upnp": is_on("/ip upnp", "enabled", "no"),
        },
    )


def routing(config: Export) -> Iterator[DeviceRouting]:
    """Off by default."""
    is_on = config.value("/ip settings", "accept-source-route", "no") == "yes"
    yield DeviceRouting(
        subject="source routing",
        source_routing=is_on,
        shown="accept-source-route=yes" if is_on else "",
    )


def ports(config: Export) -> Iterator[DevicePorts | Missing | Absent]:
    """Ports of bridges are not read yet."""
    if config.at("/interface bridge port"):
        yield Missing("ports", GapReason.MISSING_TOOL, "ports of bridges of RouterOS are not read")
    else:
        yield Absent("no port of this device is a port of a switch")


_HARMLESS = {"action", "chain", "comment", "log", "log-prefix", "disabled", "place-before"}


def _rules(config: Export) -> list[tuple[str, Rule, set[str], str]]:
    made = []
    for number, each in enumerate(config.at("/ip firewall filter"), start=1):
        matchers = set(each.values) - _HARMLESS
        action = each.values.get("action", "accept")
        chain = each.values.get("chain", "")
        rule = Rule(
            name=f"{chain} {number} {each.values.get('comment', '')}".strip(),
            accepts=action in ("accept", "fasttrack-connection"),
            any_source=not matchers,
            any_destination=not matchers,
            any_service=not matchers,
            logs=each.values.get("log") == "yes" or action == "log",
            shown=each.shown,
        )
        made.append((chain, rule, matchers, action))
    return made


def _end(config: Export, chain: str) -> bool | None:
    """Whether a chain ends in a drop of everything; None if of what comes by some ways alone."""
    partly = False
    for name, rule, matchers, action in _rules(config):
        if name != chain:
            continue
        if rule.accepts_everything:
            return False
        if action in ("drop", "reject", "tarpit"):
            if not matchers:
                return True
            partly = partly or (
                matchers
                <= {"in-interface", "in-interface-list", "connection-nat-state", "connection-state"}
                and bool(matchers & {"in-interface", "in-interface-list"})
            )
    return None if partly else False


def _input_end(config: Export) -> bool | None:
    return _end(config, "input")


def firewall(config: Export) -> Iterator[DeviceFirewall]:
    """What no rule names is accepted: each of the chains input and forward needs its drop."""
    rules = _rules(config)
    for chain in ("input", "forward"):
        yield DeviceFirewall(
            subject=f"chain {chain}",
            rules=tuple(rule for name, rule, _, _ in rules if name == chain),
            denies_the_rest=_end(config, chain),
            rest={True: "drop", None: "drops what comes by some interfaces", False: "accept"}[
                _end(config, chain)
            ],
        )


def control_plane(config: Export) -> Iterator[DeviceControlPlane]:
    """The chain input stands before the device itself."""
    end = _input_end(config)
    yield DeviceControlPlane(
        subject="control plane", protection="chain input" if end is not False else ""
    )


SAYS: Mapping[str, Callable[[Export], Iterator[Fact | Missing | Absent]]] = {
    kind_of(DeviceIdentity): identity,
    kind_of(DeviceManagement): management,
    kind_of(DeviceSsh): ssh,
    kind_of(DeviceAaa): aaa,
    kind_of(DeviceUsers): users,
    kind_of(DeviceSecrets): secrets,
    kind_of(DeviceSnmp): snmp,
    kind_of(DeviceLogging): logging,
    kind_of(DeviceTime): time,
    kind_of(DeviceBanner): banner,
    kind_of(DeviceServices): services,
    kind_of(DeviceRouting): routing,
    kind_of(DevicePorts): ports,
    kind_of(DeviceFirewall): firewall,
    kind_of(DeviceControlPlane): control_plane,
}
