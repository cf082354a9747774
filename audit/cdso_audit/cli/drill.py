"""`drill`: plan a recovery drill, run it against the clock, sign, watch, take over, prove."""

import json
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from cdso_audit.cli import console
from cdso_audit.cli.drill_view import (
    Screen,
    brief,
    show_marker,
    show_plan,
    shown_result,
    standing,
    status_json,
    table_of,
    told_end,
    told_next,
    why_refused,
    word,
)
from cdso_audit.cli.options import INVENTORY_NAME
from cdso_audit.cli.proofs import asked, inventory_option, no_input_option, now, tell
from cdso_audit.errors import ConfigError, UsageError

if TYPE_CHECKING:
    from cdso_audit.drill.events import Adopted, AnyEvent, Kept
    from cdso_audit.drill.ledger import DrillState, Ledger
    from cdso_audit.drill.plan import Plan
    from cdso_audit.drill.playbook import Playbook
    from cdso_audit.drill.proof import DrillResult
    from cdso_audit.drill.run.engine import Engine
    from cdso_audit.model import Agency
    from cdso_audit.store.journal import Journal

#: Beginning of a plan's hash that a person types to approve it.
LEAST_HASH = 8
#: Seconds between two looks of `watch`.
LOOK = 1.0


journal_option: Callable[[Any], Any] = click.option(
    "--journal",
    "journal_folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the journal; by default `drills` beside the inventory.",
)
by_option: Callable[[Any], Any] = click.option(
    "--by", help="Your full name; it stands in the journal beside your account."
)
mirror_option: Callable[[Any], Any] = click.option(
    "--mirror",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Also write each entry to this file, on a share or a stick, before anything is done.",
)
json_option: Callable[[Any], Any] = click.option(
    "--json", "as_json", is_flag=True, help="Write JSON to stdout."
)
quiet_option: Callable[[Any], Any] = click.option(
    "-q", "--quiet", is_flag=True, help="No live progress."
)


@click.group()
def drill() -> None:
    """Plan, run, prove and report recovery drills, timed against 24 hours."""


@dataclass(frozen=True, slots=True)
class Room:
    """Where drills are kept, and the inventory beside them."""

    folder: Path
    base: Path
    agency: "Agency | None"

    @property
    def name(self) -> str:
        return self.agency.agency.id if self.agency is not None else "this-agency"


def room(inventory: Path | None, journal: Path | None) -> Room:
    """The folder of the journal, and the agency when there is an inventory."""
    from cdso_audit.inventory import parse_agency  # noqa: PLC0415
    from cdso_audit.store.files import read  # noqa: PLC0415

    if inventory is None and Path(INVENTORY_NAME).is_file():
        inventory = Path(INVENTORY_NAME)
    agency = parse_agency(read(inventory), str(inventory)) if inventory is not None else None
    base = inventory.resolve().parent if inventory is not None else Path.cwd()
    return Room(journal or base / "drills", base, agency)


def opened(where: Room, by: str | None = None, *, make: bool = False) -> "Journal":
    """The journal, made when `make` is given and there is none."""
    from cdso_audit.drill.run.clocks import read_stamp, this_actor, this_machine  # noqa: PLC0415
    from cdso_audit.store.journal import NAME, Journal  # noqa: PLC0415

    actor, machine = this_actor(by or ""), this_machine()
    if make and not (where.folder / NAME).exists():
        return Journal.create(
            where.folder, where.name, clock=read_stamp, actor=actor, machine=machine
        )
    return Journal.open(where.folder, clock=read_stamp, actor=actor, machine=machine)


def put(journal: "Journal", number: int, event: "AnyEvent") -> None:
    """Write an event of a person; raises UsageError when it cannot follow what happened."""
    from cdso_audit.drill.ledger import IllegalEventError  # noqa: PLC0415

    try:
        journal.append(number, event)
    except IllegalEventError as problem:
        raise UsageError(
            "this cannot be written now: {why}",
            hint="`cdso-audit drill status {number}` says where the drill stands",
            values={"why": str(problem), "number": number},
        ) from problem


def the_drill(ledger: "Ledger", number: int) -> "DrillState":
    """The drill of that number; raises UsageError."""
    try:
        return ledger.drill(number)
    except KeyError:
        raise UsageError(
            "the journal has no drill {number}",
            hint="`cdso-audit drill list` shows all of them",
            values={"number": number},
        ) from None


def plan_of(state: "DrillState") -> "Plan":
    """The plan that was registered."""
    from cdso_audit.drill.events import DrillRegistered  # noqa: PLC0415
    from cdso_audit.drill.plan import Plan  # noqa: PLC0415

    event = state.registered.event
    if not isinstance(event, DrillRegistered):
        raise TypeError("a drill begins with its registration")
    return Plan.model_validate(event.plan)


def earlier_than(journal: "Journal", number: int) -> "list[DrillResult]":
    """What the drills before that one proved: what a running one is compared with."""
    from cdso_audit.drill.assess import assess_all  # noqa: PLC0415

    return [each for each in assess_all(list(journal.entries())) if each.number < number]


def source_of(state: "DrillState") -> Path | None:
    """The file that the plan was made from."""
    from cdso_audit.drill.events import DrillRegistered  # noqa: PLC0415

    event = state.registered.event
    return Path(event.source) if isinstance(event, DrillRegistered) and event.source else None


# ---------------------------------------------------------------------------------------------
# Playbooks and plans
# ---------------------------------------------------------------------------------------------


def load_playbook(name: str, folder: Path) -> "Playbook":
    """A shipped playbook by its id, or one from a file. Raises ConfigErrors, UsageError."""
    import cdso_playbooks  # noqa: PLC0415
    from cdso_audit.drill.playbook import parse_playbook  # noqa: PLC0415
    from cdso_audit.store.files import read  # noqa: PLC0415
    from cdso_audit.yamlfile import nearest  # noqa: PLC0415

    path = folder / name
    if path.is_file():
        return parse_playbook(read(path), str(path))
    known = list(cdso_playbooks.names())
    if name in known:
        return parse_playbook(cdso_playbooks.text(name), f"{name}.yaml")
    near = nearest(name, known)
    raise UsageError(
        "there is no playbook {name}",
        hint="did you mean {near}?" if near else "`cdso-audit drill list` shows all of them",
        values={"name": name, "near": near},
    )


def make_plan(path: Path, agency: "Agency | None", nonce: str, mode: str | None = None) -> "Plan":
    """The plan that a file describes. Raises ConfigErrors, UsageError."""
    from cdso_audit.drill.events import Mode  # noqa: PLC0415
    from cdso_audit.drill.plan import made_plan, parse_plan_file  # noqa: PLC0415
    from cdso_audit.store.files import read  # noqa: PLC0415
    from cdso_audit.yamlfile import nearest  # noqa: PLC0415

    written, document = parse_plan_file(read(path), str(path))
    if mode is not None:
        written = written.model_copy(update={"mode": Mode(mode)})
    book = load_playbook(written.playbook, path.resolve().parent)
    systems = {each.id: each for each in agency.systems} if agency is not None else {}
    if agency is not None and written.system not in systems:
        near = nearest(written.system, list(systems))
        raise ConfigError(
            "the inventory has no system {name}",
            hint="did you mean {near}?" if near else "known are: {known}",
            values={"name": written.system, "near": near, "known": ", ".join(systems)},
            place=document.place(("system",)),
        )
    return made_plan(book, written, document, systems.get(written.system), nonce)


def refused_nonce(where: Room, source: Path) -> str:
    """
    The nonce of the newest drill of that file, when it was refused or only rehearsed.

    Nothing was done with it, so that the markers that administrators wrote are still right.
    """
    from cdso_audit.store.journal import NAME  # noqa: PLC0415

    if not (where.folder / NAME).exists():
        return ""
    with opened(where) as journal:
        before = [
            each for each in journal.ledger().drills.values() if source_of(each) == source.resolve()
        ]
    if not before or before[-1].closed is None or before[-1].started is not None:
        return ""
    again = before[-1].closed.outcome in ("refused", "rehearsed")
    return plan_of(before[-1]).nonce if again else ""


@drill.command("list")
@inventory_option
@journal_option
@json_option
def list_drills(inventory: Path | None, journal_folder: Path | None, *, as_json: bool) -> int:
    """List every attempt of the agency, also the aborted and failed ones, and the playbooks."""
    import cdso_playbooks  # noqa: PLC0415
    from cdso_audit.store.journal import NAME  # noqa: PLC0415

    where = room(inventory, journal_folder)
    drills: list[DrillState] = []
    if (where.folder / NAME).exists():
        with opened(where) as journal:
            drills = list(journal.ledger().drills.values())
    books = {name: load_playbook(name, Path("/nonexistent")) for name in cdso_playbooks.names()}
    if as_json:
        _json(
            {
                "drills": [brief(each) for each in drills],
                "playbooks": {name: book.title.model_dump() for name, book in books.items()},
            }
        )
        return 0
    for each in drills:
        line = f"{each.number:>4}  {each.registered.at.wall:%Y-%m-%d %H:%M}Z  {each.playbook}"
        line += f"  {each.system}  {word(each.mode)}  {word(standing(each))}"
        click.echo(console.plain(line))
    if not drills:
        tell("No drill was registered yet.")
    click.echo(console.word("Playbooks"))
    for name, book in books.items():
        title = book.title.vi if console.lang() == "vi" else book.title.en
        click.echo(console.plain(f"  {name:<24} {title}"))
    return 0


@drill.command()
@click.argument("name")
@inventory_option
@journal_option
def show(name: str, inventory: Path | None, journal_folder: Path | None) -> int:
    """Print a playbook (NAME), or the plan of a drill (its number)."""
    import cdso_playbooks  # noqa: PLC0415

    if name.isdigit():
        with opened(room(inventory, journal_folder)) as journal:
            state = the_drill(journal.ledger(), int(name))
        show_plan(plan_of(state), state.number)
        if state.closed is None:
            show_marker(plan_of(state), now())
        return 0
    load_playbook(name, Path.cwd())
    path = Path(name)
    text = path.read_bytes() if path.is_file() else cdso_playbooks.text(name)
    click.echo(console.plain(text.decode("utf-8", "replace")), nl=False)
    return 0


@drill.command()
@click.argument("playbook")
@click.option("--system", help="The system's id in the inventory.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to this file, which must not be there yet, instead of standard output.",
)
@inventory_option
def new(playbook: str, system: str | None, output: Path | None, inventory: Path | None) -> int:
    """Print the empty plan of a PLAYBOOK, with comments, to be filled in."""
    from cdso_audit.drill.form import blank_plan  # noqa: PLC0415
    from cdso_audit.store.files import write  # noqa: PLC0415
    from cdso_audit.yamlfile import nearest  # noqa: PLC0415

    agency = room(inventory, None).agency
    known = [each.id for each in agency.systems] if agency is not None else []
    if system is not None and known and system not in known:
        near = nearest(system, known)
        raise UsageError(
            "the inventory has no system {name}",
            hint="did you mean {near}?" if near else "known are: {known}",
            values={"name": system, "near": near, "known": ", ".join(known)},
        )
    if system is None and len(known) == 1:
        system = known[0]
    book = load_playbook(playbook, Path.cwd())
    text = blank_plan(book, console.lang(), system=system or "", systems=known)
    if book.id != playbook:  # a file: the plan must find it
        text = text.replace(f"playbook: {book.id}\n", f"playbook: {json.dumps(playbook)}\n", 1)
    if output is None:
        click.echo(console.plain(text), nl=False)
        return 0
    if output.exists():
        raise UsageError("{path} is there already", values={"path": output})
    write(output, text.encode())
    tell("Fill it in, then: cdso-audit drill check {path}", path=output)
    return 0


@drill.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@inventory_option
def check(files: tuple[Path, ...], inventory: Path | None) -> int:
    """Check playbooks and plans: every mistake with its line."""
    from cdso_audit import yamlfile  # noqa: PLC0415
    from cdso_audit.drill.plan import VERSION as PLAN  # noqa: PLC0415
    from cdso_audit.drill.playbook import parse_playbook  # noqa: PLC0415
    from cdso_audit.store.files import read  # noqa: PLC0415

    agency = room(inventory, None).agency
    for path in files:
        data = yamlfile.parse(read(path), str(path)).data
        if isinstance(data, dict) and data.get("apiVersion") == PLAN:
            plan = make_plan(path, agency, "0" * 32)
            tell("{path}: a plan of {playbook}, right", path=path, playbook=plan.playbook.id)
        else:
            book = parse_playbook(read(path), str(path))
            count = len(list(book.steps()))
            tell("{path}: playbook {name}, {count} steps, right", path=path, name=book.id,
                 count=count)  # fmt: skip
    return 0


@drill.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@inventory_option
@journal_option
@by_option
@click.option("--dry-run", is_flag=True, help="Only look at the guards; ends as rehearsed.")
@click.option(
    "--mode",
    type=click.Choice(["full", "sample", "tabletop", "dry-run"]),
    help="How the drill is held, instead of what the file says.",
)
@json_option
def plan(
    file: Path,
    inventory: Path | None,
    journal_folder: Path | None,
    by: str | None,
    *,
    dry_run: bool,
    mode: str | None,
    as_json: bool,
) -> int:
    """Register a drill from its plan FILE: it gets its number, and is shown for approval."""
    from cdso_audit import __version__  # noqa: PLC0415
    from cdso_audit.drill.events import DrillRegistered  # noqa: PLC0415

    where = room(inventory, journal_folder)
    nonce = refused_nonce(where, file) or secrets.token_hex(16)
    made = make_plan(file, where.agency, nonce, "dry-run" if dry_run else mode)
    event = DrillRegistered(
        playbook=made.playbook.id,
        system=made.system,
        mode=made.mode,
        plan=made.as_json,
        plan_hash=made.hash,
        software=f"cdso-audit {__version__}",
        source=str(file.resolve()),
    )
    with opened(where, by, make=True) as journal:
        entry = journal.append_with(lambda ledger: (ledger.next_number, event))
    number = entry.drill or 0
    if as_json:
        _json({"number": number, "plan_hash": made.hash, "nonce": made.nonce})
        return 0
    show_plan(made, number)
    show_marker(made, now())
    if made.mode.value == "dry-run":
        click.echo(
            console.tell(
                "Drill {number} is registered. A dry run needs no approval:", number=number
            )
        )
        click.echo(f"  cdso-audit drill run {number}")
        return 0
    click.echo(
        console.tell("Drill {number} is registered. Another person approves it:", number=number)
    )
    click.echo(f'  cdso-audit drill approve {number} --hash {made.hash[:16]} --by "…"')
    return 0


@drill.command()
@click.argument("number", type=int)
@click.option("--hash", "given", required=True, help="The beginning of the plan's hash.")
@inventory_option
@journal_option
@by_option
@no_input_option
def approve(
    number: int,
    given: str,
    inventory: Path | None,
    journal_folder: Path | None,
    by: str | None,
    *,
    no_input: bool,
) -> int:
    """Approve a plan by its hash; any edit makes it another plan."""
    from cdso_audit.drill.events import Approved  # noqa: PLC0415
    from cdso_audit.drill.run.clocks import name_of  # noqa: PLC0415

    name = asked(by, console.word("Your full name"), "--by", no_input=no_input)
    with opened(room(inventory, journal_folder), name) as journal:
        state = the_drill(journal.ledger(), number)
        if len(given) < LEAST_HASH or not state.plan_hash.startswith(given.lower()):
            raise UsageError(
                "this is not the hash of the plan of drill {number}",
                hint="read the plan first: cdso-audit drill show {number}",
                values={"number": number},
            )
        own = name_of(name) == name_of(state.operator)
        put(journal, number, Approved(plan_hash=state.plan_hash, by=name, own=own))
    if own:
        tell("You approve your own plan: the drill counts for less, and the report says so.")
    tell("Drill {number} is approved by {name}.", number=number, name=name)
    tell("When the marker is on the targets: cdso-audit drill run {number}", number=number)
    return 0


# ---------------------------------------------------------------------------------------------
# Running
# ---------------------------------------------------------------------------------------------


def engine_of(
    journal: "Journal", number: int, where: Room, show_state: "Callable[[DrillState], None]"
) -> "Engine":
    """An engine with this machine's transports, clocks and files."""
    from cdso_audit.drill.run.clocks import read_stamp  # noqa: PLC0415
    from cdso_audit.drill.run.engine import Engine  # noqa: PLC0415
    from cdso_audit.drill.run.guards import machine_ids, production_of  # noqa: PLC0415
    from cdso_audit.drill.run.shells import Hosts  # noqa: PLC0415
    from cdso_audit.model import SshAccess  # noqa: PLC0415
    from cdso_audit.store.files import read  # noqa: PLC0415

    state = the_drill(journal.ledger(), number)
    made = plan_of(state)
    source = source_of(state)
    folder = source.parent if source is not None and source.parent.is_dir() else where.base
    known = where.base / "production-machine-ids"
    ids = machine_ids(read(known).decode("utf-8", "replace")) if known.exists() else frozenset()
    agency = where.agency
    return Engine(
        journal=journal,
        number=number,
        hosts=Hosts(made.hosts, folder, agency.defaults.ssh if agency is not None else SshAccess()),
        folder=folder,
        production=production_of(agency, ids) if agency is not None else None,
        clock=read_stamp,
        same_source=lambda: same_source(state, agency),
        tell=show_state,
    )


def same_source(state: "DrillState", agency: "Agency | None") -> str:
    """The files still make the plan that was approved; raises Refused."""
    from cdso_audit.drill.run.guards import Refused  # noqa: PLC0415
    from cdso_audit.errors import CdsoError  # noqa: PLC0415

    source = source_of(state)
    if source is None:
        raise Refused("nobody knows from which file the plan was made", evaluated=False)
    try:
        now = make_plan(source, agency, plan_of(state).nonce, state.mode.value)
    except CdsoError as problem:
        raise Refused(f"{source}: {problem.message}", evaluated=False) from problem
    if now.hash != state.plan_hash:
        raise Refused(f"{source} or its playbook was edited since: register and approve it anew")
    return f"{source} makes the same plan"


@drill.command()
@click.argument("number", type=int)
@inventory_option
@journal_option
@by_option
@mirror_option
@quiet_option
def run(
    number: int,
    inventory: Path | None,
    journal_folder: Path | None,
    by: str | None,
    mirror: Path | None,
    *,
    quiet: bool,
) -> int:
    """Run an approved drill. The clock starts with the inject and is never stopped."""
    return _go(number, room(inventory, journal_folder), by, mirror, "run", quiet=quiet)


@drill.command()
@click.argument("number", type=int)
@inventory_option
@journal_option
@by_option
@mirror_option
@quiet_option
def resume(
    number: int,
    inventory: Path | None,
    journal_folder: Path | None,
    by: str | None,
    mirror: Path | None,
    *,
    quiet: bool,
) -> int:
    """Go on with a drill after an interruption, a crash or a restart of this machine."""
    return _go(number, room(inventory, journal_folder), by, mirror, "resume", quiet=quiet)


def _go(
    number: int,
    where: Room,
    by: str | None,
    mirror: Path | None,
    why: Literal["run", "resume", "adopt", "abort"],
    *,
    quiet: bool,
    adopted: "Adopted | None" = None,
) -> int:
    from cdso_audit.drill.run.kinds import NotAllowedError  # noqa: PLC0415

    with opened(where, by) as journal:
        state = the_drill(journal.ledger(), number)
        if why == "run" and state.started is not None:
            raise UsageError(
                "drill {number} has begun before",
                hint="go on with it: cdso-audit drill resume {number}",
                values={"number": number},
            )
        if why == "run" and not state.approved and state.mode.value != "dry-run":
            raise UsageError(
                "nobody approved the plan of drill {number}",
                hint='another person: cdso-audit drill approve {number} --hash {hash} --by "…"',
                values={"number": number, "hash": state.plan_hash[:16]},
            )
        if mirror is not None:
            journal.mirror(mirror)
        earlier = [] if quiet else earlier_than(journal, number)
        with Screen(plan_of(state), quiet=quiet, earlier=earlier) as screen:
            engine = engine_of(journal, number, where, screen.show)
            try:
                state = engine.run(why, adopted)
            except NotAllowedError as refused:
                now_known = why_refused(engine.state, str(refused.values.get("why", refused)))
                raise NotAllowedError(
                    refused.template,
                    hint=refused.hint_template,
                    values={**refused.values, "why": now_known},
                ) from refused
            except KeyboardInterrupt:
                tell(
                    "Interrupted. What runs detached on a target goes on, and so does the clock: "
                    "cdso-audit drill resume {number}",
                    number=number,
                )
                return 130
    return told_end(state)


@drill.command()
@click.argument("number", type=int)
@click.option(
    "--from",
    "mirror",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The mirror of the first operator's journal; a new journal is made from it here.",
)
@click.option("--why", "reason", required=True, help="Why the first operator cannot go on.")
@inventory_option
@journal_option
@by_option
@no_input_option
@quiet_option
def adopt(
    number: int,
    mirror: Path | None,
    reason: str,
    inventory: Path | None,
    journal_folder: Path | None,
    by: str | None,
    *,
    no_input: bool,
    quiet: bool,
) -> int:
    """
    Take a drill over from another operator, here or on another machine.

    The targets are told; from then on they refuse the first operator.
    """
    from cdso_audit.drill.events import Adopted  # noqa: PLC0415
    from cdso_audit.drill.plan import touches_this_machine  # noqa: PLC0415
    from cdso_audit.drill.run.clocks import read_stamp, this_actor, this_machine  # noqa: PLC0415
    from cdso_audit.store.journal import Journal  # noqa: PLC0415

    name = asked(by, console.word("Your full name"), "--by", no_input=no_input)
    where = room(inventory, journal_folder)
    if mirror is not None:
        Journal.from_mirror(
            mirror,
            where.folder,
            clock=read_stamp,
            actor=this_actor(name),
            machine=this_machine(),
        ).close()
    with opened(where, name) as journal:
        ledger = journal.ledger()
        state = the_drill(ledger, number)
        if touches_this_machine(plan_of(state)) and state.machine not in ("", this_machine()):
            raise UsageError(
                "a step of this drill runs on the first operator's own machine, {machine}",
                hint="nobody else can go on with it: abort it, and drill again",
                values={"machine": state.machine},
            )
        adopted = Adopted(
            by=name,
            from_operator=state.holder or state.operator,
            from_machine=state.machine,
            head=ledger.head,
            reason=reason,
        )
    return _go(number, where, name, None, "adopt", quiet=quiet, adopted=adopted)


@drill.command()
@click.argument("number", type=int)
@click.option("--why", "reason", default="", help="Why it is stopped.")
@inventory_option
@journal_option
@by_option
def abort(
    number: int,
    reason: str,
    inventory: Path | None,
    journal_folder: Path | None,
    by: str | None,
) -> int:
    """Stop a drill: what runs is ended and cleaned up. It stays in the ledger as aborted."""
    from cdso_audit.drill.events import AbortRequested  # noqa: PLC0415

    where = room(inventory, journal_folder)
    with opened(where, by) as journal:
        state = the_drill(journal.ledger(), number)
        if state.closed is not None:
            return told_end(state)
        if state.abort is None:
            put(journal, number, AbortRequested(by=by or journal.actor, why=reason))
        if journal.is_locked_by_other:
            tell("The process that runs drill {number} stops and cleans up.", number=number)
            return 0
    return _go(number, where, by, None, "abort", quiet=True)


# ---------------------------------------------------------------------------------------------
# People
# ---------------------------------------------------------------------------------------------


@drill.command()
@click.argument("number", type=int)
@click.argument("step")
@click.option("--refuse", is_flag=True, help="You do not accept: the step fails.")
@click.option("--note", default="", help="What you saw, in your words.")
@click.option(
    "--file",
    "documents",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A photo or document as evidence. May be repeated.",
)
@inventory_option
@journal_option
@by_option
@no_input_option
def sign(
    number: int,
    step: str,
    note: str,
    documents: tuple[Path, ...],
    inventory: Path | None,
    journal_folder: Path | None,
    by: str | None,
    *,
    refuse: bool,
    no_input: bool,
) -> int:
    """Sign a step by your name, as one of the people whom the plan names for it."""
    from cdso_audit.drill.events import ManualSigned  # noqa: PLC0415
    from cdso_audit.drill.playbook import ManualStep  # noqa: PLC0415
    from cdso_audit.drill.run.clocks import name_of  # noqa: PLC0415

    name = asked(by, console.word("Your full name"), "--by", no_input=no_input)
    with opened(room(inventory, journal_folder), name) as journal:
        state = the_drill(journal.ledger(), number)
        made = plan_of(state)
        found = next((each for _, each in made.playbook.steps() if each.id == step), None)
        if not isinstance(found, ManualStep) or state.step(step).status != "waiting":
            raise UsageError(
                "nobody is asked to sign {step} of drill {number} now",
                hint="`cdso-audit drill status {number}` says what is waited for",
                values={"step": step, "number": number},
            )
        allowed = made.people.get(found.role, ())
        if name_of(name) not in [name_of(each) for each in allowed]:
            raise UsageError(
                "{name} is none of those who sign as {role}: {known}",
                hint="the plan names them, and it was approved so",
                values={"name": name, "role": found.role, "known": ", ".join(allowed)},
            )
        signed = state.step(step).signatures
        if name_of(name) in [name_of(each.by) for each in signed]:
            raise UsageError(
                "{name} has signed {step} already", values={"name": name, "step": step}
            )
        kept = _evidence(journal, found, note, documents)
        runs_it = {name_of(state.operator), name_of(state.holder)}
        put(
            journal,
            number,
            ManualSigned(
                step=step,
                attempt=state.step(step).attempt,
                by=name,
                role=found.role,
                accepted=not refuse,
                own=name_of(name) in runs_it,
                note=note,
                kept=kept,
            ),
        )
    tell("{name} has signed {step} of drill {number}.", name=name, step=step, number=number)
    return 0


def _evidence(
    journal: "Journal", step: Any, note: str, documents: tuple[Path, ...]
) -> "tuple[Kept, ...]":
    """What is handed in with a signature; raises UsageError when something lacks."""
    from cdso_audit.store.files import read  # noqa: PLC0415

    wanted = [each for each in step.evidence if each != "note"]
    if ("note" in step.evidence and not note.strip()) or len(documents) < len(wanted):
        raise UsageError(
            "this step asks for evidence: {wanted}",
            hint="give --note, and --file for each photo or document",
            values={"wanted": ", ".join(step.evidence)},
        )
    photos = (".jpg", ".jpeg", ".png", ".heic", ".webp")
    return tuple(
        journal.keep(read(path), "photo" if path.suffix.lower() in photos else "document")
        for path in documents
    )


@drill.command()
@click.argument("number", type=int)
@click.argument("step")
@click.option(
    "--says",
    type=click.Choice(["happened", "rerun", "failed"]),
    required=True,
    help="What you found on the target: it took effect, it may run again, or it ended badly.",
)
@click.option("--note", required=True, help="How you know.")
@inventory_option
@journal_option
@by_option
@no_input_option
def resolve(
    number: int,
    step: str,
    says: Literal["happened", "rerun", "failed"],
    note: str,
    inventory: Path | None,
    journal_folder: Path | None,
    by: str | None,
    *,
    no_input: bool,
) -> int:
    """Say what came of a step in doubt, after you looked at the target."""
    from cdso_audit.drill.events import DoubtResolved  # noqa: PLC0415

    name = asked(by, console.word("Your full name"), "--by", no_input=no_input)
    with opened(room(inventory, journal_folder), name) as journal:
        state = the_drill(journal.ledger(), number).step(step)
        if state.status != "in-doubt":
            raise UsageError(
                "the step {step} of drill {number} is not in doubt",
                values={"step": step, "number": number},
            )
        put(
            journal,
            number,
            DoubtResolved(
                step=step, attempt=state.attempt, how="person", says=says, by=name, seen=note
            ),
        )
    return 0


@drill.command()
@click.argument("number", type=int)
@click.argument("text")
@click.option(
    "--kind",
    type=click.Choice(["remark", "timeout-called", "timeout-over", "difference"]),
    default="remark",
    show_default=True,
    help="A pause of the people is noted; the clock goes on.",
)
@inventory_option
@journal_option
@by_option
def note(
    number: int,
    text: str,
    kind: Literal["remark", "timeout-called", "timeout-over", "difference"],
    inventory: Path | None,
    journal_folder: Path | None,
    by: str | None,
) -> int:
    """Write a remark into the journal. Nothing subtracts from the clock."""
    from cdso_audit.drill.events import Note  # noqa: PLC0415

    with opened(room(inventory, journal_folder), by) as journal:
        the_drill(journal.ledger(), number)
        put(journal, number, Note(by=by or journal.actor, kind=kind, text=text))
    return 0


# ---------------------------------------------------------------------------------------------
# Looking
# ---------------------------------------------------------------------------------------------


@drill.command()
@click.argument("number", type=int)
@inventory_option
@journal_option
@json_option
def status(
    number: int, inventory: Path | None, journal_folder: Path | None, *, as_json: bool
) -> int:
    """Say where a drill stands. Never runs a step."""
    from cdso_audit.drill.chance import chance_now  # noqa: PLC0415
    from cdso_audit.drill.run.clocks import read_stamp  # noqa: PLC0415

    with opened(room(inventory, journal_folder)) as journal:
        state = the_drill(journal.ledger(), number)
        alive = journal.is_locked_by_other
        earlier = earlier_than(journal, number)
    made, at = plan_of(state), read_stamp()
    if as_json:
        _json(status_json(state, made, at, running=alive, earlier=earlier))
        return 0
    console.out().print(table_of(state, made, at, chance_now(state, made, at, earlier)))
    if state.closed is not None:
        told_end(state)
        return 0
    told_next(state, running=alive)
    return 0


@drill.command()
@click.argument("number", type=int)
@inventory_option
@journal_option
def watch(number: int, inventory: Path | None, journal_folder: Path | None) -> int:
    """Follow a drill until it ends. Never runs a step."""
    with opened(room(inventory, journal_folder)) as journal:
        state = the_drill(journal.ledger(), number)
        with Screen(plan_of(state), quiet=False, earlier=earlier_than(journal, number)) as screen:
            try:
                while state.closed is None:
                    screen.show(state)
                    time.sleep(LOOK)
                    state = the_drill(journal.ledger(), number)
            except KeyboardInterrupt:
                return 130
    return told_end(state)


# ---------------------------------------------------------------------------------------------
# Proof
# ---------------------------------------------------------------------------------------------


@drill.command()
@click.option("--head", "heads", multiple=True, help="A SEQ:HASH that was noted elsewhere.")
@click.option(
    "--print-verifier", is_flag=True, help="Print the stand-alone verifier (only Python needed)."
)
@inventory_option
@journal_option
def verify(
    heads: tuple[str, ...],
    inventory: Path | None,
    journal_folder: Path | None,
    *,
    print_verifier: bool,
) -> int:
    """Prove that no entry of the journal was changed, moved or taken out. 5 when one was."""
    from cdso_audit.store import cdso_verify_journal as verifier  # noqa: PLC0415
    from cdso_audit.store.journal import NAME  # noqa: PLC0415

    if print_verifier:
        click.echo(Path(verifier.__file__).read_text(encoding="utf-8"), nl=False)
        return 0
    path = room(inventory, journal_folder).folder / NAME
    if not path.is_file():
        raise UsageError("there is no journal at {path}", values={"path": path})
    try:
        noted = [verifier.noted(each) for each in heads]
    except ValueError as problem:
        raise UsageError("--head is written as SEQ:HASH") from problem
    chain = verifier.verified(str(path), noted)
    for each in chain.problems:
        click.echo(console.plain(f"{console.word('BROKEN')}: {each.said(console.lang())}"))
    click.echo(f"{chain.count}:{chain.head}")
    if chain.problems:
        tell("The journal is not whole.")
        return 5
    tell("The journal is whole: {count} entries, {drills} drills.", count=chain.count,
         drills=len(chain.drills))  # fmt: skip
    if not heads:
        tell(
            "Whether its end was cut off only a noted head tells: note the line above where the "
            "owner of this machine cannot change it, and give it back with --head."
        )
    return 0


@drill.command()
@click.option("--where", "place", required=True, help="Where the head was put: paper, mail, TSA.")
@inventory_option
@journal_option
@by_option
@no_input_option
def anchor(
    place: str,
    inventory: Path | None,
    journal_folder: Path | None,
    by: str | None,
    *,
    no_input: bool,
) -> int:
    """Print the head of the journal, and note that it was put where nobody here can change it."""
    from cdso_audit.drill.events import Anchored  # noqa: PLC0415

    name = asked(by, console.word("Your full name"), "--by", no_input=no_input)
    with opened(room(inventory, journal_folder), name) as journal:
        entry = journal.append_with(
            lambda ledger: (
                None,
                Anchored(head=ledger.head, head_seq=ledger.length, where=place, by=name),
            )
        )
    event = entry.event
    if isinstance(event, Anchored):
        click.echo(f"{event.head_seq}:{event.head}")
    return 0


@drill.command()
@click.argument("number", type=int)
@inventory_option
@journal_option
@json_option
def report(
    number: int, inventory: Path | None, journal_folder: Path | None, *, as_json: bool
) -> int:
    """Say what a drill proves: its level, every interval, and what was not proved."""
    from cdso_audit.drill.assess import assess_all  # noqa: PLC0415

    where = room(inventory, journal_folder)
    with opened(where) as journal:
        the_drill(journal.ledger(), number)
        entries = list(journal.entries())
    needs = (
        {each.id: each.depends_on for each in where.agency.systems}
        if where.agency is not None
        else {}
    )
    result = assess_all(entries, needs)[number - 1]
    if as_json:
        _json(result.model_dump(mode="json", by_alias=True))
        return 0
    shown_result(result)
    return 0


def _json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True))
