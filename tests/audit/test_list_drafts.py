"""Drafts hold what was seen, ask where nobody saw, and are read again as drafts."""

from datetime import timedelta
from typing import Any

from tests.support import AT

from cdso_audit.facts.accounts import Account, AccountList
from cdso_audit.facts.accounts_admins import Administrator, Administrators
from cdso_audit.facts.backups import BackupState
from cdso_audit.facts.browser_extensions import BrowserExtensions, Extension
from cdso_audit.facts.browser_policies import ExtensionRules
from cdso_audit.facts.devices import DeviceUsers
from cdso_audit.facts.devices.parts import DeviceUser
from cdso_audit.facts.login_sources import LoginFrom, LoginSources
from cdso_audit.facts.malware import MalwareProtection, ProductState
from cdso_audit.facts.network_state import HostNetwork, NameServers, Neighbour, Neighbours
from cdso_audit.facts.reading import Fact
from cdso_audit.facts.sockets import Listener, ListeningSockets
from cdso_audit.facts.software import InstalledSoftware, Software
from cdso_audit.facts.windows.browsers import WindowsBrowserPolicy
from cdso_audit.lists import KINDS, parse_list, table
from cdso_audit.lists.drafting import Seen, drafts, from_inventory
from cdso_audit.model import (
    Access,
    Agency,
    AgencyIdentity,
    Declared,
    DeviceAsset,
    EndpointAsset,
    HostAsset,
    SshAccess,
    System,
)

WEB = HostAsset(id="web1", host="10.1.2.3")
DB = HostAsset(id="db1", host="10.1.3.4", access=Access(ssh=SshAccess(port=2222)))
FIREWALL = DeviceAsset(id="fw", device="cisco-ios", host="10.1.2.1")


ANY = "0.0.0.0"  # noqa: S104 - text, nothing is bound


def account(name: str, uid: int, shell: str = "/bin/bash") -> Account:
    return Account(name=name, uid=uid, gid=uid, shell=shell)


def listener(port: int, address: str = ANY, program: str = "", protocol: str = "tcp") -> Listener:
    return Listener.model_validate(
        {"protocol": protocol, "address": address, "port": port, "program": program}
    )


def seen(asset: Any, *facts: Fact) -> Seen:
    return Seen(asset, facts)


EVERYTHING = [
    seen(
        WEB,
        HostNetwork(
            subject="n",
            name="web1.tinh",
            addresses=("10.1.2.3", "2001:db8::3"),
            macs=("52:54:00:00:00:03",),
        ),
        Neighbours(
            subject="n",
            devices=(
                Neighbour(address="10.1.3.4", mac="52:54:00:00:00:04", link="eth0"),
                Neighbour(address="10.1.2.66", mac="de:ad:be:ef:00:66", link="eth0"),
            ),
        ),
        AccountList(
            subject="a",
            accounts=(
                account("root", 0),
                account("an", 1000),
                account("bin", 2, "/usr/sbin/nologin"),
                account("postgres", 110),
            ),
        ),
        Administrators(
            subject="a",
            admins=(
                Administrator(name="root", uid=0, by=("uid 0",)),
                Administrator(name="an", uid=1000, by=("sudo",)),
            ),
        ),
        ListeningSockets(
            subject="s",
            listeners=(
                listener(22),
                listener(443, program="nginx"),
                listener(5432, "127.0.0.1", "postgres"),
                listener(68, protocol="udp"),
            ),
        ),
        InstalledSoftware(
            subject="s",
            software=(
                Software(name="nginx", version="1.22"),
                Software(name="php8.2-fpm", version="8.2"),
            ),
        ),
        NameServers(subject="r", servers=("10.1.2.53",)),
        LoginSources(
            subject="l",
            logins=(
                LoginFrom(account="an", source="10.1.9.5", last=AT),
                LoginFrom(account="an", source="pc7.example.vn", last=AT),
            ),
        ),
        MalwareProtection(subject="m", products=(ProductState(name="ClamAV", alive=True),)),
    ),
    seen(
        DB,
        HostNetwork(subject="n", name="db1", addresses=("10.1.3.4",), macs=("52:54:00:00:00:04",)),
        AccountList(subject="a", accounts=(account("root", 0),)),
        Administrators(subject="a", admins=(Administrator(name="root", uid=0, by=("uid 0",)),)),
        ListeningSockets(
            subject="s", listeners=(listener(2222), listener(5432, program="postgres"))
        ),
        InstalledSoftware(
            subject="s",
            software=(
                Software(name="nginx", version="1.22"),
                Software(name="/opt/x", source="file"),
            ),
        ),
        BackupState(
            subject="nightly", tool="restic", place="/srv/restic", made_at=AT - timedelta(hours=3)
        ),
    ),
    seen(FIREWALL, DeviceUsers(subject="u", users=(DeviceUser(name="netadmin"),))),
    seen(EndpointAsset(id="www", url="https://dvc.example.vn")),
]
MADE = drafts(EVERYTHING)


def rows(name: str, *keys: str) -> list[tuple[Any, ...]]:
    return [tuple(row.get(key) for key in keys) for row in MADE[name]]


def test_devices_and_the_strangers_beside_them() -> None:
    assert rows("assets", "asset", "addresses", "kind") == [
        ("web1", ["10.1.2.3"], "server"),
        ("db1", ["10.1.3.4"], "server"),
        ("fw", ["10.1.2.1"], "network"),
        (None, ["10.1.2.66"], None),
    ]


def test_zones_are_a_guess_with_a_question() -> None:
    assert rows("zones", "zone", "networks", "kind") == [
        ("? 1", ["10.1.2.0/24"], None),
        ("? 2", ["10.1.3.0/24"], None),
    ]


def test_accounts_that_get_a_session_with_their_hosts() -> None:
    assert rows("accounts", "account", "kind", "assets") == [
        ("an", "admin", ["web1"]),
        ("netadmin", "admin", ["fw"]),
        ("postgres", "service", ["web1"]),
        ("root", "admin", ["web1", "db1"]),
    ]


def test_services_without_ssh_the_loopback_and_clients() -> None:
    assert rows("services", "port", "assets", "purpose") == [
        (443, ["web1"], "? nginx"),
        (5432, ["db1"], "? postgres"),
    ]


def test_extensions_that_policies_name_or_that_run_are_proposed_by_their_id() -> None:
    rules = ExtensionRules(allowed=("a@x",), forced=("b@x",), blocked=("c@x",))
    here = [
        Extension(id="c@x", profile="p"),  # the policy stops it
        Extension(id="d@x", profile="p", enabled=False),
        Extension(id="e@x", profile="p"),
    ]
    on_linux = BrowserExtensions(
        subject="firefox-esr", product="firefox", rules=rules, extensions=tuple(here)
    )
    on_windows = WindowsBrowserPolicy(
        subject="firefox", product="firefox", rules=ExtensionRules(forced=("b@x",))
    )

    made = drafts([seen(WEB, on_linux), seen(DB, on_windows)])["software"]

    assert [
        (each["software"], each["kind"], each["component"], each["assets"]) for each in made
    ] == [
        ("a@x", "browser-extension", "firefox", ["web1"]),
        ("b@x", "browser-extension", "firefox", ["web1", "db1"]),
        ("e@x", "browser-extension", "firefox", ["web1"]),
    ]


def test_software_of_every_host_is_one_row_for_all() -> None:
    assert rows("software", "software", "assets", "kind", "version") == [
        ("/opt/x", ["db1"], "application", ""),
        ("nginx", ["*"], "system", "1.22"),
        ("php8.2-fpm", ["web1"], "runtime", "8.2"),
    ]


def test_the_rest() -> None:
    assert rows("backups", "copy_id", "asset", "location") == [("nightly", "db1", "/srv/restic")]
    assert rows("data", "asset", "path") == [
        ("web1", "/var/lib/postgresql"),
        ("db1", "/var/lib/postgresql"),
    ]
    assert rows("resolvers", "resolver", "filters") == [("10.1.2.53", False)]
    assert rows("admin_sources", "source", "assets", "purpose") == [("10.1.9.5", ["web1"], "? an")]
    assert rows("scans", "networks") == [(["10.1.2.0/24"],), (["10.1.3.0/24"],)]
    assert rows("enrolments", "asset", "platform") == [
        ("web1", "malware"), ("web1", "patches"), ("web1", "scanner"),
        ("db1", "patches"), ("db1", "scanner"),
    ]  # fmt: skip


def test_every_draft_is_read_again_and_proves_nothing() -> None:
    for name, made in MADE.items():
        for lang in ("vi", "en"):
            text = table(name, made, "vi" if lang == "vi" else "en", note="x")
            head, _ = parse_list(text.encode(), f"lists/{name}.csv", ["web1", "db1", "fw", "www"])

            assert head.rows == len(made)
            assert not head.confirmed_by
    assert MADE.keys() == KINDS.keys()


def test_an_inventory_alone_tells_of_devices_and_declared_ports() -> None:
    system = System(id="s", assets=(WEB, FIREWALL), declared=Declared(ports={"web1": (443,)}))
    made = from_inventory(Agency(agency=AgencyIdentity(id="a"), systems=(system,)))

    assert [row["asset"] for row in made["assets"]] == ["web1", "fw"]
    assert made["services"] == [
        {"assets": ["web1"], "port": 443, "protocol": "tcp", "purpose": "?"}
    ]
