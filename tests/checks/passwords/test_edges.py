"""Limits of the checks of passwords, on this side and on the other."""

import pytest
from tests.edges import Edge, holds

from cdso_audit.facts.pam import Lockout
from cdso_audit.model import Outcome
from cdso_checks.passwords.login_lockout import login_lockout

PASS, FAIL = Outcome.PASS, Outcome.FAIL


def lockout(deny: int = 5, unlock: int = 600, window: int = 900) -> Lockout:
    return Lockout(
        subject="login", counts=True, refuses=True, deny=deny, unlock_seconds=unlock,
        window_seconds=window,
    )  # fmt: skip


EDGES = [
    Edge(login_lockout, lockout(), PASS),
    Edge(login_lockout, lockout(deny=10), PASS),
    Edge(login_lockout, lockout(deny=11), FAIL),
    Edge(login_lockout, lockout(deny=1), PASS),
    Edge(login_lockout, lockout(deny=0), FAIL),
    Edge(login_lockout, lockout(unlock=0), PASS),
    Edge(login_lockout, lockout(unlock=1), FAIL),
    Edge(login_lockout, lockout(unlock=599), FAIL),
    Edge(login_lockout, lockout(window=0), PASS),
    Edge(login_lockout, lockout(window=1), FAIL),
    Edge(login_lockout, lockout(window=899), FAIL),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
