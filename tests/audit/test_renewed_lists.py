"""Lists that were written after a scan: what counts of them, and what is said of it."""

from datetime import UTC, date, datetime

import pytest
from tests.checks.lists.rows import lists
from tests.support import SYSTEM

from cdso_audit.lists.declaring import declaring
from cdso_audit.lists.renewing import renewed
from cdso_audit.model import (
    AccountRow,
    Agency,
    AgencyIdentity,
    BackupRow,
    Declared,
    Lists,
    ServiceRow,
)

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = date(2026, 12, 1)
AGENCY = Agency(agency=AgencyIdentity(id="x"), systems=(SYSTEM,))
AN = AccountRow(assets=("*",), account="an", kind="admin", state="active")
BINH = AccountRow(assets=("*",), account="binh", kind="admin", state="active")


def services(*ports: int) -> tuple[ServiceRow, ...]:
    return tuple(ServiceRow(assets=("web1",), port=each, purpose="x") for each in ports)


def copy(name: str) -> BackupRow:
    return BackupRow(
        copy_id=name, data="x", asset="web1", tool="files", location="/b", media="disk", site="A"
    )


def scanned(before: Lists, declared: Declared | None = None) -> Agency:
    """The agency as a bundle holds it."""
    system = SYSTEM.model_copy(update={"declared": declared or Declared()})
    return declaring(AGENCY.model_copy(update={"systems": (system,)}), before, AT)


@pytest.mark.parametrize(
    ("on", "state", "newer"),
    [
        (date(2026, 11, 20), "stands", ()),
        (date(2026, 11, 21), "stands", ()),
        (date(2026, 11, 22), "stands", ("accounts",)),
        (TODAY, "stands", ("accounts",)),
        (date(2026, 12, 2), "draft", ()),
        (date(2024, 11, 20), "expired", ()),
        (None, "draft", ()),
    ],
)
def test_a_list_of_since_then_stands_and_one_of_tomorrow_does_not(
    on: date | None, state: str, newer: tuple[str, ...]
) -> None:
    agency, notices = renewed(scanned(Lists()), lists(on, accounts=(AN,)), AT, TODAY)

    assert agency.lists.standing("accounts", AT) == state
    assert agency.lists.newer == newer
    assert len(notices) == 1
    assert "2026-11-21" in notices[0].values.values()
    assert "accounts" in str(notices[0].values["names"])


def test_what_is_as_it_was_is_not_told() -> None:
    before = lists(accounts=(AN,))

    agency, notices = renewed(scanned(before), before, AT, TODAY)

    assert agency == scanned(before)
    assert notices == ()


def test_a_list_that_only_the_scan_had_stays() -> None:
    before = lists(accounts=(AN,), services=services(443))

    agency, notices = renewed(scanned(before), lists(accounts=(AN, BINH)), AT, TODAY)

    assert {each.name for each in agency.lists.files} == {"accounts", "services"}
    assert agency.systems[0].declared.ports == {"web1": (443,)}
    assert agency.systems[0].declared.admins == ("an", "binh")
    assert [each.values["names"] for each in notices] == ["accounts"]


def test_what_the_scans_list_declared_is_taken_back() -> None:
    before = lists(
        accounts=(AN,),
        services=services(443, 8080),
        backups=(copy("b1"),),
    )
    after = lists(
        TODAY,
        accounts=(BINH,),
        services=services(443),
        backups=(copy("b2"),),
    )

    agency, [notice] = renewed(scanned(before), after, AT, TODAY)

    declared = agency.systems[0].declared
    assert declared.ports == {"web1": (443,)}
    assert declared.admins == ("binh",)
    assert [each.id for each in declared.backups or ()] == ["b2"]
    assert notice.values["names"] == (
        "accounts (2026-12-01), backups (2026-12-01), services (2026-12-01)"
    )


def test_what_agency_yaml_declares_stays() -> None:
    declared = Declared(ports={"web1": (22,), "db1": (5432,)}, admins=("root",))
    before = lists(accounts=(AN,), services=services(443))

    agency, _ = renewed(
        scanned(before, declared), lists(accounts=(BINH,), services=services(80)), AT, TODAY
    )

    assert agency.systems[0].declared.ports == {"web1": (22, 80), "db1": (5432,)}
    assert agency.systems[0].declared.admins == ("root", "binh")


def test_a_draft_declares_nothing() -> None:
    before = lists(accounts=(AN,), services=services(443))

    agency, _ = renewed(
        scanned(before), lists(None, accounts=(BINH,), services=services(80)), AT, TODAY
    )

    assert agency.systems[0].declared.admins is None
    assert agency.systems[0].declared.ports == {}
    assert agency.lists.standing("accounts", AT) == "draft"
