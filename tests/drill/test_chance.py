"""The chance of making it now: from earlier runs of the same steps, or honestly not at all."""

import math
from datetime import timedelta
from statistics import NormalDist

import pytest
from tests.drill.stories import HOUR, MINUTE, Story, book, whole
from tests.drill.times import START, stamp

from cdso_audit.drill.chance import Chance, chance_now
from cdso_audit.drill.events import MilestoneReached, PhaseStarted, StepIntent
from cdso_audit.drill.playbook import Phase
from cdso_audit.drill.proof import DrillResult
from cdso_audit.drill.statistics import PRIOR_SD

NO_PEOPLE = book()


def held(hours: float, number: int = 1, **more: object) -> DrillResult:
    """An earlier drill whose restore ended at that hour (it began at 1 h)."""
    result = whole(hours=hours, **more).result()  # type: ignore[arg-type]
    return result.model_copy(update={"number": number})


def restoring(at: float, **plan: object) -> tuple[Story, float]:
    """A drill that restores since 1 h, looked at then."""
    story = Story(plan=dict(plan)).begun()
    story.phase("detect", 1)
    story.signed("declare", 2, 0.5 * HOUR, "Chi", "Dũng")
    story.phase("provision", 0.5 * HOUR)
    story.done("copy", 0.5 * HOUR, 0.6 * HOUR)
    story.tell(PhaseStarted(phase=Phase.RESTORE), 1 * HOUR)
    story.tell(StepIntent(step="restore", kind="ssh", phase=Phase.RESTORE))
    return story, at


def told(story: Story, at: float, earlier: list[DrillResult]) -> Chance:
    from cdso_audit.drill.events import DrillRegistered
    from cdso_audit.drill.plan import Plan

    state = story.ledger.drill(1)
    event = state.registered.event
    assert isinstance(event, DrillRegistered)
    found = chance_now(state, Plan.model_validate(event.plan), stamp(at), earlier)
    assert found is not None
    return found


def test_without_an_earlier_run_there_is_no_number() -> None:
    found = told(*restoring(2 * HOUR), [])

    assert found.value is None
    assert found.drills == 0
    assert found.unknown == ("restore", "rows", "beat", "portal")


def test_what_the_budgets_leave_is_told_beside_and_is_no_chance() -> None:
    """Restore has 8 h from 1 h on, verify 2 h: 13 h of the 24 h are to spare."""
    found = told(*restoring(2 * HOUR), [])

    assert found.spare == timedelta(hours=13)
    assert found.value is None
    assert told(*restoring(8.5 * HOUR), []).spare == timedelta(hours=13)
    # over its budget, it cannot keep to it any more: then nothing is to spare
    over = told(*restoring(10 * HOUR), [])
    assert (over.spare, over.spent_up) == (None, Phase.RESTORE)


def test_budgets_that_come_too_late_are_told() -> None:
    """The service was gone for twelve hours before anybody began."""
    story, at = restoring(2 * HOUR)
    story.tell(MilestoneReached(milestone="outage", at=START - timedelta(hours=12)))
    assert told(story, at, []).spare == timedelta(hours=1)
    assert told(story, 8 * HOUR, []).spare == timedelta(hours=1)
    story, at = restoring(2 * HOUR)
    story.tell(MilestoneReached(milestone="outage", at=START - timedelta(hours=14)))
    assert told(story, at, []).spare == timedelta(hours=-1)


def test_one_earlier_drill_gives_a_chance_by_the_prior_and_says_so() -> None:
    """Five hours took the restore, four minutes the looks; of 24 h four are left at 20 h."""
    found = told(*restoring(1 * HOUR + 1), [held(6)])

    assert found.value is not None
    assert (found.drills, found.prior, found.changed) == (1, True, False)
    assert found.unknown == ()
    # one drill: log-normal about 5 h with the prior's spread times sqrt(2)
    spread = PRIOR_SD * math.sqrt(2)
    expected = NormalDist(math.log(5), spread).cdf(math.log(23 - 4 / 60))
    assert found.value == pytest.approx(expected, abs=0.02)


def test_what_the_present_step_already_took_is_known() -> None:
    """After 12 h of a restore that took 5 h before, the chance is that of what is left of 24 h."""
    found = told(*restoring(13 * HOUR), [held(6)])

    model = NormalDist(math.log(5), PRIOR_SD * math.sqrt(2))
    still = 1 - model.cdf(math.log(12))
    expected = (model.cdf(math.log(23 - 4 / 60)) - model.cdf(math.log(12))) / still
    assert found.value == pytest.approx(expected, abs=0.04)


def test_three_drills_that_agree_leave_little_doubt() -> None:
    earlier = [held(6, 1), held(6.2, 2), held(5.9, 3)]

    sure = told(*restoring(2 * HOUR), earlier)

    assert sure.value is not None
    assert sure.value > 0.99
    assert (sure.drills, sure.prior) == (3, False)


def test_a_step_that_takes_longer_than_ever_is_told_instead_of_a_number() -> None:
    earlier = [held(6, n) for n in range(1, 9)]

    found = told(*restoring(20 * HOUR), earlier)

    assert (found.value, found.overdue) == (None, "restore")


def test_an_aborted_run_counts_as_longer_than() -> None:
    """A restore that was given up after 22 h makes the next one less likely."""
    given_up = Story().begun()
    given_up.phase("detect", 1).signed("declare", 2, 0.5 * HOUR, "Chi", "Dũng")
    given_up.phase("provision", 0.5 * HOUR).done("copy", 0.5 * HOUR, 0.6 * HOUR)
    given_up.phase("restore", 1 * HOUR).failed("restore", 1 * HOUR, 23 * HOUR)
    given_up.skipped("rows", "beat", "portal", "accept").cleaned(23 * HOUR)
    other = given_up.closed("failed").result().model_copy(update={"number": 2})

    without = told(*restoring(2 * HOUR), [held(6)])
    with_it = told(*restoring(2 * HOUR), [held(6), other])

    assert without.value is not None
    assert with_it.value is not None
    assert with_it.value < without.value - 0.1


def test_more_data_take_longer() -> None:
    few = told(*restoring(2 * HOUR, data_gb=600), [held(6)])
    much = told(*restoring(2 * HOUR, data_gb=2400), [held(6)])

    assert few.value is not None
    assert much.value is not None
    assert much.value < few.value - 0.2


def test_drills_of_another_playbook_system_or_kind_say_nothing() -> None:
    for change in ({"playbook": "x"}, {"system": "x"}, {"mode": "sample"},
                   {"lost_touched": ("online",)}):  # fmt: skip
        other = held(6).model_copy(update=change)
        assert told(*restoring(2 * HOUR), [other]).value is None


def test_another_version_of_the_playbook_is_told() -> None:
    other = held(6).model_copy(update={"playbook_hash": "0" * 64})

    assert told(*restoring(2 * HOUR), [other]).changed


def test_the_last_proof_ends_it() -> None:
    """The fifth success counts; the hold and the acceptance change no time."""
    story = Story().begun().to_restored()
    story.watching(6 * HOUR).looks(6 * HOUR, *[True] * 5)

    assert told(story, 6 * HOUR + 5 * MINUTE, [held(6)]) == Chance(proved=True)


def test_the_time_before_the_verdict_is_that_to_the_fifth_success() -> None:
    """Only the looks are left: four minutes, not the thirty of the hold."""
    story = Story().begun().to_restored(hours=23.8)
    story.watching(23.8 * HOUR)

    found = told(story, 23.8 * HOUR + 1, [held(6, n) for n in range(1, 5)])

    assert found.value is not None
    assert found.value > 0.99


def test_the_same_look_gives_the_same_number() -> None:
    assert told(*restoring(9 * HOUR), [held(6)]) == told(*restoring(9 * HOUR), [held(6)])


def test_before_the_start_and_after_the_end_there_is_nothing_to_tell() -> None:
    from cdso_audit.drill.events import DrillRegistered
    from cdso_audit.drill.plan import Plan

    for story in (Story().registered(), whole()):
        state = story.ledger.drill(1)
        event = state.registered.event
        assert isinstance(event, DrillRegistered)
        assert chance_now(state, Plan.model_validate(event.plan), stamp(0)) is None
