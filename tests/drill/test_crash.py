"""
The operator's process is killed at every boundary of a drill, and the drill is resumed each time.

`after n` dies right after the n-th entry is on disk, before what it announces is done; `before n`
dies when something was done and is not yet written. Nothing may be lost, and nothing repeated
without an explicit doubt; the detached restore goes on meanwhile and runs exactly once.
"""

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.drill.held import NOTE, Held, held, work_folder
from tests.drill.other_verifier import is_whole

from cdso_audit.drill.events import (
    Adopted,
    DoubtResolved,
    InDoubt,
    StepIntent,
)
from cdso_audit.drill.ledger import DrillState
from cdso_audit.drill.run import engine as engine_module
from cdso_audit.drill.run.clocks import read_stamp
from cdso_audit.drill.run.kinds import FencedOffError
from cdso_audit.errors import UsageError
from cdso_audit.store import cdso_verify_journal as verifier
from cdso_audit.store.journal import Journal

T = "title: {vi: a, en: a}"
PHASES = f"""\
provision:
  - {{id: make, {T}, {NOTE}, made], on_doubt: probe,
     probe: {{id: p, {T}, kind: ssh, host: db, writes: false,
             run: [grep, -qx, made, "{{{{log}}}}"]}}}}
restore:
  - {{id: restore, {T}, kind: ssh, host: db, detached: true, timeout: 20s, marks: restore-started,
     run: [sh, -c, 'sleep 0.2; echo restored >> "$1"', sh, "{{{{log}}}}"], cleanup: [drop]}}
  - {{id: index, {T}, {NOTE}, indexed], on_doubt: rerun}}
verify:
  - {{id: rows, {T}, kind: ssh, host: db, writes: false, run: [grep, -qx, restored, "{{{{log}}}}"],
     negative_control: true, consecutive: 2, every: 0.02s, hold: 0.05s, timeout: 20s}}
return:
  - {{id: accept, {T}, kind: manual, role: owner, four_eyes: true, accepts: recovery,
     ask: {{vi: a, en: a}}, timeout: 30s}}
"""
CLEANUP = f"- {{id: drop, {T}, {NOTE}, dropped]}}\n"
#: More boundaries than the drill has; the last ones are never reached.
LAST = 60
#: Opened, registered, approved: written before there is an operator.
WRITTEN_BEFORE = 3


def operate(
    drill: Held, *, before: int = 0, after: int = 0, why: str = "run", mirror: Path | None = None
) -> int:
    """Run or resume in a process of its own, which kills itself there. Gives its exit status."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]
    status = 9
    try:
        engine_module.POLL, engine_module.LOOK = (0.05, 0.1), 0.05  # type: ignore[misc]
        with drill.journal() as journal:
            if mirror is not None:
                journal.mirror(mirror)
            original = journal.append_with
            count = 0

            def append(*given: object, **named: object) -> object:
                nonlocal count
                count += 1
                if count == before:
                    os.kill(os.getpid(), signal.SIGKILL)
                entry = original(*given, **named)  # type: ignore[arg-type]
                with (drill.folder / "written").open("a") as written:
                    written.write(f"{entry.seq}\n")
                if count == after:
                    os.kill(os.getpid(), signal.SIGKILL)
                return entry

            journal.append_with = append  # type: ignore[method-assign, assignment]
            state = drill.engine(journal, tell=signer(drill)).run(why)  # type: ignore[arg-type]
            status = 0 if state.closed and state.closed.outcome == "succeeded" else 1
    finally:
        os._exit(status)


def signer(drill: Held) -> Callable[[DrillState], None]:
    """Two people who sign as soon as they are asked."""

    def sign(state: DrillState) -> None:
        accept = state.step("accept")
        if accept.status == "waiting":
            for name in ("Bình", "Chi"):
                if name not in [each.by for each in accept.signatures]:
                    drill.sign("accept", name)

    return sign


def checked(drill: Held, effects: list[str] | None = None) -> None:
    """Nothing is lost, and nothing was done twice without a doubt between."""
    entries = drill.entries()
    done = effects if effects is not None else drill.effects
    written = [int(line) for line in (drill.folder / "written").read_text().split()]
    assert set(written) <= {each.seq for each in entries}
    assert is_whole(drill.path)
    assert not verifier.verified(str(drill.path)).problems
    assert done.count("restored") == 1
    for step, word in (("make", "made"), ("index", "indexed"), ("drop", "dropped")):
        doubts = sum(
            isinstance(each.event, InDoubt) and each.event.step == step for each in entries
        )
        intents = sum(
            isinstance(each.event, StepIntent) and each.event.step == step for each in entries
        )
        assert 1 <= done.count(word) <= intents
        assert intents <= 1 + doubts
    assert done.index("restored") < done.index("indexed")


def gone(drill: Held) -> None:
    with drill.journal() as book:
        folder = work_folder(book.ledger().journal)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("side", ["after", "before"])
def test_a_drill_goes_on_wherever_it_was_killed(tmp_path: Path, side: str) -> None:
    killed = 0
    for boundary in range(1, LAST):
        drill = held(tmp_path / str(boundary), PHASES, cleanup=CLEANUP)
        status = operate(drill, **{side: boundary})  # type: ignore[arg-type]
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0, boundary
            gone(drill)
            break
        killed += 1
        if drill.entries()[-1].event.type != "closed":
            status = operate(drill, why="resume")
            assert status == 0, (boundary, drill.events())
        checked(drill)
        gone(drill)
    else:
        pytest.fail("the drill has more boundaries than were tried")

    assert killed > 30


def test_the_restore_goes_on_while_nobody_watches(tmp_path: Path) -> None:
    slow = PHASES.replace("sleep 0.2", "sleep 1.5")
    drill = held(tmp_path, slow, cleanup=CLEANUP)
    began = reference(tmp_path / "r", PHASES, CLEANUP).index("step_started")
    operate(drill, after=began + 1 - WRITTEN_BEFORE)
    assert drill.events()[-1] == "step_started"
    time.sleep(2.5)

    assert drill.effects[-1] == "restored"
    assert operate(drill, why="resume") == 0
    with drill.journal() as book:
        remote = book.ledger().drill(1).step("restore").remote
    assert remote is not None
    assert remote.seconds is not None
    assert 1.4 < remote.seconds < 2.5  # by the target's clock, not until somebody looked
    answers = [e.event for e in drill.entries() if isinstance(e.event, DoubtResolved)]
    assert [(each.how, each.says) for each in answers] == [("unit", "running")]
    gone(drill)


def reference(folder: Path, phases: str, cleanup: str = "") -> list[str]:
    """The events of a drill that nobody killed."""
    drill = held(folder, phases, cleanup=cleanup)
    assert operate(drill) == 0
    gone(drill)
    return drill.events()


def test_a_step_of_which_nobody_knows_waits_for_a_person(tmp_path: Path) -> None:
    asking = f"restore:\n  - {{id: s, {T}, {NOTE}, done]}}\n"
    drill = held(tmp_path, asking)
    done = reference(tmp_path / "r", asking).index("step_done")
    operate(drill, before=done + 1 - WRITTEN_BEFORE)
    assert drill.events("s") == ["step_intent"]
    assert drill.effects == ["done"]

    def decide(state: DrillState) -> None:
        if state.doubts():
            with drill.journal() as book:
                book.append(
                    1,
                    DoubtResolved(
                        step="s", attempt=1, how="person", says="happened", by="An", seen="I looked"
                    ),
                )

    state = drill.run("resume", tell=decide)

    assert state.closed is not None
    assert state.closed.outcome == "succeeded"
    assert drill.effects == ["done"]
    assert drill.events("s") == ["step_intent", "in_doubt", "doubt_resolved"]
    gone(drill)


def test_a_second_operator_takes_over_from_a_mirror(tmp_path: Path) -> None:
    """The first machine is gone; the share has the mirror, the target has the lease."""
    drill = held(tmp_path / "a", PHASES, cleanup=CLEANUP)
    mirror = tmp_path / "mirror.jsonl"
    child = os.fork()
    if not child:
        try:
            with drill.journal() as journal:
                journal.mirror(mirror)

                def die(state: DrillState) -> None:
                    if state.step("restore").status == "running":
                        os.kill(os.getpid(), signal.SIGKILL)

                drill.engine(journal, tell=die).run()
        finally:
            os._exit(9)
    os.waitpid(child, 0)

    second = Held(tmp_path / "b", drill.plan)
    (tmp_path / "b").mkdir()
    with Journal.from_mirror(
        mirror, second.folder, clock=read_stamp, actor="Dung (dung@other)", machine="other"
    ) as journal:
        ledger = journal.ledger()
        adopted = Adopted(
            by="Dung", from_operator="An", from_machine="here", head=ledger.head, reason="lost"
        )
        state = second.engine(journal, tell=signer(second)).run("adopt", adopted)

    assert state.closed is not None
    assert (state.closed.outcome, state.fence, state.adoptions) == ("succeeded", 2, 1)
    effects = (tmp_path / "a" / "effects").read_text().split()
    assert effects == ["made", "restored", "indexed", "dropped"]

    # the first operator comes back, as often as he likes: the target refuses
    with pytest.raises(FencedOffError):
        drill.run("resume", tell=signer(drill))
    assert drill.events()[-1] == "closed"
    with pytest.raises(UsageError, match="superseded"):
        drill.run("resume")
    assert (tmp_path / "a" / "effects").read_text().split() == effects
    gone(drill)


def test_another_machine_goes_on_wherever_the_first_was_killed(tmp_path: Path) -> None:
    """Before the drill begins, in the restore, in the checks, before the signature, in the end."""
    for boundary in range(4, LAST, 5):
        drill = held(tmp_path / f"a{boundary}", PHASES, cleanup=CLEANUP)
        mirror = tmp_path / f"{boundary}.jsonl"
        status = operate(drill, before=boundary, mirror=mirror)
        if os.WIFEXITED(status):
            gone(drill)
            break
        second = Held(tmp_path / f"b{boundary}", drill.plan)
        shutil.copytree(drill.folder, second.folder, ignore=lambda *_: ["journal.sqlite"])
        for name in ("journal.sqlite-wal", "journal.sqlite-shm", "journal.lock"):
            (second.folder / name).unlink(missing_ok=True)
        with Journal.from_mirror(
            mirror, second.folder, clock=read_stamp, actor="Dung (d@other)", machine="other"
        ) as journal:
            head = journal.ledger().head
            adopted = Adopted(by="Dung", from_operator="An", from_machine="here", head=head)
            state = second.engine(journal, tell=signer(second)).run("adopt", adopted)
        assert state.closed is not None
        assert state.closed.outcome == "succeeded", (boundary, second.events())
        checked(second, drill.effects)
        gone(drill)
    else:
        pytest.fail("the drill has more boundaries than were tried")


def test_a_copy_that_is_older_than_what_the_target_saw_is_refused(tmp_path: Path) -> None:
    drill = held(tmp_path / "a", PHASES, cleanup=CLEANUP)
    began = reference(tmp_path / "r", PHASES, CLEANUP).index("step_started")
    operate(drill, after=began + 1 - WRITTEN_BEFORE)
    with drill.journal() as journal:
        journal.mirror(tmp_path / "old.jsonl")
    assert operate(drill, why="resume") == 0

    (tmp_path / "b").mkdir()
    second = Held(tmp_path / "b", drill.plan)
    with Journal.from_mirror(
        tmp_path / "old.jsonl", second.folder, clock=read_stamp, actor="D", machine="o"
    ) as journal:
        adopted = Adopted(
            by="D", from_operator="An", from_machine="here", head=journal.ledger().head
        )
        engine = second.engine(journal)
        with pytest.raises(UsageError, match="has seen"):
            engine.run("adopt", adopted)
    checked(drill)
    gone(drill)
