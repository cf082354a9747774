"""Limits of the checks of services, on this side and on the other."""

import pytest
from tests.checks.lists.test_edges import enrolled
from tests.edges import Edge, holds

from cdso_audit.facts.monitoring import MonitoringAgents
from cdso_audit.model import Outcome
from cdso_checks.services.monitoring_agent import monitoring_agent

PASS, FAIL = Outcome.PASS, Outcome.FAIL
NONE = MonitoringAgents(subject="monitoring", agents=())
EDGES = [
    Edge(monitoring_agent, NONE, PASS, lists=enrolled("monitoring", 7)),
    Edge(monitoring_agent, NONE, FAIL, lists=enrolled("monitoring", 8)),
    Edge(monitoring_agent, NONE, PASS, lists=enrolled("monitoring", 31, exported=31)),
    Edge(monitoring_agent, NONE, FAIL, lists=enrolled("monitoring", 32, exported=32)),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
