"""
Running a drill: one loop over its plan, every step written before and after, nothing repeated
without an explicit doubt.

The engine holds no state of its own: what it does next follows from the journal, so that it may
die at any moment and go on, here or elsewhere.
"""

import contextlib
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from cdso_audit.collect.secret import resolve
from cdso_audit.drill.clock import UNMEASURED, Jump, Reboot, Sleep, Stamp, best, between
from cdso_audit.drill.events import (
    Adopted,
    AnyEvent,
    ClockStep,
    Closed,
    CopyIdentified,
    Declared,
    DeclaredRecovered,
    DoubtResolved,
    DrillRegistered,
    Entry,
    GuardPassed,
    GuardRefused,
    HoldBroken,
    HoldKept,
    HostOffset,
    InDoubt,
    Kept,
    LeaseTaken,
    ManualAsked,
    MilestoneReached,
    Mode,
    NegativeControl,
    ObservationGap,
    PhaseStarted,
    ProbeResult,
    RebootSeen,
    RemoteTime,
    ResourceTouched,
    ServiceVerified,
    Started,
    StepDone,
    StepFailed,
    StepIntent,
    StepSkipped,
    StepStarted,
    SuspendSeen,
    TimingInvalid,
)
from cdso_audit.drill.ledger import DrillState, IllegalEventError, StepState, StepStatus
from cdso_audit.drill.plan import Plan, secrets_of
from cdso_audit.drill.playbook import (
    OUTAGE_AT,
    AutomaticBase,
    CommandBase,
    HttpStep,
    LocalStep,
    ManualStep,
    OnDoubt,
    Phase,
    SshStep,
    Step,
    StepBase,
    TcpStep,
    WaitStep,
    on_doubt,
)
from cdso_audit.drill.run import programs
from cdso_audit.drill.run.guards import (
    Guards,
    Production,
    Refused,
    Seen,
    all_hosts,
    look,
    writing_hosts,
)
from cdso_audit.drill.run.kinds import (
    CAP_OUTPUT,
    FencedOffError,
    NotAllowedError,
    Outcome,
    Surroundings,
    command_parts,
    judged,
    perform,
)
from cdso_audit.drill.run.redaction import Redactor
from cdso_audit.drill.run.shells import Hosts, Said
from cdso_audit.errors import CdsoError, SecretError, UsageError
from cdso_audit.model import SecretRef
from cdso_audit.store.journal import Journal

#: Seconds between two looks at a detached command, at first and at most.
POLL: Final = (1.0, 15.0)
#: Signatures that a step of four eyes needs.
PAIR: Final = 2
#: Seconds between two looks for a signature.
LOOK: Final = 1.0
#: Characters of a host's words in an event; all of them are kept beside the journal.
LONGEST_TEXT: Final = 2000
#: One look of a repeated check ends after that long, or after its spacing where that is longer.
LONGEST_LOOK: Final = timedelta(seconds=10)
#: Doubts of one step that the engine settles by itself; then a person looks.
MOST_DOUBTS: Final = 5
#: How long nobody may have looked before it is a gap of observation (three times the spacing of a
#: check's looks is what a human would call "missed two").
GAP: Final = timedelta(seconds=180)
#: Seconds after which a host that did not answer is asked again about a detached command.
AGAIN: Final = 10.0
#: How far UTC may be set back before the times of the drill are void. What keeps time corrects by
#: less; copies, heartbeats and other hosts are told by UTC.
SET_BACK: Final = timedelta(minutes=1)


class Stopped(Exception):  # noqa: N818 - no error
    """Somebody asked to stop: clean up and close."""


@dataclass(slots=True)
class Engine:
    """One run of one drill, by one process."""

    journal: Journal
    number: int
    hosts: Hosts
    folder: Path
    production: Production | None
    clock: Callable[[], Stamp]
    same_source: Callable[[], str] = lambda: "the plan in the journal is run"
    tell: Callable[[DrillState], None] = lambda _: None
    sleep: Callable[[float], None] = time.sleep
    redactor: Redactor = field(default_factory=Redactor)
    fence: int = 0
    token: str = ""
    cleaning: bool = False
    resumed: bool = False
    """Somebody began this drill in another process: what its guards saw is of then."""
    agreed: set[str] = field(default_factory=set)
    secrets: dict[str, str] = field(default_factory=dict)
    touched: set[str] = field(default_factory=set)
    plan: Plan = field(init=False)
    around: Surroundings = field(init=False)

    def __post_init__(self) -> None:
        registered = self.state.registered.event
        if not isinstance(registered, DrillRegistered):  # the fold has seen to it
            raise TypeError("a drill begins with its registration")
        self.plan = Plan.model_validate(registered.plan)
        if self.plan.hash != registered.plan_hash:
            raise UsageError(
                "the plan in the journal is not the one that was registered",
                hint="register it anew: cdso-audit drill plan",
            )
        self.around = Surroundings(
            plan=self.plan,
            hosts=self.hosts,
            folder=self.folder,
            values=self._values,
            secret=self._secret,
            permit=self._permit_on,
            stop=self._asked_to_stop,
        )

    # -- state and writing --------------------------------------------------------------------

    @property
    def state(self) -> DrillState:
        """The drill as the journal has it now."""
        return self.journal.ledger().drill(self.number)

    def permit(self) -> programs.Permit:
        """What the targets are told: who runs this drill, and up to which entry."""
        ledger = self.journal.ledger()
        return programs.Permit(
            marker=self.plan.playbook.safety.marker,
            nonce=self.plan.nonce,
            journal=ledger.journal,
            drill=self.number,
            fence=self.fence,
            token=self.token,
            seq=ledger.length,
            head=ledger.head,
        )

    def _permit_on(self, name: str) -> programs.Permit:
        """
        The permit for a host, whom we ask, once a session, whether it has seen another journal.

        Raises FencedOffError when it was shown an entry that is not in ours, and NotAllowedError
        when a drill goes on and the host is no longer one that a drill may change.
        """
        if name not in self.agreed:
            try:
                seen = look(self.hosts.of(name or None), self.permit())
            except Refused as refused:
                if self.resumed:
                    raise NotAllowedError(refused.why) from refused
                return self.permit()  # it does not answer: then nothing will be done there either
            self._agree(name, seen)
            if self.resumed:
                self._allowed_again(self._guards(seen={name: seen}), (name,))
            self.agreed.add(name)
        return self.permit()

    def _agree(self, name: str, seen: Seen) -> None:
        if seen.seq and self.journal.hash_at(seen.seq) != seen.head:
            raise FencedOffError(
                "{host} has seen entry {seen} of a journal that went on elsewhere",
                hint="the drill was adopted: its journal is with the other operator. To take it "
                "back, adopt it from a copy of that one",
                values={"host": name or "this machine", "seen": seen.seq},
            )

    def _guards(self, seen: dict[str, Seen] | None = None) -> Guards:
        return Guards(
            plan=self.plan,
            hosts=self.hosts,
            production=self.production,
            permit=self.permit(),
            now=self.clock,
            secrets_ready=self._learn_secrets,
            same_source=self.same_source,
            seen=dict(seen or {}),
        )

    def _allowed_again(self, guards: Guards, hosts: tuple[str, ...]) -> None:
        """Ask the guards anew, of those hosts and of none. Raises NotAllowedError."""
        for name, host, guard in guards.again():
            of_host = name in ("not-production", "marker")
            if of_host and host not in hosts:
                continue
            refused = self._guarded(name, host, guard)
            if refused:
                raise NotAllowedError(
                    "the drill may not go on: {why}",
                    hint="put it right, then: cdso-audit drill resume {number}. Until then nothing "
                    "is done, and the clock goes on",
                    values={"why": refused, "number": self.number},
                )

    def _may_be_resumed(self) -> None:
        """
        Whether the targets are still for this drill, before anything goes on. A host that does not
        answer now is asked before the first thing that is done there. Raises NotAllowedError.
        """
        guards, there = self._guards(), []
        for name in writing_hosts(self.plan):
            with contextlib.suppress(Refused):
                guards.seen[name] = look(self.hosts.of(name or None), guards.permit)
                self._agree(name, guards.seen[name])
                there.append(name)
        self._allowed_again(guards, tuple(there))
        self.agreed.update(there)

    def write(self, event: AnyEvent) -> Entry:
        """Append one event, after whatever happened to the clocks since the last one."""
        for oddity in self._oddities():
            self.journal.append(self.number, oddity, fence=self.fence)
        try:
            entry = self.journal.append(self.number, self._clean(event), fence=self.fence)
        except IllegalEventError:
            self._still_ours()
            raise
        with contextlib.suppress(Exception):  # what is only shown must not end a drill
            self.tell(self.state)
        return entry

    def _still_ours(self) -> None:
        state = self.state
        if state.fence != self.fence:
            raise FencedOffError(
                "{holder} has taken this drill over", values={"holder": state.holder}
            )

    def _clean(self, event: AnyEvent) -> AnyEvent:
        """The event without any secret, whatever a host has said."""
        cleaned = {
            name: self.redactor.text(value)[:LONGEST_TEXT]
            for name in ("seen", "why", "reason")
            if isinstance(value := getattr(event, name, None), str) and value
        }
        made = event.model_copy(update=cleaned)
        if isinstance(made, StepDone) and made.captured:
            return made.model_copy(update={"captured": self.redactor.mapping(made.captured)})
        return made

    def _oddities(self) -> Iterator[AnyEvent]:
        last = self.state.last
        if last is None:
            return
        now = self.clock()
        gap = 0.0
        for each in between(last, now):
            match each:
                case Jump():
                    yield ClockStep(seconds=each.by.total_seconds())
                    if each.by < -SET_BACK and self.state.started is not None:
                        yield TimingInvalid(why="UTC was set back during the drill")
                case Sleep():
                    yield SuspendSeen(seconds=each.length.total_seconds())
                    gap = each.length.total_seconds()
                case Reboot():
                    away = each.away.total_seconds()
                    yield RebootSeen(before=last.boot_id, seconds=away)
                    if away < 0:
                        yield TimingInvalid(why="UTC went back across a reboot")
                    gap = max(away, 0.0)
        if gap > 0 and self.state.started is not None:
            yield ObservationGap(seconds=gap)

    def _kept(self, outcome_kept: tuple[tuple[bytes, str, bool], ...]) -> tuple[Kept, ...]:
        return tuple(
            self.journal.keep(self.redactor.data(data), what, cut=cut)
            for data, what, cut in outcome_kept
        )

    def _values(self) -> Mapping[str, str]:
        state = self.state
        values = {**self.plan.values, **state.captured}
        values["nonce"] = self.plan.nonce
        values["drill"] = str(self.number)
        values["work"] = self.permit().work
        if state.started is not None:
            values["t0"] = state.started.at.wall.strftime("%Y-%m-%dT%H:%M:%SZ")
        return values

    def _secret(self, name: str) -> str:
        if name not in self.secrets:
            planned = self.plan.secrets[name]
            self.secrets[name] = resolve(SecretRef(ref=planned.ref), self.folder)
            self.redactor.learn(self.secrets[name])
        if self.fence:
            self._touch("secret", name, self.plan.secrets[name].resources)
        return self.secrets[name]

    def _touch(
        self,
        kind: Literal["host", "secret", "name", "copy", "url"],
        name: str,
        resources: tuple[str, ...],
    ) -> None:
        """Note, once, that something was used, and whether the scenario has destroyed it."""
        key = f"{kind} {name}"
        if key in self.touched or self.state.started is None:
            return
        self.touched.add(key)
        lost = tuple(each for each in resources if each in self.plan.playbook.scenario.lost)
        self.write(ResourceTouched(kind=kind, name=name, resources=resources, lost=lost))

    def _touch_of(self, step: StepBase) -> None:
        for key in ("host", "vantage"):
            name = getattr(step, key, None)
            if name:
                self._touch("host", name, self.plan.hosts[name].resources)
        if isinstance(step, HttpStep):
            for each in step.requests:
                self._touch("url", each.url.partition("?")[0], ())
        if isinstance(step, TcpStep):
            self._touch("name", step.address, ())
        for name in secrets_of(step):  # type: ignore[arg-type]
            self._touch("secret", name, self.plan.secrets[name].resources)

    def _asked_to_stop(self) -> bool:
        return not self.cleaning and self.state.abort is not None

    def _may_go_on(self) -> None:
        if self._asked_to_stop():
            raise Stopped
        self._still_ours()

    # -- the drill ----------------------------------------------------------------------------

    def run(  # noqa: C901 - the life of a drill
        self,
        why: Literal["run", "resume", "adopt", "abort"] = "run",
        adopted: Adopted | None = None,
    ) -> DrillState:
        """
        Run the drill to its end, or go on with it. Raises LeaseError when another process does.

        An interruption (KeyboardInterrupt, a full disk) leaves everything as it is: `resume`.
        """
        self.journal.lock()
        if self.state.closed is not None:
            raise UsageError(
                "drill {number} is closed: {outcome}",
                values={"number": self.number, "outcome": self.state.closed.outcome},
            )
        above = self._fences() if adopted is not None else 0
        if adopted is not None:
            self.journal.append(self.number, adopted)
        last = self.state.last
        self.resumed = self.state.started is not None
        taken = self.journal.append_with(
            lambda ledger: (
                self.number,
                LeaseTaken(fence=max(above, ledger.drill(self.number).fence) + 1, why=why),
            )
        )
        self.fence, self.token = taken.fence, taken.hash[:12]
        try:
            if self.state.started is None and self.state.abort is not None:
                self.write(Closed(outcome="aborted", cleanup_proved=True))
                return self.state
            if last is not None and self.state.started is not None:
                away = _since(last, self.clock())
                if last.boot_id == self.clock().boot_id:  # else the reboot tells
                    self.write(ObservationGap(seconds=max(0.0, away)))
            if self.resumed and self.state.abort is None:
                self._may_be_resumed()
            if self.state.started is None and not self._begin():
                return self.state
            if self.plan.mode is Mode.DRY_RUN:
                return self._rehearsed()
            if self.state.abort is None:  # a cleanup is tried with whatever is there
                self._learn_secrets()
            self._settle_doubts()
            passed = self._phases()
            return self._end("succeeded" if passed else "failed")
        except Stopped:
            self._give_up_open_steps()
            return self._end("aborted")
        except FencedOffError as problem:
            self._superseded(problem.message)
            raise
        finally:
            self.hosts.close()

    def _superseded(self, why: str) -> None:
        """This journal's part in the drill is over; the other operator's goes on."""
        if self.state.fence != self.fence or self.state.closed is not None:
            return  # the same journal has another holder, who goes on in it
        for state in list(self.state.steps.values()):
            if state.status.is_open:
                self.write(InDoubt(step=state.id, attempt=state.attempt, why="connection-lost"))
        self.write(Closed(outcome="superseded", why=why))

    def _fences(self) -> int:
        """
        The newest lease that any target has seen. Raises UsageError when a target has seen an entry
        that this copy of the journal does not hold: what was done since, nobody here knows.
        """
        permit = self.permit()
        newest = 0
        for name in writing_hosts(self.plan):
            try:
                seen = look(self.hosts.of(name or None), permit)
            except Refused as refused:
                raise UsageError(
                    "a target cannot be asked who runs this drill: {why}",
                    hint="make it reachable first; otherwise the first operator is not held off",
                    values={"why": refused.why},
                ) from refused
            newest = max(newest, *seen.fences, 0)
            if seen.seq > self.journal.ledger().length:
                raise UsageError(
                    "this copy of the journal ends at entry {known}, and {host} has seen {seen}",
                    hint="use the mirror, or a newer copy",
                    values={"known": self.journal.ledger().length, "host": name, "seen": seen.seq},
                )
            self._agree(name, seen)
        return newest

    def _begin(self) -> bool:
        """Guards and negative controls, then T0. False when the drill was refused."""
        if self.state.refused:
            return self._refuse("a guard refused before the interruption")
        for name, host, guard in self._guards().all():
            refused = self._guarded(name, host, guard)
            if refused:
                return self._refuse(refused)
        if not self.state.approved and self.plan.mode is not Mode.DRY_RUN:
            return self._refuse("nobody approved the plan")
        self._measure_offsets()
        if self.plan.mode is Mode.DRY_RUN:
            return True
        for _, step in self.plan.playbook.steps():
            if isinstance(step, AutomaticBase) and step.negative_control:
                refused = self._controlled(step)
                if refused:
                    return self._refuse(refused)
        self._may_go_on()
        self.write(Started(by=self.journal.actor, announced=self.plan.announced))
        return True

    def _guarded(self, name: str, host: str, guard: Callable[[], str]) -> str:
        """Why the guard refuses; nothing when it does not."""
        try:
            seen = guard()
        except Refused as refused:
            self.write(
                GuardRefused(guard=name, host=host, why=refused.why, evaluated=refused.evaluated)
            )
            return f"{name}: {refused.why}"
        except CdsoError as problem:
            self.write(GuardRefused(guard=name, host=host, why=problem.message, evaluated=False))
            return f"{name}: {problem.message}"
        except Exception as problem:  # noqa: BLE001 - a guard that breaks refuses
            why = f"{type(problem).__name__}: {problem}"
            self.write(GuardRefused(guard=name, host=host, why=why, evaluated=False))
            return f"{name}: {why}"
        self.write(GuardPassed(guard=name, host=host, seen=seen))
        return ""

    def _controlled(self, step: AutomaticBase) -> str:
        """Run a check on the empty target, where it must fail."""
        if self.state.step(step.id).control is not None:
            return ""
        outcome = perform(step, self.around)
        self.write(
            NegativeControl(
                step=step.id,
                failed_as_it_must=not outcome.passed,
                reached=outcome.reached,
                seen=outcome.seen or outcome.why,
            )
        )
        if not outcome.passed:
            return ""
        why = f"{step.id} passes before the restore: it measures production, or nothing"
        self.write(GuardRefused(guard="negative-control", why=why))
        return f"negative-control: {why}"

    def _refuse(self, why: str) -> bool:
        self.write(Closed(outcome="refused", why=why, cleanup_proved=False))
        return False

    def _rehearsed(self) -> DrillState:
        for _, step in self.plan.playbook.steps():
            if self.state.step(step.id).status is StepStatus.PENDING:
                self.write(StepSkipped(step=step.id, why="dry-run"))
        self.write(Closed(outcome="rehearsed", cleanup_proved=False))
        return self.state

    def _learn_secrets(self) -> None:
        """Every secret must be there before the first step; raises SecretError."""
        for name in self.plan.secrets:
            if name not in self.secrets:
                planned = self.plan.secrets[name]
                self.secrets[name] = resolve(SecretRef(ref=planned.ref), self.folder)
                self.redactor.learn(self.secrets[name])
                if not self.secrets[name]:
                    raise SecretError("the secret {name} is empty", values={"name": name})

    def _measure_offsets(self) -> None:
        """How far each host's clock is off; a host that is away is asked the next time."""
        for name in all_hosts(self.plan):
            host = self.hosts.of(name)
            if host.local:
                continue
            try:
                found = host.exchanges()
            except Exception:  # noqa: BLE001 - whatever a line does, the drill goes on
                host.close()
                continue
            if found:
                top = best(found)
                self.write(
                    HostOffset(host=name, seconds=top.offset, bound=top.bound, exchanges=len(found))
                )

    # -- phases and steps ---------------------------------------------------------------------

    def _phases(self) -> bool:
        """Every step in its order. False at the first that did not pass."""
        for phase in Phase:
            steps = self.plan.playbook.phases.of(phase)
            if not steps:
                continue
            order = list(Phase)
            reached = self.state.phase
            if reached is None or order.index(phase) > order.index(reached):
                if reached is not None:
                    self._measure_offsets()
                self.write(PhaseStarted(phase=phase))
            for step in steps:
                if not self._step(step, phase):
                    return False
        return True

    def _step(  # noqa: C901 - the life of a step
        self, step: Step, phase: Phase | None
    ) -> bool:
        """One step until it passed or finally failed."""
        while True:
            state = self.state.step(step.id)
            if state.status is StepStatus.DONE:
                self._follow_up(step)
                return True
            if state.status is StepStatus.SKIPPED:
                return phase is None or self.plan.mode is Mode.TABLETOP
            if phase is not None:
                self._may_go_on()
                if self._too_long():
                    return False
            if state.status is StepStatus.FAILED:
                retries = step.retries if isinstance(step, AutomaticBase) else 0
                if state.failures > retries or self._asked_to_stop():
                    return False
                self.sleep(step.retry_after.total_seconds())  # type: ignore[union-attr]
            if state.status in (StepStatus.PENDING, StepStatus.FAILED):
                if self.plan.mode is Mode.TABLETOP and not isinstance(step, ManualStep):
                    self.write(StepSkipped(step=step.id, why="tabletop"))
                    continue
                self._touch_of(step)
                state = self._intend(step, phase, state)
            self._carry_out(step, state)
            if phase is not None:
                self._settle_doubts()

    def _too_long(self) -> bool:
        started = self.state.started
        if started is None:
            return False
        spent = self.clock().wall - started.at.wall
        if started.at.boot_id == self.clock().boot_id:
            spent = timedelta(seconds=self.clock().boottime - started.at.boottime)
        return spent > self.plan.playbook.safety.max_run

    def _intend(self, step: Step, phase: Phase | None, state: StepState) -> StepState:
        detached = isinstance(step, CommandBase) and step.detached
        attempt = state.attempt + 1
        name = (
            programs.unit(self.journal.ledger().journal, self.number, step.id, attempt)
            if detached
            else ""
        )
        self.write(
            StepIntent(
                step=step.id,
                attempt=attempt,
                phase=phase,
                kind=step.kind,
                detached=detached,
                unit=name,
            )
        )
        return self.state.step(step.id)

    def _carry_out(self, step: Step, state: StepState) -> None:
        """Go on with a step that is open."""
        match step:
            case ManualStep():
                self._people(step, state)
            case WaitStep():
                self._wait(step, state)
            case SshStep() | LocalStep() if step.detached:
                self._detached(step, state)
            case AutomaticBase():
                if step.consecutive > 1 or step.hold is not None:
                    self._watched(step, state)
                else:
                    self._once(step, state)

    def _once(self, step: AutomaticBase, state: StepState) -> None:
        outcome = perform(step, self.around)
        self._written(step, state.attempt, outcome)

    def _written(
        self,
        step: StepBase,
        attempt: int,
        outcome: Outcome,
        remote: RemoteTime | None = None,
    ) -> None:
        """The outcome of one attempt, in the journal."""
        if outcome.refused.startswith("fenced"):
            raise FencedOffError(
                "a target has seen a newer lease ({lease}): somebody else runs this drill",
                values={"lease": outcome.refused},
            )
        if outcome.lost:
            self.write(InDoubt(step=step.id, attempt=attempt, why="connection-lost"))
            return
        kept = self._kept(outcome.kept)
        if outcome.canary is not None:
            self.write(outcome.canary.model_copy(update={"attempt": attempt}))
        unfit = _unfit(outcome.captured)
        wrong = self._wrong_outage(step, outcome)
        if outcome.passed and not unfit and not wrong:
            self.write(
                StepDone(
                    step=step.id,
                    attempt=attempt,
                    seen=outcome.seen,
                    exit=outcome.exit,
                    captured=outcome.captured,
                    kept=kept,
                    remote=remote,
                )
            )
            return
        self.write(
            StepFailed(
                step=step.id,
                attempt=attempt,
                why=outcome.why or wrong or f"the value of {unfit} cannot be used as an argument",
                seen=outcome.seen,
                exit=outcome.exit,
                reached=outcome.reached,
                kept=kept,
                remote=remote,
            )
        )

    def _follow_up(self, step: Step) -> None:
        """What a finished step means for the recovery; written once, also after a crash."""
        state = self.state
        if step.marks is not None and step.marks not in [name for name, _ in state.milestones]:
            at = self._outage(step) if step.marks == "outage" else None
            self.write(MilestoneReached(milestone=step.marks, step=step.id, at=at))
        if isinstance(step, ManualStep) and step.accepts is not None:
            signed = state.step(step.id).signatures
            names = tuple(each.by for each in signed)
            if step.accepts == "declaration" and not state.declared:
                self.write(Declared(by=names, step=step.id))
            if step.accepts == "recovery" and not state.recovered:
                own = len(names) < PAIR or all(each.own for each in signed)
                self.write(DeclaredRecovered(by=names, step=step.id, own=own))
        if getattr(step, "proves", None) == "copy" and not any(
            each.step == step.id for each in state.copies
        ):
            copy = self.plan.copy_used
            self._touch("copy", copy.identity or step.id, copy.resources)
            self.write(
                CopyIdentified(
                    step=step.id,
                    attempt=state.step(step.id).attempt,
                    copy_used=self.plan.playbook.scenario.copy_used,
                    identity=state.captured.get("copy", copy.identity),
                    sha256=state.captured.get("copy_sha256", ""),
                    taken_at=copy.taken_at,
                )
            )

    def _wrong_outage(self, step: StepBase, outcome: Outcome) -> str:
        """Why the moment that a monitor gives for the outage cannot be; or nothing."""
        told = outcome.captured.get(OUTAGE_AT)
        if step.marks != "outage" or told is None or not outcome.passed:
            return ""
        at = _instant(told)
        if at is None:
            return f"{told} is no moment of an outage: ISO 8601 with its zone, or seconds of 1970"
        if self._corrected(step, at) > self.clock().wall + UNMEASURED:
            return f"the outage would have been at {told}, which is not yet"
        return ""

    def _outage(self, step: Step) -> datetime:
        """
        When users last had the service: what a monitor recorded; else the last look that found it,
        or, when none did, the beginning of the step that saw it gone.
        """
        told = self.state.captured.get(OUTAGE_AT)
        at = _instant(told) if told is not None and not isinstance(step, TcpStep) else None
        if at is not None:
            return self._corrected(step, at)
        looks = [
            each
            for each in self.journal.entries()
            if each.drill == self.number
            and isinstance(each.event, ProbeResult)
            and each.event.step == step.id
        ]
        found = [
            each.at.wall
            for each in looks
            if isinstance(each.event, ProbeResult) and not each.event.passed and each.event.reached
        ]
        if found:
            return found[-1]
        began = self.state.step(step.id).began
        return (began or self.clock()).wall

    def _corrected(self, step: StepBase, at: datetime) -> datetime:
        """A moment of a host's records, by our clock, and as early as it may have been."""
        offset = self.state.offsets.get(getattr(step, "host", None) or "")
        if offset is None:
            return at
        return at - timedelta(seconds=offset.seconds + offset.bound)

    # -- repeated checks ----------------------------------------------------------------------

    def _watched(self, step: AutomaticBase, state: StepState) -> None:
        """Look until N in a row pass, then on through the hold; a failure opens the clock again."""
        attempt = state.attempt
        look_once = step.model_copy(
            update={"timeout": min(step.timeout, max(step.every, LONGEST_LOOK))}
        )
        began = self.clock()
        patience = step.timeout.total_seconds()
        verified: Stamp | None = None
        spent = 0.0
        last_look = began
        while True:
            self._may_go_on()
            before = self.clock()
            if before.boottime - last_look.boottime > max(
                GAP.total_seconds(), 3 * step.every.total_seconds()
            ):
                self.write(
                    ObservationGap(seconds=before.boottime - last_look.boottime, step=step.id)
                )
            now = self.state.step(step.id)
            if verified is not None and now.verified is None:
                self.write(HoldBroken(step=step.id, attempt=attempt, reason="gap"))
                verified = None
            outcome = perform(look_once, self.around)
            after = self.clock()
            last_look = after
            row = self.state.step(step.id).in_a_row + 1 if outcome.passed else 0
            self.write(
                ProbeResult(
                    step=step.id,
                    attempt=attempt,
                    passed=outcome.passed,
                    seen=outcome.seen if outcome.passed else outcome.why,
                    reached=outcome.reached,
                    seconds=max(0.0, after.boottime - before.boottime),
                    in_a_row=row,
                    vantage=getattr(step, "vantage", None) or "",
                    holding=verified is not None,
                )
            )
            now = self.state.step(step.id)
            if not outcome.passed and verified is not None:
                self.write(HoldBroken(step=step.id, attempt=attempt, seen=outcome.why))
                verified, began = None, after
            if verified is None and row >= step.consecutive and now.first_seq is not None:
                hold = step.hold.total_seconds() if step.hold else 0.0
                entry = self.write(
                    ServiceVerified(
                        step=step.id,
                        attempt=attempt,
                        consecutive=step.consecutive,
                        first_seq=now.first_seq,
                        hold=hold,
                    )
                )
                verified = entry.at
            if verified is not None:
                held = self.clock().boottime - verified.boottime
                if step.hold is None or held >= step.hold.total_seconds():
                    if step.hold is not None:
                        self.write(HoldKept(step=step.id, attempt=attempt))
                    self._written(step, attempt, outcome)
                    return
            else:
                spent = self.clock().boottime - began.boottime
                if spent >= patience or self._too_long():
                    failed = Outcome(
                        passed=False,
                        seen=outcome.seen,
                        why=outcome.why or f"only {row} of {step.consecutive} in a row in time",
                        reached=outcome.reached,
                        kept=outcome.kept,
                    )
                    self._written(step, attempt, failed)
                    return
            self._rest(step.every.total_seconds())

    def _rest(self, seconds: float) -> None:
        """Sleep, and look now and then whether somebody asked to stop."""
        end = self.clock().boottime + seconds
        while (left := end - self.clock().boottime) > 0:
            self._may_go_on()
            self.sleep(min(left, LOOK))

    # -- detached commands --------------------------------------------------------------------

    def _detached(self, step: SshStep | LocalStep, state: StepState) -> None:
        """Start a command that goes on by itself, and ask the target until it has ended."""
        folder = programs.attempt_folder(self.permit(), step.id, state.attempt)
        host = self.hosts.of(step.host)
        if state.status is StepStatus.INTENDED:
            try:
                argv, env, stdin = command_parts(step, self.around)
                permit = self._permit_on(step.host or "")
            except FencedOffError:
                raise
            except (KeyError, CdsoError) as problem:
                self._written(step, state.attempt, Outcome(False, why=str(problem), reached=False))
                return
            said = host.run(
                lambda mark: programs.detach(
                    mark,
                    state.unit,
                    folder,
                    argv,
                    env=env,
                    stdin=stdin,
                    seconds=max(1, round(step.timeout.total_seconds())),
                    permit=permit,
                ),
                30,
            )
            if said.refused:
                outcome = Outcome(
                    False, why=f"the host refused: {said.refused}", refused=said.refused
                )
                self._written(step, state.attempt, outcome)
                return
            seen, facts = _unit_state(said)
            if seen in ("", "none", "starting", "never"):
                self.write(InDoubt(step=step.id, attempt=state.attempt, why="connection-lost"))
                return
            self.write(
                StepStarted(
                    step=step.id,
                    attempt=state.attempt,
                    unit=state.unit,
                    by="systemd" if facts.get("by") == "systemd" else "setsid",
                    remote=_remote(facts),
                )
            )
        self._polled(step, state.attempt, folder)

    def _polled(self, step: SshStep | LocalStep, attempt: int, folder: str) -> None:
        host = self.hosts.of(step.host)
        pause = POLL[0]
        while True:
            self._may_go_on()
            said = host.run(lambda mark: programs.state(mark, folder, claim=False), 20)
            seen, facts = _unit_state(said)
            if seen == "ended":
                self._fetched(step, attempt, folder, facts)
                return
            if seen == "lost":
                self.write(InDoubt(step=step.id, attempt=attempt, why="host-restarted"))
                return
            if seen in ("died", "none", "never", "starting"):
                why = "it ended without telling how (killed on the host)"
                outcome = Outcome(False, why=why if seen == "died" else f"its state is {seen}")
                self._written(step, attempt, outcome, _remote(facts))
                return
            self._rest(pause)  # running, or nobody answered: it goes on without us
            pause = min(pause * 1.5, POLL[1])

    def _fetched(
        self,
        step: SshStep | LocalStep,
        attempt: int,
        folder: str,
        facts: Mapping[str, str],
    ) -> None:
        host = self.hosts.of(step.host)
        said = host.run(lambda mark: programs.output(mark, folder, CAP_OUTPUT), 60)
        while said.exit is None:
            self._may_go_on()
            self._rest(AGAIN)
            said = host.run(lambda mark: programs.output(mark, folder, CAP_OUTPUT), 60)
        told = facts.get("exit", "")
        code = int(told) if re.fullmatch(r"\d{1,3}", told) else 255
        outcome = judged(
            step.expect,
            step.capture,
            Said(out=said.out, err=said.err, exit=code, cut=said.cut),
            self.around.fill,
        )
        self._written(step, attempt, outcome, _remote(facts))

    # -- people and waiting -------------------------------------------------------------------

    def _people(self, step: ManualStep, state: StepState) -> None:
        """Ask, and wait until everybody who must has signed."""
        if state.status is not StepStatus.WAITING:
            self.write(
                ManualAsked(
                    step=step.id,
                    attempt=state.attempt,
                    role=step.role,
                    who=self.plan.people.get(step.role, ()),
                    four_eyes=step.four_eyes,
                )
            )
        while True:
            self._may_go_on()
            state = self.state.step(step.id)
            refused = [each for each in state.signatures if not each.accepted]
            if refused:
                self._written(
                    step,
                    state.attempt,
                    Outcome(False, why=f"{refused[0].by} did not accept"),
                )
                return
            if len(state.signatures) >= (PAIR if step.four_eyes else 1):
                names = ", ".join(each.by for each in state.signatures)
                self._written(step, state.attempt, Outcome(True, seen=names))
                return
            asked = state.asked
            if asked is not None and _since(asked, self.clock()) >= step.timeout.total_seconds():
                self._written(
                    step, state.attempt, Outcome(False, why="nobody signed in time", reached=False)
                )
                return
            self.sleep(LOOK)

    def _wait(self, step: WaitStep, state: StepState) -> None:
        began = state.began or self.clock()
        while (left := step.length.total_seconds() - _since(began, self.clock())) > 0:
            self._may_go_on()
            self.sleep(min(left, LOOK))
        self._written(step, state.attempt, Outcome(True, seen="waited"))

    # -- doubt --------------------------------------------------------------------------------

    def _settle_doubts(self) -> None:
        """Every step that is open and that nobody carries out is in doubt; find out, or ask."""
        for state in list(self.state.steps.values()):
            if state.status in (StepStatus.INTENDED, StepStatus.RUNNING):
                self.write(InDoubt(step=state.id, attempt=state.attempt, why="engine-ended"))
            if self.state.step(state.id).status is StepStatus.DOUBT:
                self._settle(self.plan.playbook.step(state.id), self.state.step(state.id))

    def _settle(self, step: Step, state: StepState) -> None:
        if step in self.plan.playbook.cleanup:
            self._resolve(state, "policy", "rerun", "a cleanup is repeated")
            return
        if isinstance(step, CommandBase) and step.detached:
            self._settle_unit(step, state)
            if self.state.step(step.id).status is not StepStatus.DOUBT:
                return
        if isinstance(step, ManualStep):
            self._resolve(state, "policy", "rerun", "people are asked again")
            return
        match on_doubt(step) if state.doubts <= MOST_DOUBTS else OnDoubt.ASK:
            case OnDoubt.RERUN:
                self._resolve(state, "policy", "rerun", "it may be run again")
            case OnDoubt.PROBE if isinstance(step, AutomaticBase) and step.probe is not None:
                self._settle_by_probe(step.probe, state)
        while self.state.step(step.id).status is StepStatus.DOUBT:
            self._may_go_on()
            self.sleep(LOOK)  # a person decides: cdso-audit drill resolve

    def _settle_unit(self, step: CommandBase, state: StepState) -> None:
        folder = programs.attempt_folder(self.permit(), step.id, state.attempt)
        host = self.hosts.of(getattr(step, "host", None))
        for _ in range(10):
            said = host.run(lambda mark: programs.state(mark, folder, claim=True), 20)
            seen, _ = _unit_state(said)
            if seen in ("running", "ended"):
                self._resolve(state, "unit", "running", f"the target says: {seen}")
                return
            if seen == "died":
                self._resolve(state, "unit", "failed", "it ended without telling how")
                return
            if seen == "lost":
                return  # how far it came before the restart, its probe or a person must say
            if seen in ("never", "none"):
                self._resolve(state, "unit", "rerun", _never(seen))
                return
            self._may_go_on()
            self.sleep(LOOK if seen == "starting" else AGAIN)

    def _settle_by_probe(self, probe: StepBase, state: StepState) -> None:
        """Ask the probe; one that cannot reach anybody has said nothing."""
        for _ in range(3):
            outcome = perform(probe, self.around)
            if outcome.reached:
                says: Literal["happened", "rerun"] = "happened" if outcome.passed else "rerun"
                self._resolve(state, "probe", says, outcome.seen or outcome.why)
                return
            self._may_go_on()
            self.sleep(AGAIN)

    def _resolve(
        self,
        state: StepState,
        how: Literal["unit", "probe", "policy"],
        says: Literal["happened", "running", "rerun", "failed"],
        seen: str,
    ) -> None:
        self.write(
            DoubtResolved(step=state.id, attempt=state.attempt, how=how, says=says, seen=seen)
        )

    # -- the end ------------------------------------------------------------------------------

    def _give_up_open_steps(self) -> None:
        """Stop what still runs on the targets, and say of each open step that it was given up."""
        for state in list(self.state.steps.values()):
            if not state.status.is_open and state.status is not StepStatus.DOUBT:
                continue
            step = self.plan.playbook.step(state.id)
            if isinstance(step, CommandBase) and step.detached:
                folder = programs.attempt_folder(self.permit(), step.id, state.attempt)
                host = self.hosts.of(getattr(step, "host", None))
                unit = state.unit
                host.run(lambda mark, u=unit, f=folder: programs.stop(mark, u, f), 30)  # type: ignore[misc]
            if state.status.is_open:
                self.write(
                    StepFailed(step=state.id, attempt=state.attempt, why="the drill was stopped")
                )

    def _end(self, outcome: Literal["succeeded", "failed", "aborted"]) -> DrillState:
        """Clean up, whatever happened, and close."""
        self.cleaning = True
        why_not = "it took longer than it may" if outcome == "failed" and self._too_long() else ""
        for _, step in self.plan.playbook.steps():
            if self.state.step(step.id).status is StepStatus.PENDING:
                why: Literal["earlier-failure", "aborted"] = (
                    "aborted" if outcome == "aborted" else "earlier-failure"
                )
                if self.state.step(step.id).attempt == 0:
                    self.write(StepSkipped(step=step.id, why=why))
        proved = self._cleaned()
        self._measure_offsets()
        if self.plan.mode is Mode.TABLETOP and outcome == "succeeded":
            self.write(Closed(outcome="rehearsed", cleanup_proved=proved))
            return self.state
        if self.state.abort is not None:
            outcome = "aborted"
        if outcome == "succeeded" and not proved:
            outcome, why_not = "failed", "the cleanup failed"
        lost = self.state.lost_touched
        if outcome == "succeeded" and lost:
            outcome, why_not = "failed", f"it used what the scenario had lost: {', '.join(lost)}"
        self.write(Closed(outcome=outcome, why=why_not, cleanup_proved=proved))
        return self.state

    def _cleaned(self) -> bool:
        """Every cleanup step that applies, each tried though another failed."""
        begun = {each.id for each in self.state.steps.values() if each.attempt > 0}
        named = {name for _, step in self.plan.playbook.steps() for name in step.cleanup}
        wanted = {
            name
            for _, step in self.plan.playbook.steps()
            if step.id in begun
            for name in step.cleanup
        }
        proved = True
        for step in self.plan.playbook.cleanup:
            if step.id in named and step.id not in wanted:
                if self.state.step(step.id).status is StepStatus.PENDING:
                    self.write(StepSkipped(step=step.id, why="not-begun"))
                continue
            proved = self._cleanup_step(step) and proved
        return self._tidied() and proved

    def _cleanup_step(self, step: Step) -> bool:
        state = self.state.step(step.id)
        if state.status in (StepStatus.INTENDED, StepStatus.RUNNING):
            # a cleanup must be repeatable, so that it may always run again
            self.write(InDoubt(step=step.id, attempt=state.attempt, why="engine-ended"))
        if self.state.step(step.id).status is StepStatus.DOUBT:
            self._resolve(self.state.step(step.id), "policy", "rerun", "a cleanup is repeated")
        try:
            passed = self._step(step, None)
        except Stopped:  # pragma: no cover - nothing in a cleanup asks
            passed = False
        if self.state.step(step.id).status is StepStatus.DOUBT:
            self._resolve(self.state.step(step.id), "policy", "failed", "the line broke in it")
            return False
        return passed

    def _tidied(self) -> bool:
        """Remove the engine's own files from the hosts; false when one of them cannot be asked."""
        names = {
            getattr(step, "host", None) or ""
            for _, step in self.plan.playbook.steps()
            if self.state.step(step.id).attempt > 0 and isinstance(step, CommandBase)
            and step.writes
        }  # fmt: skip
        proved = True
        for name in sorted(names):
            try:
                permit = self._permit_on(name)
            except NotAllowedError:
                proved = False
                continue
            said = self.hosts.of(name or None).run(
                lambda mark, permit=permit: programs.tidy(mark, permit),  # type: ignore[misc]
                60,
            )
            proved = proved and said.exit == 0
        return proved


def _since(first: Stamp, now: Stamp) -> float:
    """Seconds between two readings; by UTC when they are of two boots."""
    if first.boot_id == now.boot_id:
        return now.boottime - first.boottime
    return max(0.0, (now.wall - first.wall).total_seconds())


def _never(seen: str) -> str:
    if seen == "never":
        return "it was prepared and never begun on the target"
    return "it was never begun on the target"


def _unit_state(said: Said) -> tuple[str, dict[str, str]]:
    """What a target says of a detached attempt, and its notes; later lines win only by prefix."""
    lines = said.text.splitlines()
    seen = ""
    facts: dict[str, str] = {}
    for line in lines:
        words = line.split(" ")
        if len(words) == 3 and words[1] == "state":  # noqa: PLR2004
            seen = words[2]
            continue
        name, equals, value = line.partition("=")
        if seen and equals:
            facts[f"end.{name}" if name in facts else name] = value
    return (seen if said.exit is not None else ""), facts


def _remote(facts: Mapping[str, str]) -> RemoteTime | None:
    """The target's own times; seconds only within one boot and never negative."""
    if "wall" not in facts:
        return None
    ended = facts.get("end.wall")
    seconds = None
    times = [facts.get(name, "") for name in ("uptime", "end.uptime")]
    if (
        ended is not None
        and facts.get("boot") == facts.get("end.boot")
        and all(re.fullmatch(r"\d{1,10}(\.\d{1,6})?", each) for each in times)
    ):
        seconds = max(0.0, float(times[1]) - float(times[0]))
    try:
        return RemoteTime.model_validate(
            {"began": _moment(facts["wall"]), "ended": ended and _moment(ended), "seconds": seconds}
        )
    except ValueError:
        return None  # a host whose clock says no moment is not timed by it


def _instant(text: str) -> datetime | None:
    """A moment as monitors write it: ISO 8601 with its zone, or whole seconds since 1970."""
    given = text.strip()
    try:
        if re.fullmatch(r"\d{9,11}", given):
            return datetime.fromtimestamp(int(given), UTC)
        found = datetime.fromisoformat(given)
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _moment(text: str) -> str:
    """A host's UTC, to the microsecond; a `date` that knows no fractions leaves `%N` standing."""
    whole, _, rest = text.rstrip("Z").partition(".")
    digits = rest[:6] if rest[:6].isdigit() else "000000"
    return f"{whole}.{digits}Z"


def _unfit(captured: Mapping[str, str]) -> str:
    """The name of a captured value that must not become an argument, or nothing."""
    for name, value in captured.items():
        if len(value) > 1000 or value.startswith("-") or not value.isprintable():  # noqa: PLR2004
            return name
    return ""
