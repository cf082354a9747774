"""Forecasts that were kept are held against measured drills, and against nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from cdso_audit.drill.forecast.result import Forecast, SystemForecast, chance
from cdso_audit.drill.forecast.scoring import Held, score

DAY, H = timedelta(days=1), timedelta(hours=1)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def foreseen(at: datetime, share: float, *, p10: float = 4, p90: float = 20) -> Forecast:
    system = SystemForecast(
        id="dvc", tier=1, target=24 * H, chance=chance(round(share * 1_000), 1_000),
        p10=p10 * H, p50=10 * H, p90=p90 * H, critical=1,
    )  # fmt: skip
    return Forecast(
        agency="a", made_at=at, runs=1_000, seed=1, target=24 * H, tier1=("dvc",),
        chance=chance(1, 2), chance_own=chance(1, 2), p50=H, p90=H, on_paper=H,
        systems=(system,), drivers=(),
    )  # fmt: skip


def held(hours: float, at: datetime = MARCH + DAY, *, completed: bool = True) -> Held:
    return Held(system="dvc", held_at=at, took=hours * H, completed=completed, level=4)


@pytest.mark.parametrize(
    ("drills", "brier", "covered", "banded"),
    [
        ([held(10)], 0.04, 1, 1),
        ([held(25)], 0.64, 0, 1),
        ([held(10), held(25)], 0.34, 1, 2),
        ([held(9, completed=False)], None, 0, 0),  # open: it may still have been in time
        ([held(21, completed=False)], None, 0, 1),  # past P90, before the target
        ([held(30, completed=False)], 0.64, 0, 1),
        ([], None, 0, 0),
    ],
)
def test_brier_and_coverage(
    drills: list[Held], brier: float | None, covered: int, banded: int
) -> None:
    found = score([foreseen(MARCH, 0.8)], drills)

    assert found.brier == (brier if brier is None else pytest.approx(brier))
    assert (found.covered, found.banded) == (covered, banded)


def test_the_newest_forecast_before_the_drill_counts() -> None:
    forecasts = [foreseen(MARCH, 0.2), foreseen(MARCH + 9 * DAY, 0.9), foreseen(MARCH + DAY, 0.4)]
    found = score(forecasts, [held(10, MARCH + 5 * DAY)])

    assert [each.chance for each in found.scored] == [0.4]


def test_a_forecast_made_afterwards_scores_nothing() -> None:
    found = score([foreseen(MARCH + 2 * DAY, 0.9)], [held(10)])

    assert not found.scored
    assert found.unforeseen == ("dvc 2026-03-02",)


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_a_projection_scores_no_forecast(level: int) -> None:
    with pytest.raises(ValidationError):
        Held.model_validate({"system": "dvc", "held_at": MARCH, "took": H, "level": level})


def test_few_drills_are_compatible_with_much() -> None:
    found = score([foreseen(MARCH, 0.8)], [held(10), held(11)])

    assert found.covered_low < 0.2
    assert found.covered_high == 1
