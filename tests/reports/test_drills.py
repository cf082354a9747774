"""Drills in the reports: every kind of claim in its own words, and the drawing to scale."""

# ruff: noqa: E501 - sentences stand whole, so that they can be read and searched

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests.drill.stories import HOUR, Story, whole
from tests.reports import sample
from tests.reports.sample import DRILLS, recovered

from cdso_audit.drill.proof import (
    Discussed,
    NotHeld,
    ProjectedOutage,
    Readable,
    Rehearsed,
    Sampled,
)
from cdso_audit.drill.statistics import AtLeast, Measured, Projected
from cdso_audit.result import Result, Text
from cdso_reports import drills, render

H, M = timedelta(hours=1), timedelta(minutes=1)
WHY = Text(vi="vì", en="why")
REST = Projected(
    gb=1, median=5 * H, low=3 * H, high=9 * H, completed=2, ratio=1, mean_log=1, spread=1
)
CLAIMS: list[tuple[Any, str, str]] = [
    (Measured(level=4, took=6 * H + timedelta(seconds=1)), "Measured: service was back after 6 h 1 min", "6 h 1 min, measured"),
    (ProjectedOutage(before=H, rest=REST), "Projected, not measured: between 4 h and 10 h, most likely about 6 h", "4 h to 10 h, projected"),
    (AtLeast(longer_than=9 * H, aborted=1), "Not recovered: it would have taken longer than 9 h", "longer than 9 h"),
    (Sampled(why=WHY), "A part was restored; no time follows for the whole: why", "no time"),
    (Readable(), "No time: the copy can be read, and nothing more is proved", "no time"),
    (Rehearsed(), "No time: it was rehearsed, and nothing was restored", "no time"),
    (Discussed(), "No time: it was talked through, and nothing was done", "no time"),
    (NotHeld(why=WHY), "Not held: why", "no time"),
]  # fmt: skip


@pytest.mark.parametrize(("claim", "told", "brief"), CLAIMS)
def test_each_kind_of_claim_has_its_own_words(claim: Any, told: str, brief: str) -> None:
    assert drills.claim(claim).en == told
    assert drills.briefly(claim).en == brief
    assert drills.claim(claim).vi != told


def test_a_judged_time_is_never_rounded_down() -> None:
    assert drills.longer(24 * H + timedelta(seconds=1)).en == "24 h 1 min"
    assert drills.longer(24 * H).en == "24 h"


def page(**more: Any) -> str:
    return render(sample.drilled().model_copy(update=more), "html", lang="en").decode()


def test_a_reason_of_the_journal_is_told_in_both_languages_and_is_no_markup() -> None:
    told = drills.reason("exit 1, not 0")
    assert (told.en, told.vi) == ("exit 1, not 0", "mã thoát 1, không phải 0")
    bad = DRILLS[0].model_copy(update={"why": "<script>x</script> \x1b[1m", "outcome": "failed"})
    text = page(drills=(bad,), recoveries=recovered((bad,)))
    assert "<script>x" not in text
    assert "&lt;script&gt;x" in text


class TestThePage:
    def test_shows_every_drill_with_its_verdict_and_level(self) -> None:
        text = page()

        for said in (
            "Measured: service was back after 26 h 4 min", "too late", "in time",
            "Projected, not measured: between", "L4: everything restored on an isolated target",
            "the people knew of the drill beforehand", "What was not proved",
            "the direction of 2024: 24 h", "approved by the owner: none stated",
            "Find out why the phase restore took", "the chance that all tier-1 systems",
        ):  # fmt: skip
            assert said in text, said

    def test_keeps_the_aborted_attempt(self) -> None:
        text = page()

        assert "longer than 9 h" in text
        assert "Every attempt, the newest first" in text

    def test_never_calls_a_projection_judged_or_measured(self) -> None:
        result = sample.drilled()
        part = next(
            each for each in drills.standings(result) if each.drill and each.drill.level == 3
        )
        text = page()
        at = text.index(f'id="{part.anchor}"')
        card = text[at : text.index("</article>", at)]

        assert "this one is judged" not in card
        assert "it is not the measured time of a recovery" in card
        assert "Measured:" not in card

    def test_draws_without_script_or_style_attributes(self) -> None:
        text = page()
        card = text[
            text.index('id="drill-1"') : text.index("</article>", text.index('id="drill-1"'))
        ]

        assert "g-day" in card
        assert "style=" not in card
        assert "onclick" not in card

    def test_a_system_without_a_drill_is_named(self) -> None:
        text = render(sample.lab(), "html", lang="en").decode()

        assert "A recovery drill was never held: nobody knows how long a recovery takes." in text

    def test_without_an_inventory_there_is_nothing_to_drill(self) -> None:
        text = render(sample.small(), "html", lang="en").decode()

        assert "No service is declared, so there is nothing to rehearse." in text


# ---------------------------------------------------------------------------------------------
# The drawing
# ---------------------------------------------------------------------------------------------


def test_the_phases_stand_to_scale_against_the_line_of_24_hours() -> None:
    """The axis is 26 hours: 24 h and five per cent, in whole hours."""
    made = drills.chart(whole().result(), 24 * H)

    assert made is not None
    assert made.day == f"{100 * 24 / 26:.2f}%"
    assert made.target is None
    assert made.stop == f"{100 * (6 + 4 / 60) / 26:.2f}%"
    restore = made.lanes[2]
    assert restore.name.en == "Restore"
    assert [(each.x, each.width, each.kind) for each in restore.bars] == [
        (f"{100 / 26:.2f}%", f"{100 * 5 / 26:.2f}%", "within")
    ]
    assert restore.budget is not None
    assert restore.budget.width == f"{100 * 8 / 26:.2f}%"
    assert [each.kind for each in restore.steps] == ["critical"]
    assert [each.kind for each in made.lanes[0].steps] == ["people"]


def test_what_overspent_is_drawn_apart() -> None:
    made = drills.chart(whole(hours=10).result(), 4 * H)

    assert made is not None
    late = made.lanes[2]
    assert late.over
    assert late.told.en == "9 h of 8 h: 1 h over its budget"
    assert [each.kind for each in late.bars] == ["within", "over"]
    assert late.bars[1].x == f"{100 * 9 / 26:.2f}%"
    assert made.target == f"{100 * 4 / 26:.2f}%"
    assert "Most over its budget: Restore." in made.summary.en


@pytest.mark.parametrize("hours", [1.2, 6, 30, 80, 400])
def test_the_line_of_24_hours_and_every_bar_lie_within_the_drawing(hours: float) -> None:
    made = drills.chart(whole(hours=hours).result(), 24 * H)

    assert made is not None
    assert float(made.day[:-1]) < 100
    assert len(made.ticks) <= drills.TICKS + 1
    for lane in made.lanes:
        for bar in (*lane.bars, *lane.steps):
            assert float(bar.x[:-1]) + float(bar.width[:-1]) <= 100.3


def test_a_drill_that_never_began_has_no_drawing() -> None:
    assert drills.chart(Story().registered().closed("refused", 2).result(), 24 * H) is None


def test_the_path_is_told_with_who_did_it() -> None:
    told = [(title.en, length.en, by) for title, length, by in drills.path(whole().result())]

    assert told[:3] == [
        ("Declare", "30 min", "people"),
        ("Copy", "6 min", "machine"),
        ("Restore", "5 h", "machine"),
    ]


def test_hundreds_of_attempts_do_not_flood_the_page() -> None:
    story = Story().begun().phase("detect", 1).signed("declare", 2, HOUR, "Chi", "Dũng")
    story.phase("provision", HOUR).failed("copy", HOUR, HOUR)
    story.skipped("restore", "rows", "beat", "portal", "accept").cleaned(2 * HOUR).closed("failed")
    many = tuple(
        sample.held(story, number, datetime(2026, 1, 1, number % 24, tzinfo=UTC))
        for number in range(1, 301)
    )
    result: Result = sample.lab().model_copy(
        update={"drills": many, "recoveries": sample.recovered(many)}
    )

    text = render(result, "html", lang="en").decode()

    assert "280 more stand in result.json." in text
    assert len(text) < len(page()) * 2
