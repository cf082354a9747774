"""Going on after an interruption: every guard that let the drill begin must let it go on."""

import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import EntryPoint, EntryPoints
from pathlib import Path
from typing import Literal

import pytest
from tests.drill.held import ELSEWHERE, NOTE, Held, held, marker, tidy, work_folder
from tests.drill.other_verifier import is_whole

from cdso_audit.drill.events import AbortRequested, Adopted, GuardPassed, GuardRefused
from cdso_audit.drill.run import guards as guards_module
from cdso_audit.drill.run.clocks import read_stamp
from cdso_audit.drill.run.guards import Production, Seen
from cdso_audit.drill.run.kinds import NotAllowedError
from cdso_audit.drill.run.shells import Host, Said
from cdso_audit.store.journal import Journal

T = "title: {vi: a, en: a}"
#: Something was done, then a person is waited for: there the operator's machine dies.
PHASES = f"""\
restore:
  - {{id: one, {T}, {NOTE}, one], cleanup: [drop]}}
  - {{id: ask, {T}, kind: manual, role: owner, ask: {{vi: a, en: a}}, timeout: 30s}}
  - {{id: two, {T}, {NOTE}, two]}}
  - {{id: three, {T}, kind: ssh, host: db, detached: true, timeout: 20s,
     run: [sh, -c, 'echo three >> "$1"', sh, "{{{{log}}}}"]}}
"""
CLEANUP = f"- {{id: drop, {T}, {NOTE}, dropped]}}\n"


def past(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def stopped(tmp_path: Path) -> Iterator[Callable[..., Held]]:
    """A drill whose operator was interrupted while `ask` waited; signed meanwhile."""
    drills: list[Held] = []

    def make(**changes: object) -> Held:
        drill = held(tmp_path / "drill", PHASES, cleanup=CLEANUP, **changes)  # type: ignore[arg-type]
        drills.append(drill)

        def interrupted(_: float) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            drill.run(sleep=interrupted)
        assert drill.effects == ["one"]
        drill.sign("ask", "Bình")
        return drill

    yield make
    for drill in drills:
        assert is_whole(drill.path)
        with drill.journal() as book:
            folder = work_folder(book.ledger().journal)
        subprocess.run(["rm", "-rf", str(folder)], check=True)


def test_nothing_changed_so_it_goes_on_and_the_journal_says_who_looked(
    stopped: Callable[..., Held],
) -> None:
    drill = stopped()

    state = drill.run("resume")

    assert state.closed is not None
    assert state.closed.outcome == "succeeded"
    assert drill.effects == ["one", "two", "three", "dropped"]
    passed = [each.event.guard for each in drill.entries() if isinstance(each.event, GuardPassed)]
    assert passed[-2:] == ["not-production", "marker"]
    assert passed.count("marker") == 2


def gone(drill: Held) -> None:
    (drill.folder / "marker").unlink()


def expired(drill: Held) -> None:
    marker(drill.folder / "marker", expires=past(minutes=1))


def another(drill: Held) -> None:
    marker(drill.folder / "marker", "f" * 32)


def endless(drill: Held) -> None:
    marker(drill.folder / "marker", expires=past(days=-400))


def named(drill: Held) -> None:
    name = Path("/proc/sys/kernel/hostname").read_text().strip()
    drill.production = Production(frozenset({name.casefold()}), frozenset(), frozenset())


def same_machine(drill: Held) -> None:
    known = Path("/etc/machine-id").read_text().strip()
    drill.production = Production(frozenset(), frozenset(), frozenset({known}))


def unknown(drill: Held) -> None:
    drill.production = None


@pytest.mark.parametrize(
    ("change", "guard", "why"),
    [
        (gone, "marker", "there is no marker"),
        (expired, "marker", "ended at"),
        (another, "marker", "of another plan"),
        (endless, "marker", "no near end"),
        (named, "not-production", "stands in the inventory"),
        (same_machine, "not-production", "machine id"),
        (unknown, "not-production", "without the inventory"),
    ],
)
@pytest.mark.parametrize("how", ["resume", "adopt"])
def test_what_no_longer_holds_stops_it_before_anything_is_done(
    stopped: Callable[..., Held],
    change: Callable[[Held], None],
    guard: str,
    why: str,
    how: Literal["resume", "adopt"],
) -> None:
    if change is same_machine and not Path("/etc/machine-id").is_file():
        pytest.skip("this machine has no machine id")
    drill = stopped()
    change(drill)

    with drill.journal() as book:
        adopted = Adopted(
            by="Dung", from_operator="An", from_machine="here", head=book.ledger().head
        )
        engine = drill.engine(book)
        with pytest.raises(NotAllowedError, match=why):
            engine.run(how, adopted if how == "adopt" else None)

    assert drill.effects == ["one"]
    refused = [each.event for each in drill.entries() if isinstance(each.event, GuardRefused)]
    assert [each.guard for each in refused] == [guard]
    assert "step_intent" not in drill.events("two")

    # put right, it goes on: the clock has never stopped
    marker(drill.folder / "marker")
    drill.production = ELSEWHERE
    state = drill.run("resume")
    assert state.closed is not None
    assert state.closed.outcome == "succeeded"
    assert drill.effects == ["one", "two", "three", "dropped"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (Seen(addresses={"10.0.0.1"}), Seen(addresses={"10.0.0.1", "10.0.0.2"}), True),
        (Seen(addresses={"10.0.0.1"}), Seen(addresses={"10.0.0.2"}), False),
        # cloned machines share their id, and are two all the same
        (Seen({"a"}, {"10.0.0.1"}, "f" * 32), Seen({"b"}, {"10.0.0.2"}, "f" * 32), False),
        (Seen({"a"}, set(), "f" * 32), Seen({"b"}, {"10.0.0.2"}, "f" * 32), True),
        (Seen({"a"}), Seen({"a"}), False),
    ],
)
def test_one_machine_is_known_by_its_addresses(one: Seen, other: Seen, same: bool) -> None:
    assert guards_module._same(one, other) is same


LOOKS = f"""\
restore:
  - {{id: s, {T}, {NOTE}, done]}}
verify:
  - {{id: look, {T}, kind: tcp, vantage: eye, address: 127.0.0.1, port: 1, open: false,
     proves: service}}
"""


@pytest.mark.parametrize(
    ("eye", "seen"),
    [("{local: true}", "the same machine as db"), ("{host: there.invalid}", None)],
    ids=["itself", "unreachable"],
)
def test_who_looks_is_compared_with_the_targets_that_are_logged_in_to(
    tmp_path: Path, eye: str, seen: str | None
) -> None:
    """A target that nobody logs in to (`spare`) is not asked, and refuses nothing."""
    drill = held(
        tmp_path,
        LOOKS,
        head=lambda text: text.replace(
            "hosts: {db: {side: target}}",
            "hosts: {db: {side: target}, eye: {side: outside}, spare: {side: target}}",
        ),
        plan=lambda text: text.replace(
            "{db: {local: true}}",
            f"{{db: {{local: true}}, eye: {eye}, spare: {{host: nowhere.invalid}}}}",
        ),
    )

    with tidy(drill):
        state = drill.run()

        passed = [each.event for each in drill.entries() if isinstance(each.event, GuardPassed)]
        assert [each.seen for each in passed if each.guard == "apart"] == [seen] * bool(seen)
        assert state.closed is not None
        assert state.closed.outcome == ("succeeded" if seen else "refused")


def test_an_abort_cleans_up_only_where_it_still_may(stopped: Callable[..., Held]) -> None:
    """Closed as aborted all the same; the cleanup is not proved, and nothing was touched."""
    drill = stopped()
    named(drill)
    with drill.journal() as book:
        book.append(1, AbortRequested(by="Chi"))

    state = drill.run("abort")

    assert state.closed is not None
    assert (state.closed.outcome, state.closed.cleanup_proved) == ("aborted", False)
    assert drill.effects == ["one"]


def test_a_guard_of_ones_own_is_asked_again(
    stopped: Callable[..., Held], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = EntryPoints([EntryPoint("fine", f"{__name__}:fine", "cdso_audit.drill_guards")])
    monkeypatch.setattr(guards_module, "entry_points", lambda **_: there)
    monkeypatch.setattr(EntryPoint, "load", lambda _: str)
    drill = stopped(head=lambda text: text.replace("MARKER}", "MARKER, guards: [fine]}"))

    monkeypatch.setattr(guards_module, "entry_points", lambda **_: EntryPoints([]))
    with pytest.raises(NotAllowedError, match="not installed"):
        drill.run("resume")

    assert drill.effects == ["one"]


@pytest.mark.parametrize("production", [False, True], ids=["free", "production"])
def test_a_host_that_does_not_answer_yet_is_asked_before_the_first_change_there(
    stopped: Callable[..., Held], production: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    drill = stopped()
    if production:
        named(drill)
    answers = Host.run
    asked: list[str] = []

    def away_at_first(host: Host, *given: object) -> Said:
        asked.append(host.name)
        if len(asked) == 1:
            return Said(lost="no route to host")
        return answers(host, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Host, "run", away_at_first)

    state = drill.run("resume")

    assert state.closed is not None
    if production:
        assert state.closed.outcome == "failed"
        assert "stands in the inventory" in state.step("two").why
        assert drill.effects == ["one"]
    else:
        assert state.closed.outcome == "succeeded"
        assert drill.effects == ["one", "two", "three", "dropped"]


def test_the_second_machine_needs_the_inventory_too(
    stopped: Callable[..., Held], tmp_path: Path
) -> None:
    drill = stopped()
    with drill.journal() as book:
        book.mirror(tmp_path / "mirror.jsonl")
    second = Held(tmp_path / "b", drill.plan, production=None)
    second.folder.mkdir()
    with Journal.from_mirror(
        tmp_path / "mirror.jsonl", second.folder, clock=read_stamp, actor="D (d@o)", machine="o"
    ) as journal:
        adopted = Adopted(
            by="D", from_operator="An", from_machine="here", head=journal.ledger().head
        )
        with pytest.raises(NotAllowedError, match="without the inventory"):
            second.engine(journal).run("adopt", adopted)

    assert drill.effects == ["one"]
