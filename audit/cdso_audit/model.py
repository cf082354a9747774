"""
The shared vocabulary.

Frozen values that survive a round trip through JSON; what differs by kind is a tagged union.
This module knows no network, no clock and no file.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import PurePath
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    WithJsonSchema,
    field_validator,
    model_validator,
)

from cdso_audit import address
from cdso_audit.duration import Duration
from cdso_audit.errors import InvalidValueError

Scalar = str | int | float | bool

#: What is one day in Vietnam, the calendar of everything that people sign.
VIETNAM = timezone(timedelta(hours=7))


class Frozen(BaseModel):
    """A value: immutable, and closed to keys that nobody declared."""

    # Hundreds of kinds of values are declared, and one run meets a few of them.
    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True
    )


# ---------------------------------------------------------------------------------------------
# Outcomes
# ---------------------------------------------------------------------------------------------


class Outcome(StrEnum):
    """What a check says of one fact. `unknown` is a gap, `error` a check that broke."""

    PASS = "pass"  # noqa: S105 - a word, no password
    FAIL = "fail"
    NOT_APPLICABLE = "not-applicable"
    UNKNOWN = "unknown"
    ERROR = "error"

    @property
    def is_conclusive(self) -> bool:
        """Whether somebody looked and could tell."""
        return self in (Outcome.PASS, Outcome.FAIL, Outcome.NOT_APPLICABLE)


class Severity(StrEnum):
    """How much harm a failure does; the order is from worst to least."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def weight(self) -> int:
        """Weight in `scoring@1` (SCORING.md: 10, 5, 3, 1)."""
        return {"critical": 10, "high": 5, "medium": 3, "low": 1}[self.value]

    def at_least(self, other: "Severity") -> bool:
        """Whether this is as bad as `other`, or worse."""
        return self.weight >= other.weight


class KnownBy(StrEnum):
    """
    How a fact is known.

    `daemon`: the running service or kernel said so. `file`: read from what is saved on disk.
    `network`: seen from outside.
    """

    DAEMON = "daemon"
    FILE = "file"
    NETWORK = "network"


class GapReason(StrEnum):
    """Why a fact could not be had."""

    UNREACHABLE = "unreachable"
    REFUSED = "refused"
    TIMEOUT = "timeout"
    DENIED = "denied"
    UNPARSABLE = "unparsable"
    TOO_LARGE = "too-large"
    MISSING_TOOL = "missing-tool"
    UNDECLARED = "undeclared"
    """The inventory does not say where to look."""
    BUG = "bug"


class AssetKind(StrEnum):
    """What an asset is to the rulebook (`asset_kinds`); facts name the kinds they exist on."""

    HOST_LINUX = "host-linux"
    HOST_WINDOWS = "host-windows"
    NETWORK_DEVICE = "network-device"
    WEB_ENDPOINT = "web-endpoint"
    DATABASE = "database"
    DNS_MAIL = "dns-mail"
    INTERCONNECTION = "interconnection"


# ---------------------------------------------------------------------------------------------
# Agency, system, asset
# ---------------------------------------------------------------------------------------------


def _day(value: Any) -> Any:
    """Refuse a bare number, which would be taken for seconds since 1970."""
    if isinstance(value, int | float):
        raise InvalidValueError("this is no day", hint="write the day as 2026-03-10")
    return value


Identifier = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$",
        description="Small letters, digits, '.', '_' and '-'; at most 63 of them.",
    ),
]
Level = Annotated[int, Field(ge=1, le=5, strict=True, description="Level of the system, 1 to 5.")]
Port = Annotated[int, Field(ge=1, le=65535, strict=True, description="A port, 1 to 65535.")]
Day = Annotated[date, BeforeValidator(_day)]
CheckParameters = Annotated[
    Mapping[str, Mapping[str, Scalar | tuple[Scalar, ...]]],
    Field(
        description="The owner's own values for parameters of checks: check, parameter, value. "
        "One that is looser than the rule fails the requirement."
    ),
]
HostName = Annotated[
    str,
    AfterValidator(address.host),
    Field(description="A name or an IP address, without user, port or path."),
]
Resolver = Annotated[
    str,
    AfterValidator(address.resolver),
    Field(description="A resolver's IP address, with a port where it is not 53: 127.0.0.1:5353."),
]
DomainName = Annotated[
    str,
    AfterValidator(address.domain),
    Field(description="A DNS domain such as dvc.example.vn."),
]
Url = Annotated[
    str,
    AfterValidator(address.url),
    Field(description="An http or https address, without user and password."),
]
Network = Annotated[
    str,
    AfterValidator(address.network),
    Field(description="A network in CIDR form, such as 10.1.2.0/24, or one address."),
]


class SecretRef(Frozen):
    """Where a secret is kept, never the secret: `env:NAME`, `file:PATH`, `keyring:SERVICE/USER`."""

    ref: Annotated[
        str,
        Field(
            pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+|keyring:[^/]+/.+)$",
            description="env:NAME, file:PATH or keyring:SERVICE/USER; never the secret.",
        ),
    ]

    @model_validator(mode="before")
    @classmethod
    def _no_literal(cls, value: Any) -> Any:
        if isinstance(value, str | int | float):
            raise InvalidValueError(
                "a secret must not stand in this file",
                hint="put it into an environment variable or a file of mode 0600, and write "
                "`ref: env:NAME` or `ref: file:PATH` below this key; a secret that others may have "
                "read here must be changed",
            )
        return value


class SshAccess(Frozen):
    """How to log in; what is absent comes from `defaults.ssh`, then from ~/.ssh/config."""

    user: str | None = None
    port: Port | None = None
    identity: str | None = None
    agent: bool | None = None
    password: SecretRef | None = None
    known_hosts: str | None = None
    jump: str | None = None
    sudo: bool | None = None
    timeout: Annotated[float, Field(gt=0, le=600)] | None = None

    def over(self, defaults: "SshAccess") -> "SshAccess":
        """This access with `defaults` where it says nothing."""
        return SshAccess(**(defaults.model_dump() | self.model_dump(exclude_none=True)))


class WinrmAccess(Frozen):
    """How to ask a Windows host: WinRM over TLS (5986), or encrypted by Negotiate (5985)."""

    user: str | None = None
    password: SecretRef | None = None
    port: Port | None = None
    tls: bool = True
    ca: str | None = None
    timeout: Annotated[float, Field(gt=0, le=600)] = 30


class Access(Frozen):
    """How to reach an asset."""

    ssh: SshAccess | None = None
    winrm: WinrmAccess | None = None


class AssetBase(Frozen):
    """What every asset has."""

    id: Identifier
    roles: tuple[str, ...] = ()
    note: str = ""


class HostAsset(AssetBase):
    """A computer, reached by SSH (or the machine the tool runs on, when `local`)."""

    type: Literal["host"] = "host"
    host: HostName
    os: Literal["linux", "windows"] = "linux"
    local: bool = False
    access: Access = Access()

    @property
    def kind(self) -> AssetKind:
        return AssetKind.HOST_WINDOWS if self.os == "windows" else AssetKind.HOST_LINUX


class EndpointAsset(AssetBase):
    """
    A service seen from outside, by URL; `address` pins where its name leads, `ca` is a file with
    the certificates of an authority of the agency's own (PEM), trusted besides the system's.
    """

    type: Literal["endpoint"] = "endpoint"
    url: Url
    address: HostName | None = None
    ca: str | None = None

    @property
    def kind(self) -> AssetKind:
        return AssetKind.WEB_ENDPOINT


class LinkAsset(EndpointAsset):
    """
    A link to somebody else's service: LGSP, NDXP, a national database, identity. It is asked a few
    times at exactly this URL, with pauses, and never searched as the agency's own endpoints are.
    """

    type: Literal["link"] = "link"  # type: ignore[assignment]
    partner: Literal["lgsp", "ndxp", "national-database", "identity", "other"] = "other"
    mutual_tls: bool = True
    probes: Annotated[int, Field(ge=2, le=20, strict=True)] = 10
    pause: Annotated[Duration, Field(ge=timedelta(milliseconds=200), le=timedelta(seconds=30))] = (
        timedelta(seconds=1)
    )

    @property
    def kind(self) -> AssetKind:
        return AssetKind.INTERCONNECTION


class DomainAsset(AssetBase):
    """A DNS domain with its mail records; `resolver` names whom to ask."""

    type: Literal["domain"] = "domain"
    domain: DomainName
    resolver: Resolver | None = None
    mail: bool = True
    dkim_selectors: tuple[str, ...] = ()

    @property
    def kind(self) -> AssetKind:
        return AssetKind.DNS_MAIL


class DeviceAsset(AssetBase):
    """A network device, judged from its saved configuration."""

    type: Literal["device"] = "device"
    device: str
    config: str | None = None
    host: HostName | None = None

    @property
    def kind(self) -> AssetKind:
        return AssetKind.NETWORK_DEVICE


class DatabaseAsset(AssetBase):
    """A database server, reached by its own protocol."""

    type: Literal["database"] = "database"
    database: str
    dsn: SecretRef | None = None

    @property
    def kind(self) -> AssetKind:
        return AssetKind.DATABASE


#: The key that tells an asset's type, in the order in which they are looked for.
TYPE_KEYS = {
    "url": "endpoint",
    "domain": "domain",
    "device": "device",
    "database": "database",
    "host": "host",
}


def asset_type(value: Any) -> str | None:
    """The type of an asset, from its `type` or else from the key that only this type has."""
    if isinstance(value, AssetBase):
        return getattr(value, "type", None)
    if not isinstance(value, Mapping):
        return None
    if "type" in value:
        return str(value["type"])
    return next((name for key, name in TYPE_KEYS.items() if key in value), None)


Asset = Annotated[
    Annotated[HostAsset, Tag("host")]
    | Annotated[EndpointAsset, Tag("endpoint")]
    | Annotated[LinkAsset, Tag("link")]
    | Annotated[DomainAsset, Tag("domain")]
    | Annotated[DeviceAsset, Tag("device")]
    | Annotated[DatabaseAsset, Tag("database")],
    Discriminator(
        asset_type,
        custom_error_type="asset-type",
        custom_error_message="an asset needs one of the keys host, url, domain, device, database",
    ),
]


class Approval(Frozen):
    """The approval of a system's level, and what its owner approved for recovery."""

    on: Day | None = None
    under: str = ""
    decision: str = ""
    max_outage: Duration | None = None
    rpo: Duration | None = None


class DeclaredBackup(Frozen):
    """A backup that the owner says exists; `rpo` is the age that its newest good copy may have."""

    id: Identifier
    on: Identifier
    tool: Literal["restic", "borg", "pgbackrest", "files"]
    repository: str = ""
    path: str = ""
    rpo: Duration | None = None


class DeclaredSbom(Frozen):
    """
    Software made in-house or to order, and the file beside agency.yaml that lists its parts: its
    SBOM. Without a file the owner says that there is none.
    """

    application: Identifier
    on: Identifier
    file: str = ""


class Declared(Frozen):
    """What the owner declares, to be compared with what is seen."""

    ports: Mapping[Identifier, tuple[Port, ...]] = {}
    udp_ports: Mapping[Identifier, tuple[Port, ...]] = {}
    admins: tuple[str, ...] | None = None
    backups: tuple[DeclaredBackup, ...] | None = None
    sboms: tuple[DeclaredSbom, ...] = ()
    time_sources: tuple[str, ...] | None = None
    log_servers: tuple[str, ...] | None = None
    suid: tuple[str, ...] = ()
    absent: tuple[AssetKind, ...] = ()


class System(Frozen):
    """An information system with its level; the unit that is scored."""

    id: Identifier
    name: str = ""
    kind: str = "generic"
    level: Level = 3
    approved: Approval | None = None
    depends_on: tuple[Identifier, ...] = ()
    data_gb: Annotated[float, Field(ge=0)] | None = None
    assets: tuple[Asset, ...] = ()
    declared: Declared = Declared()
    scope: tuple[Network, ...] = ()
    parameters: CheckParameters = {}

    @field_validator("assets")
    @classmethod
    def _unique(cls, assets: tuple[Asset, ...]) -> tuple[Asset, ...]:
        seen: set[str] = set()
        for asset in assets:
            if asset.id in seen:
                raise ValueError(f"asset id {asset.id!r} stands twice in this system")
            seen.add(asset.id)
        return assets


# ---------------------------------------------------------------------------------------------
# The owner's lists (lists/*.csv, lists/*.yaml): rows, and what stands behind them
# ---------------------------------------------------------------------------------------------

#: A list is confirmed anew after this long.
LIST_HOLDS = timedelta(days=366)

ZoneKind = Literal[
    "server",
    "dmz",
    "wireless",
    "internal",
    "border",
    "database-server",
    "management",
    "wan",
    "system-device-management",
    "other",
]


def mac_address(text: str) -> str:
    """`AA-BB-CC-00-11-22`, `aabb.cc00.1122` → `aa:bb:cc:00:11:22`. Raises InvalidValueError."""
    digits = re.sub(r"[^0-9a-f]", "", text.lower())
    if not re.fullmatch(r"[0-9A-Fa-f:.\-]+", text) or len(digits) != 12:  # noqa: PLR2004 - 48 bit
        raise InvalidValueError("{value} is no MAC address", value=text)
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


#: What makes a pattern of a name.
_WILD = frozenset("*?[")


class OnAssets(Frozen):
    """A row that holds on the assets that these patterns name (`web1`, `dvc-*`, `*`)."""

    assets: tuple[str, ...] = ("*",)

    def concerns(self, asset: str) -> bool:
        """Whether the row speaks of that asset, by name or by pattern."""
        if asset in self.assets:
            return True
        return any(fnmatchcase(asset, each) for each in self.assets if _WILD & set(each))

    def names(self, asset: str) -> bool:
        """Whether the row names that very asset, so that what it says must be found there."""
        return asset in self.assets


class AssetRow(Frozen):
    """A device of the register; `asset` is its id in agency.yaml, when it has one."""

    name: str
    asset: str = ""
    kind: Literal[
        "server",
        "virtual",
        "cloud",
        "workstation",
        "mobile",
        "storage",
        "office",
        "network",
        "security",
        "iot",
    ]
    addresses: tuple[str, ...] = ()
    macs: tuple[str, ...] = ()
    serial: str = ""
    support_until: Day | None = None
    place: str = ""
    position: str = ""
    purpose: str = ""
    status: Literal["in-use", "spare", "repair", "retired"] | None = None
    owner: str = ""
    monitored: bool | None = None

    @field_validator("addresses")
    @classmethod
    def _addresses(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for each in given:
            if address.ip(each) is None:
                raise InvalidValueError("{value} is no IP address", value=each)
        return tuple(str(address.ip(each)) for each in given)

    @field_validator("macs")
    @classmethod
    def _macs(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(mac_address(each) for each in given)


class ZoneRow(Frozen):
    """A zone of the network and the addresses in it."""

    zone: str
    kind: ZoneKind
    networks: tuple[Network, ...]
    purpose: str = ""


class AccountRow(OnAssets):
    """
    An account and the person behind it. `deactivated` is the day on which it had to be shut;
    `contract_until` the last day of the contract, where the person is a supplier's.
    """

    account: str
    kind: Literal["admin", "user", "service", "api"]
    state: Literal["active", "locked"] = "active"
    holder: str = ""
    unit: str = ""
    activated: Day | None = None
    deactivated: Day | None = None
    supplier: str = ""
    contract_until: Day | None = None

    @property
    def is_supplier(self) -> bool:
        """Whether the person behind it is a supplier's."""
        return bool(self.supplier) or self.contract_until is not None

    def contract_ended(self, day: date) -> bool:
        """Whether the contract was over on that day."""
        return self.contract_until is not None and self.contract_until < day

    def had_to_be_shut(self, day: date) -> bool:
        """Whether nobody may come in by it on that day."""
        return (
            self.state == "locked"
            or (self.deactivated is not None and self.deactivated <= day)
            or self.contract_ended(day)
        )


class ServiceRow(OnAssets):
    """A port that may wait for connections, and what for."""

    port: Port
    protocol: Literal["tcp", "udp"] = "tcp"
    purpose: str
    sources: tuple[str, ...] = ()


class SoftwareRow(OnAssets):
    """Software that may be used: a name or pattern, and a version or pattern."""

    software: str
    kind: Literal[
        "system", "application", "runtime", "browser", "mail", "security", "browser-extension"
    ]
    """Of a `browser-extension` the name is its id."""
    version: str = ""
    purpose: str = ""
    support_until: Day | None = None
    scope: str = ""
    owner: str = ""
    licence: str = ""
    component: str = ""
    responsible: str = ""
    remove_by: Day | None = None
    """A row with a day allows nothing: it says until when what is here without leave must go."""

    @property
    def is_pattern(self) -> bool:
        """Whether the name stands for several."""
        return bool(_WILD & set(self.software))

    def allows(self, name: str) -> bool:
        """Whether the row speaks of software of that name."""
        if not self.is_pattern:
            return name.lower() == self.software.lower()
        return fnmatchcase(name.lower(), self.software.lower())


class LogSourceRow(Frozen):
    """A source of which the log platform has events: the day of the newest one."""

    asset: str
    platform: str
    last_event: Day


class BackupRow(Frozen):
    """One copy of one set of data: where it is, on what, how often it is made."""

    copy_id: Identifier
    data: str
    asset: str
    tool: Literal["restic", "borg", "pgbackrest", "files", "other"] = "other"
    location: str = ""
    media: Literal["disk", "tape", "optical", "object", "cloud"]
    site: str
    apart: bool = False
    every: Duration | None = None
    immutable: bool = False
    """Whether the owner says that nobody can overwrite or delete it before its time."""


class DataRow(Frozen):
    """A set of important data and where it lies."""

    data: str
    grade: Literal["open", "internal", "sensitive", "secret"]
    asset: str
    path: str = ""
    owner: str


class ResolverRow(Frozen):
    """A name server that devices may ask; `filters` when it refuses known bad names."""

    resolver: HostName
    purpose: str = ""
    filters: bool = False


class AdminSourceRow(OnAssets):
    """Where administrators may come from: an address or a network."""

    source: Network
    kind: Literal["workstation", "jump-host", "vpn", "gateway"]
    purpose: str = ""


class EnrolmentRow(Frozen):
    """An asset that a central platform knows, and the day on which it was seen there last."""

    asset: str
    platform: Literal["malware", "edr", "patches", "scanner", "login", "gateway", "monitoring"]
    seen: Day


class GrantRow(Frozen):
    """A line of the access matrix: what an account (or those of a pattern) may do in a database."""

    asset: str
    database: str
    account: str
    may: Literal["read", "write", "admin"]
    purpose: str = ""

    def allows(self, database: str, account: str) -> bool:
        """Whether the line speaks of that account in that database."""
        return fnmatchcase(database, self.database) and fnmatchcase(account, self.account)


class ScanRow(Frozen):
    """A scan of the network for devices: the day on which it ended, and what it went over."""

    scanned: Day
    networks: tuple[Network, ...]
    tool: str = ""
    report: str = ""


ListName = Literal[
    "assets",
    "zones",
    "accounts",
    "services",
    "software",
    "log_sources",
    "backups",
    "data",
    "resolvers",
    "admin_sources",
    "enrolments",
    "grants",
    "scans",
]


class ListFile(Frozen):
    """Where a list stands, and who confirmed it when; unconfirmed it is a draft."""

    name: ListName
    file: str
    rows: int
    incomplete: int = 0
    """Rows of a draft that still lack a cell; they are left out."""
    confirmed_by: str = ""
    confirmed_on: Day | None = None


class Lists(Frozen):
    """What the owner lists. A list that nobody confirmed, or too long ago, proves nothing."""

    files: tuple[ListFile, ...] = ()
    newer: tuple[ListName, ...] = ()
    """Confirmed after the scan that they are held against, and standing all the same."""
    assets: tuple[AssetRow, ...] = ()
    zones: tuple[ZoneRow, ...] = ()
    accounts: tuple[AccountRow, ...] = ()
    services: tuple[ServiceRow, ...] = ()
    software: tuple[SoftwareRow, ...] = ()
    log_sources: tuple[LogSourceRow, ...] = ()
    backups: tuple[BackupRow, ...] = ()
    data: tuple[DataRow, ...] = ()
    resolvers: tuple[ResolverRow, ...] = ()
    admin_sources: tuple[AdminSourceRow, ...] = ()
    enrolments: tuple[EnrolmentRow, ...] = ()
    grants: tuple[GrantRow, ...] = ()
    scans: tuple[ScanRow, ...] = ()

    def file_of(self, name: str) -> ListFile | None:
        """The file of a list, when there is one."""
        return next((each for each in self.files if each.name == name), None)

    def standing(self, name: str, at: datetime) -> Literal["absent", "draft", "expired", "stands"]:
        """Whether that list proves anything at that moment. Days are those of Vietnam."""
        found = self.file_of(name)
        if found is None:
            return "absent"
        if not found.confirmed_by.strip() or found.confirmed_on is None:
            return "draft"
        day = at.astimezone(VIETNAM).date()
        if found.confirmed_on > day:
            return "stands" if name in self.newer else "draft"
        return "stands" if day < found.confirmed_on + LIST_HOLDS else "expired"

    def stands(self, name: str, at: datetime) -> bool:
        return self.standing(name, at) == "stands"


class AgencyIdentity(Frozen):
    """Who the agency is."""

    id: Identifier
    name: str = ""
    owner: str = ""


class Defaults(Frozen):
    """What holds for every system unless it says otherwise."""

    rulebook: Annotated[
        tuple[str, ...],
        BeforeValidator(lambda given: (given,) if isinstance(given, str) else given),
        WithJsonSchema(
            {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
        ),
    ] = ()
    """The rulebooks to judge by, the first of which grades. None: the regime in force, and an
    earlier one for what was approved under it."""
    ssh: SshAccess = SshAccess()
    parameters: CheckParameters = {}


class Text(Frozen):
    """The same sentence in both languages."""

    vi: str
    en: str


class Notice(Frozen):
    """A sentence that a reader of the report must know. The template is translated, as verdicts."""

    template: str
    values: Mapping[str, Scalar] = {}
    because: "Notice | None" = None
    """What lies behind it: fills the place `{why}` of the template."""


class Agency(Frozen):
    """agency.yaml, parsed."""

    agency: AgencyIdentity
    defaults: Defaults = Defaults()
    systems: tuple[System, ...] = ()
    this_machine_only: bool = False
    """No inventory was given: the machine at hand was assessed, and no service is declared."""
    notices: tuple[Notice, ...] = ()
    """What was taken for granted because the inventory does not say it (a level, …)."""
    lists: Lists = Lists()
    """The lists beside agency.yaml."""

    @model_validator(mode="after")
    def _references(self) -> Self:
        ids = [system.id for system in self.systems]
        twice = {name for name in ids if ids.count(name) > 1}
        if twice:
            raise ValueError(f"system id stands twice: {', '.join(sorted(twice))}")
        return self


# ---------------------------------------------------------------------------------------------
# Facts and gaps
# ---------------------------------------------------------------------------------------------


class Gap(Frozen):
    """A fact that could not be had, and why. It becomes `unknown`, never nothing."""

    fact: str
    asset: str = ""
    subject: str = ""
    reason: GapReason
    detail: str = ""
    probes: tuple[str, ...] = ()


class Absence(Frozen):
    """Proof that an asset has no such thing: `fact` does not exist there because of `proof`."""

    fact: str
    subject: str = ""
    template: str
    values: Mapping[str, Scalar] = {}
    probes: tuple[str, ...] = ()


# ---------------------------------------------------------------------------------------------
# Verdicts and findings
# ---------------------------------------------------------------------------------------------


class Verdict(Frozen):
    """
    A check's judgement of one fact.

    The message is a template with named values, so that it can be said in either language.
    """

    outcome: Outcome
    template: str
    values: Mapping[str, Scalar] = {}
    seen: str = ""
    expected: str = ""

    @property
    def message(self) -> str:
        """The message in English."""
        return self.template.format_map(self.values) if self.values else self.template

    @classmethod
    def passed(
        cls, template: str, /, *, seen: str = "", expected: str = "", **values: Scalar
    ) -> Self:
        return cls(
            outcome=Outcome.PASS, template=template, values=values, seen=seen, expected=expected
        )

    @classmethod
    def failed(
        cls, template: str, /, *, seen: str = "", expected: str = "", **values: Scalar
    ) -> Self:
        return cls(
            outcome=Outcome.FAIL, template=template, values=values, seen=seen, expected=expected
        )

    @classmethod
    def not_applicable(cls, template: str, /, *, seen: str = "", **values: Scalar) -> Self:
        return cls(outcome=Outcome.NOT_APPLICABLE, template=template, values=values, seen=seen)

    @classmethod
    def unknown(cls, template: str, /, *, seen: str = "", **values: Scalar) -> Self:
        return cls(outcome=Outcome.UNKNOWN, template=template, values=values, seen=seen)


class Finding(Frozen):
    """A verdict with its address, as the report shows it. The engine fills in the address."""

    id: int = 0
    check: str
    parameters: Mapping[str, Any] = {}
    system: str
    asset: str
    subject: str
    outcome: Outcome
    severity: Severity
    known_by: KnownBy | None = None
    seen: str = ""
    expected: str = ""
    message: str
    template: str = ""
    values: Mapping[str, Scalar] = {}
    gap: GapReason | None = None
    evidence: tuple[str, ...] = ()
    references: Mapping[str, tuple[str, ...]] = {}

    @property
    def fingerprint(self) -> str:
        """
        What stays the same between two runs: never the text, the severity or the time.

        The parameters belong to it, since one check may judge the same thing by two clauses.
        """
        given = ",".join(f"{name}={self.parameters[name]}" for name in sorted(self.parameters))
        return f"{self.check}|{self.system}|{self.asset}|{self.subject}|{given}"


class Context(Frozen):
    """What a check sees besides its fact."""

    at: AwareDatetime
    asset: Asset
    system: System
    parameters: Mapping[str, Any] = {}
    lists: Lists = Lists()

    def number(self, name: str) -> int:
        """A whole-number parameter; the unit is in its name (`max_days`, `min_length`)."""
        return int(self.parameters[name])

    def text(self, name: str) -> str:
        return str(self.parameters[name])

    def names(self, name: str) -> tuple[str, ...]:
        """A parameter that is a list of words."""
        return tuple(str(each) for each in self.parameters[name])


# ---------------------------------------------------------------------------------------------
# Proofs that no machine gives, drills, scores: what comply and score exchange
# ---------------------------------------------------------------------------------------------


class Attestation(Frozen):
    """
    Somebody's signed word, with the document's hash and an end.

    It says that the requirement is met; or, for one whose condition the inventory cannot decide,
    that it does not apply.
    """

    says: Literal["met", "not-applicable"] = "met"

    requirement: str
    system: str
    asset: str = ""
    statement: str
    document: str = ""
    sha256: str = ""
    by: str
    on: AwareDatetime
    valid_until: AwareDatetime


class Waiver(Frozen):
    """A dated exception from a measured failure. It changes the decision, never the measurement."""

    requirement: str
    system: str
    asset: str = ""
    reason: str
    compensating_control: str
    requested_by: str
    approved_by: str
    approved_on: AwareDatetime
    until: AwareDatetime


class DrillOutcome(Frozen):
    """What a drill proved for one service of a system: how long, and whether it was verified."""

    id: str
    system: str
    service: str
    held_at: AwareDatetime
    weight: Annotated[int, Field(ge=1)] = 1
    verified: bool
    took: timedelta | None = None
    data_loss: timedelta | None = None


class Status(StrEnum):
    """The state of a requirement for one system."""

    MET = "met"
    NOT_MET = "not-met"
    PARTLY_MET = "partly-met"
    UNPROVEN = "unproven"
    NOT_APPLICABLE = "not-applicable"
    WAIVED = "waived"


def normal_path(path: str) -> str:
    """A POSIX path without `.` and doubled slashes, as text."""
    return str(PurePath(path))


def utc(moment: datetime) -> str:
    """An instant as result.json writes it: UTC, seconds, `Z`."""
    return moment.replace(microsecond=0, tzinfo=None).isoformat() + "Z"
