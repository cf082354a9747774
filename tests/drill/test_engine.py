"""A drill on this machine, run by the real engine: order, proof, doubt, safety, cleanup."""

import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.drill.held import NONCE, NOTE, Held, held, marker, work_folder
from tests.drill.other_verifier import is_whole

from cdso_audit.drill.assess import assess
from cdso_audit.drill.events import (
    AbortRequested,
    CanarySeen,
    ClockStep,
    DoubtResolved,
    Mode,
    NegativeControl,
    ObservationGap,
    RebootSeen,
    StepDone,
    StepFailed,
    SuspendSeen,
)
from cdso_audit.drill.proof import Verdict
from cdso_audit.drill.run.clocks import read_stamp
from cdso_audit.drill.run.guards import Production
from cdso_audit.drill.run.kinds import FencedOffError
from cdso_audit.errors import CdsoError
from cdso_audit.store import cdso_verify_journal as verifier

T = "title: {vi: a, en: a}"
ACCEPT = f"""\
return:
  - {{id: accept, {T}, kind: manual, role: owner, four_eyes: true, accepts: recovery,
     ask: {{vi: a, en: a}}, timeout: 30s}}
"""
RESTORE = f"""\
restore:
  - {{id: make, {T}, {NOTE}, made]}}
  - {{id: restore, {T}, kind: ssh, host: db, detached: true,
     run: [sh, -c, 'sleep 0.3; echo restored >> "$1"; echo 5 files', sh, "{{{{log}}}}"],
     capture: {{files: "([0-9]+) files"}}, timeout: 20s, marks: restore-started, cleanup: [drop]}}
"""
VERIFY = f"""\
verify:
  - {{id: rows, {T}, kind: file, host: db, path: "{{{{log}}}}", negative_control: true,
     proves: data, consecutive: 2, every: 0.1s, hold: 0.3s, timeout: 10s}}
"""
CLEANUP = f"- {{id: drop, {T}, {NOTE}, dropped]}}\n"


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[..., Held]]:
    drills: list[Held] = []

    def make(phases: str, **changes: object) -> Held:
        drill = held(tmp_path / f"drill{len(drills)}", phases, **changes)  # type: ignore[arg-type]
        drills.append(drill)
        return drill

    make.drills = drills  # type: ignore[attr-defined]
    yield make
    for drill in drills:
        assert is_whole(drill.path)
        assert not verifier.verified(str(drill.path)).problems
        with drill.journal() as book:
            folder = work_folder(book.ledger().journal)
        subprocess.run(["rm", "-rf", str(folder)], check=True)


def signing(drill: Held, step: str, *names: str, accepted: bool = True) -> threading.Thread:
    """People who sign as soon as they are asked."""

    def sign() -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with drill.journal() as book:
                waiting = book.ledger().drill(1).step(step).status
            if waiting == "waiting":
                for name in names:
                    drill.sign(step, name, accepted=accepted)
                return
            time.sleep(0.1)

    thread = threading.Thread(target=sign)
    thread.start()
    return thread


def test_a_whole_drill_is_run_proved_accepted_and_cleaned_up(made: Callable[..., Held]) -> None:
    drill = made(RESTORE + VERIFY + ACCEPT, cleanup=CLEANUP)
    people = signing(drill, "accept", "Bình", "Chi")

    state = drill.run()

    people.join()
    assert state.closed is not None, drill.events()
    assert (state.closed.outcome, state.closed.why) == ("succeeded", "")
    assert state.closed.cleanup_proved
    assert drill.effects == ["made", "restored", "dropped"]
    assert state.captured["files"] == "5"
    assert state.recovered == ("Bình", "Chi")
    assert [name for name, _ in state.milestones] == ["restore-started"]
    assert state.step("rows").control is True
    assert state.step("rows").hold_kept
    remote = state.step("restore").remote
    assert remote is not None
    assert remote.seconds is not None
    assert 0.2 < remote.seconds < 5
    with drill.journal() as book:
        left = list(work_folder(book.ledger().journal).iterdir())
    assert sorted(each.name.partition(".")[0] for each in left) == ["fence", "seen"]


def test_a_command_that_exits_1_fails_the_drill_and_what_follows_is_unproven(
    made: Callable[..., Held],
) -> None:
    drill = made(
        f"restore:\n  - {{id: bad, {T}, kind: ssh, host: db, run: ['false'], cleanup: [drop]}}\n"
        f"verify:\n  - {{id: never, {T}, {NOTE}, never]}}\n",
        cleanup=CLEANUP,
    )

    state = drill.run()

    assert state.closed is not None
    assert state.closed.outcome == "failed"
    assert drill.effects == ["dropped"]
    assert state.step("never").status == "skipped"


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("run: [echo, no], expect: {contains: [yes-it-is]}", "is not there"),
        ("run: [echo, ERROR], expect: {lacks: [ERROR]}", "is there"),
        ("run: [echo, x], expect: {matches: '^y'}", "nothing matches"),
        ("run: [sleep, '5'], timeout: 1s", "ended when its time was up"),
        ("run: [/nonexistent/program]", "exit 127"),
        ("run: [echo, '-rf'], capture: {path: '(.*)'}", "cannot be used as an argument"),
        ("run: [echo, x], capture: {path: 'y(.*)'}", "no path in the output"),
    ],
)
def test_whatever_is_not_as_expected_fails_the_step(
    made: Callable[..., Held], step: str, why: str
) -> None:
    drill = made(f"restore:\n  - {{id: s, {T}, kind: ssh, host: db, {step}}}\n")

    state = drill.run()

    assert state.closed is not None
    assert state.closed.outcome == "failed"
    assert why in state.step("s").why


def test_retries_are_attempts_of_their_own(made: Callable[..., Held]) -> None:
    drill = made(
        f"restore:\n  - {{id: s, {T}, kind: ssh, host: db, retries: 2, retry_after: 0s,\n"
        '     run: [sh, -c, \'echo t >> "$1"; [ "$(wc -l < "$1")" -ge 3 ]\', sh, "{{log}}"]}\n'
    )

    state = drill.run()

    assert state.closed is not None
    assert state.closed.outcome == "succeeded"
    assert drill.effects == ["t", "t", "t"]
    assert state.step("s").attempt == 3


def test_four_successes_of_five_do_not_stop_the_clock(made: Callable[..., Held]) -> None:
    drill = made(
        f"verify:\n  - {{id: s, {T}, kind: ssh, host: db, writes: false, consecutive: 5,\n"
        "     every: 0.05s, timeout: 2s,\n"
        '     run: [sh, -c, \'echo t >> "$1"; [ "$(($(wc -l < "$1") % 5))" != 0 ]\', sh,\n'
        '     "{{log}}"]}\n'
    )

    state = drill.run()

    assert state.closed is not None
    assert state.closed.outcome == "failed"
    assert "service_verified" not in drill.events()
    assert state.step("s").looks_failed >= 1


def test_a_failure_in_the_hold_opens_the_clock_again(made: Callable[..., Held]) -> None:
    drill = made(
        f"verify:\n  - {{id: s, {T}, kind: ssh, host: db, writes: false, consecutive: 2,\n"
        "     every: 0.05s, hold: 1s, timeout: 20s,\n"
        '     run: [sh, -c, \'echo t >> "$1"; [ "$(wc -l < "$1")" != 5 ]\', sh, "{{log}}"]}\n'
    )

    state = drill.run()

    assert state.closed is not None
    assert state.closed.outcome == "succeeded"
    assert state.step("s").holds_broken == 1
    events = drill.events("s")
    assert events.index("hold_broken") < events.index("hold_kept")
    assert events.count("service_verified") == 2


@pytest.mark.parametrize(
    "change",
    [
        ("{local: true}", "{local: true, resources: [online]}"),
        ("people:", "copy: {identity: repo, resources: [online]}\npeople:"),
    ],
    ids=["host", "copy"],
)
def test_what_the_scenario_lost_was_used_and_so_nothing_is_measured(
    made: Callable[..., Held], change: tuple[str, str]
) -> None:
    """The scenario lost the online copy; the drill used it all the same, and says so itself."""
    look = "kind: ssh, host: db, run: ['true'], writes: false, proves: copy"
    drill = made(
        f"provision:\n  - {{id: c, {T}, {look}}}\n" + RESTORE + VERIFY + ACCEPT,
        cleanup=CLEANUP,
        plan=lambda text: text.replace(*change),
    )
    people = signing(drill, "accept", "Bình", "Chi")
    state = drill.run()
    people.join()

    assert state.closed is not None
    assert state.closed.outcome == "failed"
    assert state.closed.why == "it used what the scenario had lost: online"
    made_of_it = assess(drill.entries(), 1)
    assert made_of_it.lost_touched == ("online",)
    assert "lost-resource" in [each.rule for each in made_of_it.caps]
    assert made_of_it.verdict == "not-measured"


def test_a_check_that_passes_before_the_restore_refuses_the_drill(
    made: Callable[..., Held],
) -> None:
    drill = made(RESTORE + VERIFY, cleanup=CLEANUP)
    (drill.folder / "effects").write_text("")

    state = drill.run()

    assert state.closed is not None
    assert state.closed.outcome == "refused"
    assert state.started is None
    assert drill.effects == []
    controls = [e.event for e in drill.entries() if isinstance(e.event, NegativeControl)]
    assert [each.failed_as_it_must for each in controls] == [False]


def test_nobody_signs_in_time(made: Callable[..., Held]) -> None:
    drill = made(ACCEPT.replace("timeout: 30s", "timeout: 1s"))
    people = signing(drill, "accept", "Bình")

    state = drill.run()

    people.join()
    assert state.closed is not None
    assert state.closed.outcome == "failed"
    assert state.recovered == ()


def test_a_person_who_does_not_accept_fails_the_drill(made: Callable[..., Held]) -> None:
    drill = made(f"restore:\n  - {{id: x, {T}, {NOTE}, x]}}\n" + ACCEPT)
    people = signing(drill, "accept", "Bình", accepted=False)

    state = drill.run()

    people.join()
    assert state.closed is not None
    assert state.closed.outcome == "failed"
    assert "did not accept" in state.step("accept").why


def test_a_cleanup_that_fails_turns_the_drill_red(made: Callable[..., Held]) -> None:
    drill = made(
        f"restore:\n  - {{id: make, {T}, {NOTE}, made]}}\n",
        cleanup=f"- {{id: bad, {T}, kind: ssh, host: db, run: ['false']}}\n" + CLEANUP,
    )

    state = drill.run()

    assert state.closed is not None
    assert (state.closed.outcome, state.closed.cleanup_proved) == ("failed", False)
    assert drill.effects == ["made", "dropped"]


def test_cleanup_of_a_step_that_never_began_is_left_alone(made: Callable[..., Held]) -> None:
    drill = made(
        f"restore:\n  - {{id: bad, {T}, kind: ssh, host: db, run: ['false']}}\n"
        f"  - {{id: late, {T}, {NOTE}, late], cleanup: [drop]}}\n",
        cleanup=CLEANUP,
    )

    state = drill.run()

    assert drill.effects == []
    assert state.step("drop").why == "not-begun"


# ---------------------------------------------------------------------------------------------
# Safety
# ---------------------------------------------------------------------------------------------

MAKE = f"restore:\n  - {{id: make, {T}, {NOTE}, made]}}\n"


def refused(drill: Held) -> str:
    state = drill.run()
    assert state.closed is not None
    assert state.closed.outcome == "refused"
    assert state.started is None
    assert drill.effects == []
    return state.closed.why


def test_without_a_marker_nothing_is_done(made: Callable[..., Held]) -> None:
    assert "no marker" in refused(made(MAKE, mark=False))


@pytest.mark.parametrize(
    ("nonce", "expires", "why"),
    [
        ("f" * 32, "", "another plan"),
        (NONCE, "2020-01-01T00:00:00Z", "ended"),
        (NONCE, "2999-01-01T00:00:00Z", "no near end"),
        (NONCE, "soon", "does not say when"),
    ],
)
def test_a_marker_of_another_plan_or_time_is_none(
    made: Callable[..., Held], nonce: str, expires: str, why: str
) -> None:
    drill = made(MAKE)
    marker(drill.folder / "marker", nonce, expires)

    assert why in refused(drill)


def test_a_marker_that_is_a_link_is_none(made: Callable[..., Held]) -> None:
    drill = made(MAKE)
    (drill.folder / "marker").rename(drill.folder / "real")
    (drill.folder / "marker").symlink_to(drill.folder / "real")

    assert "no marker" in refused(drill)


def test_production_is_refused_by_name_address_or_machine_id(made: Callable[..., Held]) -> None:
    name = os.uname().nodename.casefold()
    nothing: frozenset[str] = frozenset()
    by_name = Production(frozenset({name}), nothing, nothing)

    assert "is production" in refused(made(MAKE, production=by_name))
    path = Path("/etc/machine-id")
    identity = path.read_text().strip() if path.exists() else ""
    if identity:
        known = Production(nothing, nothing, frozenset({identity}))
        assert "machine id" in refused(made(MAKE, production=known))


def test_without_an_inventory_nobody_can_tell_and_so_it_is_refused(
    made: Callable[..., Held],
) -> None:
    assert "nobody can tell" in refused(made(MAKE, production=None))


def test_a_guard_that_cannot_be_loaded_refuses(made: Callable[..., Held]) -> None:
    drill = made(
        MAKE, head=lambda text: text.replace("class: isolated", "class: isolated, guards: [own]")
    )

    assert "not installed" in refused(drill)


def test_a_drill_that_nobody_approved_does_not_begin(made: Callable[..., Held]) -> None:
    assert "nobody approved" in refused(made(MAKE, approve=False))


def test_a_missing_secret_refuses_before_the_first_step(
    made: Callable[..., Held], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_SUCH_SECRET", raising=False)
    drill = made(MAKE, head=lambda text: text + 'secrets: {k: {ref: "env:NO_SUCH_SECRET"}}\n')

    assert "NO_SUCH_SECRET" in refused(drill)


def test_an_edited_plan_refuses(made: Callable[..., Held]) -> None:
    from cdso_audit.drill.run.guards import Refused

    drill = made(MAKE)

    def edited() -> str:
        raise Refused("the plan was edited after its approval")

    state = drill.run(same_source=edited)

    assert state.closed is not None
    assert "edited" in state.closed.why
    assert drill.effects == []


def test_the_marker_is_looked_at_again_before_every_change(made: Callable[..., Held]) -> None:
    drill = made(
        f"restore:\n  - {{id: one, {T}, kind: ssh, host: db, run: ['true']}}\n"
        f"  - {{id: two, {T}, {NOTE}, two]}}\n"
    )
    path = drill.folder / "marker"
    told = drill.told

    def gone(state: object) -> None:
        told.append(state)  # type: ignore[arg-type]
        if drill.told and drill.told[-1].step("one").ok:
            path.unlink(missing_ok=True)

    state = drill.run(tell=gone)

    assert state.closed is not None
    assert state.closed.outcome == "failed"
    assert "marker-missing" in state.step("two").why
    assert drill.effects == []


def test_a_dry_run_changes_nothing_and_proves_nothing(made: Callable[..., Held]) -> None:
    drill = made(RESTORE + VERIFY, mode=Mode.DRY_RUN, cleanup=CLEANUP)

    state = drill.run()

    assert state.closed is not None
    assert state.closed.outcome == "rehearsed"
    assert state.started is None
    assert drill.effects == []
    assert {each.why for each in state.steps.values()} == {"dry-run"}


def test_a_tabletop_asks_people_only(made: Callable[..., Held]) -> None:
    drill = made(MAKE + ACCEPT, mode=Mode.TABLETOP)
    people = signing(drill, "accept", "Bình", "Chi")

    state = drill.run()

    people.join()
    assert state.closed is not None
    assert state.closed.outcome == "rehearsed"
    assert drill.effects == []


def test_abort_stops_what_runs_and_cleans_up(made: Callable[..., Held]) -> None:
    drill = made(
        f"restore:\n  - {{id: long, {T}, kind: ssh, host: db, detached: true, timeout: 60s,\n"
        '     run: [sh, -c, \'echo begun >> "$1"; sleep 31; echo ended >> "$1"\', sh,\n'
        '     "{{log}}"]}\n',
        cleanup=CLEANUP,
    )

    def stop() -> None:
        while drill.effects != ["begun"]:
            time.sleep(0.1)
        with drill.journal() as book:
            book.append(1, AbortRequested(by="An", why="fire"))

    thread = threading.Thread(target=stop)
    thread.start()
    began = time.monotonic()
    state = drill.run()
    thread.join()

    assert state.closed is not None
    assert state.closed.outcome == "aborted"
    assert time.monotonic() - began < 20
    assert drill.effects == ["begun", "dropped"]
    assert subprocess.run(["pgrep", "-fx", "sleep 31"], check=False).returncode == 1


# ---------------------------------------------------------------------------------------------
# Secrets
# ---------------------------------------------------------------------------------------------


def test_a_secret_reaches_the_command_and_never_the_journal(
    made: Callable[..., Held], monkeypatch: pytest.MonkeyPatch
) -> None:
    canary = 's3cr3t-Ng@n-"quote\'d"-canary'
    monkeypatch.setenv("DRILL_CANARY", canary)
    drill = made(
        f"restore:\n  - {{id: s, {T}, kind: ssh, host: db, env: {{KEY: '{{{{secret.k}}}}'}},\n"
        '     run: [sh, -c, \'printf %s "$KEY" > "$1"; echo "said $KEY"; echo "$KEY" | base64 -w0;'
        ' echo "$KEY" >&2; cat /proc/$$/cmdline\', sh, "{{log}}"], capture: {x: "said (.*)"}}\n'
        f"  - {{id: d, {T}, kind: ssh, host: db, detached: true, stdin: '{{{{secret.k}}}}',\n"
        "     env: {KEY: '{{secret.k}}'}, run: [sh, -c, 'cat; echo; echo \"$KEY\"; false']}\n",
        head=lambda text: text + 'secrets: {k: {ref: "env:DRILL_CANARY"}}\n',
    )

    state = drill.run()

    assert (drill.folder / "effects").read_text() == canary
    assert state.step("d").why == "exit 1, not 0"
    with drill.journal() as book:
        work = work_folder(book.ledger().journal)
    for path in [*drill.folder.rglob("*"), *work.rglob("*")]:
        if path.is_file() and path.name != "effects":
            data = path.read_bytes()
            assert canary.encode() not in data, path
            assert b"Ng@n" not in data, path
            assert b"czNjcjN0LU5nQG4t" not in data, path
    assert list((drill.folder / "kept").rglob("*")) != []


# ---------------------------------------------------------------------------------------------
# Clocks
# ---------------------------------------------------------------------------------------------


def shifted(drill: Held, after: str, **change: float) -> Callable[[], object]:
    """A clock that is stepped, or sleeps, once a step has begun."""

    def read() -> object:
        now = read_stamp()
        if after not in " ".join(drill.effects):
            return now
        return now.model_copy(
            update={
                "wall": now.wall + timedelta(seconds=change.get("wall", 0)),
                "boottime": now.boottime + change.get("boottime", 0),
            }
        )

    return read


@pytest.mark.parametrize(("back", "is_void"), [(3 * 3600, True), (61, True), (59, False)])
def test_a_clock_that_is_stepped_back_changes_no_duration_and_voids_the_times(
    made: Callable[..., Held], back: int, is_void: bool
) -> None:
    drill = made(MAKE + VERIFY.replace("negative_control: true,", ""))
    clock = shifted(drill, "made", wall=-back)
    with drill.journal() as book:
        book._clock = clock  # type: ignore[assignment]
        state = drill.engine(book, clock=clock).run()

    steps = [each.event for each in drill.entries() if isinstance(each.event, ClockStep)]
    assert [round(each.seconds) for each in steps] == [-back]
    assert state.closed is not None
    assert state.closed.outcome == "succeeded"
    boots = [each.at.boottime for each in drill.entries()]
    assert boots == sorted(boots)
    said = assess(drill.entries(), 1)
    assert bool(said.clock.invalid) is is_void
    assert (said.verdict is Verdict.NOT_MEASURED) is is_void


def test_a_sleeping_laptop_counts_and_leaves_a_gap(made: Callable[..., Held]) -> None:
    drill = made(MAKE + VERIFY.replace("negative_control: true,", ""))
    clock = shifted(drill, "made", wall=3600, boottime=3600)
    with drill.journal() as book:
        book._clock = clock  # type: ignore[assignment]
        state = drill.engine(book, clock=clock).run()

    slept = [each.event.seconds for each in drill.entries() if isinstance(each.event, SuspendSeen)]
    gaps = [
        each.event.seconds for each in drill.entries() if isinstance(each.event, ObservationGap)
    ]
    assert [round(each) for each in slept] == [3600]
    assert [round(each) for each in gaps] == [3600]
    assert state.started is not None
    assert state.closed_at is not None
    assert state.closed_at.boottime - state.started.at.boottime > 3600


def test_a_lease_of_somebody_else_ends_this_engine(made: Callable[..., Held]) -> None:
    from cdso_audit.drill.events import LeaseTaken

    drill = made(MAKE + f"verify:\n  - {{id: late, {T}, {NOTE}, late]}}\n")

    def take(state: object) -> None:
        drill.told.append(state)  # type: ignore[arg-type]
        if drill.told[-1].step("make").ok and drill.told[-1].fence == 1:
            with drill.journal() as other:
                other.append(1, LeaseTaken(fence=2, why="adopt"))

    with pytest.raises(FencedOffError):
        drill.run(tell=take)
    assert drill.effects == ["made"]


def test_a_target_refuses_an_operator_with_an_old_lease(made: Callable[..., Held]) -> None:
    drill = made(MAKE + f"verify:\n  - {{id: late, {T}, {NOTE}, late]}}\n")

    def take(state: object) -> None:
        drill.told.append(state)  # type: ignore[arg-type]
        if drill.told[-1].step("make").ok:
            with drill.journal() as book:
                (work_folder(book.ledger().journal) / "fence.7.other").mkdir(exist_ok=True)

    with pytest.raises(FencedOffError):
        drill.run(tell=take)
    assert drill.effects == ["made"]


# ---------------------------------------------------------------------------------------------
# Doubt
# ---------------------------------------------------------------------------------------------


def test_events_of_steps_are_what_the_file_names(made: Callable[..., Held]) -> None:
    drill = made(MAKE)
    drill.run()
    types = [type(each.event) for each in drill.entries()]

    assert types.count(StepDone) == 1
    assert StepFailed not in types
    assert CanarySeen not in types
    assert DoubtResolved not in types


def test_a_broken_line_leaves_a_doubt_and_is_not_taken_for_a_failure(
    made: Callable[..., Held],
) -> None:
    """The shell that carries the answer dies after the effect: nobody can know from here."""
    drill = made(
        f"restore:\n  - {{id: s, {T}, kind: ssh, host: db, on_doubt: probe,\n"
        '     run: [sh, -c, \'echo done >> "$1"; kill -9 $(cut -d" " -f4 /proc/$PPID/stat)\',\n'
        "      sh, '{{log}}'],\n"
        f"     probe: {{id: p, {T}, kind: ssh, host: db, writes: false,\n"
        "             run: [grep, -qx, done, '{{log}}']}}\n"
    )

    state = drill.run()

    assert state.closed is not None
    assert state.closed.outcome == "succeeded"
    assert drill.effects == ["done"]
    assert drill.events("s") == ["step_intent", "in_doubt", "doubt_resolved"]


def test_a_line_that_breaks_each_time_ends_with_a_person(made: Callable[..., Held]) -> None:
    drill = made(
        f"restore:\n  - {{id: s, {T}, kind: ssh, host: db, on_doubt: rerun,\n"
        '     run: [sh, -c, \'echo x >> "$1"; kill -9 $(cut -d" " -f4 /proc/$PPID/stat)\',\n'
        "      sh, '{{log}}']}\n"
    )

    def decide(state: object) -> None:
        drill.told.append(state)  # type: ignore[arg-type]
        step = drill.told[-1].step("s")
        if step.status == "in-doubt" and step.doubts > 5:
            with drill.journal() as book:
                book.append(
                    1,
                    DoubtResolved(
                        step="s", attempt=step.attempt, how="person", says="failed", by="An"
                    ),
                )

    state = drill.run(tell=decide)

    assert state.closed is not None
    assert state.closed.outcome == "failed"
    assert drill.effects == ["x"] * 6


def test_a_full_disk_stops_the_drill_which_then_goes_on(
    made: Callable[..., Held], tmp_path: Path
) -> None:
    """On a real full file system: nothing is begun that could not be written down."""
    if os.geteuid() != 0:
        pytest.skip("needs root to mount a small file system")
    small = tmp_path / "drill0"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=600k,mode=700", "none", str(small)]
    if subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("cannot mount a tmpfs here")
    try:
        drill = made(
            f"restore:\n  - {{id: one, {T}, {NOTE}, one]}}\n"
            f"  - {{id: big, {T}, kind: ssh, host: db, on_doubt: rerun,\n"
            "     run: [sh, -c, 'head -c 900000 /dev/zero | tr \"\\\\0\" x']}\n"
            f"  - {{id: two, {T}, {NOTE}, two]}}\n"
        )
        with pytest.raises(CdsoError, match=r"space|full"):
            drill.run()
        assert drill.effects == ["one"]
        assert is_whole(drill.path)
        subprocess.run(["mount", "-o", "remount,size=8m", str(small)], check=True)

        state = drill.run("resume")

        assert state.closed is not None
        assert state.closed.outcome == "succeeded"
        assert drill.effects == ["one", "two"]
        assert is_whole(drill.path)
        with drill.journal() as book:
            folder = work_folder(book.ledger().journal)
        subprocess.run(["rm", "-rf", str(folder)], check=True)
        made.drills.clear()  # type: ignore[attr-defined]
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def test_a_detached_command_that_is_killed_on_the_target_has_failed(
    made: Callable[..., Held],
) -> None:
    drill = made(
        f"restore:\n  - {{id: s, {T}, kind: ssh, host: db, detached: true, timeout: 60s,\n"
        "     run: [sh, -c, 'echo begun >> \"$1\"; sleep 33', sh, '{{log}}']}\n"
    )

    def kill() -> None:
        while drill.effects != ["begun"]:
            time.sleep(0.05)
        with drill.journal() as book:
            script = work_folder(book.ledger().journal) / "s.1" / "run.sh"
        subprocess.run(["pkill", "-9", "-f", str(script)], check=True)
        subprocess.run(["pkill", "-9", "-fx", "sleep 33"], check=False)

    thread = threading.Thread(target=kill)
    thread.start()
    state = drill.run()
    thread.join()

    assert state.closed is not None
    assert state.closed.outcome == "failed"
    assert "without telling how" in state.step("s").why


def test_a_restart_of_the_operators_machine_is_seen_and_nothing_is_claimed_inside(
    made: Callable[..., Held],
) -> None:
    """Killed, then resumed in another boot whose clocks begin anew."""
    drill = made(MAKE + ACCEPT.replace("timeout: 30s", "timeout: 5h"))  # the outage counts
    with pytest.raises(KeyboardInterrupt):
        drill.run(sleep=interrupted)
    assert drill.events()[-1] == "manual_asked"
    before = read_stamp().boottime

    def rebooted() -> object:
        now = read_stamp()
        return now.model_copy(
            update={
                "boot_id": "another",
                "boottime": now.boottime - before + 20,
                "awake": now.boottime - before + 20,
                "wall": now.wall + timedelta(hours=2),
            }
        )

    people = signing(drill, "accept", "Bình", "Chi")
    with drill.journal() as book:
        book._clock = rebooted  # type: ignore[assignment]
        state = drill.engine(book, clock=rebooted).run("resume")
    people.join()

    events = [each.event for each in drill.entries()]
    (reboot,) = (each for each in events if isinstance(each, RebootSeen))
    (gap,) = (each for each in events if isinstance(each, ObservationGap))
    assert 7000 < reboot.seconds < 7300
    assert 7000 < gap.seconds < 7300
    assert state.closed is not None
    assert state.closed.outcome == "succeeded"
    assert drill.effects == ["made"]


def interrupted(_: float) -> None:
    raise KeyboardInterrupt


def test_an_abort_that_comes_in_the_cleanup_ends_as_aborted(made: Callable[..., Held]) -> None:
    drill = made(MAKE, cleanup=CLEANUP)

    def stop(state: object) -> None:
        drill.told.append(state)  # type: ignore[arg-type]
        if drill.told[-1].step("drop").status == "intended" and drill.told[-1].abort is None:
            with drill.journal() as book:
                book.append(1, AbortRequested(by="An"))

    state = drill.run(tell=stop)

    assert state.closed is not None
    assert (state.closed.outcome, state.closed.cleanup_proved) == ("aborted", True)
    assert drill.effects == ["made", "dropped"]


def test_a_drill_that_takes_too_long_ends_and_says_why(made: Callable[..., Held]) -> None:
    drill = made(
        f"restore:\n  - {{id: one, {T}, kind: wait, for: 2s, timeout: 1s}}\n"
        f"  - {{id: two, {T}, {NOTE}, two], timeout: 1s}}\n",
        head=lambda text: text.replace("class: isolated", "class: isolated, max_run: 1s"),
    )

    state = drill.run()

    assert state.closed is not None
    assert (state.closed.outcome, state.closed.why) == ("failed", "it took longer than it may")
    assert drill.effects == []


def test_a_cleanup_is_tried_though_a_secret_is_gone(
    made: Callable[..., Held], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRILL_CANARY", "abcdefgh")
    drill = made(
        MAKE + ACCEPT,
        cleanup=CLEANUP,
        head=lambda text: text + 'secrets: {k: {ref: "env:DRILL_CANARY"}}\n',
    )
    with pytest.raises(KeyboardInterrupt):
        drill.run(sleep=interrupted)
    monkeypatch.delenv("DRILL_CANARY")
    with drill.journal() as book:
        book.append(1, AbortRequested(by="An"))

    state = drill.run("abort")

    assert state.closed is not None
    assert state.closed.outcome == "aborted"
    assert drill.effects == ["made", "dropped"]


def test_what_a_guard_refused_stays_refused(made: Callable[..., Held]) -> None:
    drill = made(MAKE, mark=False)

    def die(state: object) -> None:
        drill.told.append(state)  # type: ignore[arg-type]
        if drill.told[-1].refused:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        drill.run(tell=die)
    marker(drill.folder / "marker")

    assert "before the interruption" in refused(drill)
