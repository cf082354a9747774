"""Drills for tests: a journal that was never run, told event by event; the fold checks each."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self

from tests.drill.times import START, stamp

from cdso_audit.drill.assess import assess
from cdso_audit.drill.events import (
    AbortRequested,
    Anchored,
    AnyEvent,
    Approved,
    CanarySeen,
    Closed,
    CopyIdentified,
    Declared,
    DeclaredRecovered,
    DrillRegistered,
    Entry,
    GuardPassed,
    HoldKept,
    JournalOpened,
    LeaseTaken,
    ManualAsked,
    ManualSigned,
    NegativeControl,
    PhaseStarted,
    ProbeResult,
    ResourceTouched,
    ServiceVerified,
    Started,
    StepDone,
    StepFailed,
    StepIntent,
    StepSkipped,
    needs_lease,
)
from cdso_audit.drill.ledger import Ledger, after
from cdso_audit.drill.plan import Plan
from cdso_audit.drill.playbook import Phase, Playbook, parse_playbook
from cdso_audit.drill.proof import DrillResult

MINUTE, HOUR = 60.0, 3600.0
NONCE = "0" * 32

BOOK = """\
apiVersion: cdso/drill-v1
id: pg-pitr
title: {vi: Khôi phục cơ sở dữ liệu, en: Restore the database}
scenario: {name: ransomware-db, lost: [db-primary, backup-online, ad], copy: offline}
target: {max_outage: 24h, rpo: 4h, minimum_service: {vi: đăng nhập, en: login}}
budget: {detect: 1h, restore: 8h, verify: 2h, return: 1h}
safety: {class: isolated}
secrets: {canary_key: {ref: "env:KEY"}}
hosts: {db: {side: target}, outside: {side: outside}}
roles: {lead: {vi: chỉ huy, en: lead}, owner: {vi: chủ quản, en: owner}}
phases:
  detect:
    - {id: declare, title: {vi: Tuyên bố, en: Declare}, kind: manual, role: lead, four_eyes: true,
       ask: {vi: "Tuyên bố?", en: "Declare?"}, accepts: declaration}
  provision:
    - {id: copy, title: {vi: Bản sao, en: Copy}, kind: ssh, host: db, run: [look], writes: false,
       proves: copy}
  restore:
    - {id: restore, title: {vi: Khôi phục, en: Restore}, kind: ssh, host: db, run: [restore],
       timeout: 9h, cleanup: [drop]}
  verify:
    - {id: rows, title: {vi: Đếm dòng, en: Count rows}, kind: sql, engine: postgresql, host: db,
       query: "select 1", expect: {equals: 1}, negative_control: true, proves: data}
    - {id: beat, title: {vi: Dấu nhịp, en: Heartbeat}, kind: canary, system: portal-db, host: db,
       run: [read], key: canary_key, interval: 15m}
    - {id: portal, title: {vi: Cổng, en: Portal}, kind: http, vantage: outside, proves: service,
       requests: [{url: "https://dvc.example.vn/"}], consecutive: 5, every: 60s, hold: 30m,
       negative_control: true}
  return:
    - {id: accept, title: {vi: Nghiệm thu, en: Accept}, kind: manual, role: owner, four_eyes: true,
       ask: {vi: "Chấp nhận?", en: "Accepted?"}, accepts: recovery}
cleanup:
  - {id: drop, title: {vi: Xóa, en: Drop}, kind: ssh, host: db, run: [rm, -rf, --, "{{work}}"]}
"""

PLAN: dict[str, Any] = {
    "system": "dvc",
    "mode": "full",
    "hosts": {"db": {"host": "10.9.0.2"}, "outside": {"host": "10.9.0.3"}},
    "copy": {"identity": "tape 7", "taken_at": START - timedelta(hours=3)},
    "announced": False,
    "data_gb": 600,
    "nonce": NONCE,
}


def book(*changes: tuple[str, str]) -> Playbook:
    """The playbook with pieces of its text replaced; each must be there."""
    text = BOOK
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new)
    return parse_playbook(text, "book.yaml")


@dataclass
class Story:
    """A journal in the making. Times are seconds after T0; what is before is negative."""

    playbook: Playbook = field(default_factory=book)
    plan: dict[str, Any] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    ledger: Ledger = field(default_factory=Ledger)
    number: int = 1
    boot: str = "b1"
    wall_off: float = 0.0
    """How far UTC is off from the boot's clock."""
    boot_off: float = 0.0
    now: float = -10 * MINUTE

    def tell(self, event: AnyEvent, at: float | None = None) -> Self:
        """The next entry, at that time."""
        self.now = self.now if at is None else at
        entry = Entry(
            seq=self.ledger.length + 1,
            prev=self.ledger.head,
            drill=None if isinstance(event, JournalOpened | Anchored) else self.number,
            at=stamp(
                self.now - self.boot_off,
                wall=self.now + self.wall_off,
                awake=self.now - self.boot_off,
                boot=self.boot,
            )
            if self.now - self.boot_off > -1000
            else stamp(0),
            actor="An (an@lap)",
            machine="lap",
            fence=event.fence
            if isinstance(event, LeaseTaken)
            else self.fence
            if needs_lease(event)
            else 0,
            event=event,
        )
        self.ledger = after(self.ledger, entry)
        self.entries.append(entry)
        return self

    @property
    def fence(self) -> int:
        drill = self.ledger.drills.get(self.number)
        return max(drill.fence if drill else 0, 1)

    def registered(self, *, approver: str = "Bình", guards: bool = True) -> Self:
        """Opened, registered, approved, leased and guarded."""
        if not self.entries:
            self.tell(JournalOpened(journal="f" * 32, agency="so-x"))
        plan = Plan.model_validate({**PLAN, "playbook": self.playbook, **self.plan})
        self.tell(
            DrillRegistered(
                playbook=self.playbook.id,
                system=plan.system,
                mode=plan.mode,
                plan=plan.as_json,
                plan_hash=plan.hash,
                software="0.1",
            )
        )
        if approver:
            self.tell(Approved(plan_hash=plan.hash, by=approver, own=approver == "An"))
        self.tell(LeaseTaken(fence=1, why="run"))
        if guards:
            self.tell(GuardPassed(guard="marker", host="db"))
        return self

    def begun(self, *, controls: tuple[str, ...] = ("rows", "portal"), **more: Any) -> Self:
        """Up to T0."""
        self.registered(**more)
        for each in controls:
            self.tell(NegativeControl(step=each, failed_as_it_must=True))
        return self.tell(Started(by="An", announced=False), 0)

    def signed(self, step: str, begin: float, end: float, *names: str) -> Self:
        """A manual step, signed by these people."""
        role = "lead" if step == "declare" else "owner"
        self.tell(StepIntent(step=step, kind="manual", phase=self._phase(step)), begin)
        self.tell(ManualAsked(step=step, role=role))
        for each in names:
            self.tell(ManualSigned(step=step, by=each, role=role, own=each == "An"), end)
        self.tell(StepDone(step=step))
        own = len(names) < 2 or all(each == "An" for each in names)
        if step == "declare":
            self.tell(Declared(by=names, step=step))
        elif step == "accept":
            self.tell(DeclaredRecovered(by=names, step=step, own=own))
        return self

    def done(self, step: str, begin: float, end: float, **more: Any) -> Self:
        """An automatic step that passed at its first attempt."""
        self.tell(StepIntent(step=step, kind="ssh", phase=self._phase(step)), begin)
        return self.tell(StepDone(step=step, **more), end)

    def failed(self, step: str, begin: float, end: float, why: str = "exit 1") -> Self:
        self.tell(StepIntent(step=step, kind="ssh", phase=self._phase(step)), begin)
        return self.tell(StepFailed(step=step, why=why), end)

    def _phase(self, step: str) -> Phase | None:
        return next((phase for phase, each in self.playbook.steps() if each.id == step), None)

    def phase(self, name: str, at: float) -> Self:
        return self.tell(PhaseStarted(phase=Phase(name)), at)

    def to_restored(self, *, hours: float = 6) -> Self:
        """From T0: declared after half an hour, restored within `hours`, data proved at once."""
        self.phase("detect", 1)
        self.signed("declare", 2, 0.5 * HOUR, "Chi", "Dũng")
        self.phase("provision", 0.5 * HOUR)
        self.tell(ResourceTouched(kind="host", name="db", resources=("lab",)))
        self.done("copy", 0.5 * HOUR, 0.6 * HOUR)
        self.tell(
            CopyIdentified(
                step="copy",
                copy_used="offline",
                identity="tape 7",
                taken_at=START - timedelta(hours=3),
            )
        )
        self.phase("restore", 1 * HOUR)
        self.done("restore", 1 * HOUR, hours * HOUR, captured={"bytes": "600000000000"})
        self.phase("verify", hours * HOUR)
        return self.data(hours * HOUR)

    def data(self, at: float, **beat: Any) -> Self:
        """The rows and the heartbeat, proved at once."""
        self.done("rows", at, at)
        self.tell(StepIntent(step="beat", kind="canary", phase=Phase.VERIFY), at)
        self.tell(
            CanarySeen(
                **{
                    "step": "beat",
                    "system": "portal-db",
                    "valid": 9,
                    "newest_number": 9,
                    "newest_at": START - timedelta(hours=3, minutes=10),
                    "loss_seconds": 11400,
                    "host": "db",
                    **beat,
                }
            )
        )
        return self.tell(StepDone(step="beat"), at)

    def looks(self, begin: float, *passed: bool, every: float = MINUTE) -> Self:
        """Single looks at the portal; the first is at `begin`. The step must be open."""
        for number, each in enumerate(passed):
            state = self.ledger.drill(self.number).step("portal")
            self.tell(
                ProbeResult(
                    step="portal",
                    attempt=state.attempt,
                    passed=each,
                    in_a_row=state.in_a_row + 1 if each else 0,
                    vantage="outside",
                    holding=state.verified is not None,
                ),
                begin + number * every,
            )
            now = self.ledger.drill(self.number).step("portal")
            if now.verified is None and now.in_a_row >= 5 and now.first_seq is not None:
                self.tell(
                    ServiceVerified(
                        step="portal",
                        attempt=now.attempt,
                        consecutive=5,
                        first_seq=now.first_seq,
                        hold=1800,
                    )
                )
        return self

    def watching(self, at: float) -> Self:
        return self.tell(StepIntent(step="portal", kind="http", phase=Phase.VERIFY), at)

    def held(self, at: float) -> Self:
        self.tell(HoldKept(step="portal"), at)
        return self.tell(StepDone(step="portal"))

    def seen(self, at: float) -> Self:
        """Five looks a minute apart from `at` on, and thirty more in the hold."""
        return self.watching(at).looks(at, *[True] * 35).held(at + 34 * MINUTE)

    def accepted(self, begin: float, end: float, *names: str) -> Self:
        self.phase("return", begin)
        return self.signed("accept", begin, end, *(names or ("Chi", "Dũng")))

    def cleaned(self, at: float) -> Self:
        return self.done("drop", at, at + MINUTE)

    def closed(self, outcome: str = "succeeded", at: float | None = None, **more: Any) -> Self:
        given = {"cleanup_proved": True, **more}
        return self.tell(Closed(outcome=outcome, **given), at)

    def anchored(self) -> Self:
        return self.tell(
            Anchored(head=self.ledger.head, head_seq=self.ledger.length, where="paper", by="Chi")
        )

    def skipped(self, *steps: str, why: str = "earlier-failure") -> Self:
        for each in steps:
            self.tell(StepSkipped(step=each, why=why))
        return self

    def aborted(self, at: float) -> Self:
        return self.tell(AbortRequested(by="Chi"), at)

    def result(self, **more: Any) -> DrillResult:
        return assess(self.entries, self.number, **more)


def whole(
    change: Callable[[Story], Story] = lambda story: story,
    *,
    plan: dict[str, Any] | None = None,
    playbook: Playbook | None = None,
    hours: float = 6,
    anchored: bool = True,
    names: tuple[str, ...] = ("Chi", "Dũng"),
    closing: dict[str, Any] | None = None,
    **more: Any,
) -> Story:
    """
    A drill in which everything went as it must: five hours of restore, seen from outside at once.

    T0 0 h, restore from 1 h to `hours`, the fifth success four minutes later, held, accepted.
    """
    story = Story(playbook=playbook or book(), plan=plan or {}).begun(**more)
    story = change(story.to_restored(hours=hours))
    end = hours * HOUR
    if story.ledger.drill(1).step("portal").attempt == 0:
        story.seen(end)
        end += 34 * MINUTE
    story.accepted(max(end, story.now), max(end, story.now) + HOUR, *names)
    story.cleaned(story.now)
    story.closed(**(closing or {}))
    return story.anchored() if anchored else story


__all__ = ["BOOK", "HOUR", "MINUTE", "PLAN", "START", "Story", "book", "whole"]
