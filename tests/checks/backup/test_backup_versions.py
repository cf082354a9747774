"""`backup-versions` counts what can be gone back to; a mirror of many files is one version."""

from datetime import UTC, datetime

import pytest
from tests.checks.backup.declared import ago, copies, declared, guarded
from tests.support import AT, DENIED, Case, agree

from cdso_audit.facts.backup_guards import BACKUP_GUARDS, Named, versions_of
from cdso_audit.model import Declared, Outcome
from cdso_checks.backup.backup_versions import backup_versions

INFO = (
    'info {{"backup-error":{},"backup-info-size":9,"backup-timestamp-start":{},'
    '"backup-timestamp-stop":{}}}\n'
)


def names(*given: tuple[float, str]) -> str:
    """Files with their ages in hours."""
    return "\n".join(f"name {ago(hours)} {name}" for hours, name in given)


DATED = names(
    (50, "dvc-2026-11-19.sql.gz"), (26, "dvc-2026-11-20.sql.gz"), (2, "dvc-2026-11-21.sql")
)
CASES = [
    Case("good: restic", guarded(place=copies(50, 26, 2)), Outcome.PASS, declared=declared()),
    Case(
        "good: a day and no more",
        guarded(place=copies(26, 2)),
        Outcome.PASS,
        says="2 versions, back to 2026-11-20",
        declared=declared(),
    ),
    Case(
        "good: dated dumps",
        guarded(DATED, place=copies(2)),
        Outcome.PASS,
        says="3 versions, back to 2026-11-19",
        declared=declared("files"),
    ),
    Case(
        "good: folders of rsnapshot",
        guarded(names((50, "daily.1/web1/a"), (2, "daily.0/web1/a")), place=copies(2)),
        Outcome.PASS,
        declared=declared("files"),
    ),
    Case(
        "bad: one snapshot",
        guarded(place=copies(2)),
        Outcome.FAIL,
        says="holds 1 versions; 2 are demanded",
        declared=declared(),
    ),
    Case(
        "bad: three of one night",
        guarded(place=copies(4, 3, 2)),
        Outcome.FAIL,
        says="reach back 2 hours",
        declared=declared(),
    ),
    Case(
        "bad: a mirror of many files",
        guarded(
            names((90, "docs/a.odt"), (50, "docs/b.odt"), (2, "c.odt")), place=copies(90, 50, 2)
        ),
        Outcome.FAIL,
        says="no two files",
        declared=declared("files"),
    ),
    Case(
        "bad: one dump, overwritten",
        guarded(names((2, "dvc.sql.gz")), place=copies(2)),
        Outcome.FAIL,
        declared=declared("files"),
    ),
    Case(
        "bad: the second of pgBackRest failed",
        guarded(
            place="readable\n"
            + INFO.format("false", ago(50), ago(50))
            + INFO.format("true", ago(2), ago(2))
        ),
        Outcome.FAIL,
        declared=declared("pgbackrest"),
    ),
    Case("bad: nothing", guarded(place="readable"), Outcome.FAIL, declared=declared()),
    Case(
        "absent: elsewhere",
        guarded(),
        Outcome.NOT_APPLICABLE,
        declared=declared(on="backup1"),
    ),
    Case("unreadable: none declared", guarded(), Outcome.UNKNOWN, declared=Declared()),
    Case(
        "unreadable: borg shows them to its key alone",
        guarded("cipher 3", place=copies(50, 2)),
        Outcome.UNKNOWN,
        declared=declared("borg"),
    ),
    Case("unreadable: denied", guarded(place="denied"), Outcome.UNKNOWN, declared=declared()),
    Case(
        "unreadable: refused",
        {**guarded(place=copies(50, 2)), BACKUP_GUARDS: DENIED},
        Outcome.UNKNOWN,
        declared=declared(),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(backup_versions, case)


@pytest.mark.parametrize(
    ("files", "count"),
    [
        (["a.sql.1", "a.sql.2.gz", "a.sql.3.gz"], 3),
        (["a.sql", "a.sql.1"], 1),
        (["20261120/a.sql", "20261121/a.sql", "20261121/b.sql"], 2),
        (["a-20261120T0200.tar.age", "a-20261121T0200.tar.age"], 2),
        (["photo1.jpg", "photo2.jpg"], 0),
        (["v1.2/a", "v1.3/a"], 0),
        ([], 0),
    ],
)
def test_names_tell_versions_apart(files: list[str], count: int) -> None:
    found = versions_of([Named(at=AT, name=each) for each in files])

    assert found[0] == count
    assert found[1] == (AT if count else None)


def test_the_span_is_that_of_the_file_with_most_versions() -> None:
    early, late = datetime(2026, 11, 1, tzinfo=UTC), datetime(2026, 11, 3, tzinfo=UTC)
    named = [
        Named(at=early, name="a-2026-11-01"),
        Named(at=late, name="a-2026-11-03"),
        Named(at=AT, name="b-2026-11-21"),
    ]

    assert versions_of(named) == (2, early, late)
