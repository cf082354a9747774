"""
FortiGate: a backup, `show`, or `show full-configuration`.

`show` leaves out what stands at its default, so documented defaults are applied: they are the same
in FortiOS 6.4, 7.0, 7.2 and 7.4 for what is read here. Virtual domains are read together.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

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
)
from cdso_audit.facts.reading import Absent, Fact, Missing, UnreadableError, kind_of
from cdso_audit.model import GapReason

_VALUE = re.compile(r"\"(?:\\.|[^\"\\])*\"|\S+", re.DOTALL)
#: Minutes until an administrator's session ends, when nothing is written.
_IDLE_MINUTES = 5
_ANY = frozenset({"all", "any"})


@dataclass(slots=True)
class Entry:
    """The settings of one `edit`, or of a section that has none (`name` is empty then)."""

    section: str
    name: str
    vdom: str = ""
    """The virtual domain that it stands in; empty where there are none, and in `global`."""
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def one(self, key: str, default: str = "") -> str:
        found = self.values.get(key)
        return found[0] if found else default


@dataclass(slots=True)
class Forti:
    """A parsed configuration."""

    entries: list[Entry]
    model: str
    version: str

    def section(self, name: str) -> list[Entry]:
        return [each for each in self.entries if each.section == name]

    @property
    def release(self) -> tuple[int, int] | None:
        """Major and minor number; None where the text does not tell, as `show` does not."""
        found = re.match(r"(\d+)\.(\d+)", self.version)
        return (int(found[1]), int(found[2])) if found else None

    def setting(self, section: str, key: str, default: str = "") -> str:
        return next(
            (each.one(key) for each in self.section(section) if key in each.values), default
        )


def parse(text: str) -> Forti:  # noqa: C901 - one word of the language a branch
    """`config`, `edit`, `set`, `next`, `end`; a value may run over several lines."""
    head = re.search(r"^#config-version=(\w+?)-(\d+\.\d+\.\d+)", text, re.MULTILINE)
    if not re.search(r"^config (?:system global|vdom|global)\s*$", text, re.MULTILINE):
        raise UnreadableError(
            "this is no whole configuration of FortiOS: no `config system global`"
        )
    entries: list[Entry] = []
    stack: list[Entry] = []
    lines = iter(text.split("\n"))
    for raw in lines:
        line = raw.strip()
        if line.startswith("config "):
            name = line.removeprefix("config ").strip()
            stack.append(Entry(_section(stack, name), "", _vdom(stack)))
            entries.append(stack[-1])
        elif line.startswith("edit ") and stack:
            name = line.removeprefix("edit ").strip().strip('"')
            stack.append(Entry(stack[-1].section, name, _vdom(stack)))
            entries.append(stack[-1])
        elif line == "next" and stack and stack[-1].name:
            stack.pop()
        elif line == "end" and stack:
            if stack[-1].name:
                stack.pop()
            if stack:
                stack.pop()
        elif line.startswith("set ") and stack:
            while len(re.findall(r"(?<!\\)\"", line)) % 2:
                following = next(lines, None)
                if following is None:
                    raise UnreadableError("a quoted value does not end: the configuration was cut")
                line += "\n" + following
            key, _, value = line.removeprefix("set ").partition(" ")
            stack[-1].values[key] = tuple(each.strip('"') for each in _VALUE.findall(value))
    if stack:
        raise UnreadableError(
            f"`config {stack[0].section}` does not end: the configuration was cut"
        )
    return Forti(entries, head[1] if head else "", head[2] if head else "")


def _section(stack: list[Entry], name: str) -> str:
    """The path of a section; a virtual domain and `global` are no part of it."""
    if not stack or stack[-1].section in ("vdom", "global"):
        return name
    return f"{stack[-1].section}/{name}"


def _vdom(stack: list[Entry]) -> str:
    """The virtual domain around what begins here."""
    if not stack:
        return ""
    return stack[-1].name if stack[-1].section == "vdom" else stack[-1].vdom


def identity(config: Forti) -> Iterator[DeviceIdentity]:
    """A backup tells model and release in its first line; `show` does not."""
    name = config.setting("system global", "hostname")
    yield DeviceIdentity(
        subject=name or "device",
        dialect="FortiOS",
        name=name,
        version=config.version,
        model=config.model,
    )


def _hosts_trusted(config: Forti) -> tuple[bool | None, str]:
    admins = [each for each in config.section("system admin") if each.name]
    if not admins:
        return None, "no administrators are shown"
    free = [
        each.name
        for each in admins
        if not any(
            key.startswith(("trusthost", "ip6-trusthost"))
            and value[:1] not in (("0.0.0.0",), ("::/0",))  # noqa: S104 - an address to compare with
            for key, value in each.values.items()
        )
    ]
    return not free, f"no trusthost: {', '.join(free)}" if free else "trusthost"


def management(config: Forti) -> Iterator[DeviceManagement]:
    """Each interface answers to what its `allowaccess` names."""
    limited, limit = _hosts_trusted(config)
    minutes = config.setting("system global", "admintimeout", str(_IDLE_MINUTES))
    timeout = int(minutes) * 60 if minutes.isdigit() else None
    telnet = config.setting("system global", "admin-telnet", "enable") == "enable"
    doors = [
        Door(
            name="console",
            protocols=("console",),
            remote=False,
            timeout_seconds=timeout,
            login="local",
        )
    ]
    for each in config.section("system interface"):
        given = each.values.get("allowaccess", ())
        if not each.name or each.one("status") == "down":
            continue
        spoken = tuple(w for w in given if w in ("http", "https", "ssh", "telnet"))
        if not telnet:
            spoken = tuple(word for word in spoken if word != "telnet")
        doors.append(
            Door(
                name=f"interface {each.name}",
                protocols=spoken,
                limited=limited,
                limit=limit,
                timeout_seconds=timeout,
                login="local",
                shown=f"set allowaccess {' '.join(given)}" if given else "",
            )
        )
    yield DeviceManagement(subject="management", doors=tuple(doors))


def ssh(config: Forti) -> Iterator[DeviceSsh]:
    """Version 1 is off unless `admin-ssh-v1` switches it on."""
    old = config.setting("system global", "admin-ssh-v1", "disable") == "enable"
    yield DeviceSsh(
        subject="ssh",
        version="1.99" if old else "2",
        shown="set admin-ssh-v1 enable" if old else "",
    )


def aaa(config: Forti) -> Iterator[DeviceAaa]:
    """Servers count when an administrator's account asks them."""
    sections = ("user tacacs+", "user radius", "user ldap", "user saml")
    servers = [each.name for name in sections for each in config.section(name) if each.name]
    remote = [
        each.name for each in config.section("system admin") if each.one("remote-auth") == "enable"
    ]
    yield DeviceAaa(
        subject="aaa",
        servers=tuple(servers),
        methods=tuple(f"remote-auth {name}" for name in remote),
        central=bool(servers) and bool(remote),
        shown="set remote-auth enable" if remote else "",
    )


def users(config: Forti) -> Iterator[DeviceUsers | Missing]:
    """`config system admin`."""
    found = [each for each in config.section("system admin") if each.name]
    if not found:
        yield Missing("users", GapReason.UNPARSABLE, "no `config system admin` is in the file")
        return
    yield DeviceUsers(
        subject="users",
        users=tuple(DeviceUser(name=each.name, role=each.one("accprofile")) for each in found),
        default_names=("admin",),
    )


def secrets(config: Forti) -> Iterator[DeviceSecrets | Missing]:
    """The first letters of an administrator's hash tell how it was made."""
    found = []
    for each in config.section("system admin"):
        if not each.name or each.one("remote-auth") == "enable":
            continue
        value = " ".join(each.values.get("password", ()))
        told = re.search(r"\[removed: secret (\w+)\]", value)
        storage: Storage = "unknown"
        if not value:
            storage = "none"
        elif told:
            storage = _STORAGE.get(told[1], "unknown")
        found.append(StoredSecret(owner=f"admin {each.name}", storage=storage, shown=value))
    if found:
        yield DeviceSecrets(subject="secrets", secrets=tuple(found))
    else:
        yield Missing(
            "secrets", GapReason.UNPARSABLE, "no password of `config system admin` is in the file"
        )


_STORAGE: Mapping[str, Storage] = {
    "sha256": "sha256", "sha1": "sha1", "pbkdf2": "pbkdf2", "plain": "plain",
}  # fmt: skip


def snmp(config: Forti) -> Iterator[DeviceSnmp | Absent]:
    """The agent is off unless `system snmp sysinfo` switches it on."""
    if config.setting("system snmp sysinfo", "status", "disable") != "enable":
        yield Absent("the device answers to no SNMP")
        return
    communities: list[Community] = []
    for each in config.section("system snmp community"):
        if not each.name or each.one("status", "enable") == "disable":
            continue
        queries = [each.one(f"query-{version}-status", "enable") for version in ("v1", "v2c")]
        if "enable" in queries:
            hosts = [
                host
                for host in config.section("system snmp community/hosts")
                if host.name and host.one("ip", "0.0.0.0").split("/")[0] != "0.0.0.0"  # noqa: S104 - an address to compare with
            ]
            name = " ".join(each.values.get("name", ()))
            communities.append(
                Community(
                    name=f"community {len(communities) + 1}",
                    known=name.endswith(" known]"),
                    limited=bool(hosts),
                )
            )
    people = []
    for each in config.section("system snmp user"):
        if each.name and each.one("status", "enable") != "disable":
            told = each.one("security-level", "no-auth-no-priv")
            people.append(
                SnmpUser(
                    name=each.name,
                    level="priv"
                    if told == "auth-priv"
                    else "auth"
                    if told == "auth-no-priv"
                    else "noauth",
                )
            )
    if communities or people:
        yield DeviceSnmp(subject="snmp", communities=tuple(communities), users=tuple(people))
    else:
        yield Absent("the device answers to no SNMP")


def logging(config: Forti) -> Iterator[DeviceLogging]:
    """Up to four syslog servers and three FortiAnalyzers; every event carries the time."""
    hosts = []
    for each in config.entries:
        if re.fullmatch(r"log (?:syslogd\d?|fortianalyzer\d?(?:-cloud)?) setting", each.section):
            on = each.one("status", "disable") == "enable"
            if on:
                hosts.append(each.one("server") or each.section.split()[1])
    yield DeviceLogging(subject="logging", hosts=tuple(dict.fromkeys(hosts)), timestamps=True)


def time(config: Forti) -> Iterator[DeviceTime]:
    """FortiGuard's servers are the default, once `ntpsync` is on."""
    servers: list[str] = []
    if config.setting("system ntp", "ntpsync", "disable") == "enable":
        own = config.section("system ntp/ntpserver")
        servers = [each.one("server") for each in own if each.name and each.one("server")]
        if config.setting("system ntp", "type", "fortiguard") == "fortiguard":
            servers = ["FortiGuard"]
    yield DeviceTime(subject="time", servers=tuple(servers), authenticated=None)


def banner(config: Forti) -> Iterator[DeviceBanner]:
    """A disclaimer before the login."""
    is_set = config.setting("system global", "pre-login-banner", "disable") == "enable"
    yield DeviceBanner(subject="banner", is_set=is_set, where="pre-login-banner" if is_set else "")


def services(_: Forti) -> Iterator[DeviceServices | Absent]:
    """None of the old services exists there."""
    yield Absent("FortiOS has none of the old services that could be switched off")


def routing(_: Forti) -> Iterator[DeviceRouting | Absent]:
    """No setting of it exists."""
    yield Absent("FortiOS has no setting for source routing")


def ports(config: Forti) -> Iterator[DevicePorts | Missing | Absent]:
    """Ports are judged where switches are managed by the firewall, which is not read yet."""
    if config.section("switch-controller managed-switch"):
        yield Missing(
            "ports", GapReason.MISSING_TOOL, "ports of managed FortiSwitches are not read"
        )
    else:
        yield Absent("no port of this device is a port of a switch")


def firewall(config: Forti) -> Iterator[DeviceFirewall | Missing]:
    """Policies that are not disabled; what none of them names is denied."""
    rules = []
    for each in config.section("firewall policy"):
        if not each.name or each.one("status", "enable") == "disable":
            continue
        named = f"{each.name} {each.one('name')}".strip()
        users_named = bool(each.values.get("groups") or each.values.get("users"))
        internet = each.one("internet-service", "disable") == "enable"
        internet_source = each.one("internet-service-src", "disable") == "enable"
        rules.append(
            Rule(
                name=named,
                accepts=each.one("action", "deny") == "accept",
                any_source=bool(set(each.values.get("srcaddr", ())) & _ANY)
                and not users_named
                and not internet_source,
                any_destination=bool(set(each.values.get("dstaddr", ())) & _ANY) and not internet,
                any_service="ALL" in each.values.get("service", ()) and not internet,
                logs=each.one("logtraffic", "utm") == "all",
                shown=f"edit {each.name}",
            )
        )
    if rules:
        yield DeviceFirewall(
            subject="firewall policy",
            rules=tuple(rules),
            denies_the_rest=True,
            rest="implicit deny",
        )
    else:
        yield Missing(
            "firewall", GapReason.UNPARSABLE, "no `config firewall policy` is in the file"
        )


def control_plane(_: Forti) -> Iterator[DeviceControlPlane | Absent]:
    """What reaches the device is named by interface."""
    yield Absent("FortiOS answers only to what `allowaccess` of an interface names")


SAYS: Mapping[str, Callable[[Forti], Iterator[Fact | Missing | Absent]]] = {
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
