"""
What a configuration says of a device, in words of no vendor.

None stands where the text does not say and the default differs between releases: then nobody can
tell, and a check says so. Secrets are gone from the text before it comes here; what stays is how
they are stored.
"""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from cdso_audit.facts.reading import Fact
from cdso_audit.model import Frozen

#: How the secret behind a login is kept.
Storage = Literal[
    "plain", "reversible", "md5", "sha1", "sha256-unsalted", "sha256", "sha512", "pbkdf2", "scrypt",
    "none", "unknown",
]  # fmt: skip

#: Who is asked when somebody logs in at a door.
Login = Literal["aaa", "local", "line-password", "none"]

#: Protocols of administration that show what is typed to everybody on the way.
CLEAR = frozenset({"telnet", "http", "ftp", "rsh", "rlogin", "api"})


class DeviceIdentity(Fact):
    """Which device it is, and from when the text is."""

    kind: Literal["device-identity"] = "device-identity"
    dialect: str
    name: str = ""
    version: str = ""
    model: str = ""
    saved_on: date | None = None
    """The day that the text itself tells."""
    file_of: date | None = None
    """The day on which the file was last written; a copy may be younger than its content."""


class Door(Frozen):
    """One way to administer the device."""

    name: str
    protocols: tuple[str, ...] | None = ()
    """What it answers to; none of it when closed, None when the text does not tell."""
    remote: bool = True
    limited: bool | None = None
    """Whether only some addresses may come in."""
    limit: str = ""
    timeout_seconds: int | None = None
    """Idle seconds until the session ends; 0 is never, None is not told."""
    login: Login | None = None
    shown: str = ""
    """The line that says so, as it stands in the configuration."""

    def speaks(self, *protocols: str) -> bool | None:
        """Whether it answers to one of these; None when it cannot be told."""
        return None if self.protocols is None else bool(set(protocols) & set(self.protocols))

    @property
    def is_open(self) -> bool:
        """Whether it answers to anything, as far as can be told."""
        return self.protocols is None or bool(self.protocols)


class DeviceManagement(Fact):
    """Every way in for administrators."""

    kind: Literal["device-management"] = "device-management"
    doors: tuple[Door, ...]


class DeviceSsh(Fact):
    """The SSH server: `version` is 1, 1.99 (both) or 2, or empty when the text does not tell."""

    kind: Literal["device-ssh"] = "device-ssh"
    version: str = ""
    shown: str = ""


class DeviceAaa(Fact):
    """Central authentication: servers, and the methods of a login in their order."""

    kind: Literal["device-aaa"] = "device-aaa"
    servers: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    central: bool = False
    """Whether a login really asks the servers."""
    shown: str = ""


class DeviceUser(Frozen):
    """A local account."""

    name: str
    role: str = ""


class DeviceUsers(Fact):
    """The accounts kept on the device itself; `default_names` are those that it is sold with."""

    kind: Literal["device-users"] = "device-users"
    users: tuple[DeviceUser, ...]
    default_names: tuple[str, ...] = ()


class StoredSecret(Frozen):
    """Something that a login is compared with: whose it is, and how it is kept."""

    owner: str
    storage: Storage
    shown: str = ""


class DeviceSecrets(Fact):
    """How passwords are kept on the device."""

    kind: Literal["device-secrets"] = "device-secrets"
    secrets: tuple[StoredSecret, ...]


class Community(Frozen):
    """An SNMP 1/2c community; its name stayed on the scanner. `known` if everybody knows it."""

    name: str
    known: bool = False
    writes: bool = False
    limited: bool | None = None


class SnmpUser(Frozen):
    """Somebody of SNMP 3, and what protects the exchange."""

    name: str
    level: Literal["noauth", "auth", "priv"] | None


class DeviceSnmp(Fact):
    """SNMP as it is switched on."""

    kind: Literal["device-snmp"] = "device-snmp"
    communities: tuple[Community, ...] = ()
    users: tuple[SnmpUser, ...] = ()


class DeviceLogging(Fact):
    """Where events go, and whether they carry the time."""

    kind: Literal["device-logging"] = "device-logging"
    hosts: tuple[str, ...] = ()
    level: str = ""
    timestamps: bool | None = None
    shown: str = ""


class DeviceTime(Fact):
    """Where the clock comes from."""

    kind: Literal["device-time"] = "device-time"
    servers: tuple[str, ...] = ()
    authenticated: bool | None = None


class DeviceBanner(Fact):
    """Whether a text stands before or at the login."""

    kind: Literal["device-banner"] = "device-banner"
    is_set: bool
    where: str = ""


class DeviceServices(Fact):
    """Services that nobody should need: name → on, off, or None when it cannot be told."""

    kind: Literal["device-services"] = "device-services"
    services: Mapping[str, bool | None]


class DeviceRouting(Fact):
    """Whether the device follows the route that a packet itself asks for."""

    kind: Literal["device-routing"] = "device-routing"
    source_routing: bool | None
    shown: str = ""


class SwitchPort(Frozen):
    """A port for end devices that is not shut down."""

    name: str
    control: str = ""
    """What decides who may plug in: `802.1X`, `port-security`, `mac-limit`; empty for nothing."""


class DevicePorts(Fact):
    """The ports into which end devices are plugged."""

    kind: Literal["device-ports"] = "device-ports"
    ports: tuple[SwitchPort, ...]


class Rule(Frozen):
    """One rule of a packet filter, as far as this judges."""

    name: str
    accepts: bool
    any_source: bool
    any_destination: bool
    any_service: bool
    logs: bool
    shown: str = ""

    @property
    def accepts_everything(self) -> bool:
        """Whether it lets anybody reach anything by any service."""
        return self.accepts and self.any_source and self.any_destination and self.any_service


class DeviceFirewall(Fact):
    """A packet filter that is in force: its rules in order, and what happens after the last."""

    kind: Literal["device-firewall"] = "device-firewall"
    rules: tuple[Rule, ...]
    denies_the_rest: bool | None
    rest: str = ""


class DeviceControlPlane(Fact):
    """What keeps floods and strangers away from the device's own processor."""

    kind: Literal["device-control-plane"] = "device-control-plane"
    protection: str = ""
