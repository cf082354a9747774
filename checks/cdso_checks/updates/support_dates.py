"""
Until when each release of a distribution gets security updates: data, with its own date.

Sources, on the date below: for Debian and Ubuntu the package `distro-info-data`, with which a test
compares this table; what Red Hat, AlmaLinux, Rocky Linux, Oracle, CentOS, SUSE, openSUSE and Amazon
have announced for theirs. `free` is the end of what everybody gets, `paid` the end of what a
contract adds, `tier` the contract's name.
"""

from dataclasses import dataclass
from datetime import date

#: When this table was last compared with its sources.
TABLE_DATE = date(2026, 11, 21)


@dataclass(frozen=True, slots=True)
class Support:
    """The end of the regular support, of the free long-term support, and of the paid one."""

    regular: date
    free: date
    tier: str = ""
    paid: date | None = None


def _to(regular: str, free: str = "", tier: str = "", paid: str = "") -> Support:
    return Support(
        regular=date.fromisoformat(regular),
        free=date.fromisoformat(free or regular),
        tier=tier,
        paid=date.fromisoformat(paid) if paid else None,
    )


#: Distribution (`ID` of os-release) → version → its support.
SUPPORT: dict[str, dict[str, Support]] = {
    "debian": {
        "8": _to("2018-06-17", "2020-06-30", "ELTS", "2025-06-30"),
        "9": _to("2020-07-18", "2022-06-30", "ELTS", "2027-06-30"),
        "10": _to("2022-09-10", "2024-06-30", "ELTS", "2029-06-30"),
        "11": _to("2024-08-14", "2026-08-31", "ELTS", "2031-06-30"),
        "12": _to("2026-07-11", "2028-06-30", "ELTS", "2033-06-30"),
        "13": _to("2028-08-09", "2030-06-30", "ELTS", "2035-06-30"),
    },
    "ubuntu": {
        "14.04": _to("2019-04-25", tier="ESM", paid="2024-04-25"),
        "16.04": _to("2021-04-30", tier="ESM", paid="2026-04-23"),
        "18.04": _to("2023-05-31", tier="ESM", paid="2028-04-26"),
        "20.04": _to("2025-05-29", tier="ESM", paid="2030-04-23"),
        "22.04": _to("2027-06-01", tier="ESM", paid="2032-04-21"),
        "23.10": _to("2024-07-11"),
        "24.04": _to("2029-05-31", tier="ESM", paid="2034-04-25"),
        "24.10": _to("2025-07-10"),
        "25.04": _to("2026-01-15"),
        "25.10": _to("2026-07-09"),
        "26.04": _to("2031-05-29", tier="ESM", paid="2036-04-23"),
    },
    "rhel": {
        "6": _to("2020-11-30", tier="ELS", paid="2024-06-30"),
        "7": _to("2024-06-30", tier="ELS", paid="2028-06-30"),
        "8": _to("2029-05-31", tier="ELS", paid="2032-05-31"),
        "9": _to("2032-05-31", tier="ELS", paid="2035-05-31"),
        "10": _to("2035-05-31"),
    },
    "almalinux": {
        "8": _to("2029-03-01"),
        "9": _to("2032-05-31"),
        "10": _to("2035-05-31"),
    },
    "rocky": {
        "8": _to("2029-05-31"),
        "9": _to("2032-05-31"),
        "10": _to("2035-05-31"),
    },
    "ol": {
        "6": _to("2021-03-31", tier="Extended Support", paid="2024-12-31"),
        "7": _to("2024-12-31", tier="Extended Support", paid="2028-06-30"),
        "8": _to("2029-07-31", tier="Extended Support", paid="2032-07-31"),
        "9": _to("2032-06-30", tier="Extended Support", paid="2035-06-30"),
        "10": _to("2035-06-30"),
    },
    "centos": {
        "6": _to("2020-11-30"),
        "7": _to("2024-06-30"),
        "8": _to("2021-12-31"),
    },
    "centos-stream": {
        "8": _to("2024-05-31"),
        "9": _to("2027-05-31"),
        "10": _to("2030-01-01"),
    },
    "sles": {
        "12.5": _to("2024-10-31", tier="LTSS", paid="2027-10-31"),
        "15.3": _to("2022-12-31", tier="LTSS", paid="2025-12-31"),
        "15.4": _to("2023-12-31", tier="LTSS", paid="2026-12-31"),
        "15.5": _to("2024-12-31", tier="LTSS", paid="2027-12-31"),
        "15.6": _to("2025-12-31", tier="LTSS", paid="2028-12-31"),
        "15.7": _to("2031-07-31"),
    },
    "opensuse-leap": {
        "15.4": _to("2023-12-07"),
        "15.5": _to("2024-12-31"),
        "15.6": _to("2026-04-30"),
    },
    "amzn": {
        "2018.03": _to("2023-12-31"),
        "2": _to("2026-06-30"),
        "2023": _to("2029-06-30"),
    },
}


def support_of(distribution: str, version: str, name: str = "") -> Support | None:
    """
    The support of a release: by the whole version, else by its major number (RHEL's `9.4`).

    CentOS Stream and CentOS Linux share an `ID` and are told apart by name. None: not in the table.
    """
    if distribution == "centos" and "stream" in name.lower():
        distribution = "centos-stream"
    releases = SUPPORT.get(distribution, {})
    return releases.get(version) or releases.get(version.partition(".")[0])
