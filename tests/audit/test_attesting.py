"""Attestations: what a file may say, what counts, what has lapsed."""

from datetime import UTC, date, datetime

import pytest

from cdso_audit.attesting import (
    AttestationEntry,
    Signed,
    begin_of,
    counted,
    day_of,
    due_dates,
    end_of,
    file_text,
    last_day,
    parse_attestations,
    standing_notices,
)
from cdso_audit.errors import ConfigError, ConfigErrors
from cdso_audit.inventory import parse_agency
from cdso_audit.rulebook import load_rulebook

BOOK = load_rulebook("vn-2026")
AGENCY = parse_agency(
    """\
apiVersion: cdso/agency-v1
agency: {id: example}
systems:
  - {id: dvc, level: 3, assets: [{id: web, host: 198.18.0.1}]}
  - {id: mail, level: 1}
"""
)
REVIEW = "tcvn-14423-2026.risk.process-review"  # every 12 months at level 3
DIGEST = "a" * 64
HEAD = "apiVersion: cdso/attestation-v1\nattestations:\n"
GOOD = f"""\
  - requirement: {REVIEW}
    system: dvc
    statement: Reviewed by the board.
    document: attestations/documents/review.pdf
    sha256: {DIGEST}
    by: Nguyễn Văn An, Trưởng phòng
    on: 2026-03-10
    valid_until: 2027-03-09
"""
AT = datetime(2026, 11, 21, 12, tzinfo=UTC)


def signed(*blocks: str) -> list[Signed]:
    return parse_attestations(HEAD + "".join(blocks), "attestations/a.yaml", AGENCY, BOOK)


def wrong(*blocks: str) -> list[ConfigError]:
    with pytest.raises(ConfigError) as raised:
        signed(*blocks)
    problem = raised.value
    return list(problem.problems) if isinstance(problem, ConfigErrors) else [problem]


def change(**values: str | None) -> str:
    """The good entry with these keys written otherwise; None: left out."""
    lines = []
    for line in GOOD.splitlines():
        key = line.strip("- ").partition(":")[0]
        if key not in values:
            lines.append(line)
        elif values[key] is not None:
            lines.append(f"{line[:4]}{key}: {values[key]}")
    return "\n".join(lines) + "\n"


def test_a_day_counts_from_its_first_to_its_last_second_in_vietnam() -> None:
    found = signed(GOOD)[0].attestation

    assert found.on == datetime(2026, 3, 9, 17, tzinfo=UTC)
    assert found.valid_until == datetime(2027, 3, 9, 16, 59, 59, tzinfo=UTC)
    assert day_of(found.valid_until) == date(2027, 3, 9)


def test_an_attestation_knows_its_place() -> None:
    assert [str(each.place) for each in signed(GOOD, change(system="mail"))] == [
        "attestations/a.yaml:3:5",
        "attestations/a.yaml:11:5",
    ]


@pytest.mark.parametrize(
    ("entry", "line", "message", "hint"),
    [
        (change(requirement="tcvn-14423-2026.risk.proces-review"), 3, "has no requirement", REVIEW),
        (change(requirement="process-review"), 3, "has no requirement", "rules list"),
        (change(system="dcv"), 4, "no system dcv", "did you mean dvc?"),
        (change(by="web\n    asset: wbe"), 9, "no asset wbe", "did you mean web?"),
        (change(by='"  "'), 8, "must not be empty", ""),
        (change(by=None), 3, "the key by is missing", ""),
        (change(document=None, sha256=None), 3, "names its document", "document:"),
        (change(sha256=None), 3, "the key sha256 is missing", "sha256sum attestations/"),
        (change(sha256="abc"), 7, "not written as it must be", "sha256sum"),
        (change(document="../../etc/shadow"), 6, "must lie in the folder", "copy it"),
        (change(document="/etc/shadow"), 6, "must lie in the folder", "copy it"),
        (change(document="C:\\x.pdf"), 6, "must lie in the folder", "copy it"),
        (change(valid_until="2026-03-09"), 10, "before the day on which it was signed", ""),
        (change(valid_until="09/03/2027"), 10, "must be a day", "2026-03-10"),
        (change(on="20260310"), 9, "this is no day", "2026-03-10"),
        (change(by="An\n    says: not-applicable"), 9, "applies to every system", "waive"),
        (change(by="An\n    says: maybe"), 9, "maybe is none of", ""),
        (change(by="An\n    author: An"), 9, "the key author is not known", ""),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_to_write(
    entry: str, line: int, message: str, hint: str
) -> None:
    found = [each for each in wrong(entry) if message in each.message]

    assert found, [each.message for each in wrong(entry)]
    assert found[0].place is not None
    assert found[0].place.line == line
    assert hint in found[0].hint


def test_all_mistakes_are_told_at_once() -> None:
    assert len(wrong(change(system="dcv", by=None), change(document="/x", sha256="abc"))) == 4


@pytest.mark.parametrize(
    "text", ["apiVersion: cdso/attestation-v2\nattestations: []\n", "- 1\n", HEAD + "  []\n", ""]
)
def test_what_is_no_such_file_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        parse_attestations(text, "a.yaml", AGENCY, BOOK)


def test_only_an_unchanged_document_counts() -> None:
    given = signed(
        GOOD, change(document="attestations/changed.pdf"), change(document="attestations/gone.pdf")
    )
    kept, notices = counted(
        given,
        {
            "attestations/documents/review.pdf": DIGEST,
            "attestations/changed.pdf": "b" * 64,
            "attestations/gone.pdf": None,
        },
    )

    assert kept == (given[0].attestation,)
    said = [each.template.format_map(each.values) for each in notices]
    assert "attestations/a.yaml:11:5" in said[0]
    assert "was changed after it was signed" in said[0]
    assert "cannot be read" in said[1]


def test_a_document_that_nobody_looked_at_does_not_count() -> None:
    assert counted(signed(GOOD), {})[0] == ()


@pytest.mark.parametrize(
    ("name", "level", "until"),
    [
        (REVIEW, 3, date(2027, 3, 9)),  # param: 12 months
        (REVIEW, 5, date(2026, 9, 9)),  # param: 6 months at level 5
        ("decree-331-2026.level-dossier.level-determined", 3, date(2027, 3, 9)),  # until-changed
        ("decree-331-2026.reporting.annual-report-mps", 3, date(2027, 3, 9)),  # P12M
    ],
)
def test_the_default_end_is_that_of_the_rule(name: str, level: int, until: date) -> None:
    assert last_day(BOOK.by_id[name], level, date(2026, 3, 10)) == until


def test_a_contract_says_its_own_end() -> None:
    contract = next(
        each
        for each in BOOK.requirements
        if each.document and each.document.validity == "contract-term"
    )

    assert last_day(contract, contract.levels[0], date(2026, 3, 10)) is None


def test_a_long_promise_ends_with_the_period_of_the_rule() -> None:
    given = [each.attestation for each in signed(change(valid_until="2036-01-01"))]

    assert day_of(due_dates(given, AGENCY, BOOK)[0].ends) == date(2027, 3, 10)


def test_of_two_only_the_longer_is_due() -> None:
    given = [
        each.attestation for each in signed(GOOD, change(on="2026-10-01", valid_until="2027-09-30"))
    ]

    assert [day_of(each.ends) for each in due_dates(given, AGENCY, BOOK)] == [date(2027, 9, 30)]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (change(on="2025-01-10", valid_until="2025-12-31"), "have expired"),
        (change(on="2025-01-10", valid_until="2036-01-01"), "have expired"),
        (change(on="2026-12-01"), "dated later than this run"),
        (
            change(requirement="tcvn-14423-2026.risk.reidentify", system="mail"),
            "do not bind the system mail at level 1",
        ),
    ],
)
def test_what_does_not_count_is_said(entry: str, said: str) -> None:
    given = [each.attestation for each in signed(entry)]
    notices = list(standing_notices(given, AGENCY, BOOK, AT))

    assert len(notices) == 1
    assert said in notices[0].template.format_map(notices[0].values)


def test_what_was_renewed_has_not_expired() -> None:
    old = change(on="2025-01-10", valid_until="2025-12-31")

    assert not list(
        standing_notices([each.attestation for each in signed(old, GOOD)], AGENCY, BOOK, AT)
    )


def test_what_is_written_is_read_back() -> None:
    entry = AttestationEntry(
        requirement=REVIEW,
        system="dvc",
        statement="= 1 + 1: đã rà soát # không phải chú thích",
        document="attestations/documents/biên bản.pdf",
        sha256=DIGEST,
        by="Nguyễn Văn An",
        on=date(2026, 3, 10),
        valid_until=date(2027, 3, 9),
    )
    found = parse_attestations(file_text([entry]), "a.yaml", AGENCY, BOOK)[0].attestation

    assert found.statement == entry.statement
    assert found.document == entry.document
    assert (found.on, found.valid_until) == (begin_of(entry.on), end_of(entry.valid_until))
