"""The journal's drills feed the forecast and score it, without a file made by hand."""

from datetime import timedelta

import pytest
from tests.drill.test_recovery import AT, FAILED, MEASURED, agency, drill

from cdso_audit.drill.forecast.drilled import held_of, with_drills
from cdso_audit.drill.forecast.plan import NO_PLAN, Recovery, Timed
from cdso_audit.drill.proof import Readable
from cdso_audit.drill.statistics import Restore
from cdso_audit.model import System

H = timedelta(hours=1)
DAY = timedelta(days=1)


def test_measured_and_given_up_drills_score_and_nothing_else() -> None:
    drills = [
        drill(1, 9, MEASURED),
        drill(2, 8, Readable()),
        drill(3, 7, FAILED),
        drill(4, 6, FAILED, mode="sample"),
    ]

    found = held_of(drills)

    assert [(each.drill, each.took, each.completed) for each in found] == [
        ("1", 6 * H, True),
        ("3", 9 * H, False),
    ]
    assert found[0].held_at == AT - 9 * DAY
    assert {each.system for each in found} == {"dvc"}


def test_timed_restores_of_the_journal_become_inputs() -> None:
    drills = [
        drill(1, 9, restore=Restore(gb=60, took=H)),
        drill(2, 8, FAILED, restore=Restore(gb=60, took=3 * H, completed=False)),
        drill(3, 7, Readable()),
    ]

    (timed,) = with_drills(NO_PLAN, drills).systems.values()

    assert timed.restores == (
        Timed(gb=60, took=H),
        Timed(gb=60, took=3 * H, completed=False),
    )


def test_what_the_plan_says_itself_stands() -> None:
    own = Recovery(tier=1, restores=(Timed(gb=1, took=H),))
    plan = NO_PLAN.model_copy(update={"systems": {"dvc": own, "ad": Recovery(tier=2)}})

    found = with_drills(plan, [drill(1, 9, restore=Restore(gb=60, took=H))])

    assert found.systems == {"dvc": own, "ad": Recovery(tier=2)}


def test_the_assumption_is_labelled_as_from_drills() -> None:
    pytest.importorskip("numpy")
    from cdso_audit.drill.forecast.recovery import recoverable

    drills = [drill(n, n, restore=Restore(gb=50, took=n * H)) for n in (1, 2, 3)]
    known = agency(System(id="dvc", data_gb=100.0))

    bases = [
        {
            each.basis
            for each in recoverable(known, plan, planned=True).assumptions
            if "timed restores" in each.what.template
        }
        for plan in (NO_PLAN, with_drills(NO_PLAN, drills))
    ]

    assert bases == [set(), {"drills"}]
