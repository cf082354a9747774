"""Limits of the checks against the owner's lists, on this side and on the other."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.edges import Edge, holds
from tests.support import AT

from cdso_audit.facts.devices.parts import DeviceLogging
from cdso_audit.facts.devices.permits import DevicePermits, Permit
from cdso_audit.facts.logging import LogForwarding, LogTarget
from cdso_audit.facts.login_sources import LoginFrom, LoginSources
from cdso_audit.facts.malware import MalwareProtection, ProductState
from cdso_audit.facts.network_state import HostNetwork
from cdso_audit.facts.sockets import ListeningSockets
from cdso_audit.facts.software import InstalledSoftware, Software
from cdso_audit.facts.updates import PackageSource, PackageSources
from cdso_audit.model import (
    AdminSourceRow,
    AssetRow,
    EnrolmentRow,
    ListFile,
    ListName,
    Lists,
    LogSourceRow,
    Outcome,
    SoftwareRow,
    ZoneRow,
)
from cdso_checks.lists.asset_registered import asset_registered
from cdso_checks.lists.device_log_source_arrives import device_log_source_arrives
from cdso_checks.lists.device_management_no_internet import device_management_no_internet
from cdso_checks.lists.device_users_to_servers import device_users_to_servers
from cdso_checks.lists.host_zone_declared import host_zone_declared
from cdso_checks.lists.log_source_arrives import log_source_arrives
from cdso_checks.lists.login_sources_listed import login_sources_listed
from cdso_checks.lists.malware_console_enrolled import malware_console_enrolled
from cdso_checks.lists.patch_server_enrolled import patch_server_enrolled
from cdso_checks.lists.software_register_agrees import software_register_agrees
from cdso_checks.lists.vulnerability_scan_covers import vulnerability_scan_covers

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
NONE = Outcome.NOT_APPLICABLE
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
TODAY = date(2026, 11, 21)


def lists(name: ListName, exported: int, **rows: Any) -> Lists:
    """The lists with one that was exported so many days ago."""
    file = ListFile(
        name=name, file=f"lists/{name}.csv", rows=1, confirmed_by="an",
        confirmed_on=TODAY - exported * DAY,
    )  # fmt: skip
    return Lists(files=(file,), **rows)


def enrolled(
    platform: Any, *days: int, exported: int = 0, asset: str = "web1", also: Any = None
) -> Lists:
    """Seen so many days ago on that platform."""
    rows = [EnrolmentRow(asset=asset, platform=platform, seen=TODAY - each * DAY) for each in days]
    rows += [EnrolmentRow(asset="web1", platform=also, seen=TODAY)] if also else []
    return lists("enrolments", exported, enrolments=tuple(rows))


def arrived(days: int, exported: int = 0) -> Lists:
    row = LogSourceRow(asset="web1", platform="SIEM", last_event=TODAY - days * DAY)
    return lists("log_sources", exported, log_sources=(row,))


def coming_from(*kinds: Any) -> Lists:
    rows = tuple(
        AdminSourceRow(assets=("web1",), source="10.0.0.0/24", kind=each) for each in kinds
    )
    return lists("admin_sources", 0, admin_sources=rows)


def session(age: timedelta, source: str = "10.0.0.7") -> LoginSources:
    login = LoginFrom(account="an", source=source, last=AT - age)
    return LoginSources(subject="logins", logins=(login,))


def shipping(
    *daemons: str, running: bool = False, unreadable: tuple[str, ...] = ()
) -> LogForwarding:
    target = LogTarget(program="rsyslog", host="10.0.0.9", running=running)
    return LogForwarding(
        subject="forwarding", daemons=daemons, targets=(target,), unreadable=unreadable
    )


def running(name: str, version: str) -> InstalledSoftware:
    return InstalledSoftware(
        subject="software", software=(Software(name=name, version=version),), known_asked=True
    )


def allowing(name: str, version: str) -> Lists:
    row = SoftwareRow(
        software=name, kind="application", version=version, purpose="web",
        support_until=date(2028, 6, 30), scope="DMZ", owner="Debian", licence="GPL",
        component="DVC", responsible="An",
    )  # fmt: skip
    return lists("software", 0, software=(row,))


def zoned(*rows: tuple[str, Any, str]) -> Lists:
    """Name, kind and network of each zone."""
    zones = tuple(ZoneRow(zone=name, kind=kind, networks=(net,)) for name, kind, net in rows)
    return lists("zones", 0, zones=zones)


def on_network(*addresses: str) -> HostNetwork:
    return HostNetwork(subject="network", name="web1", addresses=addresses)


def registered(*addresses: str) -> Lists:
    row = AssetRow(
        asset="web1", name="web", kind="server", addresses=addresses, status="in-use", owner="An"
    )
    return lists("assets", 0, assets=(row,))


def permit(sources: str, destinations: str, *, accepts: bool = True) -> Permit:
    """A rule for every service."""
    return Permit(
        name="1", accepts=accepts, sources=tuple(sources.split()),
        destinations=tuple(destinations.split()), services=("any",),
    )  # fmt: skip


def permits(
    *rules: Permit, stands: tuple[str, ...] = ("10.1.0.0/16", "10.8.0.0/16")
) -> DevicePermits:
    return DevicePermits(subject="device", networks=stands, permits=rules, leads_out=True)


APART = zoned(
    ("users", "internal", "10.1.0.0/16"), ("servers", "server", "10.2.0.0/16"),
    ("care", "management", "10.8.0.0/16"),
)  # fmt: skip
USERS, OUTWARD = device_users_to_servers, device_management_no_internet
NETWORK = HostNetwork(subject="network", name="web1", addresses=("10.0.0.5",))
WIDE, NARROW = ("wide", "internal", "10.0.0.0/8"), ("narrow", "server", "10.0.0.0/24")
ANY = {"min_zones": ()}
SOCKETS = ListeningSockets(subject="sockets", listeners=())
MIRROR = PackageSource(file="f", uri="http://mirror.example/debian")
PACKAGES = PackageSources(subject="packages", manager="apt-get", sources=(MIRROR,))
GUARD = MalwareProtection(subject="malware", products=(ProductState(name="p", alive=True),))
DEVICE = DeviceLogging(subject="device", hosts=("10.0.0.9",))
SCANS, PATCHES, CONSOLE = vulnerability_scan_covers, patch_server_enrolled, malware_console_enrolled
LOGS, DEVICE_LOGS, LOGINS = log_source_arrives, device_log_source_arrives, login_sources_listed
JUMP = {"kinds": ("jump-host",)}
ZONE, AGREES = host_zone_declared, software_register_agrees
EDGES = [
    Edge(USERS, permits(permit("10.1.0.7/16", "10.2.0.5/16")), FAIL, lists=APART),
    Edge(USERS, permits(permit("0.0.0.0/0", "10.2.0.0/16"), stands=()), NONE, lists=APART),
    Edge(USERS, permits(permit("10.1.0.0/16", "10.2.0.0/16"), stands=()), FAIL, lists=APART),
    Edge(
        USERS,
        permits(
            permit("10.1.0.0/16 10.9.0.0/16", "10.2.0.0/16 10.9.0.0/16", accepts=False),
            permit("10.1.0.0/16", "10.2.0.0/16"),
        ),
        PASS,
        lists=APART,
    ),
    Edge(
        USERS,
        permits(
            permit("10.1.0.0/17", "10.2.0.0/16", accepts=False),
            permit("10.1.0.0/16", "10.2.0.0/16"),
        ),
        FAIL,
        lists=APART,
    ),
    Edge(OUTWARD, permits(permit("10.8.0.0/16", "10.0.0.0/8 8.8.8.8/32")), FAIL, lists=APART),
    Edge(OUTWARD, permits(permit("10.8.0.0/16", "10.0.0.0/8")), PASS, lists=APART),
    Edge(
        OUTWARD,
        permits(
            permit("10.8.0.0/16", "8.8.8.0/24", accepts=False),
            permit("10.8.0.0/16", "0.0.0.0/0"),
        ),
        FAIL,
        lists=APART,
    ),
    Edge(asset_registered, on_network("10.0.0.5", "fd00::5"), PASS, lists=registered("10.0.0.5")),
    Edge(asset_registered, on_network("10.0.0.5"), PASS, lists=registered("10.0.0.5", "fd00::5")),
    Edge(asset_registered, on_network("10.0.0.5", "10.0.0.6"), FAIL, lists=registered("10.0.0.5")),
    Edge(AGREES, running("nginx", "1.22"), PASS, lists=allowing("nginx", "1.22")),
    Edge(AGREES, running("nginx", "1.23"), FAIL, lists=allowing("nginx", "1.22")),
    Edge(AGREES, running("nginx", ""), PASS, lists=allowing("nginx", "1.22")),
    Edge(ZONE, NETWORK, PASS, parameters=ANY, lists=zoned(WIDE, NARROW)),
    Edge(ZONE, NETWORK, FAIL, parameters=ANY, lists=zoned(("other", "server", "10.0.1.0/24"))),
    Edge(SCANS, SOCKETS, PASS, says="2026-11-21", lists=enrolled("scanner", 0, 200)),
    Edge(SCANS, SOCKETS, PASS, says="2026-11-21", lists=enrolled("scanner", 200, 0)),
    Edge(SCANS, SOCKETS, PASS, lists=enrolled("scanner", 366)),
    Edge(SCANS, SOCKETS, FAIL, lists=enrolled("scanner", 367)),
    Edge(SCANS, SOCKETS, PASS, lists=enrolled("scanner", 366, exported=366)),
    Edge(SCANS, SOCKETS, FAIL, lists=enrolled("scanner", 0, asset="web2")),
    Edge(SCANS, SOCKETS, FAIL, lists=enrolled("scanner", 0, asset="web2", also="patches")),
    Edge(PATCHES, PACKAGES, PASS, lists=enrolled("patches", 7)),
    Edge(PATCHES, PACKAGES, FAIL, lists=enrolled("patches", 8)),
    Edge(PATCHES, PACKAGES, PASS, lists=enrolled("patches", 31, exported=31)),
    Edge(PATCHES, PACKAGES, UNKNOWN, lists=enrolled("patches", 32, exported=32)),
    Edge(PATCHES, PACKAGES, PASS, lists=enrolled("patches", 90, 1)),
    Edge(PATCHES, PACKAGES, UNKNOWN, says="nobody confirmed"),
    Edge(CONSOLE, GUARD, PASS, lists=enrolled("edr", 31, exported=31)),
    Edge(CONSOLE, GUARD, UNKNOWN, lists=enrolled("edr", 32, exported=32)),
    Edge(DEVICE_LOGS, DEVICE, PASS, says="SIEM", lists=arrived(1)),
    Edge(DEVICE_LOGS, DEVICE, FAIL, lists=arrived(2)),
    Edge(DEVICE_LOGS, DEVICE, PASS, lists=arrived(31, exported=31)),
    Edge(DEVICE_LOGS, DEVICE, UNKNOWN, lists=arrived(32, exported=32)),
    Edge(LOGS, shipping("rsyslog", running=True), PASS, lists=arrived(0)),
    Edge(LOGS, shipping("rsyslog"), FAIL, lists=arrived(0)),
    Edge(LOGS, shipping("rsyslog", unreadable=("/etc/x",)), PASS, lists=arrived(0)),
    Edge(LOGS, shipping("journald", unreadable=("/etc/x",)), FAIL, lists=arrived(0)),
    Edge(LOGINS, session(90 * DAY, "192.0.2.1"), FAIL, lists=coming_from("vpn")),
    Edge(LOGINS, session(90 * DAY + SECOND, "192.0.2.1"), PASS, lists=coming_from("vpn")),
    Edge(LOGINS, session(DAY), PASS, lists=coming_from("vpn")),
    Edge(LOGINS, session(DAY), FAIL, lists=coming_from("vpn"), parameters=JUMP),
    Edge(LOGINS, session(DAY), PASS, lists=coming_from("vpn", "jump-host"), parameters=JUMP),
    Edge(LOGINS, session(DAY, "tty1.example"), UNKNOWN, lists=coming_from("vpn")),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
