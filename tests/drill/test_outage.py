"""The outage as users saw it: seen by looks or by a monitor, never stated, told beside the time."""

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.drill.held import NOTE, Held, held, work_folder
from tests.drill.stories import HOUR, START, Story, whole

from cdso_audit.drill.assess import assess
from cdso_audit.drill.events import (
    HostOffset,
    MilestoneReached,
    ProbeResult,
    StepDone,
    StepIntent,
)
from cdso_audit.drill.playbook import Phase, parse_playbook
from cdso_audit.drill.progress import progress
from cdso_audit.drill.proof import DrillResult
from cdso_audit.drill.run.clocks import read_stamp
from cdso_audit.errors import ConfigErrors

T = "title: {vi: a, en: a}"
H = timedelta(hours=1)


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[..., Held]]:
    drills: list[Held] = []

    def make(phases: str, **changes: object) -> Held:
        drills.append(held(tmp_path / "drill", phases, **changes))  # type: ignore[arg-type]
        return drills[-1]

    yield make
    for drill in drills:
        with drill.journal() as book:
            folder = work_folder(book.ledger().journal)
        subprocess.run(["rm", "-rf", str(folder)], check=True)


def outage(drill: Held) -> MilestoneReached:
    (found,) = (
        each.event
        for each in drill.entries()
        if isinstance(each.event, MilestoneReached) and each.event.milestone == "outage"
    )
    return found


def judged(drill: Held) -> DrillResult:
    return assess(drill.entries(), 1)


class TestLooks:
    def test_the_last_success_before_the_port_closed_is_the_outage(
        self, made: Callable[..., Held]
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            drill = made(
                f"contain:\n  - {{id: down, {T}, kind: tcp, address: 127.0.0.1, port: {port},\n"
                "     open: false, consecutive: 2, every: 0.1s, timeout: 20s, marks: outage}\n"
                f"restore:\n  - {{id: s, {T}, {NOTE}, done]}}\n"
            )

            def close() -> None:
                while not any(each.step("down").looks >= 2 for each in list(drill.told)):
                    time.sleep(0.05)
                server.shutdown(socket.SHUT_RDWR)
                server.close()

            thread = threading.Thread(target=close)
            thread.start()
            drill.run()
            thread.join()

        looks = [each for each in drill.entries() if isinstance(each.event, ProbeResult)]
        up = [each for each in looks if not each.event.passed]  # type: ignore[union-attr]
        assert len(up) >= 2
        assert outage(drill).at == up[-1].at.wall
        starts = {each.name: each.at for each in judged(drill).marks}
        assert starts["outage"] > starts["inject"]

    def test_a_port_that_was_never_open_was_gone_when_the_step_began(
        self, made: Callable[..., Held]
    ) -> None:
        drill = made(
            f"contain:\n  - {{id: down, {T}, kind: tcp, address: 127.0.0.1, port: 1, open: false,\n"
            "     marks: outage}\n"
        )

        drill.run()

        intent = next(e for e in drill.entries() if isinstance(e.event, StepIntent))
        assert outage(drill).at == intent.at.wall

    def test_nobody_reached_is_no_success(self, made: Callable[..., Held]) -> None:
        """A name that cannot be resolved says nothing of the service: the step fails."""
        drill = made(
            f"contain:\n  - {{id: down, {T}, kind: tcp, address: no.invalid, port: 1,\n"
            "     open: false, marks: outage}\n"
        )

        state = drill.run()

        assert state.closed is not None
        assert state.closed.outcome == "failed"
        assert state.milestones == ()


def told_by_monitor(moment: str) -> str:
    return (
        f"detect:\n  - {{id: monitor, {T}, kind: ssh, host: db, writes: false, marks: outage,\n"
        f"     run: [echo, 'down since {moment}'], capture: {{outage_at: 'since (.*)'}}}}\n"
        f"restore:\n  - {{id: s, {T}, {NOTE}, done]}}\n"
    )


class TestMonitor:
    @pytest.mark.parametrize("form", ["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%SZ", "%s"])
    def test_what_a_monitor_recorded_before_t0_is_where_the_clock_begins(
        self, made: Callable[..., Held], form: str
    ) -> None:
        at = (datetime.now(UTC) - timedelta(hours=2)).replace(microsecond=0)
        text = f"{at:{form}}" if form != "%s" else f"{at.timestamp():.0f}"
        drill = made(told_by_monitor(text))

        state = drill.run()

        assert state.closed is not None
        assert state.closed.outcome == "succeeded", state.steps
        assert outage(drill).at == at
        assert state.outage == at
        first = judged(drill).marks[0]
        assert (first.name, first.at) == ("outage", timedelta(0))
        live = progress(drill.told[-2], drill.plan, read_stamp())
        assert live.spent > timedelta(hours=2)

    @pytest.mark.parametrize(
        ("moment", "why"),
        [
            ("yesterday", "no moment"),
            ("2026-03-10T08:00:00", "no moment"),
            ("2999-01-01T00:00:00Z", "not yet"),
            ("99999999999999999999", "no moment"),
        ],
    )
    def test_what_is_no_moment_fails_the_step(
        self, made: Callable[..., Held], moment: str, why: str
    ) -> None:
        drill = made(told_by_monitor(moment))

        state = drill.run()

        assert why in state.step("monitor").why
        assert state.milestones == ()
        assert drill.effects == []

    def test_the_monitors_clock_is_corrected_towards_the_longer_outage(
        self, made: Callable[..., Held], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its clock is 30 s ahead, give or take 2: it may have been 32 s before what it wrote."""
        from cdso_audit.drill.run.engine import Engine

        def measure(self: Engine) -> None:
            self.write(HostOffset(host="db", seconds=30, bound=2, exchanges=3))

        monkeypatch.setattr(Engine, "_measure_offsets", measure)
        at = (datetime.now(UTC) - timedelta(hours=2)).replace(microsecond=0)
        drill = made(told_by_monitor(f"{at:%Y-%m-%dT%H:%M:%SZ}"))

        drill.run()

        assert outage(drill).at == at - timedelta(seconds=32)


class TestJudged:
    def test_an_outage_after_t0_is_told_beside_and_shortens_nothing(self) -> None:
        """The service was taken down half an hour after the inject; it was gone for 5 h 34 min."""

        def down(story: Story) -> Story:
            return story.tell(MilestoneReached(milestone="outage", at=START + H / 2))

        made = whole(down).result()
        lengths = {each.start: each.length for each in made.intervals}

        assert lengths["outage"] == 5.5 * H + timedelta(minutes=4)
        assert made.intervals[0].start == "inject"
        assert [each.start for each in made.intervals if each.judged] == ["inject"]

    def test_a_look_is_placed_by_the_clock_that_nobody_sets(self) -> None:
        """UTC is stepped back three hours before the look; its place is still where it was."""
        story = Story().begun()
        story.phase("detect", 1).signed("declare", 2, 0.5 * HOUR, "Chi", "Dũng")
        story.wall_off = -3 * HOUR
        story.phase("provision", 0.6 * HOUR)
        story.tell(StepIntent(step="copy", kind="tcp", phase=Phase.PROVISION), 1 * HOUR)
        story.tell(StepDone(step="copy"), 1 * HOUR + 5)
        story.tell(MilestoneReached(milestone="outage", step="copy", at=START + H - 3 * H))

        made = story.result()

        places = {each.name: each.at for each in made.marks}
        assert (places["inject"], places["outage"]) == (timedelta(0), H)  # by UTC 2 h before T0


@pytest.mark.parametrize(
    ("step", "good"),
    [
        ("kind: tcp, address: a, port: 1, open: false, marks: outage", True),
        ("kind: tcp, address: a, port: 1, marks: outage", False),
        ("kind: ssh, host: db, run: [x], marks: outage", False),
        ("kind: ssh, host: db, run: [x], marks: outage, capture: {outage_at: '(.*)'}", True),
        ("kind: manual, role: owner, ask: {vi: a, en: a}, marks: outage", False),
    ],
)
def test_an_outage_is_seen_and_never_stated(step: str, good: bool) -> None:
    from tests.drill.held import HEAD

    text = HEAD.replace("MARKER", "/m") + f"phases:\n  detect:\n    - {{id: s, {T}, {step}}}\n"

    if good:
        assert parse_playbook(text, "x.yaml")
        return
    with pytest.raises(ConfigErrors, match="nothing shows here when the service went down"):
        parse_playbook(text, "x.yaml")
