"""Limits of the checks of updates, on this side and on the other."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.edges import Edge, holds
from tests.support import AT

from cdso_audit.facts.os_release import OsRelease
from cdso_audit.facts.updates import (
    AutomaticUpdates,
    PackageSource,
    PackageSources,
    PackageUpdates,
    RebootState,
    UpdateHistory,
)
from cdso_audit.model import Outcome
from cdso_checks.updates.automatic_updates import automatic_updates
from cdso_checks.updates.os_end_of_life import os_end_of_life
from cdso_checks.updates.package_signing import package_signing
from cdso_checks.updates.reboot_pending import reboot_pending
from cdso_checks.updates.security_updates import security_updates
from cdso_checks.updates.third_party_repositories import third_party_repositories
from cdso_checks.updates.update_age import update_age
from cdso_checks.updates.update_lists_fresh import update_lists_fresh

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


def debian(version: str, *, extended: bool = False) -> OsRelease:
    return OsRelease(subject="os", id="debian", version=version, name="Debian", extended=extended)


def on(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


def lists(age: timedelta) -> PackageUpdates:
    return PackageUpdates(subject="packages", manager="apt-get", lists_from=AT - age)


def automatic(
    manager: str, settings: dict[str, str], timer: str, state: str, *, installed: bool = True
) -> AutomaticUpdates:
    return AutomaticUpdates(
        subject="packages", manager=manager, installed=installed, settings=settings,
        timers={timer: state},
    )  # fmt: skip


def apt(value: str, state: str = "enabled", **settings: str) -> AutomaticUpdates:
    key = {"apt::periodic::unattended-upgrade": value}
    return automatic("apt-get", key | settings, "apt-daily-upgrade.timer", state)


def dnf(value: str, timer: str = "dnf-automatic.timer") -> AutomaticUpdates:
    return automatic("dnf", {"apply_updates": value}, timer, "enabled")


def sources(*uris: str, **settings: str) -> PackageSources:
    return PackageSources(
        subject="packages", manager="apt-get", settings=settings,
        sources=tuple(PackageSource(file="f", uri=each) for each in uris),
    )  # fmt: skip


MIRROR = "http://deb.debian.org/debian"
BOOTED = RebootState(subject="host", running="6.1.0-2", newest="6.1.0-2", booted=AT - 3 * DAY)
FEW = {"max_days": 30}
EDGES = [
    Edge(os_end_of_life, debian("12"), PASS, "is supported", at=on("2026-07-11")),
    Edge(os_end_of_life, debian("12"), PASS, "long-term", at=on("2026-07-12")),
    Edge(os_end_of_life, debian("12"), PASS, "long-term", at=on("2028-06-30")),
    Edge(os_end_of_life, debian("12"), FAIL, "no sign", at=on("2028-07-01")),
    Edge(os_end_of_life, debian("12", extended=True), PASS, "paid", at=on("2033-06-30")),
    Edge(os_end_of_life, debian("12", extended=True), FAIL, "2033-06-30", at=on("2033-07-01")),
    Edge(update_lists_fresh, lists(7 * DAY), PASS),
    Edge(update_lists_fresh, lists(7 * DAY + SECOND), FAIL),
    Edge(security_updates, lists(30 * DAY), PASS, parameters=FEW),
    Edge(security_updates, lists(30 * DAY + SECOND), UNKNOWN, parameters=FEW),
    Edge(update_age, UpdateHistory(subject="p", last=AT - 30 * DAY), PASS, parameters=FEW),
    Edge(update_age, UpdateHistory(subject="p", last=AT - 30 * DAY - SECOND), FAIL, parameters=FEW),
    Edge(update_age, UpdateHistory(subject="p", first_boot=AT - 30 * DAY), PASS, parameters=FEW),
    Edge(
        update_age,
        UpdateHistory(subject="p", first_boot=AT - 30 * DAY - SECOND),
        FAIL,
        parameters=FEW,
    ),
    Edge(reboot_pending, BOOTED, PASS, says="2026-11-18"),
    Edge(
        reboot_pending,
        BOOTED.model_copy(update={"newest": "6.1.0-3"}),
        FAIL,
        says="since 2026-11-18 (3 days)",
    ),
    Edge(
        reboot_pending,
        BOOTED.model_copy(update={"newest": "6.1.0-3", "booted": None}),
        FAIL,
        says="since - (0 days)",
    ),
    Edge(automatic_updates, apt("1"), PASS),
    Edge(automatic_updates, apt("0"), FAIL),
    Edge(automatic_updates, apt(""), FAIL),
    Edge(automatic_updates, apt("1", "static"), PASS),
    Edge(automatic_updates, apt("1", "generated"), PASS),
    Edge(automatic_updates, apt("1", "disabled"), FAIL),
    Edge(automatic_updates, apt("1", **{"apt::periodic::enable": "0"}), FAIL),
    Edge(automatic_updates, dnf("yes"), PASS),
    Edge(automatic_updates, dnf("True"), PASS),
    Edge(automatic_updates, dnf("1"), PASS),
    Edge(automatic_updates, dnf("no"), FAIL),
    Edge(automatic_updates, dnf("no", "dnf-automatic-install.timer"), PASS),
    Edge(
        automatic_updates,
        automatic("zypper", {}, "transactional-update.timer", "enabled", installed=False),
        PASS,
    ),
    Edge(automatic_updates, automatic("zypper", {}, "other.timer", "enabled"), FAIL),
    Edge(package_signing, sources(MIRROR), PASS),
    Edge(package_signing, sources(MIRROR, **{"apt::get::allowunauthenticated": "1"}), FAIL),
    Edge(package_signing, sources(MIRROR, **{"apt::get::allowunauthenticated": "yes"}), FAIL),
    Edge(package_signing, sources(MIRROR, **{"apt::get::allowunauthenticated": "with"}), FAIL),
    Edge(package_signing, sources(MIRROR, **{"apt::get::allowunauthenticated": "off"}), PASS),
    Edge(
        package_signing,
        sources(MIRROR, **{"acquire::allowdowngradetoinsecurerepositories": "on"}),
        FAIL,
    ),
    Edge(package_signing, sources(MIRROR, **{"apt::get::allowunauthenticated": "true"}), FAIL),
    Edge(third_party_repositories, sources(MIRROR), PASS),
    Edge(third_party_repositories, sources("https://evil.example/debian"), FAIL),
    Edge(third_party_repositories, sources("https://deb.debian.org.evil.example/x"), FAIL),
    Edge(
        third_party_repositories,
        PackageSources(subject="packages", manager="apt-get", unreadable=("/etc/apt/x",)),
        UNKNOWN,
        says="cannot be read",
    ),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
