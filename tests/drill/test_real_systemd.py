"""
Detached commands on a whole Debian host: its own systemd is asked what ran, how it ended and when,
and the journal must say the same. The operator dies; the host restarts; somebody else takes over.
"""

import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from tests.drill.held import Held, held, text
from tests.drill.whole import ACCOUNT, MARKER, Whole, whole

from cdso_audit.drill.events import (
    AbortRequested,
    Adopted,
    DoubtResolved,
    InDoubt,
    StepDone,
    StepFailed,
    StepStarted,
)
from cdso_audit.drill.ledger import DrillState
from cdso_audit.drill.run import engine as engine_module
from cdso_audit.drill.run.clocks import read_stamp
from cdso_audit.store.journal import Journal

pytestmark = pytest.mark.lab

E = TypeVar("E")

T = f"title: {text('a')}"
LOG = "/var/tmp/effects"  # noqa: S108 - on the host
#: Fast enough for a test, slow enough to die and to look in between.
SECONDS = 3.0


def detached(script: str, more: str = "") -> str:
    """A restore that runs by itself on the host."""
    return (
        f"restore:\n  - {{id: s, {T}, kind: ssh, host: db, detached: true, timeout: 60s{more},\n"
        f"     run: [sh, -c, '{script}', sh, '{{{{log}}}}']}}\n"
    )


SLOW = detached(f'echo begun >> "$1"; sleep {SECONDS:.0f}; echo restored >> "$1"')


@pytest.fixture(scope="module")
def host() -> Iterator[Whole]:
    with whole() as made:
        yield made


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "POLL", (0.2, 0.5))
    monkeypatch.setattr(engine_module, "LOOK", 0.2)
    monkeypatch.setattr(engine_module, "AGAIN", 0.5)


@pytest.fixture
def made(host: Whole, tmp_path: Path) -> Callable[..., Held]:
    """Makes a drill on the host, with nothing left there of the one before."""
    host.mark()
    host.sh(f"rm -rf {LOG} /var/tmp/cdso-drill-*")

    def make(phases: str, user: str = "root", *, secret: bool = False) -> Held:
        more = 'secrets: {k: {ref: "env:DRILL_CANARY"}}\n' if secret else ""
        return held(
            tmp_path / "drill",
            phases,
            head=lambda written: written.replace("MARKER", MARKER) + more,
            plan=lambda written: written.replace("{local: true}", host.planned(user)).replace(
                "LOG", LOG
            ),
        )

    return make


def effects(host: Whole) -> list[str]:
    """What the steps have really done on the host, in order."""
    return host.sh(f"cat {LOG} 2>/dev/null", check=False).split()


def operator_dies(
    drill: Held, when: Callable[[DrillState], bool], mirror: Path | None = None
) -> None:
    """Run the drill in a process of its own, which is killed as soon as that is so."""
    child = os.fork()
    if child:
        assert os.WIFSIGNALED(os.waitpid(child, 0)[1]), drill.events()
        return
    try:
        with drill.journal() as journal:
            if mirror is not None:
                journal.mirror(mirror)

            def look(state: DrillState) -> None:
                if when(state):
                    os.kill(os.getpid(), signal.SIGKILL)

            drill.engine(journal, tell=look).run()
    finally:
        os._exit(9)


def running(state: DrillState) -> bool:
    return state.step("s").status == "running"


def the(drill: Held, kind: type[E]) -> list[E]:
    """The events of that kind."""
    return [each.event for each in drill.entries() if isinstance(each.event, kind)]


def told_by_systemd(host: Whole, unit: str) -> tuple[float, str]:
    """How long a unit ran by systemd's own monotonic clock, and what it says of the end."""
    host.sh("journalctl --sync")
    lines = host.sh(f"journalctl --output json --no-pager UNIT={unit}.service").splitlines()
    said = [json.loads(line) for line in lines]
    started = next(each for each in said if each["MESSAGE"].startswith("Started"))
    ended = [each for each in said if "xited" in each["MESSAGE"] or "uccess" in each["MESSAGE"]
             or "Deactivated" in each["MESSAGE"]]  # fmt: skip
    took = int(ended[0]["__MONOTONIC_TIMESTAMP"]) - int(started["__MONOTONIC_TIMESTAMP"])
    return took / 1e6, ended[0]["MESSAGE"]


def test_the_restore_goes_on_under_systemd_while_nobody_watches(
    host: Whole, made: Callable[..., Held]
) -> None:
    drill = made(SLOW)
    operator_dies(drill, running)
    (started,) = the(drill, StepStarted)
    assert started.by == "systemd"
    assert host.sh(f"systemctl is-active {started.unit}") == "active"
    assert effects(host) == ["begun"]
    time.sleep(SECONDS + 1)
    assert effects(host) == ["begun", "restored"]

    state = drill.run("resume")

    assert state.closed is not None
    assert state.closed.outcome == "succeeded"
    assert effects(host) == ["begun", "restored"]
    assert [(each.how, each.says) for each in the(drill, DoubtResolved)] == [("unit", "running")]
    (done,) = the(drill, StepDone)
    took, said = told_by_systemd(host, started.unit)
    assert done.exit == 0
    assert "Deactivated successfully" in said
    assert done.remote is not None
    assert done.remote.seconds is not None
    assert SECONDS <= done.remote.seconds < SECONDS + 1
    assert done.remote.seconds == pytest.approx(took, abs=0.25)


def test_it_is_resumed_while_it_still_runs(host: Whole, made: Callable[..., Held]) -> None:
    drill = made(SLOW)
    operator_dies(drill, running)

    state = drill.run("resume")

    assert state.closed is not None
    assert state.closed.outcome == "succeeded"
    assert effects(host) == ["begun", "restored"]
    assert len(the(drill, StepStarted)) == 1


def test_another_operator_takes_over_what_runs(
    host: Whole, made: Callable[..., Held], tmp_path: Path
) -> None:
    drill = made(SLOW)
    operator_dies(drill, running, mirror=tmp_path / "mirror.jsonl")
    second = Held(tmp_path / "b", drill.plan)
    second.folder.mkdir()
    with Journal.from_mirror(
        tmp_path / "mirror.jsonl", second.folder, clock=read_stamp, actor="Dung (d@other)",
        machine="other",
    ) as journal:  # fmt: skip
        adopted = Adopted(
            by="Dung", from_operator="An", from_machine="here", head=journal.ledger().head
        )
        state = second.engine(journal).run("adopt", adopted)

    assert state.closed is not None
    assert state.closed.outcome == "succeeded"
    assert effects(host) == ["begun", "restored"]
    (done,) = the(second, StepDone)
    took, _ = told_by_systemd(host, state.step("s").unit)
    assert done.remote is not None
    assert done.remote.seconds == pytest.approx(took, abs=0.25)


def test_a_unit_that_fails_is_failed_for_systemd_too(
    host: Whole, made: Callable[..., Held]
) -> None:
    drill = made(detached('echo begun >> "$1"; sleep 1; exit 7'))

    state = drill.run()

    assert state.closed is not None
    assert state.closed.outcome == "failed"
    (failed,) = the(drill, StepFailed)
    (started,) = the(drill, StepStarted)
    assert (started.by, failed.exit) == ("systemd", 7)
    took, said = told_by_systemd(host, started.unit)
    assert "status=7" in said
    assert failed.remote is not None
    assert failed.remote.seconds == pytest.approx(took, abs=0.25)


@pytest.mark.parametrize(
    "kill", ["systemctl kill --signal=KILL UNIT", "systemctl stop UNIT"], ids=["killed", "stopped"]
)
def test_a_unit_that_is_killed_has_failed(
    host: Whole, made: Callable[..., Held], kill: str
) -> None:
    drill = made(detached('echo begun >> "$1"; sleep 40; echo restored >> "$1"'))
    thread = threading.Thread(target=when_begun, args=(drill, host, kill))
    thread.start()
    state = drill.run()
    thread.join()

    assert state.closed is not None
    assert state.closed.outcome == "failed"
    assert "without telling how" in state.step("s").why
    assert effects(host) == ["begun"]


def test_only_the_command_is_killed_and_its_signal_is_told(
    host: Whole, made: Callable[..., Held]
) -> None:
    drill = made(detached('echo begun >> "$1"; exec sleep 41'))
    thread = threading.Thread(target=when_begun, args=(drill, host, "pkill -KILL -fx 'sleep 41'"))
    thread.start()
    state = drill.run()
    thread.join()

    (failed,) = the(drill, StepFailed)
    assert state.closed is not None
    assert state.closed.outcome == "failed"
    assert failed.exit == 137
    _, said = told_by_systemd(host, state.step("s").unit)
    assert "status=137" in said


def it_runs(drill: Held, host: Whole) -> None:
    """Wait until the operator knows that the command runs, and it does."""
    for _ in range(200):
        if any(running(each) for each in list(drill.told)) and effects(host)[-1:] == ["begun"]:
            return
        time.sleep(0.1)


def when_begun(drill: Held, host: Whole, script: str) -> None:
    """Do something to the host as soon as the command runs there."""
    it_runs(drill, host)
    host.sh(script.replace("UNIT", host.unit() or "none"), check=False)


def test_abort_ends_the_unit_and_all_that_it_started(
    host: Whole, made: Callable[..., Held]
) -> None:
    drill = made(detached('echo begun >> "$1"; setsid sleep 42 & sleep 43'))
    operator_dies(drill, running)
    assert host.sh("pgrep -fx 'sleep 4[23]' | wc -l") == "2"
    with drill.journal() as journal:
        journal.append(1, AbortRequested(by="Chi"))

    state = drill.run("abort")

    assert state.closed is not None
    assert state.closed.outcome == "aborted"
    assert host.sh("pgrep -fx 'sleep 4[23]' | wc -l") == "0"
    assert host.unit() == ""


@pytest.mark.parametrize("cut", [False, True], ids=["restarted", "power cut"])
def test_a_host_that_restarts_meanwhile_leaves_a_doubt(
    host: Whole, made: Callable[..., Held], cut: bool
) -> None:
    """The operator watches. What may run twice runs again, and nothing is called done before."""
    script = 'echo begun >> "$1"; test -e "$1.again" || sleep 60; echo restored >> "$1"'
    drill = made(detached(script, ", on_doubt: rerun"))

    def restart() -> None:
        it_runs(drill, host)
        (host.root / f"{LOG}.again".lstrip("/")).touch()
        if cut:
            host.power_cut()
            host.boot()
        else:
            host.reboot()

    thread = threading.Thread(target=restart)
    thread.start()
    state = drill.run()
    thread.join()
    host.sh(f"rm {LOG}.again")

    assert [each.why for each in the(drill, InDoubt)] == ["host-restarted"], drill.events()
    assert [(each.how, each.says) for each in the(drill, DoubtResolved)] == [("policy", "rerun")]
    assert state.closed is not None
    assert state.closed.outcome == "succeeded", drill.events()
    assert effects(host) == ["begun", "begun", "restored"]
    (done,) = the(drill, StepDone)
    assert done.attempt == 2
    assert done.remote is not None
    assert done.remote.seconds is not None
    assert done.remote.seconds < 5  # of the second attempt alone, by the clock of its own boot


def test_operator_and_host_both_go_down(host: Whole, made: Callable[..., Held]) -> None:
    """How far it came nobody knows: a person looks, and it is not run again by itself."""
    drill = made(detached('echo begun >> "$1"; sleep 60; echo restored >> "$1"'))
    operator_dies(drill, running)
    host.power_cut()
    host.boot()

    def looks(state: DrillState) -> None:
        if state.doubts():
            with drill.journal() as book:
                book.append(
                    1,
                    DoubtResolved(
                        step="s", attempt=1, how="person", says="failed", by="An", seen="half of it"
                    ),
                )

    state = drill.run("resume", tell=looks)

    assert state.closed is not None
    assert state.closed.outcome == "failed"
    assert effects(host) == ["begun"]
    assert [(each.how, each.says) for each in the(drill, DoubtResolved)] == [("person", "failed")]


def test_a_step_in_which_the_host_went_down_is_in_doubt(
    host: Whole, made: Callable[..., Held]
) -> None:
    """Not detached: its probe is asked when the host is back."""
    drill = made(
        f"restore:\n  - {{id: s, {T}, kind: ssh, host: db, timeout: 60s, on_doubt: probe,\n"
        f"     probe: {{id: p, {T}, kind: file, host: db, path: '{{{{log}}}}'}},\n"
        "     run: [sh, -c, 'echo begun >> \"$1\"; sync \"$1\"; sleep 60', sh, '{{log}}']}\n"
    )

    def cut() -> None:
        for _ in range(200):
            if effects(host) == ["begun"]:
                break
            time.sleep(0.1)
        host.power_cut()
        host.boot()

    thread = threading.Thread(target=cut)
    thread.start()
    state = drill.run()
    thread.join()

    assert [each.why for each in the(drill, InDoubt)] == ["connection-lost"], drill.events()
    assert [(each.how, each.says) for each in the(drill, DoubtResolved)] == [("probe", "happened")]
    assert state.closed is not None
    assert state.closed.outcome == "succeeded"
    assert effects(host) == ["begun"]


def test_an_account_of_a_service_runs_it_without_systemd(
    host: Whole, made: Callable[..., Held]
) -> None:
    """Only root gets a unit from systemd; the command outlives the login all the same."""
    drill = made(SLOW, user=ACCOUNT)
    operator_dies(drill, running)
    (started,) = the(drill, StepStarted)
    assert started.by == "setsid"
    time.sleep(SECONDS + 1)

    state = drill.run("resume")

    assert state.closed is not None
    assert state.closed.outcome == "succeeded"
    assert effects(host) == ["begun", "restored"]


def test_a_host_that_ends_what_a_login_left_behind(host: Whole, made: Callable[..., Held]) -> None:
    """KillUserProcesses=yes, as on some distributions: then it has failed, and that is said."""
    place = "/etc/systemd/logind.conf.d/kill.conf"
    host.sh(
        f"mkdir -p {place.rpartition('/')[0]}"
        f"; printf '[Login]\\nKillUserProcesses=yes\\n' > {place}"
        "; systemctl restart systemd-logind"
    )
    try:
        drill = made(SLOW, user=ACCOUNT)
        operator_dies(drill, running)
        time.sleep(1)

        state = drill.run("resume")
    finally:
        host.sh(f"rm {place}; systemctl restart systemd-logind")

    assert state.closed is not None
    assert state.closed.outcome == "failed"
    assert effects(host) == ["begun"]
    assert [(each.how, each.says) for each in the(drill, DoubtResolved)] == [("unit", "failed")]


def test_nothing_is_left_on_the_host_but_the_lease_and_no_secret(
    host: Whole, made: Callable[..., Held], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRILL_CANARY", "hunter2-of-the-drill")
    drill = made(
        detached(
            'test "$KEY" = "$(cat)" && echo restored >> "$1"',
            ", env: {KEY: '{{secret.k}}'}, stdin: '{{secret.k}}'",
        ),
        secret=True,
    )

    state = drill.run()

    assert state.closed is not None
    assert state.closed.outcome == "succeeded", drill.events()
    left = host.sh("cd /var/tmp/cdso-drill-*; ls -A").split()
    assert [each.partition(".")[0] for each in left if each != "seen"] == ["fence"]
    assert host.unit() == ""
    host.sh("journalctl --sync")
    assert "hunter2" not in host.sh("journalctl --no-pager --all --output json")
