"""
What is usual for a kind of system: the level its duties lead to, its assets and ports.

The levels follow the criteria of Decree 331/2026 (Điều 11-15); each profile names the one that
fires. A profile only fills in what the inventory leaves out: the approved level always wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from cdso_audit.result import Text


@dataclass(frozen=True, slots=True)
class Profile:
    """
    A kind of system. `level` is None where the kind alone does not tell it; `because` names the
    criterion. `roles` are those of the hosts that such a system usually has; `endpoint` and
    `domain` say whether it is seen from outside.
    """

    kind: str
    title: Text
    level: int | None
    because: str = ""
    roles: tuple[str, ...] = ("web", "app", "database")
    endpoint: bool = True
    domain: bool = False

    @property
    def ports(self) -> Mapping[str, tuple[int, ...]]:
        """What each of its hosts usually offers besides SSH, by role."""
        return {role: PORTS[role] for role in self.roles}


#: The ports that a host of a role usually offers besides SSH.
PORTS: Final[Mapping[str, tuple[int, ...]]] = {
    "web": (80, 443),
    "app": (8443,),
    "database": (5432,),
    "mail": (25, 465, 587, 993),
    "dns": (53,),
    "time": (123,),
    "log": (6514,),
    "file": (445,),
    "backup": (),
    "firewall": (),
    "switch": (),
    "monitoring": (443,),
    "signing": (443,),
    "directory": (636,),
}

_PROCEDURES = "Decree 331/2026, Điều 13 khoản 2 điểm b"
_SUBJECTS = "Decree 331/2026, Điều 13 khoản 2 điểm c"
_BUSINESS = "Decree 331/2026, Điều 13 khoản 2 điểm a"
_PROVINCE = "Decree 331/2026, Điều 13 khoản 3"
_NATIONAL = "Decree 331/2026, Điều 14 khoản 2"
_INTERNAL = "Decree 331/2026, Điều 12 khoản 1"
_ONLINE = "Decree 331/2026, Điều 12 khoản 2 điểm a"


def _of(*profiles: Profile) -> Mapping[str, Profile]:
    return {each.kind: each for each in profiles}


PROFILES: Final = _of(
    Profile(
        "public-service-portal",
        Text(vi="Cổng dịch vụ công trực tuyến", en="Online public service portal"),
        3,
        _PROCEDURES,
        domain=True,
    ),
    Profile(
        "administrative-procedure",
        Text(
            vi="Hệ thống thông tin giải quyết thủ tục hành chính",
            en="Settling of administrative procedures",
        ),
        3,
        _PROCEDURES,
    ),
    Profile(
        "data-platform",
        Text(
            vi="Nền tảng tích hợp, chia sẻ dữ liệu (LGSP, NDXP)",
            en="Data integration and sharing platform (LGSP, NDXP)",
        ),
        3,
        _PROVINCE,
        roles=("app", "database"),
    ),
    Profile(
        "population-data-link",
        Text(
            vi="Kết nối Cơ sở dữ liệu quốc gia về dân cư",
            en="Link to the national population database",
        ),
        3,
        _SUBJECTS,
        roles=("app", "database"),
    ),
    Profile(
        "national-database",
        Text(vi="Cơ sở dữ liệu quốc gia", en="National database"),
        4,
        _NATIONAL,
    ),
    Profile(
        "land-database",
        Text(vi="Cơ sở dữ liệu đất đai", en="Land database"),
        3,
        _SUBJECTS,
    ),
    Profile(
        "civil-registry",
        Text(vi="Cơ sở dữ liệu hộ tịch điện tử", en="Electronic civil registry"),
        3,
        _SUBJECTS,
    ),
    Profile(
        "business-registry",
        Text(vi="Đăng ký doanh nghiệp, hộ kinh doanh", en="Business registry"),
        3,
        _PROCEDURES,
    ),
    Profile(
        "insurance-database",
        Text(vi="Cơ sở dữ liệu bảo hiểm", en="Insurance database"),
        3,
        _SUBJECTS,
    ),
    Profile(
        "identity-sso",
        Text(
            vi="Định danh, xác thực và đăng nhập một lần (VNeID)",
            en="Identity and single sign-on (VNeID)",
        ),
        3,
        _SUBJECTS,
        roles=("app", "directory"),
    ),
    Profile(
        "ioc",
        Text(
            vi="Trung tâm giám sát, điều hành thông minh (IOC)", en="Intelligent operations centre"
        ),
        3,
        _PROVINCE,
        roles=("web", "app", "monitoring"),
    ),
    Profile(
        "government-reporting",
        Text(vi="Hệ thống thông tin báo cáo", en="Government reporting"),
        2,
        _INTERNAL,
    ),
    Profile(
        "open-data-portal",
        Text(vi="Cổng dữ liệu mở", en="Open data portal"),
        2,
        _ONLINE,
        domain=True,
    ),
    Profile(
        "document-management",
        Text(vi="Quản lý văn bản và điều hành", en="Document management"),
        2,
        _INTERNAL,
    ),
    Profile(
        "mail",
        Text(vi="Thư điện tử công vụ", en="Official e-mail"),
        2,
        _INTERNAL,
        roles=("mail",),
        domain=True,
    ),
    Profile(
        "payment",
        Text(vi="Thanh toán trực tuyến", en="Online payment"),
        3,
        _BUSINESS,
    ),
    Profile(
        "digital-signature",
        Text(vi="Chữ ký số", en="Digital signature"),
        3,
        _BUSINESS,
        roles=("signing", "database"),
    ),
    Profile(
        "network-infrastructure",
        Text(vi="Hạ tầng mạng, trung tâm dữ liệu", en="Network infrastructure and data centre"),
        3,
        _PROVINCE,
        roles=("firewall", "switch", "dns", "time", "log"),
        endpoint=False,
    ),
    Profile(
        "generic",
        Text(vi="Hệ thống thông tin khác", en="Other system"),
        None,
        roles=("app",),
        endpoint=False,
    ),
)
"""Every shipped kind, by name, in the order of ARCHITECTURE.md."""


def kind_for_roles(roles: frozenset[str]) -> str:
    """The kind that hosts of these roles make likely: `mail` for mail servers, else `generic`."""
    if "mail" in roles:
        return "mail"
    if roles and roles <= {"firewall", "switch", "dns", "time", "log"}:
        return "network-infrastructure"
    return "generic"
