"""The lists there are, and their columns: heading, form of a cell, whether it must be filled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from cdso_audit.model import (
    AccountRow,
    AdminSourceRow,
    AssetRow,
    BackupRow,
    DataRow,
    EnrolmentRow,
    Frozen,
    GrantRow,
    ListName,
    LogSourceRow,
    ResolverRow,
    ScanRow,
    ServiceRow,
    SoftwareRow,
    ZoneRow,
)

Form = Literal["text", "words", "day", "flag", "choice", "number", "networks"]


@dataclass(frozen=True, slots=True)
class Column:
    """
    A column. `choices` are a choice's words with what Vietnamese write for them; `asset` marks ids
    of the inventory (`patterns`: or patterns of them).
    """

    key: str
    heading: str
    form: Form = "text"
    needed: bool = False
    choices: Mapping[str, str] | None = None
    asset: bool = False
    patterns: bool = False


@dataclass(frozen=True, slots=True)
class ListKind:
    """A list: its name (that of its file), what it is for, and its columns in order."""

    name: ListName
    title: str
    row: type[Frozen]
    columns: tuple[Column, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(each.key for each in self.columns)


#: Headings as people read them, and what each list is for. Translated by the catalogue; a heading
#: is understood in either language.
HEADING_TEXT = {
    "asset": "Asset (id in agency.yaml)",
    "assets": "Assets (ids, patterns such as dvc-*, or *)",
    "name": "Device name",
    "device_kind": "Kind of device",
    "addresses": "IP addresses",
    "macs": "MAC addresses",
    "serial": "Serial number",
    "support_until": "Support ends on",
    "place": "Place",
    "position": "Network zone",
    "purpose": "Purpose",
    "status": "Status",
    "owner": "Person in charge",
    "monitored": "Monitored",
    "zone": "Zone",
    "zone_kind": "Kind of zone",
    "networks": "Networks",
    "account": "Account",
    "account_kind": "Kind of account",
    "state": "State",
    "holder": "Holder",
    "unit": "Department",
    "activated": "Activated on",
    "deactivated": "Deactivated on",
    "port": "Port",
    "protocol": "Protocol",
    "sources": "Who may connect",
    "software": "Software (name or pattern)",
    "software_kind": "Kind of software",
    "version": "Version (or pattern)",
    "scope": "Scope of use",
    "licence": "Licence",
    "component": "Part of",
    "responsible": "Responsible person",
    "remove_by": "To be removed by",
    "platform": "Platform",
    "last_event": "Newest event on",
    "copy_id": "Copy (id)",
    "data": "Data",
    "tool": "Tool",
    "location": "Repository or path",
    "media": "Media",
    "site": "Site",
    "apart": "Offline or off site",
    "every": "How often",
    "immutable": "Cannot be overwritten",
    "grade": "Grade",
    "path": "Path",
    "data_owner": "Owner of the data",
    "resolver": "Name server",
    "filters": "Blocks bad names",
    "source": "Address or network",
    "source_kind": "Kind of source",
    "seen": "Seen on",
    "database": "Database (name or pattern)",
    "database_account": "Account (name or pattern)",
    "may": "May",
    "supplier": "Supplier",
    "contract_until": "Contract ends on",
    "scanned": "Scanned on",
    "report": "Report",
}
_H = HEADING_TEXT


def _choices(row: type[Frozen], field: str, *words: str) -> Mapping[str, str]:
    """The choices of a field, each with what a Vietnamese writes for it."""
    annotation: Any = row.model_fields[field].annotation
    known = [
        each
        for part in (annotation, *get_args(annotation))
        for each in get_args(part)
        if isinstance(each, str)
    ] or [each for each in get_args(annotation) if isinstance(each, str)]
    return dict(zip(dict.fromkeys(known), words, strict=True))


_ON = Column("assets", _H["assets"], "words", needed=True, asset=True, patterns=True)
_ASSET = Column("asset", _H["asset"], needed=True, asset=True)

KIND_TEXT = {
    "assets": "Register of devices: what there is, where, and who answers for it",
    "zones": "Zones of the network and their addresses",
    "accounts": "Accounts of hosts and devices, and the person behind each",
    "services": "Services and ports that may wait for connections",
    "software": "Software that may be used",
    "log_sources": "Sources of which the log platform has events",
    "backups": "Backup copies: where, on what, how often",
    "data": "Important data and where it lies",
    "resolvers": "Name servers that may be asked",
    "admin_sources": "Addresses from which administrators may come",
    "enrolments": "Assets that central platforms know (anti-malware, EDR, patches, scanner, login)",
    "grants": "Access matrix: what each account may do in each database",
    "scans": "Scans of the network for devices: when, and over which addresses",
}

KINDS: Final[Mapping[str, ListKind]] = {
    each.name: each
    for each in (
        ListKind(
            "assets",
            KIND_TEXT["assets"],
            AssetRow,
            (
                Column("asset", _H["asset"], asset=True),
                Column("name", _H["name"], needed=True),
                Column(
                    "kind",
                    _H["device_kind"],
                    "choice",
                    needed=True,
                    choices=_choices(
                        AssetRow, "kind", "máy chủ", "máy ảo", "đám mây", "máy trạm", "di động",
                        "lưu trữ", "văn phòng", "mạng", "bảo mật", "IoT",
                    ),
                ),
                Column("addresses", _H["addresses"], "words"),
                Column("macs", _H["macs"], "words"),
                Column("serial", _H["serial"]),
                Column("support_until", _H["support_until"], "day"),
                Column("place", _H["place"]),
                Column("position", _H["position"]),
                Column("purpose", _H["purpose"]),
                Column(
                    "status",
                    _H["status"],
                    "choice",
                    choices=_choices(
                        AssetRow, "status", "đang dùng", "dự phòng", "sửa chữa", "thanh lý"
                    ),
                ),
                Column("owner", _H["owner"]),
                Column("monitored", _H["monitored"], "flag"),
            ),
        ),
        ListKind(
            "zones",
            KIND_TEXT["zones"],
            ZoneRow,
            (
                Column("zone", _H["zone"], needed=True),
                Column(
                    "kind",
                    _H["zone_kind"],
                    "choice",
                    needed=True,
                    choices=_choices(
                        ZoneRow, "kind", "máy chủ", "DMZ", "không dây", "nội bộ", "biên",
                        "máy chủ cơ sở dữ liệu", "quản trị", "WAN", "quản trị thiết bị hệ thống",
                        "khác",
                    ),
                ),
                Column("networks", _H["networks"], "networks", needed=True),
                Column("purpose", _H["purpose"]),
            ),
        ),
        ListKind(
            "accounts",
            KIND_TEXT["accounts"],
            AccountRow,
            (
                _ON,
                Column("account", _H["account"], needed=True),
                Column(
                    "kind",
                    _H["account_kind"],
                    "choice",
                    needed=True,
                    choices=_choices(
                        AccountRow, "kind", "quản trị", "người dùng", "dịch vụ", "API"
                    ),
                ),
                Column(
                    "state",
                    _H["state"],
                    "choice",
                    choices=_choices(AccountRow, "state", "hoạt động", "khóa"),
                ),
                Column("holder", _H["holder"]),
                Column("unit", _H["unit"]),
                Column("activated", _H["activated"], "day"),
                Column("deactivated", _H["deactivated"], "day"),
                Column("supplier", _H["supplier"]),
                Column("contract_until", _H["contract_until"], "day"),
            ),
        ),
        ListKind(
            "services",
            KIND_TEXT["services"],
            ServiceRow,
            (
                _ON,
                Column("port", _H["port"], "number", needed=True),
                Column(
                    "protocol",
                    _H["protocol"],
                    "choice",
                    choices=_choices(ServiceRow, "protocol", "tcp", "udp"),
                ),
                Column("purpose", _H["purpose"], needed=True),
                Column("sources", _H["sources"], "words"),
            ),
        ),
        ListKind(
            "software",
            KIND_TEXT["software"],
            SoftwareRow,
            (
                _ON,
                Column("software", _H["software"], needed=True),
                Column(
                    "kind",
                    _H["software_kind"],
                    "choice",
                    needed=True,
                    choices=_choices(
                        SoftwareRow, "kind", "hệ thống", "ứng dụng", "môi trường chạy",
                        "trình duyệt", "thư điện tử", "bảo mật", "tiện ích trình duyệt",
                    ),
                ),
                Column("version", _H["version"]),
                Column("purpose", _H["purpose"]),
                Column("support_until", _H["support_until"], "day"),
                Column("scope", _H["scope"]),
                Column("owner", _H["owner"]),
                Column("licence", _H["licence"]),
                Column("component", _H["component"]),
                Column("responsible", _H["responsible"]),
                Column("remove_by", _H["remove_by"], "day"),
            ),
        ),
        ListKind(
            "log_sources",
            KIND_TEXT["log_sources"],
            LogSourceRow,
            (
                _ASSET,
                Column("platform", _H["platform"], needed=True),
                Column("last_event", _H["last_event"], "day", needed=True),
            ),
        ),
        ListKind(
            "backups",
            KIND_TEXT["backups"],
            BackupRow,
            (
                Column("copy_id", _H["copy_id"], needed=True),
                Column("data", _H["data"], needed=True),
                _ASSET,
                Column(
                    "tool",
                    _H["tool"],
                    "choice",
                    choices=_choices(
                        BackupRow, "tool", "restic", "borg", "pgbackrest", "tệp", "khác"
                    ),
                ),
                Column("location", _H["location"]),
                Column(
                    "media",
                    _H["media"],
                    "choice",
                    needed=True,
                    choices=_choices(
                        BackupRow, "media", "ổ đĩa", "băng từ", "đĩa quang", "đối tượng", "đám mây"
                    ),
                ),
                Column("site", _H["site"], needed=True),
                Column("apart", _H["apart"], "flag"),
                Column("every", _H["every"]),
                Column("immutable", _H["immutable"], "flag"),
            ),
        ),
        ListKind(
            "data",
            KIND_TEXT["data"],
            DataRow,
            (
                Column("data", _H["data"], needed=True),
                Column(
                    "grade",
                    _H["grade"],
                    "choice",
                    needed=True,
                    choices=_choices(
                        DataRow, "grade", "công khai", "nội bộ", "nhạy cảm", "bí mật"
                    ),
                ),
                _ASSET,
                Column("path", _H["path"]),
                Column("owner", _H["data_owner"], needed=True),
            ),
        ),
        ListKind(
            "resolvers",
            KIND_TEXT["resolvers"],
            ResolverRow,
            (
                Column("resolver", _H["resolver"], needed=True),
                Column("purpose", _H["purpose"]),
                Column("filters", _H["filters"], "flag"),
            ),
        ),
        ListKind(
            "admin_sources",
            KIND_TEXT["admin_sources"],
            AdminSourceRow,
            (
                _ON,
                Column("source", _H["source"], needed=True),
                Column(
                    "kind",
                    _H["source_kind"],
                    "choice",
                    needed=True,
                    choices=_choices(
                        AdminSourceRow, "kind", "máy quản trị", "máy trung chuyển", "VPN", "PAM"
                    ),
                ),
                Column("purpose", _H["purpose"]),
            ),
        ),
        ListKind(
            "enrolments",
            KIND_TEXT["enrolments"],
            EnrolmentRow,
            (
                _ASSET,
                Column(
                    "platform",
                    _H["platform"],
                    "choice",
                    needed=True,
                    choices=_choices(
                        EnrolmentRow, "platform", "chống mã độc", "EDR", "bản vá", "dò quét",
                        "đăng nhập tập trung", "PAM", "giám sát",
                    ),
                ),
                Column("seen", _H["seen"], "day", needed=True),
            ),
        ),
        ListKind(
            "grants",
            KIND_TEXT["grants"],
            GrantRow,
            (
                _ASSET,
                Column("database", _H["database"], needed=True),
                Column("account", _H["database_account"], needed=True),
                Column(
                    "may",
                    _H["may"],
                    "choice",
                    needed=True,
                    choices=_choices(GrantRow, "may", "đọc", "ghi", "quản trị"),
                ),
                Column("purpose", _H["purpose"]),
            ),
        ),
        ListKind(
            "scans",
            KIND_TEXT["scans"],
            ScanRow,
            (
                Column("scanned", _H["scanned"], "day", needed=True),
                Column("networks", _H["networks"], "networks", needed=True),
                Column("tool", _H["tool"]),
                Column("report", _H["report"]),
            ),
        ),
    )
}  # fmt: skip


def column_of(kind: ListKind, key: str) -> Column:
    """The column of that key; raises KeyError."""
    for each in kind.columns:
        if each.key == key:
            return each
    raise KeyError(key)


def shown_choices(column: Column) -> Sequence[str]:
    """The words of a choice as a person may write them."""
    return [
        f"{key} ({word})" if word != key else key for key, word in (column.choices or {}).items()
    ]
