"""What a forecast says, and what it rests on. Frozen, so that it can be kept and scored later."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from pydantic import AwareDatetime, ConfigDict, Field

from cdso_audit.drill.statistics import pass_rate_lower_bound
from cdso_audit.model import Frozen, Notice

SCHEMA = "cdso/forecast-result-v1"

#: Where an input comes from. `rule`: derived from the inventory by a rule of ours.
Basis = Literal["given", "inventory", "drills", "rule", "prior"]


class Chance(Frozen):
    """
    A probability out of `runs` simulated runs.

    `low` and `high` are its exact 95 % Monte Carlo interval (Clopper and Pearson): the error of
    having simulated so few runs, and of nothing else. What is unknown about the inputs is larger.
    """

    value: float
    low: float
    high: float
    runs: int


def chance(hits: int, runs: int) -> Chance:
    """The chance with its Monte Carlo interval."""
    return Chance(
        value=hits / runs,
        low=pass_rate_lower_bound(hits, runs, 0.975),
        high=1 - pass_rate_lower_bound(runs - hits, runs, 0.975),
        runs=runs,
    )


class SystemForecast(Frozen):
    """One system: when it would be back, and how often it is what all others wait for."""

    id: str
    name: str = ""
    tier: int
    target: timedelta
    chance: Chance
    p10: timedelta
    p50: timedelta
    p90: timedelta
    critical: float
    """Share of runs in which it lies on the critical path of the last tier-1 system."""


class Driver(Frozen):
    """Where the time goes on the way to the last tier-1 system, on average."""

    what: Notice
    mean: timedelta
    share: float


class WhatIf(Frozen):
    """
    The chance after one change; `gain` by the same random numbers, with its standard error.

    `sooner` is by how much the last tier-1 system is back earlier, at the median: it tells
    something even where the chance stays at nothing.
    """

    what: Notice
    chance: float
    gain: float
    error: float
    sooner: timedelta
    runs: int


class Assumption(Frozen):
    """One input: its value and where it comes from; `count` of `total` systems use it."""

    what: Notice
    value: str
    basis: Basis
    count: int = 0
    total: int = 0


class Forecast(Frozen):
    """The chance that an agency's tier-1 systems are back in time. Computed, never measured."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    schema_: Literal["cdso/forecast-result-v1"] = Field(
        default="cdso/forecast-result-v1", alias="schema"
    )
    kind: Literal["computed"] = "computed"
    agency: str
    made_at: AwareDatetime
    tool: str = ""
    inputs: Mapping[str, str] = {}
    """SHA-256 of the files that it was computed from, by their names."""
    runs: int
    seed: int
    target: timedelta
    tier1: tuple[str, ...]
    chance: Chance
    """All tier-1 systems within `target`, unlisted ones included."""
    chance_own: Chance
    """All of them within their own targets: the owner's approved outage where it is shorter."""
    p50: timedelta
    p90: timedelta
    """Of the last tier-1 system."""
    on_paper: timedelta
    """The critical path on medians: what a plan on paper shows, without queues and accidents."""
    systems: tuple[SystemForecast, ...]
    drivers: tuple[Driver, ...]
    what_if: tuple[WhatIf, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def priors(self) -> int:
        """How many of the inputs are our priors."""
        return sum(each.basis == "prior" for each in self.assumptions)
