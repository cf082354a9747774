"""
What the journal's drills give to the forecast: timed restores as inputs, measured ones to score.

Pure. A file of drills written by hand is needed only for drills that were held without the journal.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from cdso_audit.drill.forecast.plan import ForecastFile, Recovery, Timed
from cdso_audit.drill.forecast.scoring import Held
from cdso_audit.drill.proof import DrillResult
from cdso_audit.drill.statistics import AtLeast, Measured


def held_of(drills: Iterable[DrillResult]) -> list[Held]:
    """
    The drills that can score a forecast: measured ones, and full ones that were given up.

    What was given up counts as "longer than"; leaving it out would flatter the forecasts.
    """
    found = []
    for each in drills:
        claim, name = each.claim, f"{each.number}"
        if isinstance(claim, Measured) and claim.took > timedelta(0):
            found.append(
                Held(system=each.system, held_at=each.held_at, took=claim.took, level=claim.level,
                     drill=name)
            )  # fmt: skip
        elif isinstance(claim, AtLeast) and each.mode == "full" and claim.longer_than:
            found.append(
                Held(system=each.system, held_at=each.held_at, took=claim.longer_than, level=4,
                     completed=False, drill=name)
            )  # fmt: skip
    return found


def with_drills(plan: ForecastFile, drills: Iterable[DrillResult]) -> ForecastFile:
    """
    The plan with the timed restores of the journal, where it names none for a system itself.

    A restore of the journal lasts until its proof, so that it holds more than the transfer alone.
    """
    timed: dict[str, list[Timed]] = {}
    for each in drills:
        if each.restore is not None:
            timed.setdefault(each.system, []).append(
                Timed(gb=each.restore.gb, took=each.restore.took, completed=each.restore.completed)
            )
    systems: dict[str, Recovery] = dict(plan.systems)
    for name, restores in timed.items():
        own = systems.get(name, Recovery())
        if not own.restores:
            systems[name] = own.model_copy(update={"restores": tuple(restores)})
    given: Mapping[str, Recovery] = systems
    return plan.model_copy(update={"systems": given})
