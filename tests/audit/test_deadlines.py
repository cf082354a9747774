"""What falls due: yearly reports, windows of the transition, papers that end."""

from datetime import UTC, date, datetime, timedelta

import pytest

from cdso_audit.attesting import VIETNAM, begin_of, end_of
from cdso_audit.deadlines import (
    REPORT_TO_MINISTRY,
    REPORT_TO_OWNER,
    TRANSITION,
    before,
    deadlines,
    due_notices,
    state_of,
)
from cdso_audit.inventory import parse_agency, this_machine
from cdso_audit.model import Agency, Attestation, Waiver
from cdso_audit.result import Deadline
from cdso_audit.rulebook import load_rulebook

BOOK = load_rulebook("vn-2026")
REVIEW = "tcvn-14423-2026.risk.process-review"
LOCK = "tcvn-14423-2026.secure-configuration.session-lock"
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def agency(approved: str = "", kind: str = "generic") -> Agency:
    return parse_agency(
        "apiVersion: cdso/agency-v1\nagency: {id: example}\nsystems:\n"
        f"  - {{id: dvc, level: 3, kind: {kind}{approved and f', approved: {approved}'}}}\n"
    )


def attested(name: str, on: date, until: date | None = None) -> Attestation:
    return Attestation(
        requirement=name,
        system="dvc",
        statement="so",
        by="An",
        on=begin_of(on),
        valid_until=end_of(until or on + timedelta(days=364)),
    )


def due(
    at: datetime, *given: Attestation, of: Agency | None = None, waivers: tuple[Waiver, ...] = ()
) -> dict[str, Deadline]:
    found = deadlines(of or agency(), BOOK, given, waivers, at)
    return {each.kind: each for each in found}


def on(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), VIETNAM)


@pytest.mark.parametrize(
    ("day", "signed", "last", "state"),
    [
        ("2026-10-01", None, "2026-12-19", "later"),
        ("2026-11-21", None, "2026-12-19", "soon"),
        ("2026-12-19", None, "2026-12-19", "soon"),
        ("2026-12-20", None, "2026-12-19", "over"),
        ("2027-06-01", None, "2026-12-19", "over"),
        ("2026-12-18", "2026-12-16", "2026-12-19", "done"),
        ("2026-12-20", "2026-12-16", "2027-12-19", "later"),
        ("2027-11-01", "2026-12-16", "2027-12-19", "soon"),
        ("2027-12-20", "2026-12-16", "2027-12-19", "over"),
        ("2026-12-01", "2026-03-01", "2026-12-19", "soon"),  # not this year's report
        ("2028-02-01", None, "2027-12-19", "over"),
        ("2026-12-17", "2026-12-18", "2026-12-19", "soon"),  # signed tomorrow
    ],
)
def test_the_yearly_report_is_owed_before_20_december(
    day: str, signed: str | None, last: str, state: str
) -> None:
    given = [attested(REPORT_TO_OWNER, date.fromisoformat(signed))] if signed else []
    found = due(on(day), *given)["yearly-report-owner"]

    assert (found.due.isoformat(), found.state) == (last, state)


def test_the_ministry_hears_before_25_december_of_december_to_december() -> None:
    found = due(AT)["yearly-report-ministry"]

    assert found.due == date(2026, 12, 24)
    assert "2025-12-15 to 2026-12-14" in found.what.en
    assert "2025-12-15" in found.what.vi
    assert found.what.vi != found.what.en
    assert found.by == (REPORT_TO_MINISTRY,)


def test_before_means_the_day_before() -> None:
    assert before(2026, "12-20") == date(2026, 12, 19)


def test_a_day_ends_in_vietnam() -> None:
    last = date(2026, 12, 19)

    assert state_of(last, datetime(2026, 12, 19, 16, 59, tzinfo=UTC)) == "soon"
    assert state_of(last, datetime(2026, 12, 19, 17, tzinfo=UTC)) == "over"


@pytest.mark.parametrize(
    ("approved", "windows"),
    [
        ("", {"transition-approve": "2026-12-31", "transition-comply": "2027-06-30"}),
        ("{on: 2026-01-15, under: decree-85-2016}", {"transition-comply": "2027-06-30"}),
        ("{on: 2026-01-15}", {"transition-comply": "2027-06-30"}),
        ("{on: 2026-06-30, under: decree-331-2026}", {"transition-comply": "2027-06-30"}),
        ("{on: 2026-08-01, under: decree-85-2016}", {"transition-comply": "2027-06-30"}),
        ("{decision: 12/QĐ-UBND}", {"transition-comply": "2027-06-30"}),
        ("{on: 2026-07-01, under: decree-331-2026}", {}),
        ("{on: 2026-09-01}", {}),
    ],
)
def test_the_windows_follow_the_approval(approved: str, windows: dict[str, str]) -> None:
    found = due(AT, of=agency(approved))

    assert {
        kind: each.due.isoformat() for kind, each in found.items() if kind.startswith("transition")
    } == windows


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2026-11-21", "later"),
        ("2027-05-01", "soon"),
        ("2027-06-30", "soon"),
        ("2027-07-01", "over"),
    ],
)
def test_a_window_closes_after_its_last_day(day: str, state: str) -> None:
    found = due(on(day), of=agency("{on: 2026-01-15}"))

    assert found["transition-comply"].state == state


def test_a_window_that_was_kept_is_done() -> None:
    signed = attested(TRANSITION, date(2026, 11, 1))

    assert due(AT, signed)["transition-comply"].state == "done"


@pytest.mark.parametrize(
    ("until", "state"),
    [
        (date(2026, 11, 20), "over"),
        (date(2026, 12, 31), "soon"),
        (date(2027, 3, 1), None),
    ],
)
def test_a_paper_is_due_before_it_ends(until: date, state: str | None) -> None:
    found = due(AT, attested(REVIEW, date(2026, 5, 1), until)).get("attestation")

    assert (found.state if found else None) == state
    assert found is None or (found.due == until and BOOK.by_id[REVIEW].title.vi in found.what.vi)


def test_a_waiver_is_due_before_it_ends() -> None:
    waiver = Waiver(
        requirement=LOCK,
        system="dvc",
        reason="r",
        compensating_control="c",
        requested_by="An",
        approved_by="Bình",
        approved_on=begin_of(date(2026, 9, 1)),
        until=end_of(date(2026, 12, 1)),
    )

    assert due(AT, waivers=(waiver,))["waiver"].due == date(2026, 12, 1)
    assert "waiver" not in due(on("2026-12-02"), waivers=(waiver,))


def test_this_machine_alone_owes_nothing() -> None:
    assert deadlines(this_machine("x"), BOOK, (), (), AT) == []


def test_one_notice_a_duty_names_all_its_systems() -> None:
    two = parse_agency(
        "apiVersion: cdso/agency-v1\nagency: {id: example}\nsystems:\n"
        "  - {id: dvc, level: 3}\n  - {id: mail, level: 2}\n"
    )
    said = [each.en for each in due_notices(deadlines(two, BOOK, (), (), AT))]

    assert len([each for each in said if "Yearly report to the owner" in each]) == 1
    assert any("Systems: dvc, mail." in each for each in said)
    assert not any("transition" in each for each in said)


def test_what_is_over_is_said_in_both_languages() -> None:
    said = list(due_notices(deadlines(agency(), BOOK, (), (), on("2026-12-30"))))
    owner = next(each for each in said if "to the owner" in each.en)

    assert owner.en.startswith("Overdue since 2026-12-19 (Điều 35")
    assert "Quá hạn" in owner.vi


def test_papers_that_end_soon_are_told_together() -> None:
    given = (
        attested(REVIEW, date(2026, 5, 1), date(2026, 12, 1)),
        attested("tcvn-14423-2026.software-assets.stocktake", date(2026, 5, 1), date(2026, 12, 2)),
    )
    said = [each.en for each in due_notices(deadlines(agency(), BOOK, given, (), AT))]

    assert any(
        each.startswith("2 attestations of the system dvc end within 60 days") for each in said
    )
