"""
Lists proposed from what was seen: rows that a person corrects, completes and confirms. Pure.

A cell that nothing was seen for stays empty; a draft may have such cells, a confirmed list may not.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from cdso_audit import address
from cdso_audit.facts.accounts import AccountList
from cdso_audit.facts.accounts_admins import Administrators
from cdso_audit.facts.backups import BackupState
from cdso_audit.facts.browser_extensions import BrowserExtensions
from cdso_audit.facts.database_grants import DatabaseGrants
from cdso_audit.facts.devices import DeviceUsers
from cdso_audit.facts.logging import LogForwarding
from cdso_audit.facts.login_sources import LoginSources
from cdso_audit.facts.malware import MalwareProtection
from cdso_audit.facts.network_state import HostNetwork, NameServers, Neighbours
from cdso_audit.facts.reading import Fact, Observation, snapshot
from cdso_audit.facts.sockets import ListeningSockets
from cdso_audit.facts.software import BROWSER_OR_MAIL, RUNTIME, InstalledSoftware
from cdso_audit.facts.windows.accounts import WindowsUser
from cdso_audit.facts.windows.browsers import WindowsBrowserPolicy
from cdso_audit.model import Agency, Asset, DeviceAsset, HostAsset

Row = Mapping[str, Any]
F = TypeVar("F", bound=Fact)

FACTS: tuple[type[Fact], ...] = (
    AccountList,
    Administrators,
    BackupState,
    BrowserExtensions,
    DatabaseGrants,
    DeviceUsers,
    HostNetwork,
    InstalledSoftware,
    ListeningSockets,
    LogForwarding,
    LoginSources,
    MalwareProtection,
    NameServers,
    Neighbours,
    WindowsBrowserPolicy,
    WindowsUser,
)

#: Ports of clients, which wait for answers and offer nothing.
_CLIENTS = frozenset({("udp", 68), ("udp", 546)})

#: Programs whose data is worth a row, and where they usually keep it.
_STORES = {
    "postgres": "/var/lib/postgresql",
    "mysqld": "/var/lib/mysql",
    "mariadbd": "/var/lib/mysql",
    "mongod": "/var/lib/mongodb",
    "redis-server": "/var/lib/redis",
    "slapd": "/var/lib/ldap",
}


@dataclass(frozen=True, slots=True)
class Seen:
    """The facts of one asset."""

    asset: Asset
    facts: tuple[Fact, ...]

    def of(self, kind: type[F]) -> Iterator[F]:
        return (each for each in self.facts if isinstance(each, kind))


def seen_in(
    agency: Agency, observations: Mapping[str, Sequence[Observation]], at: datetime
) -> list[Seen]:
    """The facts that lists are made of, for every asset that was looked at."""
    return [
        Seen(asset, snapshot(asset, system, observations[asset.id], FACTS, at=at).facts)
        for system in agency.systems
        for asset in system.assets
        if observations.get(asset.id)
    ]


def drafts(seen: Sequence[Seen]) -> dict[str, list[Row]]:
    """The rows of every list, by its name."""
    return {name: list(made(seen)) for name, made in MAKERS.items()}


def _assets(seen: Sequence[Seen]) -> Iterator[Row]:
    known: set[str] = set()
    for each in seen:
        if not isinstance(each.asset, HostAsset | DeviceAsset):
            continue
        network = next(each.of(HostNetwork), None)
        addresses = [one for one in (network.addresses if network else ()) if ":" not in one]
        if not addresses and each.asset.host and address.ip(each.asset.host):
            addresses = [each.asset.host]
        known.update(addresses, network.macs if network else ())
        yield {
            "asset": each.asset.id,
            "name": network.name if network else each.asset.id,
            "kind": "network" if isinstance(each.asset, DeviceAsset) else "server",
            "addresses": addresses,
            "macs": network.macs if network else (),
            "status": "in-use",
        }
    yield from _strangers(seen, known)


def _strangers(seen: Sequence[Seen], known: set[str]) -> Iterator[Row]:
    """Neighbours that no asset of the inventory is: somebody must say what they are."""
    for each in seen:
        for heard in each.of(Neighbours):
            for device in heard.devices:
                if device.mac in known or device.address in known:
                    continue
                known.update((device.mac, device.address))
                yield {
                    "name": f"? {device.mac}",
                    "addresses": [device.address],
                    "macs": [device.mac],
                }


def _zones(seen: Sequence[Seen]) -> Iterator[Row]:
    networks: dict[str, None] = {}
    for each in seen:
        for network in each.of(HostNetwork):
            for one in network.addresses:
                if ":" not in one:
                    networks[f"{one.rpartition('.')[0]}.0/24"] = None
    for number, name in enumerate(sorted(networks), start=1):
        yield {"zone": f"? {number}", "networks": [name]}


def _accounts(seen: Sequence[Seen]) -> Iterator[Row]:
    rows: dict[tuple[str, str], list[str]] = {}
    for each in seen:
        for name, kind in _accounts_of(each):
            rows.setdefault((name, kind), []).append(each.asset.id)
    for (name, kind), assets in sorted(rows.items()):
        yield {"assets": assets, "account": name, "kind": kind, "state": "active"}


def _accounts_of(each: Seen) -> Iterator[tuple[str, str]]:
    """Accounts that get a session, each with the kind that it looks like."""
    admins = {one.name for held in each.of(Administrators) for one in held.admins}
    for held in each.of(AccountList):
        for one in held.accounts:
            if one.has_shell:
                person = "user" if held.is_person(one) else "service"
                yield one.name, "admin" if one.name in admins else person
    for user in each.of(WindowsUser):
        if user.enabled:
            yield user.subject.rpartition("\\")[2], "user"
    for kept in each.of(DeviceUsers):
        yield from ((somebody.name, "admin") for somebody in kept.users)


def _services(seen: Sequence[Seen]) -> Iterator[Row]:
    rows: dict[tuple[str, int], dict[str, str]] = {}
    for each in seen:
        ssh = each.asset.access.ssh if isinstance(each.asset, HostAsset) else None
        for sockets in each.of(ListeningSockets):
            for one in sockets.listeners:
                key = (one.protocol, one.port)
                own = key == ("tcp", ssh.port if ssh and ssh.port else 22)
                if not one.is_loopback and key not in _CLIENTS and not own:
                    rows.setdefault(key, {})[each.asset.id] = one.program
    for (protocol, port), assets in sorted(rows.items(), key=lambda row: row[0][1]):
        programs = ", ".join(dict.fromkeys(name for name in assets.values() if name))
        yield {
            "assets": list(assets),
            "port": port,
            "protocol": protocol,
            "purpose": f"? {programs}".strip(),
        }


def _software(seen: Sequence[Seen]) -> Iterator[Row]:
    rows: dict[str, dict[str, list[str]]] = {}
    for each in seen:
        for installed in each.of(InstalledSoftware):
            for one in installed.asked:
                rows.setdefault(one.name, {}).setdefault(one.version, []).append(each.asset.id)
    hosts = sum(any(True for _ in each.of(InstalledSoftware)) for each in seen)
    for name, versions in sorted(rows.items()):
        assets = [asset for assets in versions.values() for asset in assets]
        kind = (
            "runtime"
            if RUNTIME.match(name)
            else "application"
            if name.startswith("/")
            else ""
            if BROWSER_OR_MAIL.match(name)
            else "system"
        )
        yield {
            "assets": ["*"] if hosts > 1 and len(set(assets)) == hosts else assets,
            "software": name,
            "kind": kind,
            "version": next(iter(versions)) if len(versions) == 1 else "",
        }
    yield from _extensions(seen)


def _extensions(seen: Sequence[Seen]) -> Iterator[Row]:
    """What policies name and what runs in a profile, by id."""
    rows: dict[tuple[str, str], dict[str, None]] = {}
    for each in seen:
        browsers: list[BrowserExtensions | WindowsBrowserPolicy] = [
            *each.of(BrowserExtensions),
            *each.of(WindowsBrowserPolicy),
        ]
        for held in browsers:
            here = held.extensions if isinstance(held, BrowserExtensions) else ()
            running = [one.id for one in here if one.enabled and not held.rules.stops(one.id)]
            for name in (*held.rules.forced, *held.rules.allowed, *running):
                rows.setdefault((name, held.product), {})[each.asset.id] = None
    for (name, product), assets in sorted(rows.items()):
        yield {
            "assets": list(assets),
            "software": name,
            "kind": "browser-extension",
            "component": product,
        }


def _log_sources(seen: Sequence[Seen]) -> Iterator[Row]:
    for each in seen:
        for logs in each.of(LogForwarding):
            hosts = dict.fromkeys(one.host for one in logs.targets if one.running)
            yield {"asset": each.asset.id, "platform": ", ".join(hosts)}


def _backups(seen: Sequence[Seen]) -> Iterator[Row]:
    for each in seen:
        for one in each.of(BackupState):
            if one.declared:
                yield {
                    "copy_id": one.subject,
                    "asset": each.asset.id,
                    "tool": one.tool,
                    "location": one.place,
                    "apart": one.remote,
                }
            elif one.traces:
                yield {"asset": each.asset.id, "tool": "other", "location": ", ".join(one.traces)}


def _data(seen: Sequence[Seen]) -> Iterator[Row]:
    for each in seen:
        programs = {one.program for held in each.of(ListeningSockets) for one in held.listeners}
        for name in sorted(programs & _STORES.keys()):
            yield {"data": f"? {name}", "asset": each.asset.id, "path": _STORES[name]}


def _resolvers(seen: Sequence[Seen]) -> Iterator[Row]:
    servers = {
        one: None for each in seen for asked in each.of(NameServers) for one in asked.servers
    }
    for one in servers:
        yield {"resolver": one, "filters": False}


def _admin_sources(seen: Sequence[Seen]) -> Iterator[Row]:
    rows: dict[str, list[str]] = {}
    people: dict[str, dict[str, None]] = {}
    for each in seen:
        for logins in each.of(LoginSources):
            for one in logins.logins:
                if address.ip(one.source) is not None:
                    assets = rows.setdefault(one.source, [])
                    if each.asset.id not in assets:
                        assets.append(each.asset.id)
                    people.setdefault(one.source, {})[one.account] = None
    for source, assets in sorted(rows.items()):
        yield {"assets": assets, "source": source, "purpose": f"? {', '.join(people[source])}"}


def _enrolments(seen: Sequence[Seen]) -> Iterator[Row]:
    for each in seen:
        if any(one.alive for held in each.of(MalwareProtection) for one in held.products):
            yield {"asset": each.asset.id, "platform": "malware"}
        if isinstance(each.asset, HostAsset):
            yield {"asset": each.asset.id, "platform": "patches"}
            yield {"asset": each.asset.id, "platform": "scanner"}


def _grants(seen: Sequence[Seen]) -> Iterator[Row]:
    for each in seen:
        for held in each.of(DatabaseGrants):
            for one in held.grants:
                yield {
                    "asset": each.asset.id,
                    "database": one.database,
                    "account": one.account,
                    "may": one.may,
                }


def _scans(seen: Sequence[Seen]) -> Iterator[Row]:
    for zone in _zones(seen):
        yield {"networks": zone["networks"]}


def from_inventory(agency: Agency) -> dict[str, list[Row]]:
    """What the inventory alone tells, before anything was looked at."""
    seen = [Seen(asset, ()) for system in agency.systems for asset in system.assets]
    services: list[Row] = [
        {"assets": [asset], "port": port, "protocol": "tcp", "purpose": "?"}
        for system in agency.systems
        for asset, ports in system.declared.ports.items()
        for port in ports
    ]
    return {"assets": list(_assets(seen)), "services": services}


MAKERS: Mapping[str, Callable[[Sequence[Seen]], Iterable[Row]]] = {
    "assets": _assets,
    "zones": _zones,
    "accounts": _accounts,
    "services": _services,
    "software": _software,
    "log_sources": _log_sources,
    "backups": _backups,
    "data": _data,
    "resolvers": _resolvers,
    "admin_sources": _admin_sources,
    "enrolments": _enrolments,
    "grants": _grants,
    "scans": _scans,
}
