"""Where a system stands by its drills: what counts, how old it is, what changed, what to do."""

# ruff: noqa: E501 - tables of values stay in one line each

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.drill.stories import BOOK, HOUR, START, Story, whole

from cdso_audit.assessment import assess, in_both
from cdso_audit.drill.events import JournalOpened
from cdso_audit.drill.forecast.result import (
    Assumption,
    Chance,
    Driver,
    Forecast,
    SystemForecast,
    WhatIf,
)
from cdso_audit.drill.playbook import parse_playbook
from cdso_audit.drill.proof import DrillResult, NotHeld, Readable, Rehearsed, Verdict
from cdso_audit.drill.recovery import forecast_info, outcomes, recoveries, telling
from cdso_audit.drill.statistics import AtLeast, Measured, Restore
from cdso_audit.evidence import Evidence, Run
from cdso_audit.model import Agency, AgencyIdentity, Approval, Notice, System, Text
from cdso_audit.plugins import installed_checks
from cdso_audit.result import Result, Tool
from cdso_audit.rulebook import load_rulebook
from cdso_audit.score import services_of
from cdso_audit.store.drills import hash_of, load_drills
from cdso_audit.store.journal import NAME, Journal

H, DAY = timedelta(hours=1), timedelta(days=1)
AT = START + 30 * DAY
WHOLE = whole().result()
MEASURED = Measured(level=4, took=6 * H, drill="1")
FAILED = AtLeast(longer_than=9 * H, aborted=1)


def drill(
    number: int, days: float, claim: Any = MEASURED, mode: str = "full", **more: Any
) -> DrillResult:
    """A drill that was held so many days before AT."""
    held = AT - timedelta(days=days)
    update = {"number": number, "id": f"ffffffff-{number}", "held_at": held, "claim": claim,
              "mode": mode, "confirmed": isinstance(claim, Measured), "restore": None, **more}  # fmt: skip
    return WHOLE.model_copy(update=update)


def agency(*systems: System) -> Agency:
    return Agency(
        agency=AgencyIdentity(id="so-x", name="x"), systems=systems or (System(id="dvc"),)
    )


def stands(*drills: DrillResult, system: System | None = None, **more: Any) -> Any:
    """Where the only system stands by its only playbook."""
    (made,) = recoveries(agency(system or System(id="dvc")), drills, AT, **more)
    return made


NOTHING = NotHeld(why=Text(vi="a", en="a"))


@pytest.mark.parametrize(
    ("drills", "number"),
    [
        ([drill(1, 9), drill(2, 3)], 2),
        ([drill(2, 3), drill(1, 9)], 2),
        # what proves nothing hides nothing
        ([drill(1, 9), drill(2, 3, Rehearsed(), "dry-run")], 1),
        ([drill(1, 9), drill(2, 3, NOTHING)], 1),
        ([drill(1, 9, FAILED), drill(2, 3, Rehearsed(), "dry-run")], 1),
        # a failed attempt is newer than a success
        ([drill(1, 9), drill(2, 3, FAILED)], 2),
        # a sample that came back does not stand before a full one, one that failed does
        ([drill(1, 9), drill(2, 3, WHOLE.claim, "sample")], 1),
        ([drill(1, 9), drill(2, 3, FAILED, "sample")], 2),
        ([drill(1, 9, Rehearsed(), "dry-run"), drill(2, 30, Readable(), "sample")], 2),
        ([drill(1, 9, Rehearsed(), "dry-run")], 1),
        ([drill(1, 9, NOTHING)], None),
        ([], None),
    ],
)
def test_the_newest_that_was_really_held_tells(
    drills: list[DrillResult], number: int | None
) -> None:
    found = telling(drills)

    assert (found.number if found else None) == number


@pytest.mark.parametrize(
    ("drills", "told"),
    [
        ([drill(1, 9)], [("pg-pitr", True, 6 * H)]),
        ([drill(1, 9, FAILED)], [("pg-pitr", False, None)]),
        ([drill(1, 9), drill(2, 3, FAILED)], [("pg-pitr", False, None)]),
        ([drill(1, 9, confirmed=False)], [("pg-pitr", False, 6 * H)]),
        ([drill(1, 9, Readable())], [("pg-pitr", False, None)]),
        ([drill(1, 9, Rehearsed(), "dry-run")], []),
        ([drill(1, 9, NOTHING)], []),
        ([drill(1, -1)], []),
        # another playbook of the same system is another service
        (
            [drill(1, 9), drill(2, 3, FAILED, playbook="web")],
            [("pg-pitr", True, 6 * H), ("web", False, None)],
        ),
        # retired: it succeeded once, is expired, and another one has shown the system since
        ([drill(1, 400), drill(2, 3, playbook="new")], [("new", True, 6 * H)]),
        (
            [drill(1, 400), drill(2, 380, playbook="new")],
            [("pg-pitr", True, 6 * H), ("new", True, 6 * H)],
        ),
        # a failure is never retired by waiting
        (
            [drill(1, 400, FAILED), drill(2, 3, playbook="new")],
            [("pg-pitr", False, None), ("new", True, 6 * H)],
        ),
    ],
)
def test_what_the_score_counts(
    drills: list[DrillResult], told: list[tuple[str, bool, timedelta | None]]
) -> None:
    made = outcomes(drills, AT)

    assert [(each.service, each.verified, each.took) for each in made] == told


def test_the_score_credits_what_was_measured_in_time_and_nothing_else() -> None:
    credit = [
        [each.credit for each in services_of(System(id="dvc"), outcomes([one], AT), AT)]
        for one in (
            drill(1, 9),
            drill(1, 9, Measured(level=4, took=24 * H)),
            drill(1, 9, Measured(level=4, took=36 * H)),
            drill(1, 9, FAILED),
            drill(1, 366),
        )
    ]

    assert credit == [[1], [1], [0.25], [0], [0]]


@pytest.mark.parametrize(
    ("days", "standing"),
    [(0, "fresh"), (89.9, "fresh"), (90, "ageing"), (179.9, "ageing"), (180, "old"), (999, "old")],
)
def test_a_drill_ages(days: float, standing: str) -> None:
    made = stands(drill(1, days))

    assert made.standing == standing
    assert made.age_days == int(days)
    assert any("Drill again" in each.en for each in made.actions) == (standing == "old")


def test_how_long_it_counts_is_told_apart_from_its_age() -> None:
    made = stands(drill(1, 200))

    assert made.standing == "old"
    assert made.counts_until == (AT - 200 * DAY + 364 * DAY).date()
    assert stands(drill(1, 3, FAILED)).counts_until is None


def test_a_system_without_a_drill_stands_in_the_list() -> None:
    made = recoveries(agency(System(id="a"), System(id="dvc")), [drill(1, 3)], AT)

    assert [(each.system, each.standing) for each in made] == [("a", "never"), ("dvc", "fresh")]
    assert "nobody knows" in made[0].actions[0].en
    assert stands(drill(1, 3, NOTHING)).standing == "never"


@pytest.mark.parametrize(
    ("approved", "took", "verdict"),
    [(None, 24, Verdict.IN_TIME), (None, 25, Verdict.LATE), (4, 5, Verdict.LATE),
     (4, 4, Verdict.IN_TIME), (72, 25, Verdict.LATE)],
)  # fmt: skip
def test_the_verdict_is_by_what_is_approved_today(
    approved: int | None, took: int, verdict: Verdict
) -> None:
    system = System(id="dvc", approved=Approval(max_outage=approved * H) if approved else None)

    made = stands(drill(1, 3, Measured(level=4, took=took * H)), system=system)

    assert made.verdict is verdict
    assert made.target == min(24, approved or 24) * H


class TestStale:
    def test_a_changed_playbook(self) -> None:
        same = {"pg-pitr": WHOLE.playbook_hash}

        assert stands(drill(1, 3), playbooks=same).stale == ()
        assert stands(drill(1, 3)).stale == ()  # nothing to compare with
        changed = stands(drill(1, 3), playbooks={"pg-pitr": "0" * 64})
        assert [each.en for each in changed.stale] == ["the playbook was changed after the drill"]
        gone = stands(drill(1, 3), playbooks={"other": "0" * 64})
        assert "not there any more" in gone.stale[0].en
        assert any("Drill again: the playbook" in each.en for each in gone.actions)

    @pytest.mark.parametrize(
        ("now", "stale"), [(600, 0), (750, 0), (750.1, 1), (100, 0), (None, 0)]
    )
    def test_grown_data(self, now: float | None, stale: int) -> None:
        made = stands(drill(1, 3), system=System(id="dvc", data_gb=now))

        assert len(made.stale) == stale

    @pytest.mark.parametrize(
        ("restored", "seen", "stale"),
        [
            ("PostgreSQL 15.14", ["PostgreSQL 15.16 (Debian)"], False),
            ("PostgreSQL 15.14", ["PostgreSQL 17.2"], True),
            ("postgresql 15", ["PostgreSQL 15.1", "PostgreSQL 17.2"], False),
            ("MariaDB 10.11.6", ["MariaDB 10.11.9"], False),
            ("MariaDB 10.11.6", ["MariaDB 11.4.2"], True),
            ("PostgreSQL 15.14", ["MariaDB 11.4"], False),
            ("15.14", ["PostgreSQL 17.2"], False),
            ("PostgreSQL 15.14", [], False),
        ],
    )
    def test_other_software(self, restored: str, seen: list[str], stale: bool) -> None:
        made = stands(drill(1, 3, software={"version": restored}), versions={"dvc": seen})

        assert bool(made.stale) == stale


def test_the_streak_is_told_with_what_it_proves() -> None:
    once = stands(drill(1, 3))
    thrice = stands(drill(1, 9), drill(2, 6), drill(3, 3))
    mixed = stands(drill(1, 9, FAILED), drill(2, 3), drill(3, 1, Rehearsed(), "dry-run"))

    assert (once.recoveries, once.attempts, once.chance_low) == (1, 1, pytest.approx(0.05))
    assert thrice.chance_low == pytest.approx(0.05 ** (1 / 3))
    assert (mixed.recoveries, mixed.attempts) == (1, 2)


def test_a_restore_beside_the_former_ones() -> None:
    former = [
        drill(number, 30 - number, restore=Restore(gb=600, took=5 * H + number * timedelta(minutes=1)))
        for number in (1, 2, 3, 4)
    ]  # fmt: skip

    slow = stands(*former, drill(5, 1, restore=Restore(gb=600, took=9 * H)))
    usual = stands(*former, drill(5, 1, restore=Restore(gb=600, took=5 * H)))

    assert slow.change == "slower"
    assert any("slower" in each.en for each in slow.actions)
    assert usual.change == "usual"
    assert stands(drill(1, 3, restore=Restore(gb=600, took=H))).change is None


def test_what_is_to_be_done_begins_with_what_failed() -> None:
    story = Story().begun().phase("detect", 1).signed("declare", 2, HOUR, "Chi", "Dũng")
    story.phase("provision", HOUR).done("copy", HOUR, HOUR).phase("restore", HOUR)
    story.failed("restore", HOUR, 12 * HOUR).skipped("rows", "beat", "portal", "accept")
    story.cleaned(12 * HOUR).closed("failed")

    told = [each.en for each in stands(story.result()).actions]

    assert told == [
        "Mend the step restore: exit 1",
        "Find out why the phase restore took 11h instead of 8h.",
    ]
    vi = [each.vi for each in stands(story.result()).actions]
    assert vi[0].endswith("restore: mã thoát 1")
    assert "khôi phục" in vi[1]
    assert "restore" not in vi[1]


def forecast() -> Forecast:
    chance = Chance(value=0.18, low=0.17, high=0.19, runs=10_000)
    return Forecast(
        agency="so-x", made_at=AT, runs=10_000, seed=1, target=24 * H, tier1=("dvc",),
        chance=chance, chance_own=chance, p50=26 * H, p90=30 * H, on_paper=10 * H,
        systems=(
            SystemForecast(
                id="dvc", tier=1, target=24 * H, chance=chance, p10=H, p50=H, p90=H, critical=1
            ),
        ),
        drivers=(Driver(what=Notice(template="the queue for {x}", values={"x": "DBA"}), mean=H, share=0.4),),
        what_if=tuple(
            WhatIf(what=Notice(template=f"w{gain}"), chance=0.5, gain=gain, error=0, sooner=H, runs=9)
            for gain in (0.1, 0.3, 0.2, 0.0)
        ),
        assumptions=(Assumption(what=Notice(template="a"), value="1", basis="prior"),),
    )  # fmt: skip


def test_a_stored_forecast_names_its_best_three() -> None:
    made = forecast_info(forecast())

    assert made is not None
    assert (made.chance, made.priors, made.systems) == (0.18, 1, {"dvc": 0.18})
    assert made.drivers[0].what.en == "the queue for DBA"
    assert [each.what.en for each in made.what_if] == ["w0.3", "w0.2", "w0.1"]
    assert forecast_info(None) is None


# ---------------------------------------------------------------------------------------------
# From the journal beside the inventory
# ---------------------------------------------------------------------------------------------


def written(folder: Path) -> Story:
    """A journal on disk with the whole drill, written at the story's own clock."""
    story = whole()
    at = iter(each.at for each in story.entries)
    (folder / "drills").mkdir()
    first = story.entries[0].event
    assert isinstance(first, JournalOpened)
    with Journal.create(
        folder / "drills", "so-x", clock=lambda: next(at), actor="An (an@lap)", machine="lap"
    ) as journal:
        for each in story.entries[1:]:
            event = each.event
            if event.type == "anchored":
                ledger = journal.ledger()
                event = event.model_copy(update={"head": ledger.head, "head_seq": ledger.length})
            journal.append(each.drill, event, fence=each.fence)
    return story


def test_the_journal_beside_the_inventory_is_read(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "own.yaml").write_text(BOOK)

    found = load_drills(tmp_path, agency(System(id="dvc", depends_on=("lgsp",))))

    (made,) = found.drills
    assert made.level == 4
    assert made.claim == Measured(level=4, took=6 * H + timedelta(minutes=4), drill=made.id)
    assert [each.rule for each in made.caps] == ["dependencies"]
    assert found.notices == ()
    assert found.playbooks["pg-pitr"] == hash_of(parse_playbook(BOOK, "x")) == made.playbook_hash
    assert "postgresql-pitr" in found.playbooks


def test_no_journal_is_no_drill(tmp_path: Path) -> None:
    found = load_drills(tmp_path, agency())

    assert (found.drills, found.playbooks, found.notices) == ((), {}, ())


def test_a_broken_journal_counts_for_nothing_and_says_so(tmp_path: Path) -> None:
    written(tmp_path)
    path = tmp_path / "drills" / NAME
    data = path.read_bytes()
    assert b"exit" in data or b"tape 7" in data
    path.write_bytes(data.replace(b"tape 7", b"tape 8"))

    found = load_drills(tmp_path, agency())

    assert found.drills == ()
    told = in_both(found.notices[0])
    assert "not whole or cannot be read: the journal is broken at entry " in told.en
    assert "its hash is not that of its text. " in told.en
    assert "nhật ký hỏng ở mục " in told.vi
    assert "mã băm không phải của nội dung" in told.vi


def test_broken_forecasts_are_told(tmp_path: Path) -> None:
    (tmp_path / "history").mkdir()
    (tmp_path / "history" / "forecasts.jsonl").write_text("{}\n")

    found = load_drills(tmp_path, agency())

    assert found.forecast is None
    told = in_both(found.notices[0])
    assert told.en.startswith("The stored forecasts are not shown: ")
    assert "{" not in told.en + told.vi


def test_held_at_is_utc() -> None:
    assert WHOLE.held_at == datetime(2026, 3, 10, 8, tzinfo=UTC)


def judged(*drills: DrillResult, alone: bool = False) -> Result:
    """The result of a run that looked at nothing and holds these drills."""
    who = agency(System(id="dvc", level=3))
    run = Run(
        tool=Tool(version="0"),
        started_at=AT,
        rulebook="vn-2026",
        agency=who.model_copy(update={"this_machine_only": alone}),
        drills=drills,
        forecast=forecast(),
    )
    return assess(Evidence(run), load_rulebook("vn-2026"), installed_checks())


def test_a_run_carries_its_drills_into_status_score_and_result() -> None:
    good, bad, none = judged(drill(1, 9)), judged(drill(1, 9), drill(2, 3, FAILED)), judged()

    def recovery(result: Result) -> str:
        return next(
            each.status.value
            for each in result.systems[0].requirements
            if any("drill:pg-pitr" in by for by in each.by)
        )

    assert good.score.whole.drills == 100.0
    assert good.recoveries[0].holds == "pass"
    assert good.forecast is not None
    assert "drill" not in [cap.rule for cap in good.systems[0].score.whole.caps]
    assert recovery(good) in ("met", "partly-met")
    assert bad.score.whole.drills == 0.0
    assert bad.recoveries[0].holds == "fail"
    assert "drill" in [cap.rule for cap in bad.systems[0].score.whole.caps]
    assert len(bad.drills) == 2
    assert none.recoveries[0].standing == "never"
    assert Result.model_validate_json(good.model_dump_json(by_alias=True)) == good


def test_this_machine_alone_has_no_drills() -> None:
    assert judged(alone=True).recoveries == ()
