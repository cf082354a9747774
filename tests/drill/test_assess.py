"""What a drill proves: the clock that is judged, the ladder with its caps, what is left open."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.drill.stories import HOUR, MINUTE, START, Story, book, whole

from cdso_audit.drill.assess import assess_all, target_of, verdict_of
from cdso_audit.drill.events import (
    Adopted,
    CanarySeen,
    ClockStep,
    DeclaredRecovered,
    DrillRegistered,
    GuardPassed,
    HoldBroken,
    HostOffset,
    JournalOpened,
    LeaseTaken,
    MilestoneReached,
    Mode,
    NegativeControl,
    Note,
    ObservationGap,
    RebootSeen,
    ResourceTouched,
    Started,
    StepDone,
    StepFailed,
    StepIntent,
    SuspendSeen,
    TimingInvalid,
)
from cdso_audit.drill.playbook import Phase
from cdso_audit.drill.proof import (
    Discussed,
    DrillResult,
    NotHeld,
    ProjectedOutage,
    Readable,
    Rehearsed,
    Sampled,
    Verdict,
)
from cdso_audit.drill.statistics import AtLeast, Measured, Projected, Restore, project
from cdso_audit.drill.timing import critical

if TYPE_CHECKING:
    from collections.abc import Callable

H = timedelta(hours=1)
M = timedelta(minutes=1)


def took(result: DrillResult) -> timedelta:
    assert isinstance(result.claim, Measured), result.claim
    return result.claim.took


def rules(result: DrillResult) -> list[str]:
    return [each.rule for each in result.caps]


class TestAWholeDrill:
    """T0 at 8:00, restored at 14:00, the fifth success at 14:04, held until 14:34."""

    def test_is_measured_from_t0_to_the_fifth_success(self) -> None:
        made = whole().result()

        assert made.level == 5
        assert took(made) == 6 * H + 4 * M
        assert made.verdict is Verdict.IN_TIME
        assert made.confirmed
        assert made.recovered

    def test_tells_every_interval_the_largest_first_and_judges_that(self) -> None:
        made = whole().result()

        assert [(each.start, each.length, each.judged) for each in made.intervals] == [
            ("inject", 6 * H + 4 * M, True),
            ("declared", 5 * H + 34 * M, False),
            ("restore-started", 5 * H + 4 * M, False),
        ]

    def test_tells_what_came_after_the_stop_and_when_it_was_first_seen(self) -> None:
        made = whole().result()

        assert {each.name: each.at for each in made.marks}["hold-kept"] == 6 * H + 34 * M
        assert {each.name: each.at for each in made.marks}["accepted"] == 7 * H + 34 * M
        assert made.services[0].available_since == 6 * H
        assert made.services[0].verified == 6 * H + 4 * M

    def test_tells_the_phases_beside_their_budgets(self) -> None:
        made = whole(hours=10).result()

        spent = {each.phase: (each.spent, each.budget, each.over) for each in made.phases}
        assert spent["restore"] == (9 * H, 8 * H, H)
        assert spent["verify"] == (34 * M, 2 * H, timedelta(0))
        assert spent["provision"] == (30 * M, None, timedelta(0))
        assert [each.phase for each in made.overspent] == ["restore"]

    def test_tells_the_loss_from_the_heartbeat_and_not_from_the_copy(self) -> None:
        made = whole().result()

        assert made.loss == 3 * H + 10 * M
        assert made.copy_used is not None
        assert made.copy_used.age == 3 * H

    def test_survives_a_round_trip(self) -> None:
        made = whole().result()

        assert DrillResult.model_validate_json(made.model_dump_json()) == made

    def test_counts_the_waiting_and_never_subtracts_it(self) -> None:
        made = whole().result()

        assert made.waited == 30 * M - timedelta(seconds=2) + H
        assert took(made) == 6 * H + 4 * M

    def test_is_kept_for_the_statistics(self) -> None:
        assert whole().result().restore == Restore(
            gb=600, took=5 * H + 4 * M, completed=True, drill="1"
        )

    def test_says_what_it_did_not_prove(self) -> None:
        told = [each.en for each in whole().result().not_proved]

        assert told == [
            "More than the least service was not looked at: login.",
            "That it works on the day without Chi, Dũng was not tried.",
        ]


# ---------------------------------------------------------------------------------------------
# Start and stop
# ---------------------------------------------------------------------------------------------


def test_an_outage_seen_from_outside_before_t0_is_where_the_clock_begins() -> None:
    def outage(story: Story) -> Story:
        at = START - timedelta(hours=2)
        return story.tell(MilestoneReached(milestone="outage", by="monitor", at=at))

    made = whole(outage).result()

    assert made.intervals[0].start == "outage"
    assert made.intervals[0].length == 8 * H + 4 * M
    assert took(made) == 8 * H + 4 * M + timedelta(seconds=5)  # UTC's own error counts against us
    assert made.loss == H + 10 * M


def test_an_outage_after_t0_or_without_a_moment_moves_nothing() -> None:
    def outage(story: Story) -> Story:
        story.tell(MilestoneReached(milestone="outage", at=START + H))
        return story.tell(MilestoneReached(milestone="outage"))

    assert took(whole(outage).result()) == 6 * H + 4 * M


def test_the_restore_begins_with_its_first_step_though_its_end_is_marked() -> None:
    def marked(story: Story) -> Story:
        return story.tell(MilestoneReached(milestone="restore-started", step="restore"))

    made = whole(marked).result()

    assert made.intervals[-1].start == "restore-started"
    assert made.intervals[-1].length == 5 * H + 4 * M


def test_service_before_the_data_are_proved_is_not_yet_back() -> None:
    turned = book().model_copy(
        update={
            "phases": book().phases.model_copy(
                update={
                    "verify": (
                        book().step("beat"),
                        book().step("portal"),
                        book().step("rows"),
                    )
                }
            )
        }
    )
    made = Story(playbook=turned).begun()
    made.phase("detect", 1).signed("declare", 2, HOUR, "Chi", "Dũng")
    made.phase("provision", HOUR).done("copy", HOUR, HOUR)
    made.phase("restore", HOUR).done("restore", HOUR, 6 * HOUR)
    made.phase("verify", 6 * HOUR)
    made.tell(StepIntent(step="beat", kind="canary", phase=Phase.VERIFY))
    made.tell(CanarySeen(step="beat", system="portal-db", valid=1, newest_at=START, loss_seconds=0))
    made.tell(StepDone(step="beat"))
    made.seen(6 * HOUR).done("rows", 7 * HOUR, 9 * HOUR)
    made.accepted(9 * HOUR, 9.5 * HOUR).cleaned(9.5 * HOUR).closed().anchored()
    assert took(made.result()) == 9 * H


@pytest.mark.parametrize(
    ("looks", "stop"),
    [
        ([True] * 35, 4),
        # four times of five is not five in a row
        ([True] * 4 + [False] + [True] * 35, 9),
        ([False, True] * 3 + [True] * 34, 9),
        # it broke in the hold: as if it had never stopped
        ([True] * 20 + [False] + [True] * 35, 25),
        ([True] * 5 + [False] + [True] * 5 + [False] + [True] * 35, 16),
    ],
)
def test_the_clock_stops_at_the_nth_success_and_a_failure_in_the_hold_opens_it_again(
    looks: list[bool], stop: int
) -> None:
    def watched(story: Story) -> Story:
        story.watching(6 * HOUR)
        for number, each in enumerate(looks):
            before = story.ledger.drill(1).step("portal").verified
            story.looks(6 * HOUR + number * MINUTE, each)
            if not each and before is not None:
                story.tell(HoldBroken(step="portal"))
        return story.held(6 * HOUR + (len(looks) - 1) * MINUTE)

    made = whole(watched).result()

    assert took(made) == 6 * H + stop * M
    assert made.services[0].looks_failed == looks.count(False)


def test_a_time_in_which_nobody_looked_ends_the_row() -> None:
    def slept(story: Story) -> Story:
        story.watching(6 * HOUR).looks(6 * HOUR, *[True] * 4)
        story.tell(SuspendSeen(seconds=3600), 7 * HOUR + 4 * MINUTE)
        story.tell(ObservationGap(seconds=3600))
        at = 7 * HOUR + 5 * MINUTE
        return story.looks(at, *[True] * 35).held(at + 34 * MINUTE)

    made = whole(slept).result()

    assert took(made) == 7 * H + 9 * M
    assert made.clock.slept == H
    assert made.clock.unobserved == H
    assert any("Nobody looked for 1h" in each.en for each in made.not_proved)


@pytest.mark.parametrize(("hours", "verdict"), [(16, Verdict.IN_TIME), (20, Verdict.LATE)])
def test_an_operator_asleep_past_the_day_makes_the_drill_late(hours: int, verdict: Verdict) -> None:
    """Each look was good; a clock that stands still in sleep would stop at six hours and a half."""

    def slept(story: Story) -> Story:
        story.watching(6 * HOUR).looks(6 * HOUR, *[True] * 4)
        after = 6 * HOUR + 3 * MINUTE + hours * HOUR
        story.tell(SuspendSeen(seconds=hours * 3600), after)
        story.tell(ObservationGap(seconds=hours * 3600))
        return story.looks(after + MINUTE, *[True] * 35).held(after + 35 * MINUTE)

    made = whole(slept).result()

    assert made.verdict is verdict
    assert took(made) > hours * H + 6 * H


def test_a_short_sleep_within_a_row_ends_it_too() -> None:
    def dozed(story: Story) -> Story:
        story.watching(6 * HOUR).looks(6 * HOUR, *[True] * 3)
        story.tell(ObservationGap(seconds=30), 6 * HOUR + 3 * MINUTE)
        at = 6 * HOUR + 3 * MINUTE
        return story.looks(at, *[True] * 35).held(at + 34 * MINUTE)

    assert took(whole(dozed).result()) == 6 * H + 7 * M


def test_a_gap_that_nobody_noted_ends_the_row_too() -> None:
    def blind(story: Story) -> Story:
        story.watching(6 * HOUR).looks(6 * HOUR, *[True] * 6)
        return story.looks(7 * HOUR, *[True] * 40).held(7 * HOUR + 39 * MINUTE)

    made = whole(blind).result()

    assert made.services[0].holds_broken == 1
    assert took(made) == 7 * H + 4 * M


def test_a_hold_that_was_not_kept_is_no_stop() -> None:
    def shorter(story: Story) -> Story:
        return story.watching(6 * HOUR).looks(6 * HOUR, *[True] * 9).held(6 * HOUR + 8 * MINUTE)

    made = whole(shorter).result()

    assert made.services[0].state == "failed"
    assert made.level is not None
    assert made.level <= 2
    assert not made.intervals


# ---------------------------------------------------------------------------------------------
# Clocks
# ---------------------------------------------------------------------------------------------


def test_a_clock_that_is_set_back_changes_nothing() -> None:
    def stepped(story: Story) -> Story:
        story.tell(ClockStep(seconds=-10800))
        story.wall_off = -10800
        return story

    made = whole(stepped).result()

    assert took(made) == 6 * H + 4 * M
    assert made.clock.steps == (timedelta(hours=-3),)


def rebooted(
    story: Story, *, wall_off: float = 0, offsets: tuple[float, float] | None = None
) -> Story:
    """At six hours another boot, whose own clock begins anew; UTC off by so much from there."""
    if offsets is not None:
        story.tell(HostOffset(host="db", seconds=offsets[0], bound=0.1, exchanges=8))
    story.tell(Note(by="An", text="the laptop died"))
    story.boot, story.boot_off, story.wall_off = "b2", 6 * HOUR - 60, wall_off
    story.tell(LeaseTaken(fence=2, why="resume"), 8 * HOUR)
    story.tell(RebootSeen(before="b1", seconds=max(2 * HOUR + wall_off, 0)))
    story.tell(ObservationGap(seconds=2 * HOUR))
    if offsets is not None:
        story.tell(HostOffset(host="db", seconds=offsets[1], bound=0.1, exchanges=8))
    return story.seen(8 * HOUR)


def test_across_a_reboot_utc_counts_with_its_error() -> None:
    made = whole(rebooted).result()

    assert took(made) == 8 * H + 4 * M + timedelta(seconds=5)
    assert made.clock.reboots == 1
    assert any("rests on UTC, within 5s" in each.en for each in made.not_proved)


def test_a_clock_set_back_while_the_machine_was_off_shows_by_the_other_hosts() -> None:
    """Two hours passed; UTC says half an hour, and every host is suddenly 90 minutes ahead."""
    made = whole(lambda story: rebooted(story, wall_off=-5400, offsets=(0.2, 5400.2))).result()

    assert took(made) == 8 * H + 4 * M + timedelta(seconds=5)


def test_a_span_that_would_be_negative_measures_nothing() -> None:
    made = whole(lambda story: rebooted(story, wall_off=-3 * HOUR)).result()

    assert made.clock.invalid
    assert rules(made)[0] == "clock"
    assert isinstance(made.claim, Readable)
    assert made.verdict is Verdict.NOT_MEASURED
    assert made.restore is None


def test_what_the_engine_calls_invalid_is_not_measured() -> None:
    made = whole(lambda story: story.tell(TimingInvalid(why="UTC went back"))).result()

    assert isinstance(made.claim, Readable)


# ---------------------------------------------------------------------------------------------
# The ladder
# ---------------------------------------------------------------------------------------------


def touched(story: Story) -> Story:
    return story.tell(
        ResourceTouched(kind="copy", name="repo", resources=("backup-online",), lost=())
    )


def skewed(story: Story) -> Story:
    return story.tell(HostOffset(host="db", seconds=-59.6, bound=0.5, exchanges=8))


def brief(story: Story) -> Story:
    return story.watching(6 * HOUR).looks(6 * HOUR, *[True] * 30).held(6 * HOUR + 29 * MINUTE)


def adopted(story: Story) -> Story:
    return story.tell(
        Adopted(by="Em", from_operator="An", from_machine="lap", head="a" * 64, behind=True)
    )


CASES: list[tuple[str, int, str, dict[str, Any]]] = [
    ("whole", 5, "", {}),
    ("self-approved", 3, "self-approved", {"approver": "An"}),
    ("touched what was lost", 3, "lost-resource", {"change": touched}),
    (
        "the plan's copy stands on what was lost",
        3,
        "lost-resource",
        {"plan": {"copy": {"identity": "x", "taken_at": START, "resources": ["ad"]}}},
    ),
    ("no control", 3, "no-control", {"controls": ()}),
    ("a control passed", 2, "control-passed", {"controls": ("rows",), "bad": "portal"}),
    ("no data proof", 2, "no-data-proof", {"book": [(", proves: data", "")]}),
    (
        "nobody from outside",
        3,
        "no-service-proof",
        {"book": [(", proves: service", ", proves: replay")]},
    ),
    ("from inside", 3, "not-outside", {"book": [("vantage: outside", "vantage: db")]}),
    ("few looks", 3, "few-looks", {"book": [("consecutive: 5", "consecutive: 4")]}),
    ("short hold", 3, "short-hold", {"book": [("hold: 30m", "hold: 25m")], "change": brief}),
    ("no heartbeat", 3, "no-canary", {"book": [("kind: canary, system: portal-db", "kind: ssh")]}),
    ("skew", 3, "clock-skew", {"change": skewed}),
    ("cleanup", 3, "cleanup", {"closing": {"outcome": "failed", "cleanup_proved": False}}),
    ("no guard", 3, "guards", {"guards": False}),
    ("a part of the journal", 3, "behind", {"change": adopted}),
    ("a part of the data", 3, "part", {"plan": {"data_gb": 1000}}),
    ("the online copy", 4, "copy", {"book": [("copy: offline", "copy: online")]}),
    ("announced", 4, "announced", {"plan": {"announced": True}}),
    ("other hardware", 4, "differences", {"plan": {"differences": ["half the memory"]}}),
    ("not anchored", 4, "anchor", {"anchored": False}),
    ("dependencies", 4, "dependencies", {"depends_on": ("lgsp",)}),
    ("dependencies lost too", 5, "", {"depends_on": ("ad",)}),
]


def told(given: dict[str, Any]) -> DrillResult:
    """The whole drill, changed as a case says."""
    more = dict(given)
    depends_on = more.pop("depends_on", ())
    bad = more.pop("bad", "")
    changes = more.pop("book", ())
    if changes and changes[0][1] == "kind: ssh":
        changes = [*changes, ("run: [read], key: canary_key, interval: 15m", "run: [read]")]
    playbook = book(*changes)
    change: Callable[[Story], Story] = more.pop("change", lambda story: story)
    if bad:
        story = Story(playbook=playbook).registered()
        story.tell(NegativeControl(step="rows", failed_as_it_must=True))
        story.tell(NegativeControl(step=bad, failed_as_it_must=False))
        story.tell(Started(by="An"), 0).to_restored().seen(6 * HOUR)
        story.accepted(7 * HOUR, 8 * HOUR).cleaned(8 * HOUR).closed().anchored()
        return story.result()
    if any("kind: ssh" in new for _, new in changes):
        story = Story(playbook=playbook).begun()
        story.phase("detect", 1).signed("declare", 2, HOUR, "Chi", "Dũng")
        story.phase("provision", HOUR).done("copy", HOUR, HOUR)
        story.phase("restore", HOUR).done("restore", HOUR, 6 * HOUR).phase("verify", 6 * HOUR)
        story.done("rows", 6 * HOUR, 6 * HOUR).done("beat", 6 * HOUR, 6 * HOUR)
        story.seen(6 * HOUR).accepted(7 * HOUR, 8 * HOUR).cleaned(8 * HOUR).closed().anchored()
        return story.result()
    return whole(change, playbook=playbook, **more).result(depends_on=depends_on)


@pytest.mark.parametrize(
    ("level", "rule", "given"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_every_cap_lowers_the_claim_and_says_why(
    level: int, rule: str, given: dict[str, Any]
) -> None:
    made = told(given)

    assert made.level == level
    assert (rules(made)[:1] == [rule]) if rule else not rules(made)
    for each in made.caps:
        assert each.why.en
        assert each.do.en
        assert each.why.vi != each.why.en, each.rule
    if level >= 4:
        assert isinstance(made.claim, Measured)
        assert made.verdict is Verdict.IN_TIME
    elif rule == "lost-resource":  # nor is its time projected: the copy would not be there
        assert isinstance(made.claim, Sampled)
        assert made.verdict is Verdict.NOT_MEASURED
        assert made.restore is None
    elif level == 3:
        assert isinstance(made.claim, ProjectedOutage)
        assert not made.recovered
    else:
        assert isinstance(made.claim, Readable)
        assert made.verdict is Verdict.NOT_MEASURED


def test_a_drill_that_touched_no_copy_never_says_that_one_can_be_read() -> None:
    """The network was cut and joined again: nothing was restored, and no copy was looked at."""
    without = book((", proves: data", ""), (",\n       proves: copy", ""))

    made = whole(playbook=without).result()

    assert (made.level, made.claim.kind) == (1, "rehearsed")
    assert rules(made)[:1] == ["no-data-proof"]


@pytest.mark.parametrize(
    ("seen", "level"), [("the same machine as db", 3), ("another machine than the targets", 5)]
)
def test_who_looks_from_outside_is_another_machine(seen: str, level: int) -> None:
    """Two names in the plan do not make one machine two."""
    made = whole(
        lambda story: story.tell(GuardPassed(guard="apart", host="outside", seen=seen))
    ).result()

    assert made.level == level
    assert rules(made)[:1] == (["not-outside"] if level == 3 else [])


def test_a_real_switchover_is_the_top() -> None:
    text = book(
        ("class: isolated", "class: switchover"),
        ("run: [restore],", "run: [restore], writes: false,"),
        ('run: [rm, -rf, --, "{{work}}"]', "run: [look], writes: false"),
    )

    made = whole(playbook=text, plan={"announced": True}).result()

    assert made.level == 6
    assert took(made) == 6 * H + 4 * M


def test_a_capped_full_restore_is_an_interval_from_one_drill() -> None:
    """An hour passed before the first byte; five hours and four minutes are projected."""
    made = told({"approver": "An"})

    claim = made.claim
    assert isinstance(claim, ProjectedOutage)
    expected = project([Restore(gb=600, took=5 * H + 4 * M, drill="1")], 600)
    assert (claim.before, claim.rest) == (H, expected)
    assert claim.low < claim.median < claim.high
    assert claim.median == 6 * H + 4 * M
    assert made.verdict is Verdict.LIKELY_IN_TIME
    assert any("prior" in each.en for each in claim.notices)


def sample(**more: Any) -> DrillResult:
    """A tenth of the data, in half an hour."""
    plan = {"mode": "sample", "data_gb": 6000, **more}
    return whole(plan=plan, hours=1.5).result()


def test_a_sample_is_projected_to_the_full_size_and_never_measured() -> None:
    made = sample()

    claim = made.claim
    assert made.level == 3
    assert isinstance(claim, ProjectedOutage)
    assert claim.before == H
    assert claim.rest.gb == 6000
    assert claim.median == H + 10 * 34 * M
    assert made.verdict is Verdict.LIKELY_IN_TIME


@pytest.mark.parametrize("data_gb", [None, 600 * 51])
def test_a_sample_without_a_size_or_too_small_gives_no_number(data_gb: float | None) -> None:
    made = sample(data_gb=data_gb)

    assert isinstance(made.claim, Sampled)
    assert made.verdict is Verdict.NOT_MEASURED


def test_earlier_restores_of_the_same_playbook_inform_the_projection() -> None:
    story = whole(plan={"mode": "sample", "data_gb": 6000}, hours=2)
    story.number, story.boot, story.boot_off = 2, "b9", 0
    second = Story(
        playbook=story.playbook,
        plan=story.plan,
        entries=story.entries,
        ledger=story.ledger,
        number=2,
        boot="b9",
    )
    second.begun().to_restored(hours=2.1).seen(2.1 * HOUR)
    second.accepted(3 * HOUR, 4 * HOUR).cleaned(4 * HOUR).closed()

    one, two = assess_all(second.entries)

    assert isinstance(one.claim, ProjectedOutage)
    assert isinstance(two.claim, ProjectedOutage)
    assert one.claim.rest.from_prior
    assert not two.claim.rest.from_prior
    assert two.claim.rest.completed == 2


# ---------------------------------------------------------------------------------------------
# Drills that did not come to their end
# ---------------------------------------------------------------------------------------------


def test_a_failed_restore_is_longer_than_and_is_kept() -> None:
    story = Story().begun().phase("detect", 1).signed("declare", 2, HOUR, "Chi", "Dũng")
    story.phase("provision", HOUR).done("copy", HOUR, HOUR).phase("restore", HOUR)
    story.failed("restore", HOUR, 9 * HOUR)
    story.skipped("rows", "beat", "portal", "accept").cleaned(9 * HOUR)
    story.closed("failed", 10 * HOUR)

    made = story.result()

    assert made.claim == AtLeast(longer_than=10 * H, aborted=1)
    assert made.verdict is Verdict.NOT_RECOVERED
    assert made.level is None
    assert made.restore == Restore(gb=600, took=9 * H, completed=False, drill="1")
    assert [(each.step, each.why) for each in made.faults] == [("restore", "exit 1")]
    assert [each.id for each in made.steps if each.critical] == ["declare", "copy", "restore"]


def test_an_aborted_drill_stays_as_longer_than() -> None:
    story = Story().begun().phase("detect", 1)
    story.tell(StepIntent(step="declare", kind="manual", phase=Phase.DETECT), 2).aborted(HOUR)
    story.tell(StepFailed(step="declare", why="the drill was stopped"))
    story.closed("aborted", 2 * HOUR)

    made = story.result()

    assert made.claim == AtLeast(longer_than=2 * H, aborted=1)
    assert made.outcome == "aborted"
    assert made.restore is None  # nothing was restored yet


def test_a_failed_data_proof_is_no_recovery_though_the_service_answers() -> None:
    story = Story().begun().phase("detect", 1).signed("declare", 2, HOUR, "Chi", "Dũng")
    story.phase("provision", HOUR).done("copy", HOUR, HOUR)
    story.phase("restore", HOUR).done("restore", HOUR, 6 * HOUR).phase("verify", 6 * HOUR)
    story.failed("rows", 6 * HOUR, 6 * HOUR, "3 is not 4")
    story.skipped("beat", "portal", "accept").cleaned(7 * HOUR).closed("failed")

    made = story.result()

    assert made.verdict is Verdict.NOT_RECOVERED
    assert [(each.step, each.state) for each in made.data] == [("rows", "failed")]


def test_missing_heartbeats_are_a_failed_proof_whatever_the_step_says() -> None:
    story = Story().begun().phase("detect", 1).signed("declare", 2, HOUR, "Chi", "Dũng")
    story.phase("provision", HOUR).done("copy", HOUR, HOUR)
    story.phase("restore", HOUR).done("restore", HOUR, 6 * HOUR).phase("verify", 6 * HOUR)
    story.data(6 * HOUR, missing=((3, 6),)).seen(6 * HOUR)
    story.accepted(7 * HOUR, 8 * HOUR).cleaned(8 * HOUR).closed()

    made = story.result()

    assert (made.canaries[0].state, made.canaries[0].missing) == ("failed", 4)
    assert "no-canary" in rules(made)
    assert made.level == 3


@pytest.mark.parametrize(
    ("outcome", "kind"), [("refused", "not-held"), ("aborted", "not-held"), (None, "not-held")]
)
def test_a_drill_that_did_not_begin_claims_nothing(outcome: str | None, kind: str) -> None:
    story = Story().registered()
    if outcome == "aborted":
        story.aborted(1)
    if outcome:
        story.closed(outcome, 2)

    made = story.result()

    assert made.claim.kind == kind
    assert isinstance(made.claim, NotHeld)
    assert made.level is None
    assert made.verdict is Verdict.NOT_MEASURED


def test_a_dry_run_is_rehearsed_and_a_tabletop_discussed() -> None:
    dry = Story(plan={"mode": "dry-run"}).begun(controls=())
    dry.skipped("declare", "copy", "restore", "rows", "beat", "portal", "accept", why="dry-run")
    dry.closed("rehearsed", HOUR, cleanup_proved=False)
    table = Story(plan={"mode": "tabletop"}).begun(controls=())
    table.phase("detect", 1).signed("declare", 2, HOUR, "Chi", "Dũng")
    table.skipped("copy", "restore", "rows", "beat", "portal", why="tabletop")
    table.accepted(2 * HOUR, 3 * HOUR).closed("rehearsed")

    assert isinstance(dry.result().claim, Rehearsed)
    assert dry.result().level == 1
    assert isinstance(table.result().claim, Discussed)
    assert table.result().level == 0
    assert table.result().verdict is Verdict.NOT_MEASURED
    assert table.result().restore is None


@pytest.mark.parametrize("names", [("An", "An "), ("Chi",), ("chi", " Chi")])
def test_one_person_alone_leaves_it_unconfirmed(names: tuple[str, ...]) -> None:
    story = whole(names=("Chi", "Dũng"))
    # the engine writes who signed; whether they are two is counted here
    last = next(
        number for number, each in enumerate(story.entries)
        if isinstance(each.event, DeclaredRecovered)
    )  # fmt: skip
    event = story.entries[last].event.model_copy(update={"by": names, "own": False})
    again = Story(playbook=story.playbook, plan=story.plan)
    for number, each in enumerate(story.entries):
        again.boot_off = 0
        wall = (each.at.wall - START).total_seconds()
        again.tell(event if number == last else each.event, wall)

    made = again.result()

    assert not made.confirmed
    assert not made.recovered
    assert took(made) == 6 * H + 4 * M  # a late signature changes no time
    assert any("unconfirmed" in each.en for each in made.not_proved)


def test_every_attempt_is_in_the_list() -> None:
    story = Story().registered().closed("refused", 2)
    for number in (2, 3):
        story.number = number
        story.registered()

    made = assess_all(story.entries)

    assert [(each.number, each.outcome) for each in made] == [
        (1, "refused"), (2, "open"), (3, "open"),
    ]  # fmt: skip
    assert made[0].id == "ffffffff-1"


def test_a_plan_of_another_version_stays_in_the_list_and_proves_nothing() -> None:
    story = Story().tell(JournalOpened(journal="a" * 32, agency="x"))
    story.tell(
        DrillRegistered(
            playbook="p", system="dvc", mode=Mode.FULL, plan={}, plan_hash="a" * 64, software="9"
        )
    )

    (made,) = assess_all(story.entries)

    assert isinstance(made.claim, NotHeld)
    assert "cannot read" in made.claim.why.en


# ---------------------------------------------------------------------------------------------
# Targets and the critical path
# ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("approved", "playbook", "target"),
    [(None, None, 24), (30, None, 24), (4, None, 4), (None, 8, 8), (12, 8, 8), (4, 8, 4)],
)
def test_the_target_is_the_smallest(
    approved: int | None, playbook: int | None, target: int
) -> None:
    made = target_of(H * approved if approved else None, H * playbook if playbook else None)

    assert made == target * H


def projected(before: float, low: float, high: float) -> ProjectedOutage:
    rest = Projected(
        gb=1, median=H * (low + high) / 2, low=H * low, high=H * high, completed=3, ratio=1,
        mean_log=0, spread=1, freedom=2,
    )  # fmt: skip
    return ProjectedOutage(before=H * before, rest=rest)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (Measured(level=4, took=24 * H), Verdict.IN_TIME),
        (Measured(level=4, took=24 * H + timedelta(seconds=1)), Verdict.LATE),
        (projected(4, 10, 20), Verdict.LIKELY_IN_TIME),
        (projected(4, 10, 20.1), Verdict.OPEN),
        (projected(4, 20.1, 40), Verdict.LIKELY_LATE),
        (projected(24, 1, 2), Verdict.LIKELY_LATE),
        (AtLeast(longer_than=H, aborted=1), Verdict.NOT_RECOVERED),
        (Readable(), Verdict.NOT_MEASURED),
        (Discussed(), Verdict.NOT_MEASURED),
    ],
)
def test_only_what_was_measured_is_in_time_or_late(claim: Any, verdict: Verdict) -> None:
    assert verdict_of(claim, 24 * H) is verdict


def test_the_stricter_owner_is_what_is_judged() -> None:
    made = whole(plan={"max_outage_approved": "PT21600S"}).result()

    assert (made.target, made.approved) == (6 * H, 6 * H)
    assert made.verdict is Verdict.LATE


def test_the_critical_path_leaves_out_what_ran_beside() -> None:
    base = whole().result().steps[0]

    def step(name: str, began: float, ended: float) -> Any:
        return base.model_copy(update={"id": name, "began": H * began, "ended": H * ended})

    steps = [step("a", 0, 2), step("short", 0, 1), step("b", 2, 5), step("beside", 2, 3),
             step("c", 5, 6), step("after", 6, 9)]  # fmt: skip

    assert critical(steps, 6 * H) == {"a", "b", "c"}
    assert critical([], None) == frozenset()


# ---------------------------------------------------------------------------------------------
# Properties
# ---------------------------------------------------------------------------------------------


def by_hand(looks: list[tuple[float, bool]], end: float) -> float | None:
    """The N-th success of the last row of five without a blind spot, on which nothing failed."""
    row: list[float] = []
    for at, passed in looks:
        if row and at - row[-1] > 180:
            row = []
        row = [*row, at] if passed else []
    if not row or end - row[-1] > 180 or len(row) < 5 or end - row[4] < 1800 * 0.95:
        return None
    return row[4]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from([60, 90, 175, 200, 900]), st.integers(0, 9)),
        min_size=5,
        max_size=60,
    )
)
def test_the_stop_is_what_a_second_count_says(looks: list[tuple[int, int]]) -> None:
    at, told = 6 * HOUR, []
    story = Story().begun().to_restored().watching(at)
    for gap, luck in looks:
        at += gap
        told.append((at, luck > 0))
        before = story.ledger.drill(1).step("portal").verified
        story.looks(at, luck > 0)
        if luck == 0 and before is not None:
            story.tell(HoldBroken(step="portal"))
    if story.ledger.drill(1).step("portal").verified is None:
        return
    story.held(at)
    story.accepted(at, at + HOUR).cleaned(at + HOUR).closed()

    made = story.result()

    expected = by_hand(told, at)
    found = made.services[0].verified
    assert (found.total_seconds() if found is not None else None) == expected
    if expected is not None:
        assert made.intervals[0].length.total_seconds() == expected


@settings(max_examples=25, deadline=None)
@given(
    pauses=st.lists(st.floats(0, 5), min_size=3, max_size=3),
    called=st.booleans(),
)
def test_nothing_is_ever_subtracted(pauses: list[float], called: bool) -> None:
    """Whatever was waited for, called a time-out or slept: the judged time is stop minus T0."""
    one, two, three = (round(each * HOUR) for each in pauses)
    story = Story().begun().phase("detect", 1)
    if called:
        story.tell(Note(by="An", kind="timeout-called", text="lunch"))
    story.signed("declare", 2, 2 + one, "Chi", "Dũng")
    at = 2 + one
    story.phase("provision", at).done("copy", at, at).phase("restore", at)
    story.done("restore", at, at + two)
    at += two
    story.phase("verify", at).data(at)
    at += three
    story.seen(at).accepted(at + 2040, at + 2041).cleaned(at + 2042).closed()

    made = story.result()

    lengths = [each.length for each in made.intervals]
    assert lengths == sorted(lengths, reverse=True)
    assert [each.judged for each in made.intervals] == [True] + [False] * (len(lengths) - 1)
    assert lengths[0] == timedelta(seconds=at + 240)
    assert sum((each.spent for each in made.phases), timedelta(0)) <= timedelta(seconds=at + 2041)


@settings(max_examples=40, deadline=None)
@given(st.sets(st.sampled_from(range(1, len(CASES))), max_size=1), st.booleans())
def test_taking_proof_away_never_raises_the_level(which: set[int], announced: bool) -> None:
    given = dict(CASES[next(iter(which))][3]) if which else {}
    less = {**given, "plan": {**given.get("plan", {}), "announced": True}} if announced else given
    if announced and any(key in given for key in ("book", "bad")):
        return

    before, after = told(given), told(less)

    assert after.level is not None
    assert before.level is not None
    assert after.level <= before.level
