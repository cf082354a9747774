"""What `drill` shows: a plan before it is approved, where a drill stands, how it ended."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

import click

from cdso_audit.cli import console
from cdso_audit.cli.proofs import tell

if TYPE_CHECKING:
    from rich.table import Table

    from cdso_audit.drill.ledger import DrillState
    from cdso_audit.drill.plan import Plan
    from cdso_audit.drill.proof import DrillResult

#: Words of the journal in the words of people.
_WORD_TEXT = {
    "detect": "detect",
    "contain": "contain",
    "provision": "provision",
    "restore": "restore",
    "verify": "verify",
    "return": "return to service",
    "succeeded": "succeeded",
    "failed": "failed",
    "aborted": "aborted",
    "refused": "refused",
    "rehearsed": "rehearsed only: nothing about time is proved",
    "superseded": "taken over elsewhere",
    "registered": "registered",
    "approved": "approved",
    "running": "running",
    "stopped": "not running: resume it",
    "pending": "not begun",
    "intended": "under way",
    "waiting": "waits for people",
    "in-doubt": "in doubt",
    "done": "done",
    "skipped": "not run",
    "phase": "phase",
    "spent": "spent",
    "budget": "budget",
    "left": "left",
    "steps": "steps",
}


def word(text: object) -> str:
    """A word of the journal, in the language of this run."""
    return console.word(_WORD_TEXT.get(str(text), str(text)))


def reason(text: str) -> str:
    """A reason out of the journal, in the language of this run."""
    from cdso_audit.drill.said import in_words  # noqa: PLC0415

    return in_words(text, console.lang())


def standing(state: "DrillState") -> str:
    """Where a drill stands, in one word."""
    if state.closed is not None:
        return state.closed.outcome
    if state.started is not None:
        return "running"
    return "approved" if state.approved else "registered"


def brief(state: "DrillState") -> dict[str, Any]:
    """A drill in a few values, for other programs."""
    return {
        "number": state.number,
        "playbook": state.playbook,
        "system": state.system,
        "mode": state.mode.value,
        "plan_hash": state.plan_hash,
        "registered_at": state.registered.at.wall.isoformat(),
        "standing": standing(state),
        "why": state.closed.why if state.closed is not None else "",
        "approved_by": [name for name, _ in state.approvals],
        "self_approved": state.self_approved,
    }


def show_plan(made: "Plan", number: int) -> None:
    """Everything that will be done, and the marker that each target must carry."""
    from cdso_audit.drill.playbook import ManualStep  # noqa: PLC0415
    from cdso_audit.drill.run.guards import writing_hosts  # noqa: PLC0415
    from cdso_audit.drill.run.kinds import described  # noqa: PLC0415
    from cdso_audit.duration import written  # noqa: PLC0415

    def line(text: str) -> None:
        click.echo(console.plain(text))

    vi = console.lang() == "vi"
    book = made.playbook
    line(f"{number}  {book.id}: {book.title.vi if vi else book.title.en}  [{made.mode.value}]")
    line(f"{console.word('system')}: {made.system}   {console.word('copy')}: "
         f"{book.scenario.copy_used} {made.copy_used.identity}   {console.word('lost')}: "
         f"{', '.join(book.scenario.lost) or '-'}")  # fmt: skip
    for name, host in made.hosts.items():
        line(f"  {name} = {host.host or console.word('this machine')}")
    for phase, step in book.steps():
        title = step.title.vi if vi else step.title.en
        line(
            f"  {word(phase):<12} {step.id:<16} {step.kind:<7} {written(step.timeout):>6}  {title}"
        )
        told = described(step)
        if told:
            line(f"  {'':<12} {'':<16} → {told}")
        if isinstance(step, ManualStep):
            line(f"  {'':<12} {'':<16} → {', '.join(made.people.get(step.role, ()))}")
    for step in book.cleanup:
        line(f"  {console.word('cleanup'):<12} {step.id:<16} {step.kind:<7} → {described(step)}")
    line(f"hash {made.hash}")
    if writing_hosts(made):
        tell("On each target, its administrator writes {path} (for a few days at most):",
             path=book.safety.marker)  # fmt: skip
        line(f"  nonce={made.nonce}")
        line("  expires=2026-01-31T00:00:00Z")


def told_end(state: "DrillState") -> int:
    """Say how it ended; 0 when every step passed, or when it was only a rehearsal."""
    if state.closed is None:
        return 0
    why = f" ({reason(state.closed.why)})" if state.closed.why else ""
    click.echo(console.plain(f"{state.number}: {word(state.closed.outcome)}{why}"))
    for each in state.steps.values():
        if each.status == "failed":
            click.echo(console.plain(f"  {each.id}: {reason(each.why)}  {each.seen}"))
    if not state.closed.cleanup_proved and state.started is not None:
        tell("The cleanup is not proved: look at the targets.")
    return 0 if state.closed.outcome in ("succeeded", "rehearsed") else 1


def status_json(state: "DrillState", made: "Plan", now: Any, *, running: bool) -> dict[str, Any]:
    """Where a drill stands, for other programs; spans in seconds."""
    from cdso_audit.drill.progress import progress  # noqa: PLC0415

    found = progress(state, made, now)
    return {
        **brief(state),
        "running": running,
        "elapsed": found.spent.total_seconds(),
        "target": found.target.total_seconds(),
        "left": found.left.total_seconds(),
        "phases": [
            {
                "phase": each.phase.value,
                "spent": each.spent.total_seconds(),
                "budget": each.budget.total_seconds() if each.budget is not None else None,
                "left": each.left.total_seconds() if each.left is not None else None,
                "running": each.running,
                "done": each.done,
                "steps": each.steps,
            }
            for each in found.phases
        ],
        "steps": {
            each.id: {
                "status": each.status.value,
                "attempt": each.attempt,
                "in_a_row": each.in_a_row,
                "why": each.why,
                "seen": each.seen,
            }
            for each in state.steps.values()
        },
        "waiting": [
            {
                "step": each.step,
                "role": each.role,
                "who": list(each.who),
                "signed": list(each.signed),
                "seconds": each.since.total_seconds(),
                "doubt": each.doubt,
            }
            for each in found.waiting
        ],
    }


def clock(span: timedelta) -> str:
    """A span as hours, minutes and seconds; negative when something is overspent."""
    seconds = round(span.total_seconds())
    sign = "-" if seconds < 0 else ""
    hours, rest = divmod(abs(seconds), 3600)
    return f"{sign}{hours:d}:{rest // 60:02d}:{rest % 60:02d}"


def table_of(state: "DrillState", made: "Plan", now: Any) -> "Table":
    """The live view: time left, each phase against its budget, and who is waited for."""
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    from cdso_audit.drill.progress import progress  # noqa: PLC0415

    found = progress(state, made, now)
    title = f"{state.number} {state.playbook} · {word(standing(state))} · "
    title += f"{clock(found.spent)} / {clock(found.target)}"
    table = Table(title=title, title_justify="left")
    for name in ("phase", "spent", "budget", "left", "steps"):
        table.add_column(word(name), justify="left" if name == "phase" else "right")
    for each in found.phases:
        left = each.left
        table.add_row(
            Text(word(each.phase) + (" ◀" if each.running else "")),
            clock(each.spent),
            clock(each.budget) if each.budget is not None else "-",
            Text(
                clock(left) if left is not None else "-",
                style="red" if left is not None and left < timedelta(0) else "",
            ),
            f"{each.done}/{each.steps}",
        )
    lines = [
        f"{each.id}: {word(each.status)}" + (f" ({each.in_a_row})" if each.in_a_row else "")
        for each in found.current
    ]
    for wait in found.waiting:
        if wait.doubt:
            lines.append(
                console.tell(
                    "{step} is in doubt: look at the target, then cdso-audit drill resolve",
                    step=wait.step,
                )
            )
        else:
            lines.append(
                console.tell(
                    "{step} waits {span} for {who}",
                    step=wait.step,
                    span=clock(wait.since),
                    who=", ".join(name for name in wait.who if name not in wait.signed),
                )
            )
    if lines:
        table.caption = Text(console.plain("\n".join(lines)))
        table.caption_justify = "left"
    return table


class Screen:
    """The live view on a terminal; elsewhere one line for each step that begins or ends."""

    def __init__(self, made: "Plan", *, quiet: bool) -> None:
        self.made = made
        self.quiet = quiet
        self.state: DrillState | None = None
        self.said: dict[str, str] = {}
        self.live: Any = None

    def __enter__(self) -> Self:
        from cdso_audit.cli.options import is_terminal  # noqa: PLC0415

        if not self.quiet and is_terminal():
            from rich.live import Live  # noqa: PLC0415

            self.live = Live(console=console.err(), get_renderable=self._now, refresh_per_second=2)
            self.live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.live is not None:
            self.live.stop()

    def _now(self) -> Any:
        from cdso_audit.drill.run.clocks import read_stamp  # noqa: PLC0415

        return table_of(self.state, self.made, read_stamp()) if self.state is not None else ""

    def show(self, state: "DrillState") -> None:
        """Take the newest state."""
        self.state = state
        if self.quiet or self.live is not None:
            return
        for each in state.steps.values():
            if self.said.get(each.id) != each.status.value:
                self.said[each.id] = each.status.value
                line = f"{each.id}: {word(each.status)}  {reason(each.why)}".rstrip()
                console.err().print(console.plain(line), soft_wrap=True)


#: What may be said of the time, by the claim's kind.
_CLAIM_TEXT = {
    "discussed": "discussed only",
    "rehearsed": "rehearsed only",
    "readable": "the copy can be read",
    "sampled": "a part was restored and proved",
    "projected": "projected",
    "measured": "measured",
    "at-least": "longer than it was watched",
    "not-held": "not held",
}
_VERDICT_TEXT = {
    "in-time": "in time",
    "late": "too late",
    "likely-in-time": "likely in time",
    "likely-late": "likely too late",
    "open": "not decided",
    "not-recovered": "not recovered",
    "not-measured": "not measured",
}


def shown_result(result: "DrillResult") -> None:
    """What a drill proves: the largest interval first, then what was not proved."""
    vi = console.lang() == "vi"
    level = "-" if result.level is None else f"L{result.level}"
    claim = console.word(_CLAIM_TEXT.get(result.claim.kind, result.claim.kind))
    verdict = console.word(_VERDICT_TEXT.get(result.verdict.value, result.verdict.value))
    lines = [
        f"{result.number}  {result.title.vi if vi else result.title.en}  {word(result.outcome)}",
        f"{level}  {claim}  {verdict}  ({console.word('target')} {clock(result.target)})",
    ]
    for each in result.intervals:
        mark = " ◀" if each.judged else ""
        lines.append(f"  {each.start}: {clock(each.length)}{mark}")
    lines += [f"  L{each.to} ← {each.why.vi if vi else each.why.en}" for each in result.caps]
    lines += [f"  - {each.vi if vi else each.en}" for each in result.not_proved]
    click.echo(console.plain("\n".join(lines)))
