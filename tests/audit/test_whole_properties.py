"""What must hold of every scan, tried on the evidence of real machines (tests/corpus)."""

import json
from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.corpus.machines import HERE

from cdso_audit.assessment import assess
from cdso_audit.evidence import Evidence
from cdso_audit.facts.reading import Observation
from cdso_audit.model import GapReason, Outcome
from cdso_audit.plugins import installed_checks
from cdso_audit.result import Result
from cdso_audit.rulebook import load_rulebook
from cdso_audit.store.evidence import unpack
from cdso_reports import render

MACHINES = ("debian11-stock", "debian12-hardened", "debian13-hardened")
FEW = settings(
    max_examples=12, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


@cache
def evidence(name: str) -> Evidence:
    return unpack(HERE / "bundles" / f"{name}.zip")


def assessed(seen: Evidence, order: int = 0) -> Result:
    checks = list(installed_checks().items())
    if order:
        Random(order).shuffle(checks)  # noqa: S311 - any order will do
    return assess(seen, load_rulebook("vn-2026"), dict(checks))


@cache
def whole(name: str) -> Result:
    return assessed(evidence(name))


def blind(seen: Observation, reason: GapReason) -> Observation:
    """The same question, unanswered."""
    return seen.model_copy(
        update={"gap": reason, "detail": "planted", "exit_code": None, "output": b"", "errors": b""}
    )


def plain(result: Result) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render(result, "json"))
    return found


def value(result: Result) -> float:
    found = result.score.whole.value
    assert found is not None
    return float(found)


@pytest.mark.parametrize("name", MACHINES)
@FEW
@given(data=st.data())
def test_not_seeing_never_pays(name: str, data: st.DataObject) -> None:
    """However much of a machine is unreadable, nothing passes that did not, and no score rises."""
    before = whole(name)
    seen = evidence(name)
    (asset,) = [key for key, each in seen.observations.items() if len(each) > 10]
    probes = sorted(each.probe for each in seen.observations[asset])
    hidden = data.draw(st.sets(st.sampled_from(probes), min_size=1, max_size=len(probes)))
    reason = data.draw(st.sampled_from([GapReason.DENIED, GapReason.TIMEOUT, GapReason.TOO_LARGE]))
    blinded = tuple(
        blind(each, reason) if each.probe in hidden else each for each in seen.observations[asset]
    )

    after = assessed(replace(seen, observations={**seen.observations, asset: blinded}))

    passed = {(each.check, each.subject) for each in before.findings if each.outcome == "pass"}
    now = {(each.check, each.subject) for each in after.findings if each.outcome == "pass"}
    assert now <= passed
    assert value(after) <= value(before)
    asked = {each.check for each in before.findings}
    assert asked <= {each.check for each in after.findings}, "a check fell silent"
    assert all(each.outcome is not Outcome.ERROR for each in after.findings)


@pytest.mark.parametrize("name", MACHINES)
@settings(FEW, max_examples=4)
@given(order=st.integers(1, 10_000))
def test_the_order_of_checks_and_answers_never_matters(name: str, order: int) -> None:
    seen = evidence(name)
    mixed = {
        key: tuple(Random(order).sample(list(each), len(each)))  # noqa: S311
        for key, each in reversed(list(seen.observations.items()))
    }

    after = assessed(replace(seen, observations=mixed), order)

    told, before = plain(after), plain(whole(name))
    asked = [sorted(map(json.dumps, each.pop("commands"))) for each in (told, before)]
    assert [key for key in before if told[key] != before[key]] == []
    assert asked[0] == asked[1]  # the list of commands tells the order in which they ran


@pytest.mark.parametrize("name", MACHINES)
def test_the_same_evidence_gives_the_same_bytes(name: str) -> None:
    again = assessed(unpack(HERE / "bundles" / f"{name}.zip"))

    same = [render(again, form) == render(whole(name), form) for form in ("json", "html")]
    assert same == [True, True]
