"""
Juniper Junos, in braces (`show configuration`) or as commands (`| display set`).

Both become one list of statements. What is inherited from groups with wildcards cannot be laid out
here without the device's own rules: such a file is refused, and `| display inheritance` mends it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from cdso_audit.facts.devices.config_text import major
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
    DeviceUser,
    DeviceUsers,
    Door,
    Rule,
    SnmpUser,
    Storage,
    StoredSecret,
    SwitchPort,
)
from cdso_audit.facts.reading import Absent, Fact, Missing, UnreadableError, kind_of

Words = tuple[str, ...]

#: From this release on the server speaks SSH 2 alone.
_SSH_2 = 19
_TOKEN = re.compile(r"\"(?:\\.|[^\"\\])*\"|/\*.*?\*/|[{};\[\]]|[^\s{};\[\]\"]+", re.DOTALL)
_STORAGES: frozenset[Storage] = frozenset(
    {"plain", "reversible", "md5", "sha1", "sha256", "sha512"}
)
#: Classes that are built in; an idle time cannot be set on them.
_BUILT_IN = frozenset({"super-user", "operator", "read-only", "unauthorized", "superuser"})


@dataclass(slots=True)
class Junos:
    """Statements in order, each the words from the top of the tree."""

    statements: list[Words]
    version: str

    def at(self, *path: str) -> list[Words]:
        """What follows the path; `*` is any one word, and stays part of what is returned."""
        return [each[len(path) :] for each in self.full(*path)]

    def full(self, *path: str) -> list[Words]:
        size = len(path)
        return [
            each
            for each in self.statements
            if len(each) >= size and all(p in ("*", w) for p, w in zip(path, each, strict=False))
        ]

    def has(self, *path: str) -> bool:
        return bool(self.full(*path))

    def value(self, *path: str) -> str:
        return next((each[0] for each in reversed(self.at(*path)) if each), "")

    def names(self, *path: str) -> list[str]:
        """The words at the end of the path, each once."""
        return list(dict.fromkeys(each[0] for each in self.at(*path) if each))


def parse(text: str) -> Junos:
    """Either form as statements; raises UnreadableError for what is neither."""
    lines = [each.strip() for each in text.splitlines()]
    as_commands = [each for each in lines if each.startswith(("set ", "deactivate "))]
    statements = _of_commands(as_commands) if len(as_commands) > 1 else _of_braces(text)
    if not any(each[0] == "system" for each in statements):
        raise UnreadableError("this is no whole configuration of Junos: it has no `system`")
    version = next((each[1] for each in statements if each[0] == "version" and len(each) > 1), "")
    return Junos(_inherited(statements), version)


def _of_commands(lines: list[str]) -> list[Words]:
    made: list[Words] = []
    off: list[Words] = []
    for line in lines:
        words = tuple(each.strip('"') for each in _TOKEN.findall(line) if each not in "[]")
        (off if words[0] == "deactivate" else made).append(words[1:])
    return [each for each in made if each and not any(each[: len(o)] == o for o in off)]


def _of_braces(text: str) -> list[Words]:  # noqa: C901 - one tokeniser
    """Comments and prompts stand outside; `inactive:` and `protect:` before a statement."""
    start = re.search(r"^(?:version |system \{|groups \{|apply-groups )", text, re.MULTILINE)
    if start is None:
        raise UnreadableError(
            "this is no configuration of Junos: it has neither `system` in braces nor `set system`"
        )
    body = re.sub(r"^\s*##? .*$|\s## SECRET-DATA.*$", "", text[start.start() :], flags=re.MULTILINE)
    made: list[Words] = []
    above: list[tuple[Words, bool]] = []
    words: list[str] = []
    for piece in _TOKEN.findall(body):
        if piece.startswith("/*"):
            continue
        if piece == "{":
            live = "inactive:" not in words
            above.append((tuple(w for w in words if w not in ("inactive:", "protect:")), live))
            words = []
        elif piece in (";", "}"):
            live = all(alive for _, alive in above) and "inactive:" not in words
            if words and piece == ";" and live:
                path = tuple(word for part, _ in above for word in part)
                made.append((*path, *(w for w in words if w != "protect:")))
            words = []
            if piece == "}":
                if not above:
                    break
                above.pop()
        elif piece not in "[]":
            words.append(piece.strip('"'))
    if above:
        raise UnreadableError("a brace is not closed: the configuration was cut")
    return made


def _inherited(statements: list[Words]) -> list[Words]:
    """Groups that are applied at the top are laid under the rest; others are refused."""
    applied: list[str] = []
    for each in statements:
        if "apply-groups" in each[:-1] and each[0] != "groups":
            if each[0] != "apply-groups":
                raise UnreadableError(
                    f"settings of `{' '.join(each[:4])}` come from groups; save the configuration "
                    "with `show configuration | display inheritance no-comments`"
                )
            applied += each[1:]
    groups = [each for each in statements if each[0] == "groups" and len(each) > 2]  # noqa: PLR2004 - groups NAME statement
    wanted = set(applied) | ({"node0", "node1"} if "${node}" in applied else set())
    laid = [each[2:] for each in groups if each[1] in wanted]
    if any("<" in word for each in laid for word in each):
        raise UnreadableError(
            "groups with wildcards are applied; save the configuration with "
            "`show configuration | display inheritance no-comments`"
        )
    return [*laid, *(each for each in statements if each[0] not in ("groups", "apply-groups"))]


def identity(config: Junos) -> Iterator[DeviceIdentity]:
    """The header tells the last commit, not when the text was shown."""
    name = config.value("system", "host-name")
    yield DeviceIdentity(
        subject=name or "device", dialect="Junos", name=name, version=config.version
    )


def _limit(config: Junos) -> tuple[bool | None, str]:
    """A filter at lo0 stands before every service; zones of an SRX say where they answer."""
    for family in ("inet", "inet6"):
        for each in config.full("interfaces", "lo0", "unit", "*", "family", family, "filter"):
            if each[7:8] in (("input",), ("input-list",)) and len(each) > 8:  # noqa: PLR2004 - the filter's name
                return True, f"lo0 filter {each[8]}"
    if config.has("security", "zones"):
        return None, "security zones decide"
    return False, "no filter at lo0"


def _timeout(config: Junos) -> int | None:
    """The longest idle time of the classes that accounts have, in seconds; 0 is never."""
    whole = config.value("system", "login", "idle-timeout")
    classes = {
        word for each in config.at("system", "login", "user", "*", "class") for word in each[:1]
    }
    if not classes:
        return int(whole) * 60 if whole.isdigit() else None
    times = []
    for name in classes:
        own = config.value("system", "login", "class", name, "idle-timeout")
        given = own if own.isdigit() and name not in _BUILT_IN else whole
        times.append(int(given) * 60 if given.isdigit() else 0)
    return 0 if 0 in times else max(times)


def management(config: Junos) -> Iterator[DeviceManagement]:
    """Services that are not named are off."""
    limited, limit = _limit(config)
    timeout = _timeout(config)
    doors = [
        Door(
            name="console",
            protocols=("console",),
            remote=False,
            timeout_seconds=timeout,
            login="local",
        )
    ]
    places = (
        ("ssh", ("services", "ssh")), ("telnet", ("services", "telnet")),
        ("ftp", ("services", "ftp")), ("netconf", ("services", "netconf", "ssh")),
        ("http", ("services", "web-management", "http")),
        ("https", ("services", "web-management", "https")),
        ("rlogin", ("services", "rlogin")), ("rsh", ("services", "rsh")),
    )  # fmt: skip
    for name, path in places:
        is_on = config.has("system", *path)
        web = config.value("system", "services", "web-management", "session", "idle-timeout")
        idle = int(web) * 60 if web.isdigit() else None
        doors.append(
            Door(
                name=name,
                protocols=(name,) if is_on else (),
                limited=limited,
                limit=limit,
                timeout_seconds=idle if name.startswith("http") else timeout,
                login="local",
                shown=" ".join(("system", *path)) if is_on else "",
            )
        )
    yield DeviceManagement(subject="management", doors=tuple(doors))


def ssh(config: Junos) -> Iterator[DeviceSsh | Absent]:
    """Version 2 alone since release 19; before, the default is not told."""
    if not config.has("system", "services", "ssh"):
        yield Absent("the SSH server is not switched on")
        return
    said = {w for each in config.at("system", "services", "ssh", "protocol-version") for w in each}
    version = ""
    if said:
        version = "2" if said == {"v2"} else "1.99" if "v2" in said else "1"
    elif (major(config.version) or 0) >= _SSH_2:
        version = "2"
    yield DeviceSsh(
        subject="ssh",
        version=version,
        shown=f"protocol-version {' '.join(sorted(said))}" if said else "",
    )


def aaa(config: Junos) -> Iterator[DeviceAaa]:
    """Servers count when `authentication-order` asks them."""
    servers = [*config.names("system", "tacplus-server"), *config.names("system", "radius-server")]
    order = [word for each in config.at("system", "authentication-order") for word in each]
    yield DeviceAaa(
        subject="aaa",
        servers=tuple(servers),
        methods=tuple(order),
        central=bool(servers) and bool({"tacplus", "radius"} & set(order)),
        shown=f"authentication-order [ {' '.join(order)} ]" if order else "",
    )


def users(config: Junos) -> Iterator[DeviceUsers | Absent]:
    """Root always exists and is not counted; it can be kept from the network."""
    found = config.names("system", "login", "user")
    if not found:
        yield Absent("the device keeps no account of its own")
        return
    yield DeviceUsers(
        subject="users",
        users=tuple(
            DeviceUser(name=name, role=config.value("system", "login", "user", name, "class"))
            for name in found
        ),
        default_names=("admin", "juniper"),
    )


def _storage(value: str) -> Storage:
    found = re.fullmatch(r"\[removed: secret (\w+)\]", value)
    return next((each for each in _STORAGES if found and each == found[1]), "unknown")


def secrets(config: Junos) -> Iterator[DeviceSecrets | Absent]:
    """Root's password and those of accounts; keys alone need none."""
    found = []
    places: list[tuple[str, Words]] = [
        ("root", ("system", "root-authentication", "encrypted-password"))
    ]
    places += [
        (f"user {name}", ("system", "login", "user", name, "authentication", "encrypted-password"))
        for name in config.names("system", "login", "user")
    ]
    for owner, path in places:
        value = config.value(*path)
        if value:
            found.append(StoredSecret(owner=owner, storage=_storage(value), shown=value))
    if found:
        yield DeviceSecrets(subject="secrets", secrets=tuple(found))
    else:
        yield Absent("the configuration holds no password")


def snmp(config: Junos) -> Iterator[DeviceSnmp | Absent]:
    """Communities, and the security levels of the groups of SNMP 3."""
    if not config.has("snmp"):
        yield Absent("the device answers to no SNMP")
        return
    communities: list[Community] = []
    for name in config.names("snmp", "community"):
        path = ("snmp", "community", name)
        communities.append(
            Community(
                name=f"community {len(communities) + 1}",
                known=name.endswith(" known]"),
                writes=config.value(*path, "authorization") == "read-write",
                limited=config.has(*path, "clients") or config.has(*path, "client-list-name"),
            )
        )
    people: list[SnmpUser] = []
    levels: dict[str, SnmpUser] = {}
    for each in config.full("snmp", "v3", "vacm", "access", "group"):
        if "security-level" in each:
            told = each[each.index("security-level") + 1]
            levels[f"{each[5]} {told}"] = SnmpUser(
                name=each[5],
                level="priv"
                if told == "privacy"
                else "auth"
                if told == "authentication"
                else "noauth",
            )
    people += levels.values()
    if communities or people:
        yield DeviceSnmp(subject="snmp", communities=tuple(communities), users=tuple(people))
    else:
        yield Absent("the device answers to no SNMP")


def logging(config: Junos) -> Iterator[DeviceLogging]:
    """Every message carries month, day and time, without being told to."""
    hosts = config.names("system", "syslog", "host")
    hosts += config.names("security", "log", "stream")
    yield DeviceLogging(subject="logging", hosts=tuple(dict.fromkeys(hosts)), timestamps=True)


def time(config: Junos) -> Iterator[DeviceTime]:
    """`system ntp server`; `boot-server` is asked only once."""
    yield DeviceTime(
        subject="time",
        servers=tuple(config.names("system", "ntp", "server")),
        authenticated=config.has("system", "ntp", "trusted-key"),
    )


def banner(config: Junos) -> Iterator[DeviceBanner]:
    """`login message` stands before the login; `announcement` comes after it."""
    is_set = config.has("system", "login", "message")
    yield DeviceBanner(subject="banner", is_set=is_set, where="login message" if is_set else "")


def services(config: Junos) -> Iterator[DeviceServices]:
    """Off unless they are named."""
    names = {
        "finger": "finger",
        "rlogin": "rlogin",
        "rsh": "rsh",
        "tftp": "tftp-server",
        "ftp": "ftp",
    }
    yield DeviceServices(
        subject="services",
        services={name: config.has("system", "services", word) for name, word in names.items()}
        | {"xnm-clear-text": config.has("system", "services", "xnm-clear-text")},
    )


def routing(config: Junos) -> Iterator[DeviceRouting]:
    """Off unless `routing-options source-routing` switches it on."""
    is_on = config.has("routing-options", "source-routing")
    yield DeviceRouting(
        subject="source routing",
        source_routing=is_on,
        shown="routing-options source-routing" if is_on else "",
    )


def ports(config: Junos) -> Iterator[DevicePorts | Absent | Missing]:
    """Interfaces of the family ethernet-switching that carry no trunk and are not disabled."""
    access: list[SwitchPort] = []
    guarded = set(config.names("protocols", "dot1x", "authenticator", "interface"))
    limited = set(config.names("switch-options", "interface"))
    limited |= set(config.names("ethernet-switching-options", "secure-access-port", "interface"))
    for each in config.full("interfaces", "*", "unit", "*", "family", "ethernet-switching"):
        name = f"{each[1]}.{each[3]}"
        trunk = "trunk" in config.value(*each[:6], "interface-mode") + config.value(
            *each[:6], "port-mode"
        )
        off = config.has("interfaces", each[1], "disable")
        if not trunk and not off and name not in [port.name for port in access]:
            control = "802.1X" if guarded & {name, each[1], "all"} else ""
            control = control or ("mac-limit" if limited & {name, each[1], "all"} else "")
            access.append(SwitchPort(name=name, control=control))
    if access:
        yield DevicePorts(subject="ports", ports=tuple(access))
    else:
        yield Absent("no port of this device is a port of a switch")


def firewall(config: Junos) -> Iterator[DeviceFirewall | Absent]:
    """Policies between the zones of an SRX."""
    policies = config.full("security", "policies", "from-zone", "*", "to-zone", "*", "policy")
    policies += config.full("security", "policies", "global", "policy")
    heads: dict[Words, None] = {}
    for each in policies:
        size = each.index("policy") + 2
        if len(each) >= size:
            heads[each[:size]] = None
    if not heads:
        yield Absent("the device has no policies between zones")
        return
    rules = []
    for head in heads:
        match = (*head, "match")

        def any_of(key: str, match: Words = match) -> bool:
            said = {word for each in config.at(*match, key) for word in each}
            return not said or bool(said & {"any", "any-ipv4", "any-ipv6"})

        rules.append(
            Rule(
                name=" ".join(head[2:]),
                accepts=config.has(*head, "then", "permit"),
                any_source=any_of("source-address"),
                any_destination=any_of("destination-address"),
                any_service=any_of("application") and not config.has(*match, "dynamic-application"),
                logs=config.has(*head, "then", "log"),
                shown=" ".join(head),
            )
        )
    open_end = config.has("security", "policies", "default-policy", "permit-all")
    yield DeviceFirewall(
        subject="security policies",
        rules=tuple(rules),
        denies_the_rest=not open_end,
        rest="default-policy permit-all" if open_end else "default-policy deny-all",
    )


def control_plane(config: Junos) -> Iterator[DeviceControlPlane]:
    """A filter at lo0 is what the routing engine is protected by."""
    limited, limit = _limit(config)
    yield DeviceControlPlane(subject="control plane", protection=limit if limited else "")


SAYS: Mapping[str, Callable[[Junos], Iterator[Fact | Missing | Absent]]] = {
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
