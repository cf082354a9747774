"""Limits of the checks of the clock, on this side and on the other."""

from typing import Any

import pytest
from tests.edges import Edge, holds

from cdso_audit.facts.clock import ClockSynchronisation
from cdso_audit.model import Outcome
from cdso_checks.timekeeping.time_synchronised import time_synchronised

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN


def clock(**fields: Any) -> ClockSynchronisation:
    usual: dict[str, Any] = {
        "daemons": ("chronyd",), "told_by": "chronyc", "synchronised": True, "source": "10.0.0.1",
        "offset_ms": 1.0,
    }  # fmt: skip
    return ClockSynchronisation(subject="clock", **(usual | fields))


EDGES = [
    Edge(time_synchronised, clock(offset_ms=1000), PASS),
    Edge(time_synchronised, clock(offset_ms=1000.001), FAIL),
    Edge(time_synchronised, clock(offset_ms=-1000.001), FAIL),
    Edge(time_synchronised, clock(offset_ms=None), UNKNOWN, says="how far"),
    Edge(time_synchronised, clock(daemons=("chronyd", "ntpd")), FAIL, says="several"),
    Edge(time_synchronised, clock(daemons=()), FAIL, says="no time daemon"),
    Edge(time_synchronised, clock(daemons=(), container="lxc"), UNKNOWN),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
