"""
Were the forecasts right? Each drill is held against the last forecast made before it. Pure.

Only measured recoveries count (L4 and above): a projection cannot score a forecast.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from cdso_audit.drill.forecast.result import Forecast
from cdso_audit.drill.statistics import pass_rate_lower_bound
from cdso_audit.model import Frozen, Identifier


class Held(Frozen):
    """One full drill of a system, as it was measured. Not completed: aborted after `took`."""

    system: Identifier
    held_at: AwareDatetime
    took: Annotated[timedelta, Field(gt=timedelta(0))]
    completed: bool = True
    level: Literal[4, 5, 6]
    drill: str = ""


class Scored(Frozen):
    """A drill beside the forecast of it; `back_in_time` is None where an abort left it open."""

    system: str
    held_at: AwareDatetime
    made_at: AwareDatetime
    chance: float
    target: timedelta
    took: timedelta
    back_in_time: bool | None
    in_band: bool | None
    """Whether it took between P10 and P90; None where an abort does not tell."""


class Score(Frozen):
    """
    The forecasts' record.

    `brier` is the mean of (chance - outcome) squared (Brier 1950): 0 is perfect, 0.25 is what
    "fifty-fifty" earns; None without a drill that decided it. `covered` of `banded` drills fell
    between P10 and P90, which should be 80 % of them; the bounds are exact, 95 %.
    """

    scored: tuple[Scored, ...]
    unforeseen: tuple[str, ...] = ()
    """Drills of systems of which no forecast had been made before."""
    brier: float | None = None
    covered: int = 0
    banded: int = 0
    covered_low: float = 0.0
    covered_high: float = 1.0


def score(forecasts: Sequence[Forecast], drills: Sequence[Held]) -> Score:
    """Hold each drill against the newest forecast that was made before it began."""
    found, unforeseen = [], []
    for drill in sorted(drills, key=lambda each: each.held_at):
        beside = _beside(forecasts, drill)
        if beside is None:
            unforeseen.append(drill.drill or f"{drill.system} {drill.held_at:%Y-%m-%d}")
        else:
            found.append(beside)
    decided = [each for each in found if each.back_in_time is not None]
    banded = [each for each in found if each.in_band is not None]
    covered = sum(bool(each.in_band) for each in banded)
    return Score(
        scored=tuple(found),
        unforeseen=tuple(unforeseen),
        brier=sum((each.chance - bool(each.back_in_time)) ** 2 for each in decided) / len(decided)
        if decided
        else None,
        covered=covered,
        banded=len(banded),
        covered_low=pass_rate_lower_bound(covered, len(banded), 0.975) if banded else 0.0,
        covered_high=1 - pass_rate_lower_bound(len(banded) - covered, len(banded), 0.975)
        if banded
        else 1.0,
    )


def _beside(forecasts: Sequence[Forecast], drill: Held) -> Scored | None:
    before = [each for each in forecasts if each.made_at < drill.held_at]
    for forecast in sorted(before, key=lambda each: each.made_at, reverse=True):
        for system in forecast.systems:
            if system.id != drill.system:
                continue
            late = drill.took > system.target
            band: bool | None = system.p10 <= drill.took <= system.p90
            if not drill.completed:
                band = False if drill.took > system.p90 else None
            return Scored(
                system=drill.system,
                held_at=drill.held_at,
                made_at=forecast.made_at,
                chance=system.chance.value,
                target=system.target,
                took=drill.took,
                back_in_time=not late if drill.completed else (False if late else None),
                in_band=band,
            )
    return None
