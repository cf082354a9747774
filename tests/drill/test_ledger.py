"""The fold: what may follow what, whatever is thrown at it."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.drill.times import stamp

from cdso_audit.drill.clock import Stamp
from cdso_audit.drill.events import (
    ENTRY,
    GENESIS,
    AbortRequested,
    AnyEvent,
    Approved,
    Closed,
    DoubtResolved,
    DrillRegistered,
    Entry,
    GuardRefused,
    HoldBroken,
    HoldKept,
    InDoubt,
    JournalOpened,
    LeaseTaken,
    ManualAsked,
    ManualSigned,
    Mode,
    Note,
    ObservationGap,
    PhaseStarted,
    ProbeResult,
    ServiceVerified,
    Started,
    StepDone,
    StepFailed,
    StepIntent,
    StepSkipped,
    StepStarted,
)
from cdso_audit.drill.ledger import (
    IllegalEventError,
    Ledger,
    StepStatus,
    after,
    fold,
    needs_lease,
)
from cdso_audit.drill.playbook import Phase

HASH = "a" * 64
PLAN = {"playbook": {"phases": {"restore": [{"id": "s"}], "verify": [{"id": "t"}]}}}


def registered(mode: Mode = Mode.FULL) -> DrillRegistered:
    return DrillRegistered(
        playbook="p", system="dvc", mode=mode, plan=PLAN, plan_hash=HASH, software="0"
    )


def add(ledger: Ledger, event: AnyEvent, at: Stamp | None = None, fence: int = 1) -> Ledger:
    return after(ledger, entry(ledger, event, at, fence))


def entry(ledger: Ledger, event: AnyEvent, at: Stamp | None = None, fence: int = 1) -> Entry:
    ledger_event = isinstance(event, JournalOpened)
    return Entry(
        seq=ledger.length + 1,
        prev=ledger.head,
        drill=None if ledger_event else 1,
        at=at or stamp(ledger.length),
        actor="An",
        machine="m",
        fence=event.fence if isinstance(event, LeaseTaken) else fence if needs_lease(event) else 0,
        event=event,
    )


def of(events: Sequence[AnyEvent]) -> Ledger:
    ledger = Ledger()
    for each in events:
        ledger = add(ledger, each)
    return ledger


BEGIN: list[AnyEvent] = [
    JournalOpened(journal="j", agency="x"),
    registered(),
    Approved(plan_hash=HASH, by="Bình", own=False),
    LeaseTaken(fence=1, why="run"),
    Started(by="An"),
    PhaseStarted(phase=Phase.RESTORE),
]
INTENT = StepIntent(step="s", attempt=1, phase=Phase.RESTORE, kind="ssh")
AGAIN = StepIntent(step="s", attempt=2, phase=Phase.RESTORE, kind="ssh")
DONE = StepDone(step="s")
FAILED = StepFailed(step="s", why="exit 1")
DOUBT = InDoubt(step="s", why="engine-ended")
OTHER = [
    StepIntent(step="t", attempt=1, phase=Phase.VERIFY, kind="sql"),
    StepDone(step="t"),
]


def resolved(says: str, how: str = "probe") -> DoubtResolved:
    return DoubtResolved.model_validate({"step": "s", "how": how, "says": says})


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ([], StepStatus.PENDING),
        ([INTENT], StepStatus.INTENDED),
        ([INTENT, StepStarted(step="s", unit="u")], StepStatus.RUNNING),
        ([INTENT, DONE], StepStatus.DONE),
        ([INTENT, FAILED], StepStatus.FAILED),
        ([INTENT, FAILED, AGAIN], StepStatus.INTENDED),
        ([INTENT, DOUBT], StepStatus.DOUBT),
        ([INTENT, DOUBT, resolved("happened")], StepStatus.DONE),
        ([INTENT, DOUBT, resolved("running")], StepStatus.RUNNING),
        ([INTENT, DOUBT, resolved("failed")], StepStatus.FAILED),
        ([INTENT, DOUBT, resolved("rerun")], StepStatus.PENDING),
        ([INTENT, DOUBT, resolved("rerun"), AGAIN], StepStatus.INTENDED),
        ([INTENT, ManualAsked(step="s", role="r")], StepStatus.WAITING),
        ([StepSkipped(step="s", why="aborted")], StepStatus.SKIPPED),
    ],
)
def test_where_a_step_stands(events: list[AnyEvent], status: StepStatus) -> None:
    assert of([*BEGIN, *events]).drill(1).step("s").status is status


@pytest.mark.parametrize(
    "events",
    [
        [DONE],
        [INTENT, INTENT],
        [INTENT, AGAIN],
        [INTENT, DONE, AGAIN],
        [INTENT, DONE, DONE],
        [INTENT, DONE, FAILED],
        [INTENT, DOUBT, AGAIN],
        [INTENT, DOUBT, DONE],
        [INTENT, DOUBT, DOUBT],
        [INTENT, resolved("rerun")],
        [INTENT, FAILED, StepIntent(step="s", attempt=3, phase=Phase.RESTORE, kind="ssh")],
        [INTENT, StepSkipped(step="s", why="aborted")],
        [INTENT, StepDone(step="s", attempt=2)],
        [INTENT, ManualSigned(step="s", by="A", role="r")],
        [
            INTENT,
            ManualAsked(step="s", role="r"),
            ManualSigned(step="s", by="A", role="r"),
            ManualSigned(step="s", by="A", role="r"),
        ],
        [INTENT, ProbeResult(step="s", passed=True, in_a_row=2)],
        [INTENT, ProbeResult(step="s", passed=False, in_a_row=1)],
        [INTENT, ServiceVerified(step="s", consecutive=1, first_seq=1)],
        [INTENT, HoldKept(step="s")],
        [Started(by="An")],
        [PhaseStarted(phase=Phase.DETECT)],
        [PhaseStarted(phase=Phase.RESTORE)],
        [Approved(plan_hash=HASH, by="C", own=False)],
        [LeaseTaken(fence=1, why="resume")],
        [JournalOpened(journal="k", agency="y")],
        [INTENT, Closed(outcome="aborted")],
        [Closed(outcome="succeeded")],
        [INTENT, DONE, Closed(outcome="succeeded")],
        [INTENT, FAILED, *OTHER, Closed(outcome="succeeded")],
        [INTENT, DONE, StepSkipped(step="t", why="not-begun"), Closed(outcome="succeeded")],
        [INTENT, DONE, *OTHER, AbortRequested(by="A"), Closed(outcome="succeeded")],
        [
            INTENT,
            DONE,
            *OTHER,
            StepIntent(step="c", kind="ssh"),
            StepFailed(step="c", why="x"),
            Closed(outcome="succeeded"),
        ],
        [Closed(outcome="rehearsed")],
        [Closed(outcome="failed"), AbortRequested(by="A")],
        [Closed(outcome="failed"), Closed(outcome="failed")],
    ],
)
def test_what_cannot_follow_is_refused(events: list[AnyEvent]) -> None:
    ledger = of([*BEGIN, *events[:-1]])

    with pytest.raises(IllegalEventError):
        add(ledger, events[-1])


@pytest.mark.parametrize(
    ("before", "event"),
    [
        (BEGIN[:2], Approved(plan_hash="b" * 64, by="B", own=False)),
        ([*BEGIN[:2], BEGIN[3]], Started(by="An")),
        ([*BEGIN[:4], GuardRefused(guard="marker", why="none")], Started(by="An")),
        (BEGIN[:4], INTENT),
        ([BEGIN[0], registered(Mode.DRY_RUN), *BEGIN[2:4]], Closed(outcome="succeeded")),
    ],
)
def test_what_must_come_first(before: list[AnyEvent], event: AnyEvent) -> None:
    ledger = of(before)

    with pytest.raises(IllegalEventError):
        add(ledger, event)


def test_a_whole_drill_is_closed_as_succeeded() -> None:
    state = of([*BEGIN, INTENT, DONE, *OTHER, Closed(outcome="succeeded"), Note(by="A", text="x")])

    assert state.drill(1).closed == Closed(outcome="succeeded")


def test_nobody_looks_in_a_gap_so_no_row_reaches_across_it() -> None:
    ledger = of([*BEGIN, INTENT, *(ProbeResult(step="s", passed=True, in_a_row=n) for n in (1, 2))])
    gap = add(ledger, ObservationGap(seconds=600))

    with pytest.raises(IllegalEventError, match="success 1 in a row"):
        add(gap, ProbeResult(step="s", passed=True, in_a_row=3))
    with pytest.raises(IllegalEventError):
        add(gap, ServiceVerified(step="s", consecutive=2, first_seq=ledger.length - 1))


def test_a_gap_in_the_hold_ends_the_hold() -> None:
    ledger = of([*BEGIN, INTENT, ProbeResult(step="s", passed=True, in_a_row=1)])
    verified = add(ledger, ServiceVerified(step="s", consecutive=1, first_seq=ledger.length))

    assert add(verified, HoldKept(step="s")).drill(1).step("s").hold_kept
    with pytest.raises(IllegalEventError):
        add(add(verified, ObservationGap(seconds=600)), HoldKept(step="s"))
    broken = add(verified, HoldBroken(step="s"))
    assert broken.drill(1).step("s").verified is None
    assert broken.drill(1).step("s").in_a_row == 0


def test_time_goes_forward_within_a_boot() -> None:
    ledger = of(BEGIN)

    with pytest.raises(IllegalEventError, match="clock"):
        add(ledger, INTENT, at=stamp(-50))
    assert add(ledger, INTENT, at=stamp(0, boot="b2"))


def test_without_the_lease_nothing_is_carried_out() -> None:
    ledger = add(of(BEGIN), LeaseTaken(fence=5, why="adopt"))

    for fence in (0, 1, 4, 6):
        with pytest.raises(IllegalEventError, match="lease"):
            add(ledger, INTENT, fence=fence)
    assert add(ledger, INTENT, fence=5)
    assert add(ledger, AbortRequested(by="anybody"), fence=0)


ANY: list[AnyEvent] = [
    *BEGIN, INTENT, AGAIN, DONE, FAILED, DOUBT, *OTHER,
    *(resolved(says) for says in ("happened", "running", "rerun", "failed")),
    StepStarted(step="s", unit="u"), ManualAsked(step="s", role="r"),
    ManualSigned(step="s", by="A", role="r"), ManualSigned(step="s", by="B", role="r"),
    ProbeResult(step="s", passed=True, in_a_row=1), ProbeResult(step="s", passed=True, in_a_row=2),
    ProbeResult(step="s", passed=False), ServiceVerified(step="s", consecutive=1, first_seq=8),
    HoldBroken(step="s"), HoldKept(step="s"), ObservationGap(seconds=1), AbortRequested(by="A"),
    StepSkipped(step="t", why="aborted"), StepIntent(step="s", attempt=3, kind="ssh"),
    StepDone(step="s", attempt=2), InDoubt(step="s", attempt=2, why="connection-lost"),
    LeaseTaken(fence=2, why="resume"), Note(by="A", text="x"),
    *(Closed.model_validate({"outcome": each}) for each in ("succeeded", "failed", "aborted")),
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(ANY), max_size=60))
def test_whatever_comes_the_invariants_hold(events: list[AnyEvent]) -> None:
    """Illegal ones are refused and change nothing; the legal ones keep what a drill promises."""
    ledger = of(BEGIN)
    kept: list[Entry] = []
    for event in events:
        fence = ledger.drill(1).fence
        try:
            made = entry(ledger, event, fence=fence)
            grown = after(ledger, made)
        except IllegalEventError:
            continue
        kept.append(made)
        ledger = grown
    state = ledger.drill(1)
    intents = [e.event for e in kept if isinstance(e.event, StepIntent) and e.event.step == "s"]
    endings = [
        e.event
        for e in kept
        if isinstance(e.event, StepFailed | DoubtResolved) and e.event.step == "s"
    ]
    # no attempt follows another without a failure or a resolved doubt between them
    assert len(intents) <= 1 + len(endings)
    assert [each.attempt for each in intents] == list(range(1, len(intents) + 1))
    assert sum(isinstance(e.event, Closed) for e in kept) <= 1
    if state.closed is not None and state.closed.outcome == "succeeded":
        assert state.step("s").ok
        assert state.step("t").ok
        assert state.abort is None
    # the fold is a fold: in one go, in two parts, and from its JSON
    begun = of(BEGIN)
    assert fold(kept, begun) == ledger
    half = len(kept) // 2
    assert fold(kept[half:], fold(kept[:half], begun)) == ledger
    again = [ENTRY.validate_json(each.text) for each in kept]
    assert [each.hash for each in again] == [each.hash for each in kept]
    assert fold(again, begun) == ledger


def test_an_entry_that_stands_elsewhere_is_refused() -> None:
    ledger = of(BEGIN)
    made = entry(ledger, INTENT)

    for changed in ({"seq": made.seq + 1}, {"prev": GENESIS}, {"drill": 2}, {"drill": None}):
        with pytest.raises(IllegalEventError):
            after(ledger, made.model_copy(update=changed))
