"""What `drill` shows: a plan before it is approved, where a drill stands, how it ended."""

import shlex
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import click

from cdso_audit.cli import console
from cdso_audit.cli.proofs import tell

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from cdso_audit.drill.chance import Chance
    from cdso_audit.drill.ledger import DrillState
    from cdso_audit.drill.plan import Plan, PlannedHost
    from cdso_audit.drill.proof import DrillResult
    from cdso_audit.model import Text

#: How long a marker is proposed to hold, to the midnight before; guards allow 31 days.
MARKER_DAYS = timedelta(days=8)
#: Seconds after which the live view draws the chance anew.
CHANCE_EVERY = 10
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
    "full": "full",
    "sample": "a part",
    "tabletop": "tabletop",
    "dry-run": "dry run",
    "offline": "offline",
    "immutable": "immutable",
    "online": "online",
    "none": "none",
    "cleanup": "cleanup",
    "plan-unchanged": "plan unchanged",
    "secrets": "secrets",
    "kinds": "kinds of steps",
    "no-local": "nothing runs here",
    "reachable": "reachable",
    "apart": "looks from outside",
    "not-production": "not production",
    "marker": "marker",
    "fence": "lease",
    "negative-control": "negative control",
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
    """Everything that will be done, with what values, and by whom; the approver reads this."""
    from rich.cells import cell_len, set_cell_size  # noqa: PLC0415

    from cdso_audit.drill.playbook import ManualStep  # noqa: PLC0415
    from cdso_audit.drill.run.kinds import described  # noqa: PLC0415
    from cdso_audit.duration import written  # noqa: PLC0415

    def line(text: str) -> None:
        click.echo(console.plain(text.rstrip()))

    vi = console.lang() == "vi"
    book = made.playbook
    line(
        f"{number}  {book.id}: {book.title.vi if vi else book.title.en}  [{word(made.mode.value)}]"
    )
    line(f"{console.word('system')}: {made.system}   {console.word('copy')}: {_copy(made)}   "
         f"{console.word('lost')}: {', '.join(book.scenario.lost) or '-'}")  # fmt: skip
    for name, host in made.hosts.items():
        line(f"  {name} = {_address(host)}")
    for name, value in made.values.items():
        line(f"  {name} = {value}")
    for name, secret in made.secrets.items():
        line(f"  {name} = {secret.ref}")
    for name in made.differences:
        line(f"  ! {name}")
    if named_lost := stands_on_lost(made):
        told = console.tell(
            "{names} stand on what the scenario lost: if they are used, the drill fails.",
            names=", ".join(named_lost),
        )
        line(f"  ! {told}")
    steps = list(book.steps())
    names = [*(step.id for _, step in steps), *(step.id for step in book.cleanup)]
    wide = max(map(cell_len, names), default=0)
    first = max((cell_len(word(phase)) for phase, _ in steps), default=0)
    first = max(first, cell_len(console.word("cleanup")))
    before = None
    for phase, step in [*steps, *(("cleanup", each) for each in book.cleanup)]:
        shown = set_cell_size("" if phase == before else word(phase), first)
        before = phase
        line(
            f"  {shown}  {set_cell_size(step.id, wide)}  {step.kind:<6}  "
            f"{written(step.timeout):>4}  {step.title.vi if vi else step.title.en}"
        )
        told = described(step)
        if isinstance(step, ManualStep):
            told = ", ".join(made.people.get(step.role, ()))
        if told:
            line(f"  {'':<{first}}  {'':<{wide}}  → {told}")
    line(f"hash {made.hash}")


def stands_on_lost(made: "Plan") -> list[str]:
    """Hosts, secrets and the copy of a plan that its own scenario has destroyed."""
    lost = set(made.playbook.scenario.lost)
    of = {**{name: each.resources for name, each in made.hosts.items()},
          **{name: each.resources for name, each in made.secrets.items()},
          made.copy_used.identity or console.word("copy"): made.copy_used.resources}  # fmt: skip
    return [name for name, resources in of.items() if lost & set(resources)]


def _copy(made: "Plan") -> str:
    used = made.copy_used
    taken = f" ({used.taken_at:%Y-%m-%d %H:%M %z})" if used.taken_at is not None else ""
    return f"{word(made.playbook.scenario.copy_used)} {used.identity}{taken}"


def _address(host: "PlannedHost") -> str:
    """The machine, with the account and port where the plan names them."""
    if host.host is None:
        return console.word("this machine")
    user = f"{host.ssh.user}@" if host.ssh.user else ""
    return f"{user}{host.host}{f':{host.ssh.port}' if host.ssh.port else ''}"


def show_marker(made: "Plan", now: datetime) -> None:
    """What the administrator of each target types, so that the target lets the drill happen."""
    from cdso_audit.drill.run.guards import writing_hosts  # noqa: PLC0415

    found = writing_hosts(made)
    if not found:
        return
    known = [
        f"{name} ({made.hosts[name].host or console.word('this machine')})"
        if name in made.hosts
        else console.word("this machine")
        for name in found
    ]
    end = (now + MARKER_DAYS).replace(hour=0, minute=0, second=0, microsecond=0)
    first = console.tell(
        "On {targets}, the machine's own administrator types this, and nobody else:",
        targets=", ".join(known),
    )
    click.echo(console.plain(first))
    path = made.playbook.safety.marker
    text = f"nonce={made.nonce}\\nexpires={end:%Y-%m-%dT%H:%M:%SZ}\\n"
    click.echo(console.plain(f"  printf '{text}' | sudo tee {shlex.quote(str(path))}"))
    click.echo(
        console.word(
            "The file says that the machine is there for this drill, until the moment in it "
            "(at most 31 days). Afterwards it is removed."
        )
    )


def told_next(state: "DrillState", *, running: bool) -> None:
    """Say what comes next, if a person has to do it."""
    told = next_of(state, running=running)
    if told:
        console.err().print(console.plain(told), soft_wrap=True)


def _source(state: "DrillState") -> str:
    """The file that the plan was made from, as one types it from here."""
    from cdso_audit.drill.events import DrillRegistered  # noqa: PLC0415

    event = state.registered.event
    source = event.source if isinstance(event, DrillRegistered) else ""
    if not source:
        return "FILE"
    path = Path(source)
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def next_of(state: "DrillState", *, running: bool) -> str:
    """What comes next in a drill: a sentence with the command, or nothing."""
    number = state.number
    if state.closed is not None:
        if state.closed.outcome == "refused":
            return console.tell(
                "Put it right, then register it anew: cdso-audit drill plan {file}",
                file=_source(state),
            )
        return console.tell("What it proves: cdso-audit drill report {number}", number=number)
    if state.started is not None:
        if running:
            return ""
        return console.tell(
            "No process runs drill {number}: cdso-audit drill resume {number}", number=number
        )
    if state.approved or state.mode.value == "dry-run":
        return console.tell(
            "When the marker is on the targets: cdso-audit drill run {number}", number=number
        )
    return console.tell(
        'Another person approves it: cdso-audit drill approve {number} --hash {hash} --by "…"',
        number=number,
        hash=state.plan_hash[:16],
    )


def why_refused(state: "DrillState", why: str) -> str:
    """A guard's refusal in the language of this run, with the host that it is of."""
    name, colon, rest = why.partition(": ")
    for each in state.refused:
        guard, at, host = each.partition("@")
        if colon and guard == name and at:
            return f"{word(name)}, {host}: {reason(rest)}"
    return f"{word(name)}: {reason(rest)}" if colon and name in _WORD_TEXT else reason(why)


def told_end(state: "DrillState") -> int:
    """Say how it ended; 0 when every step passed, or when it was only a rehearsal."""
    if state.closed is None:
        return 0
    why = f" ({why_refused(state, state.closed.why)})" if state.closed.why else ""
    click.echo(console.plain(f"{state.number}: {word(state.closed.outcome)}{why}"))
    for each in state.steps.values():
        if each.status == "failed":
            click.echo(console.plain(f"  {each.id}: {reason(each.why)}  {each.seen}"))
    if not state.closed.cleanup_proved and state.started is not None:
        tell("The cleanup is not proved: look at the targets.")
    told_next(state, running=False)
    return 0 if state.closed.outcome in ("succeeded", "rehearsed") else 1


def status_json(
    state: "DrillState",
    made: "Plan",
    now: Any,
    *,
    running: bool,
    earlier: "Sequence[DrillResult]" = (),
) -> dict[str, Any]:
    """Where a drill stands, for other programs; spans in seconds."""
    from cdso_audit.drill.chance import chance_now  # noqa: PLC0415
    from cdso_audit.drill.progress import progress  # noqa: PLC0415

    found = progress(state, made, now)
    chance = chance_now(state, made, now, earlier)
    return {
        **brief(state),
        "running": running,
        "elapsed": found.spent.total_seconds(),
        "target": found.target.total_seconds(),
        "left": found.left.total_seconds(),
        "chance": {
            "value": chance.value,
            "drills": chance.drills,
            "prior": chance.prior,
            "playbook_changed": chance.changed,
            "never_run": list(chance.unknown),
            "overdue": chance.overdue,
            "budget_used_up": chance.spent_up.value if chance.spent_up is not None else None,
            "spare_by_budget": chance.spare.total_seconds() if chance.spare is not None else None,
            "proved": chance.proved,
        }
        if chance is not None
        else None,
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


#: Steps that are named in a sentence; the others are counted.
_NAMED = 3


def chance_lines(found: "Chance | None", made: "Plan") -> list[str]:
    """How likely it still is to be back in time, never a number without what it rests on."""
    if found is None:
        return []
    if found.proved:
        return [console.word("Everything that counts is proved; what is left changes no time.")]
    titles = titles_of(made)
    lines = []
    if found.value is not None:
        low, high = 0.01, 0.99
        share = f"{min(max(found.value, low), high):.0%}"
        told = "<" * (found.value < low) + ">" * (found.value > high) + share
        lines.append(
            console.tell(
                "Chance of making it now: {chance}, by the times of {count} earlier drills, if no "
                "step fails.",
                chance=told,
                count=found.drills,
            )
        )
        if found.prior:
            lines.append(
                console.word("How much these times vary is our prior: too few drills to know.")
            )
        if found.changed:
            lines.append(console.word("The playbook was changed since one of those drills."))
    elif found.overdue:
        lines.append(
            console.tell(
                "Chance of making it now: not to be told. {step} takes longer than earlier drills "
                "led to expect.",
                step=named(found.overdue, titles),
            )
        )
    else:
        shown = ", ".join(named(each, titles) for each in found.unknown[:_NAMED])
        more = len(found.unknown) - _NAMED
        lines.append(
            console.tell(
                "Chance of making it now: not to be told, no earlier run to compare with: {steps}.",
                steps=f"{shown}, +{more}" if more > 0 else shown,
            )
        )
    if found.spent_up is not None:
        lines.append(
            console.tell(
                "The phase {phase} has used up its budget, and is not over.",
                phase=word(found.spent_up),
            )
        )
    elif found.spare is None:
        lines.append(console.word("A phase that is left has no budget."))
    elif found.spare < timedelta(0):
        lines.append(
            console.tell(
                "Even if every phase that is left kept to its budget, it would be {span} too late.",
                span=clock(-found.spare),
            )
        )
    else:
        lines.append(
            console.tell(
                "If every phase that is left keeps to its budget, {span} are to spare.",
                span=clock(found.spare),
            )
        )
    return lines


def table_of(
    state: "DrillState", made: "Plan", now: Any, chance: "Chance | None" = None
) -> "Table":
    """
    The live view: time left, each phase against its budget, the chance of making it, and who is
    waited for.
    """
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
    titles = titles_of(made)
    lines = chance_lines(chance, made)
    lines += [
        f"{named(each.id, titles)}: {word(each.status)}"
        + (f" ({each.in_a_row})" if each.in_a_row else "")
        for each in found.current
    ]
    for wait in found.waiting:
        if wait.doubt:
            lines.append(
                console.tell(
                    "{step} is in doubt: look at the target, then\n  cdso-audit drill resolve "
                    '{number} {step} --says happened|rerun|failed --note "…" --by "…"',
                    step=wait.step,
                    number=state.number,
                )
            )
        else:
            lines.append(
                console.tell(
                    "{step} waits {span} for {who}:\n  "
                    'cdso-audit drill sign {number} {step} --by "…" --note "…"',
                    step=wait.step,
                    number=state.number,
                    span=clock(wait.since),
                    who=", ".join(name for name in wait.who if name not in wait.signed),
                )
            )
    if lines:
        table.caption = Text(console.plain("\n".join(lines)))
        table.caption_justify = "left"
    return table


def titles_of(made: "Plan") -> dict[str, str]:
    """What the steps are called, in the language of this run."""
    vi = console.lang() == "vi"
    every = [*(step for _, step in made.playbook.steps()), *made.playbook.cleanup]
    return {each.id: each.title.vi if vi else each.title.en for each in every}


def named(step: str, titles: dict[str, str]) -> str:
    """A step by its id, which commands take, and its title."""
    return f"{step} ({titles[step]})" if titles.get(step) else step


class Screen:
    """The live view on a terminal; elsewhere one line for each step that begins or ends."""

    def __init__(self, made: "Plan", *, quiet: bool, earlier: "Sequence[DrillResult]" = ()) -> None:
        self.made = made
        self.quiet = quiet
        self.earlier = earlier
        self.chance: tuple[DrillState | None, float, Chance | None] = (None, 0, None)
        self.state: DrillState | None = None
        self.said: dict[str, str] = {}
        self.titles = titles_of(made)
        self.signers = {
            step.id: made.people.get(step.role, ())
            for _, step in made.playbook.steps()
            if step.kind == "manual"
        }
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

        if self.state is None:
            return ""
        now = read_stamp()
        return table_of(self.state, self.made, now, self._chance(self.state, now))

    def _chance(self, state: "DrillState", now: Any) -> "Chance | None":
        """Drawn anew only when something happened, or after a while: it takes a moment."""
        from cdso_audit.drill.chance import chance_now  # noqa: PLC0415

        tick = now.boottime // CHANCE_EVERY
        if self.chance[0] is not state or self.chance[1] != tick:
            self.chance = (state, tick, chance_now(state, self.made, now, self.earlier))
        return self.chance[2]

    def show(self, state: "DrillState") -> None:
        """Take the newest state."""
        self.state = state
        if self.quiet or self.live is not None:
            return
        for each in state.steps.values():
            if self.said.get(each.id) != each.status.value:
                first = each.id not in self.said
                self.said[each.id] = each.status.value
                if first and each.status.value == "pending":  # only its negative control ran
                    continue
                line = f"{named(each.id, self.titles)}: {word(each.status)}  {reason(each.why)}"
                console.err().print(console.plain(line.rstrip()), soft_wrap=True)
                if each.status.value == "waiting":
                    who = ", ".join(self.signers.get(each.id, ()))
                    line = f'  cdso-audit drill sign {state.number} {each.id} --by "…" --note "…"'
                    console.err().print(console.plain(f"  → {who}\n{line}"), soft_wrap=True)


def shown_result(result: "DrillResult") -> None:
    """What a drill proves: the largest interval first, then what was not proved, and what to do."""
    from cdso_reports.drills import STARTS, VERDICTS, claim, level  # noqa: PLC0415

    vi = console.lang() == "vi"

    def pick(text: "Text") -> str:
        return text.vi if vi else text.en

    lines = [
        f"{result.number}  {pick(result.title)}: {word(result.outcome)}",
        f"  {pick(level(result))}",
        f"  {pick(claim(result.claim))}",
        f"  {console.word(VERDICTS[result.verdict.value])}",
        f"  {console.word('target')} {clock(result.target)}",
    ]
    lines += [
        f"  {clock(each.length)}  {console.word(STARTS[each.start])}"
        + (f"  ◀ {console.word('this one is judged')}" if each.judged else "")
        for each in result.intervals
    ]
    if result.caps:
        lines.append(console.word("Why it proves no more, and what would:"))
    for each in result.caps:
        lines.append(
            "  " + console.tell("at most L{level}: {why}", level=each.to, why=pick(each.why))
        )
        lines.append(f"     → {pick(each.do)}")
    if result.not_proved:
        lines.append(console.word("Not proved:"))
    lines += [f"  - {pick(each)}" for each in result.not_proved]
    click.echo(console.plain("\n".join(lines)))
