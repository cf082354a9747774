"""
Cisco IOS and IOS-XE: `show running-config`, or the saved startup-config.

Defaults of a release are applied only where they are the same in every release of its number; the
rest is told as not known. A text without `version` or `end` is half a configuration: a user below
privilege 15 sees only what that level may set.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

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
    Login,
    Rule,
    SnmpUser,
    Storage,
    StoredSecret,
    SwitchPort,
)
from cdso_audit.facts.reading import Absent, Fact, Missing, UnreadableError, kind_of

#: From this release on defaults of the management plane differ from those of 12.x and 15.x.
_NEW = 16
#: Minutes until an idle line is closed where nothing is written (every release).
_IDLE_MINUTES = 10
_BANNER = re.compile(r"banner (\S+) (\^C|\S)(.*)", re.DOTALL)
#: `secret 5 …` and its like, by the number before the secret.
_STORAGE: Mapping[str, Storage] = {
    "0": "plain",
    "4": "sha256-unsalted",
    "5": "md5",
    "6": "reversible",
    "7": "reversible",
    "8": "pbkdf2",
    "9": "scrypt",
}


@dataclass(slots=True)
class Block:
    """A line and the lines below it."""

    line: str
    below: list[str] = field(default_factory=list)

    def has(self, start: str) -> bool:
        return any(each == start or each.startswith(start + " ") for each in self.below)

    def last(self, pattern: str) -> re.Match[str] | None:
        """The last line below that begins so: what is written later holds."""
        return next((m for each in reversed(self.below) if (m := re.match(pattern, each))), None)


@dataclass(slots=True)
class Ios:
    """A parsed configuration."""

    blocks: list[Block]
    banners: tuple[str, ...]

    def lines(self, start: str) -> list[str]:
        """The lines that begin so and say something after it."""
        return [each.line for each in self.blocks if each.line.startswith(start + " ")]

    def under(self, start: str) -> list[Block]:
        return [each for each in self.blocks if each.line.startswith(start + " ")]

    def state(self, *names: str) -> bool | None:
        """On, off (`no …`), or None when neither stands there. The last one holds."""
        for each in reversed(self.blocks):
            if each.line.startswith("no "):
                if each.line.removeprefix("no ") in names:
                    return False
            elif each.line in names:
                return True
        return None

    @property
    def version(self) -> str:
        return next((e.split()[1] for e in self.lines("version") if len(e.split()) > 1), "")

    @property
    def is_old(self) -> bool:
        """Release 12 or 15, whose defaults are well known."""
        return (major(self.version) or 0) < _NEW

    @property
    def new_model(self) -> bool:
        return self.state("aaa new-model") is True


def parse(text: str) -> Ios:
    """Blocks by indentation; banners are taken out first, since they hold any text."""
    blocks: list[Block] = []
    banners: list[str] = []
    lines = iter(text.split("\n"))
    for raw in lines:
        line = raw.rstrip()
        found = _BANNER.fullmatch(line)
        if found:
            banners.append(found[1])
            _skip_banner(found[2], found[3], lines)
        elif line.startswith("!"):
            continue
        elif line[:1] == " " and blocks:
            if line.strip() not in ("", "!"):
                blocks[-1].below.append(" ".join(line.split()))
        elif line.strip():
            blocks.append(Block(" ".join(line.split())))
    made = Ios(blocks, tuple(banners))
    if not made.version:
        raise UnreadableError(
            "this is no whole configuration of Cisco IOS: no line `version`; save it as an "
            "administrator (privilege 15)"
        )
    if not any(each.line == "end" for each in blocks[-3:]):
        raise UnreadableError("the configuration does not reach its line `end`: it was cut")
    if not made.lines("line") or not made.lines("hostname"):
        raise UnreadableError(
            "the configuration shows no lines of administration: save it as an administrator "
            "(privilege 15)"
        )
    return made


def _skip_banner(delimiter: str, rest: str, lines: Iterator[str]) -> None:
    """Go on to the end of a banner; on one line it ends where it began."""
    while delimiter not in rest and "\x03" not in rest:
        following = next(lines, None)
        if following is None:
            raise UnreadableError("a banner does not end")
        rest = following


# ---------------------------------------------------------------------------------------------
# Who and when
# ---------------------------------------------------------------------------------------------


def identity(config: Ios) -> Iterator[DeviceIdentity]:
    """The running configuration tells its last change, not when it was shown."""
    name = next((each.split()[1] for each in config.lines("hostname")), "")
    model = next(
        (m[1] for each in config.lines("license") if (m := re.search(r"pid (\S+)", each))), ""
    )
    yield DeviceIdentity(
        subject=name or "device",
        dialect="Cisco IOS",
        name=name,
        version=config.version,
        model=model,
    )


# ---------------------------------------------------------------------------------------------
# Administration
# ---------------------------------------------------------------------------------------------


def _acl_permits_all(config: Ios, name: str) -> str:
    """Why an access list limits nobody, or nothing when it does limit."""
    entries = [
        each.split(maxsplit=2)[2]
        for each in config.lines(f"access-list {name}")
        if len(each.split()) > 2  # noqa: PLR2004 - `access-list 10 permit …`
    ]
    for block in config.blocks:
        if re.fullmatch(
            rf"ip(?:v6)? access-list (?:standard |extended )?{re.escape(name)}", block.line
        ):
            entries += [re.sub(r"^(?:sequence )?\d+ ", "", each) for each in block.below]
    rules = [each for each in entries if each.startswith(("permit", "deny"))]
    if not rules:
        return "is not defined, and then it permits everybody"
    for each in rules:
        if each.startswith("deny"):
            continue
        if re.match(
            r"permit (?:any|(?:ip|ipv6) any any|tcp any any(?: eq (?:22|ssh))?)(?: log\S*)?$",
            each,
        ):
            return f"has `{each}`"
    return ""


def _line_limit(config: Ios, block: Block) -> tuple[bool, str]:
    found = block.last(r"(?:ipv6 )?access-class (\S+) in\b")
    if found is None:
        return False, "no access-class … in"
    why = _acl_permits_all(config, found[1])
    return not why, f"access-class {found[1]} {why}".strip()


def _line_login(config: Ios, block: Block) -> Login | None:  # noqa: PLR0911 - a list of forms
    if config.new_model:
        found = block.last(r"login authentication (\S+)")
        name = found[1] if found else "default"
        methods = _method_list(config, name)
        if methods is None:
            return "local" if name == "default" else None
        if methods[0] == "none":
            return "none"
        return (
            "aaa"
            if "group" in methods
            else "line-password"
            if methods[0] in ("line", "enable")
            else "local"
        )
    if block.has("no login"):
        return "none"
    if block.has("login local"):
        return "local"
    if block.has("login tacacs"):
        return "aaa"
    if block.has("login") or block.line.startswith("line vty"):
        return "line-password"
    return "none"


def _method_list(config: Ios, name: str) -> list[str] | None:
    found = config.lines(f"aaa authentication login {name}")
    return found[-1].split()[4:] or None if found else None


def _line_protocols(config: Ios, block: Block) -> tuple[str, ...] | None:
    if block.line.startswith("line con"):
        return ("console",)
    found = block.last(r"transport input (.+)")
    if found is None:
        if block.line.startswith("line vty"):
            return ("telnet", "ssh", "rlogin") if config.is_old else None
        return () if block.has("no exec") or not block.has("modem") else ("console",)
    if found[1] == "all":
        return ("telnet", "ssh", "rlogin")
    return () if found[1] == "none" else tuple(found[1].split())


def _line_timeout(block: Block) -> int:
    if block.has("no exec-timeout"):
        return 0
    found = block.last(r"exec-timeout (\d+)(?: (\d+))?")
    return int(found[1]) * 60 + int(found[2] or 0) if found else _IDLE_MINUTES * 60


def management(config: Ios) -> Iterator[DeviceManagement]:
    """Each `line`, and the web server in its two forms."""
    doors = []
    for block in config.under("line"):
        remote = block.line.startswith("line vty")
        limited, limit = _line_limit(config, block) if remote else (None, "")
        found = block.last(r"transport input .*")
        doors.append(
            Door(
                name=block.line,
                protocols=_line_protocols(config, block),
                remote=remote,
                limited=limited,
                limit=limit,
                timeout_seconds=_line_timeout(block),
                login=_line_login(config, block),
                shown=found[0] if found else block.line,
            )
        )
    doors += [
        _web_door(config, "http", "ip http server"),
        _web_door(config, "https", "ip http secure-server"),
    ]
    yield DeviceManagement(subject="management", doors=tuple(doors))


def _web_door(config: Ios, protocol: str, line: str) -> Door:
    state = config.state(line)
    protocols = None if state is None else (protocol,) if state else ()
    limits = [each.split()[-1] for each in config.lines("ip http access-class")]
    why = _acl_permits_all(config, limits[-1]) if limits else "no ip http access-class"
    idle = [
        m[1]
        for each in config.lines("ip http timeout-policy")
        if (m := re.search(r"idle (\d+)", each))
    ]
    asks = [
        m[1]
        for each in config.lines("ip http authentication")
        if (m := re.search(r"authentication (\S+)", each))
    ]
    login: Login = "line-password"
    if asks:
        login = "aaa" if asks[-1] == "aaa" else "local" if asks[-1] == "local" else "line-password"
    return Door(
        name=protocol,
        protocols=protocols,
        limited=not why,
        limit=f"ip http access-class {limits[-1]} {why}".strip() if limits else why,
        timeout_seconds=int(idle[-1]) if idle else 180,  # the documented default of the web server
        login=login,
        shown=line if state else f"no {line}" if state is False else "",
    )


def ssh(config: Ios) -> Iterator[DeviceSsh]:
    """1.99 (both versions) is the default of releases 12 and 15; later ones differ."""
    found = config.lines("ip ssh version")
    version = found[-1].split()[3] if found else "1.99" if config.is_old else ""
    yield DeviceSsh(
        subject="ssh",
        version=version,
        shown=found[-1] if found else "",
    )


def aaa(config: Ios) -> Iterator[DeviceAaa]:
    """Servers in their blocks or on one line; used only with `aaa new-model` and a login list."""
    servers = [
        each.line.split()[2]
        for kind in ("tacacs", "radius")
        for each in config.under(f"{kind} server")
        if len(each.line.split()) > 2  # noqa: PLR2004 - `tacacs server NAME`
    ]
    servers += [
        each.split()[2]
        for kind in ("tacacs-server", "radius-server")
        for each in config.lines(f"{kind} host")
    ]
    servers += [
        line.split()[1]
        for block in config.under("aaa group server")
        for line in block.below
        if line.startswith("server-private ")
    ]
    methods: list[str] = []
    shown = ""
    lists = [each for each in config.lines("aaa authentication login") if len(each.split()) > 4]  # noqa: PLR2004 - name and a method
    if config.new_model and lists:
        shown = next((each for each in lists if each.split()[3] == "default"), lists[-1])
        methods = shown.split()[4:]
    logins = {_line_login(config, each) for each in config.under("line vty")}
    yield DeviceAaa(
        subject="aaa",
        servers=tuple(servers),
        methods=tuple(methods),
        central=bool(servers) and logins == {"aaa"},
        shown=shown,
    )


def users(config: Ios) -> Iterator[DeviceUsers | Absent]:
    """`username` may stand twice for one person: once for the right, once for the secret."""
    roles: dict[str, str] = {}
    for line in config.lines("username"):
        name = line.split()[1]
        found = re.search(r"\bprivilege (\d+)", line)
        roles[name] = found[1] if found else roles.get(name, "1")
    if not roles:
        yield Absent("the device keeps no account of its own")
        return
    yield DeviceUsers(
        subject="users",
        users=tuple(DeviceUser(name=name, role=role) for name, role in roles.items()),
        default_names=("cisco", "admin"),
    )


_SECRET = re.compile(
    r"\b(?:secret|password)(?: level \d+)?(?: (\d{1,2}))? \[removed: secret(?: type (\d+))?\]"
)


def _storage(line: str) -> Storage:
    if re.search(r"\bnopassword\b", line):
        return "none"
    found = _SECRET.search(line)
    return _STORAGE.get(found[1] or found[2] or "0", "unknown") if found else "unknown"


def secrets(config: Ios) -> Iterator[DeviceSecrets | Absent]:
    """The enable secret hides the enable password: with both, the better one is asked for."""
    found = []
    enable = config.lines("enable secret") or config.lines("enable password")
    found += [StoredSecret(owner="enable", storage=_storage(each), shown=each) for each in enable]
    found += [
        StoredSecret(owner=f"username {each.split()[1]}", storage=_storage(each), shown=each)
        for each in config.lines("username")
        if re.search(r"\b(?:secret|password|nopassword)\b", each)
    ]
    found += [
        StoredSecret(owner=block.line, storage=_storage(line), shown=line)
        for block in config.under("line")
        for line in block.below
        if line.startswith("password ")
    ]
    if found:
        yield DeviceSecrets(subject="secrets", secrets=tuple(found))
    else:
        yield Absent("the configuration holds no password")


# ---------------------------------------------------------------------------------------------
# SNMP, logs, time
# ---------------------------------------------------------------------------------------------


def snmp(config: Ios) -> Iterator[DeviceSnmp | Absent]:
    """Communities, and the groups of SNMP 3; its users do not stand in the configuration."""
    communities: list[Community] = []
    for line in config.lines("snmp-server community"):
        found = re.match(
            r"snmp-server community (\[removed: community \d+( known)?\]|\S+)(.*)", line
        )
        if found is None:
            continue
        rest = re.sub(r"\bview \S+", "", found[3]).split()
        lists = [each for each in rest if each.lower() not in ("ro", "rw", "ipv6")]
        why = _acl_permits_all(config, lists[-1]) if lists else "none"
        communities.append(
            Community(
                name=f"community {len(communities) + 1}",
                known=bool(found[2]),
                writes="rw" in (each.lower() for each in rest),
                limited=not why,
            )
        )
    people = []
    for line in config.lines("snmp-server group"):
        words = line.split()
        if len(words) > 4 and words[3] == "v3":  # noqa: PLR2004 - `snmp-server group NAME v3 LEVEL`
            level = words[4]
            people.append(
                SnmpUser(
                    name=words[2],
                    level="priv" if level == "priv" else "auth" if level == "auth" else "noauth",
                )
            )
        elif len(words) > 3 and words[3] in ("v1", "v2c"):  # noqa: PLR2004 - `snmp-server group NAME VERSION`
            communities.append(Community(name=f"group {words[2]} {words[3]}", limited=None))
    if communities or people:
        yield DeviceSnmp(subject="snmp", communities=tuple(communities), users=tuple(people))
    else:
        yield Absent("the device answers to no SNMP")


def logging(config: Ios) -> Iterator[DeviceLogging]:
    """`logging host` and the older `logging 10.0.0.1`; timestamps with the date, not the uptime."""
    hosts = [
        m[1]
        for each in config.lines("logging")
        if (
            m := re.match(
                r"logging (?:host (?:ipv6 )?)?"
                r"((?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:]+|(?<=host )\S+)",
                each,
            )
        )
    ]
    stamps = config.lines("service timestamps log") or config.lines("service timestamps")
    level = next(
        (m[1] for each in config.lines("logging trap") if (m := re.search(r"trap (\S+)", each))), ""
    )
    enabled = config.state("logging on") is not False
    yield DeviceLogging(
        subject="logging",
        hosts=tuple(dict.fromkeys(hosts)) if enabled else (),
        level=level,
        timestamps=bool(stamps) and "datetime" in stamps[-1],
        shown=stamps[-1] if stamps else "",
    )


def time(config: Ios) -> Iterator[DeviceTime]:
    """`ntp server`, `ntp peer` and `sntp server`."""
    lines = [*config.lines("ntp server"), *config.lines("ntp peer"), *config.lines("sntp server")]
    servers = []
    for line in lines:
        words = re.sub(r"\b(?:vrf \S+|ipv6|ip)\b", "", line).split()
        servers += words[2:3]
    yield DeviceTime(
        subject="time",
        servers=tuple(dict.fromkeys(servers)),
        authenticated=config.state("ntp authenticate") is True,
    )


def banner(config: Ios) -> Iterator[DeviceBanner]:
    """A text before the login (`login`, `motd`); `exec` comes too late."""
    shown = [each for each in config.banners if each in ("login", "motd")]
    yield DeviceBanner(subject="banner", is_set=bool(shown), where=", ".join(shown))


def services(config: Ios) -> Iterator[DeviceServices]:
    """What is on by default is shown only when it is off, and the other way round."""

    def told(*lines: str, default: bool | None) -> bool | None:
        state = config.state(*lines)
        return default if state is None else state

    old_on = True if config.is_old else None
    found: dict[str, bool | None] = {
        "finger": told("ip finger", "service finger", default=False),
        "tcp-small-servers": told("service tcp-small-servers", default=False),
        "udp-small-servers": told("service udp-small-servers", default=False),
        "identd": told("ip identd", default=False),
        "config (network)": told("service config", default=False),
        "pad": told("service pad", default=old_on),
        "bootp": told("ip bootp server", default=old_on),
    }
    if config.state("ip dhcp bootp ignore"):
        found["bootp"] = False
    if any(each.has("switchport") for each in config.under("interface")):
        found["vstack (Smart Install)"] = told("vstack", default=old_on)
    yield DeviceServices(subject="services", services=found)


def routing(config: Ios) -> Iterator[DeviceRouting]:
    """On by default in every release."""
    state = config.state("ip source-route")
    yield DeviceRouting(
        subject="source routing",
        source_routing=state is not False,
        shown="no ip source-route" if state is False else "ip source-route" if state else "",
    )


# ---------------------------------------------------------------------------------------------
# Ports and filters
# ---------------------------------------------------------------------------------------------

_PORT = re.compile(
    r"interface (?:Fast|Gigabit|TwoGigabit|TenGigabit|FiveGigabit)?Ethernet\S*", re.IGNORECASE
)


def ports(config: Ios) -> Iterator[DevicePorts | Absent]:
    """Ports of a switch that carry no trunk, are not routed and not shut down."""
    is_switch = any(
        line.startswith("switchport ") for each in config.under("interface") for line in each.below
    )
    if not is_switch:
        yield Absent("no port of this device is a port of a switch")
        return
    found = []
    for block in config.under("interface"):
        routed = any(
            re.match(r"(?:no switchport$|no ip address|ip address|channel-group)", each)
            for each in block.below
        )
        trunk = block.has("switchport mode trunk")
        if not _PORT.match(block.line) or routed or trunk or block.has("shutdown"):
            continue
        control = ""
        if any(
            each
            in (
                "dot1x port-control auto",
                "authentication port-control auto",
                "access-session port-control auto",
            )
            for each in block.below
        ):
            control = "802.1X"
        elif block.has("switchport port-security") and "switchport port-security" in block.below:
            control = "port-security"
        found.append(SwitchPort(name=block.line.split()[1], control=control))
    if found:
        yield DevicePorts(subject="ports", ports=tuple(found))
    else:
        yield Absent("every port is shut down, routed or a trunk")


def firewall(config: Ios) -> Iterator[DeviceFirewall | Absent]:
    """Access lists that stand at an interface; others filter nothing."""
    bound: dict[str, None] = {}
    for block in config.under("interface"):
        for each in block.below:
            found = re.match(r"(?:ip access-group|ipv6 traffic-filter) (\S+) (?:in|out)", each)
            if found and not block.has("shutdown"):
                bound[found[1]] = None
    if not bound:
        yield Absent("no access list stands at an interface")
        return
    for name in bound:
        rules = tuple(_acl_rules(config, name))
        if rules:
            yield DeviceFirewall(
                subject=f"access list {name}",
                rules=rules,
                denies_the_rest=True,
                rest="implicit deny",
            )
        else:
            yield DeviceFirewall(
                subject=f"access list {name}",
                rules=(),
                denies_the_rest=False,
                rest="the list is not defined, and then it permits everything",
            )


def _acl_rules(config: Ios, name: str) -> Iterator[Rule]:
    entries = [
        each.removeprefix(f"access-list {name} ") for each in config.lines(f"access-list {name}")
    ]
    for block in config.blocks:
        if re.fullmatch(
            rf"ip(?:v6)? access-list (?:(?:standard|extended) )?{re.escape(name)}", block.line
        ):
            entries += [re.sub(r"^(?:sequence )?\d+ ", "", each) for each in block.below]
    for number, entry in enumerate(entries, start=1):
        if not entry.startswith(("permit", "deny")):
            continue
        whole = (
            re.match(r"(?:permit|deny) (?:(?:ip|ipv6) any any|any)(?: log\S*)?$", entry) is not None
        )
        yield Rule(
            name=f"{name} {number}",
            accepts=entry.startswith("permit"),
            any_source=whole,
            any_destination=whole,
            any_service=whole,
            logs=re.search(r"\blog(?:-input)?\b", entry) is not None,
            shown=entry,
        )


def control_plane(config: Ios) -> Iterator[DeviceControlPlane]:
    """A policy at the control plane (CoPP). What a platform does by itself is not written there."""
    policies = [
        line.split()[2]
        for block in config.blocks
        if block.line.startswith("control-plane")
        for line in block.below
        if line.startswith("service-policy input ")
    ]
    yield DeviceControlPlane(subject="control plane", protection=", ".join(policies))


SAYS: Mapping[str, Callable[[Ios], Iterator[Fact | Missing | Absent]]] = {
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
