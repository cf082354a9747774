"""
What the tests of limits share: a fact made by hand, and the verdict on this side and on the other.

The tables of cases (tests/support.py) go through the readers; these say what holds exactly at a
limit, one row a side, with nothing between the fact and the check.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.support import AT, HOST, SYSTEM

from cdso_audit.checking import Check
from cdso_audit.facts.reading import Fact
from cdso_audit.model import Asset, Context, Lists, Outcome, System


@dataclass(frozen=True, slots=True)
class Edge:
    """One fact and what the check must say of it; `says` must stand in the message."""

    check: Check[Any]
    fact: Fact
    outcome: Outcome
    says: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    system: System = SYSTEM
    asset: Asset = HOST
    lists: Lists = field(default_factory=Lists)
    at: datetime = AT

    def __str__(self) -> str:
        return self.check.about.id


def holds(edge: Edge) -> None:
    """Assert that the check says so."""
    context = Context(
        at=edge.at,
        asset=edge.asset,
        system=edge.system,
        parameters=edge.check.with_parameters(edge.parameters),
        lists=edge.lists,
    )
    verdict = edge.check.judge(edge.fact, context)

    assert verdict.outcome is edge.outcome, f"{verdict.outcome}: {verdict.message}"
    assert edge.says in verdict.message
