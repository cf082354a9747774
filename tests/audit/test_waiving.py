"""Waivers: two people, 180 days, only a measured failure, never a knock-out."""

from datetime import UTC, date, datetime

import pytest
from tests.audit.test_attesting import AGENCY

from cdso_audit.comply import waiver_holds
from cdso_audit.errors import ConfigError, ConfigErrors
from cdso_audit.model import Status, Waiver
from cdso_audit.result import AssetState, RequirementStatus
from cdso_audit.rulebook import AttestationProof, Rulebook, load_rulebook
from cdso_audit.waiving import (
    WaiverEntry,
    file_text,
    latest_day,
    parse_waivers,
    person,
    standing_notices,
    why_not,
    why_not_by,
)

BOOK = load_rulebook("vn-2026")
LOCK = "tcvn-14423-2026.secure-configuration.session-lock"
GOOD = f"""\
apiVersion: cdso/waiver-v1
waivers:
  - requirement: {LOCK}
    system: dvc
    reason: The kiosk cannot lock.
    compensating_control: A guard stands beside it.
    requested_by: Trần Thị Bình, quản trị
    approved_by: Nguyễn Văn An, Trưởng phòng
    approved_on: 2026-11-01
    until: 2027-02-01
"""
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def change(**values: str) -> str:
    lines = []
    for line in GOOD.splitlines():
        key = line.strip("- ").partition(":")[0]
        lines.append(f"{line[:4]}{key}: {values[key]}" if key in values else line)
    return "\n".join(lines) + "\n"


def waiver(text: str = GOOD) -> Waiver:
    return parse_waivers(text, "waivers/a.yaml", AGENCY, BOOK)[0]


def status(state: str, *, waived: bool, asset: str = "web") -> RequirementStatus:
    return RequirementStatus(
        id=LOCK,
        clause="1",
        status=Status.WAIVED if waived else Status.MET,
        assets=(AssetState(asset=asset, state=state, waived=waived),),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        (change(approved_by="trần  thị BÌNH"), 8, "also approved it", "two people"),
        (change(approved_by="Trần Thị Bình (Phó phòng)"), 8, "also approved it", "two people"),
        (change(approved_by="Tra\u0302\u0300n Thi\u0323 Bi\u0300nh"), 8, "also approved it", ""),
        (change(until="2027-04-30"), 10, "180 days at most", "2027-04-29"),
        (change(until="2026-10-31"), 10, "before the day of its approval", ""),
        (
            change(requirement="tcvn-14423-2026.network.inbound-control"),
            3,
            "is a knock-out",
            "explain tcvn",
        ),
        (
            change(requirement="decree-331-2026.level-dossier.level-determined"),
            3,
            "only a measured failure",
            "",
        ),
        (change(requirement="tcvn-14423-2026.secure-configuration.sesion-lock"), 3, "no req", LOCK),
        (change(system="dvd"), 4, "no system dvd", "dvc"),
        (change(reason='""'), 5, "must not be empty", ""),
        (change(compensating_control=""), 6, "nothing stands after the colon", ""),
    ],
)
def test_a_mistake_is_told_with_its_line(text: str, line: int, message: str, hint: str) -> None:
    with pytest.raises(ConfigErrors) as raised:
        waiver(text)
    found = [each for each in raised.value.problems if message in each.message]

    assert found, str(raised.value)
    assert found[0].place is not None
    assert found[0].place.line == line
    assert hint in found[0].hint


def test_the_last_possible_day_holds_to_its_end_and_no_longer() -> None:
    last = latest_day(date(2026, 11, 1))
    found = waiver(change(until=last.isoformat()))

    assert waiver_holds(found, datetime(2027, 4, 29, 16, 59, 58, tzinfo=UTC))
    assert not waiver_holds(found, datetime(2027, 4, 29, 17, tzinfo=UTC))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Nguyễn Văn A", "nguyễn văn a , Giám đốc", True),
        ("Nguyễn Văn A", "Nguyễn Văn B", False),
        ("A <a@x.vn>", "a", True),
    ],
)
def test_a_person_is_told_by_the_name(one: str, other: str, same: bool) -> None:
    assert (person(one) == person(other)) is same


def test_a_measured_requirement_can_be_waived() -> None:
    assert why_not(BOOK.by_id[LOCK], 3) == ""


@pytest.mark.parametrize(
    ("text", "statuses", "said"),
    [
        (GOOD, [status("fail", waived=True)], ""),
        (GOOD, [status("pass", waived=False)], "accepts nothing"),
        (GOOD, [], "accepts nothing"),
        (
            change(system="dvc\n    asset: web"),
            [status("fail", waived=True, asset="other")],
            "accepts nothing",
        ),
        (
            change(approved_on="2026-01-01", until="2026-03-01"),
            [status("fail", waived=False)],
            "ended on 2026-03-01",
        ),
        (
            change(approved_on="2026-12-01"),
            [status("fail", waived=False)],
            "begins on 2026-12-01",
        ),
    ],
)
def test_a_waiver_that_accepts_nothing_is_told(
    text: str, statuses: list[RequirementStatus], said: str
) -> None:
    notices = list(standing_notices([waiver(text)], {"dvc": statuses}, AT))

    assert len(notices) == bool(said)
    assert all(said in each.template.format_map(each.values) for each in notices)


def test_what_is_written_is_read_back() -> None:
    entry = WaiverEntry(
        requirement=LOCK,
        system="dvc",
        reason="a: b",
        compensating_control="c # d",
        requested_by="Trần Thị Bình",
        approved_by="Nguyễn Văn An",
        approved_on=date(2026, 11, 1),
        until=date(2027, 1, 1),
    )

    assert waiver(file_text([entry])).compensating_control == "c # d"


def test_it_is_no_list_of_words() -> None:
    with pytest.raises(ConfigError):
        waiver("waivers\n")


@pytest.mark.parametrize(
    ("knock_outs", "measures", "said"),
    [
        ((False, False), (True, True), ""),
        ((False, False), (True, False), ""),
        ((False, True), (True, True), "knock-out"),
        ((True, False), (False, True), "knock-out"),
        ((False, False), (False, False), "attestation alone"),
    ],
)
def test_of_several_rulebooks_the_stricter_decides(
    knock_outs: tuple[bool, bool], measures: tuple[bool, bool], said: str
) -> None:
    requirement = BOOK.by_id[LOCK]
    checked = next(each for each in BOOK.requirements if each.proof.checks_at(3))
    check = checked.proof.checks_at(3)[0]
    signed = next(
        each
        for each in BOOK.by_id["decree-331-2026.level-dossier.level-determined"].proof.at(3)
        if isinstance(each, AttestationProof)
    )
    books = []
    for is_knock_out, is_measured in zip(knock_outs, measures, strict=True):
        given = (
            (check.model_copy(update={"knock_out": is_knock_out}),)
            if is_measured or is_knock_out
            else (signed,)
        )
        proof = requirement.proof.model_copy(update={"all_of": given})
        made = requirement.model_copy(update={"proof": proof})
        known = {name: getattr(BOOK, name) for name in Rulebook.model_fields}
        books.append(Rulebook.model_construct(**{**known, "requirements": (made,)}))

    assert said in why_not_by(books, LOCK, 3)
    assert bool(said) == bool(why_not_by(books, LOCK, 3))
    assert why_not_by(books, "no-such.requirement", 3) == ""
