"""Limits of the checks of integrity, on this side and on the other."""

from datetime import timedelta

import pytest
from tests.edges import Edge, holds
from tests.support import AT

from cdso_audit.facts.integrity import FileIntegrity, IntegrityTool
from cdso_audit.model import Outcome
from cdso_checks.integrity.file_integrity import file_integrity


def aide(age: timedelta) -> FileIntegrity:
    tool = IntegrityTool(name="AIDE", database_at=AT, schedule="aide.timer", last_run=AT - age)
    return FileIntegrity(subject="files", tools=(tool,))


WEEK, SECOND = timedelta(days=7), timedelta(seconds=1)
EDGES = [
    Edge(file_integrity, aide(WEEK), Outcome.PASS),
    Edge(file_integrity, aide(WEEK + SECOND), Outcome.FAIL),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
