"""`scan` and `collect`: the plan, the looking, and what comes of it."""

import json
import sys
import time
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import click

from cdso_audit import __version__
from cdso_audit.cli import console
from cdso_audit.cli.options import (
    Loaded,
    chosen_formats,
    gate,
    gate_options,
    inventory_options,
    is_terminal,
    load,
    output_options,
    rulebook_option,
    selection_options,
    together,
)
from cdso_audit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cdso_audit.collect.plan import Plan
    from cdso_audit.collect.run import Progress
    from cdso_audit.evidence import Run
    from cdso_audit.facts.reading import Observation
    from cdso_audit.regime import Books
    from cdso_audit.store.drills import Drilled
    from cdso_audit.store.evidence import EvidenceFolder
    from cdso_audit.store.proofs import Proofs

_looking = together(
    inventory_options,
    selection_options,
    rulebook_option,
    click.option("--plan", is_flag=True, help="Print every question, and contact nobody."),
    click.option(
        "--sudoers",
        metavar="USER",
        is_flag=False,
        flag_value="cdso-audit",
        help="With --plan: the sudoers drop-in that lets USER (cdso-audit) run the plan.",
    ),
    click.option("--resume", is_flag=True, help="Go on with the run that was interrupted last."),
    click.option(
        "--workers",
        type=click.IntRange(1, 256),
        default=16,
        show_default=True,
        help="Assets that are asked at the same time.",
    ),
    click.option("--no-input", is_flag=True, help="Never ask a person anything."),
)


@click.command()
@_looking
@gate_options
@output_options
def scan(**given: Any) -> int:
    """
    Look, judge and report in one go.

    With an inventory (-i agency.yaml, or agency.yaml in this folder) every system in it is looked
    at; without one, this machine. Nothing is changed anywhere.
    """
    return _scan(**given)


@click.command()
@_looking
@click.option(
    "--from",
    "brought",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Contact nobody: take the output of a collector that ran by hand, for the one --asset.",
)
@output_options
def collect(**given: Any) -> int:
    """Only look: write the evidence bundle, to be judged later or elsewhere."""
    return _scan(judge=False, **given)


def _scan(
    *,
    inventory: Path | None,
    check_paths: tuple[Path, ...],
    systems: tuple[str, ...],
    assets: tuple[str, ...],
    rulebooks: tuple[str, ...],
    plan: bool,
    sudoers: str | None,
    resume: bool,
    workers: int,
    no_input: bool,  # noqa: ARG001 - nothing is asked; scheduled jobs pass it all the same
    output: str,
    formats: str,
    quiet: bool,
    verbose: bool,
    judge: bool = True,
    brought: Path | None = None,
    **gates: Any,
) -> int:
    from cdso_audit.collect.plan import make_plan  # noqa: PLC0415
    from cdso_audit.regime import chosen, load_books  # noqa: PLC0415

    wanted = chosen_formats(formats)
    loaded = load(inventory, check_paths)
    _known(console.word("system"), systems, [each.id for each in loaded.agency.systems])
    _known(
        console.word("asset"),
        assets,
        [each.id for system in loaded.agency.systems for each in system.assets],
    )
    agency = loaded.agency
    books = load_books(rulebooks or agency.defaults.rulebook, agency)
    moment = datetime.now(UTC)
    selections = {
        each.id: [one.selection for one in chosen(books, each, loaded.checks, moment)]
        for each in agency.systems
    }
    made = make_plan(
        loaded.agency, selections, systems=frozenset(systems), assets=frozenset(assets)
    )
    if plan or sudoers:
        return _print_plan(made, sudoers, as_json="json" in wanted and formats != "html,json")
    proofs = proofs_of(loaded, books)
    run = _run(loaded, books, made, systems, assets, proofs)
    answers = _brought(brought, made, loaded.folder) if brought else None
    folder, run, done = _place(output, run, resume=resume)
    if answers is None:
        evidence = _collect(
            made, run, folder, loaded, done=done, workers=workers, quiet=quiet, verbose=verbose
        )
    else:
        evidence = folder
        folder.save(made.assets[0].asset.id, answers)
        folder.begin(run.model_copy(update={"finished_at": run.started_at}))
    return finish(
        evidence,
        folder,
        books,
        loaded,
        output=output,
        formats=wanted,
        quiet=quiet,
        judge=judge,
        **gates,
    )


def _brought(path: Path, made: "Plan", folder: Path) -> "list[Observation]":
    """What a collector brought back that ran by hand; raises UsageError when it does not fit."""
    from cdso_audit.collect.alone import evidence, parse  # noqa: PLC0415
    from cdso_audit.store.files import read  # noqa: PLC0415

    if len({each.asset.id for each in made.assets}) != 1:
        raise UsageError(
            "--from needs the one asset that {name} comes from",
            hint="name it with --asset",
            values={"name": path},
        )
    plan = made.assets[0]
    return evidence(
        parse(read(path), str(path)),
        plan.asset,
        plan.system,
        plan.probes,
        str(path),
        datetime.now(UTC),
        folder=folder,
    )


def _known(what: str, given: tuple[str, ...], known: list[str]) -> None:
    from difflib import get_close_matches  # noqa: PLC0415

    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise UsageError(
                "the inventory has no {what} “{name}”",
                hint="did you mean {near}?" if near else "it has {known}",
                values={
                    "what": what,
                    "name": name,
                    "near": "".join(near),
                    "known": ", ".join(known),
                },
            )


def _run(
    loaded: Loaded,
    books: "Books",
    made: "Plan",
    systems: tuple[str, ...],
    assets: tuple[str, ...],
    proofs: "Proofs",
) -> "Run":
    from cdso_audit.collect.plan import described  # noqa: PLC0415
    from cdso_audit.evidence import Run  # noqa: PLC0415
    from cdso_audit.result import Tool  # noqa: PLC0415

    drilled = drilled_of(loaded)
    return Run(
        tool=Tool(version=__version__),
        started_at=datetime.now(UTC).replace(microsecond=0),
        rulebook=books.first.id,
        beside=tuple(each.id for each in books.beside),
        by_approval=bool(books.earlier),
        agency=loaded.agency,
        systems=systems,
        assets=assets,
        declarative=loaded.declarative,
        attestations=proofs.attestations,
        waivers=proofs.waivers,
        confirmations=loaded.confirmations,
        drills=drilled.drills,
        playbooks=drilled.playbooks,
        forecast=drilled.forecast,
        notices=(*proofs.notices, *drilled.notices),
        plan=tuple(described(made)),
    )


def drilled_of(loaded: Loaded) -> "Drilled":
    """The drills in the journal beside the inventory; this machine alone has none."""
    from cdso_audit.store.drills import Drilled, load_drills  # noqa: PLC0415

    if loaded.agency.this_machine_only:
        return Drilled()
    return load_drills(loaded.folder, loaded.agency)


def proofs_of(loaded: Loaded, books: "Books") -> "Proofs":
    """What people proved, beside the inventory; this machine alone has nothing beside it."""
    from cdso_audit.store.proofs import Proofs, load_proofs  # noqa: PLC0415

    if loaded.agency.this_machine_only:
        return Proofs()
    return load_proofs(loaded.folder, loaded.agency, books.joined())


def _place(
    output: str, run: "Run", *, resume: bool
) -> "tuple[EvidenceFolder, Run, frozenset[str]]":
    """The folder of this run; with `resume` the last unfinished one, if it asked the same."""
    from cdso_audit.store.evidence import EvidenceFolder  # noqa: PLC0415

    root = Path("cdso-audit-out" if output == "-" else output)
    if resume:
        for path in sorted(root.glob("*/evidence/run.json"), reverse=True):
            folder = EvidenceFolder(path.parent)
            before = folder.run()
            if before.plan == run.plan and before.agency == run.agency:
                now = {name: getattr(run, name) for name in ("attestations", "waivers", "notices")}
                return folder, before.model_copy(update=now), frozenset(folder.done())
        raise UsageError(
            "{root} holds no interrupted run of the same plan",
            hint="scan without --resume",
            values={"root": root},
        )
    stamp = run.started_at.strftime("%Y-%m-%dT%H%M%SZ")
    path = root / stamp
    number = 1
    while path.exists():
        number += 1
        path = root / f"{stamp}-{number}"
    folder = EvidenceFolder(path / "evidence")
    folder.begin(run)
    return folder, run, frozenset()


def _collect(
    made: "Plan",
    run: "Run",
    folder: "EvidenceFolder",
    loaded: Loaded,
    *,
    done: frozenset[str],
    workers: int,
    quiet: bool,
    verbose: bool,
) -> "EvidenceFolder":
    from cdso_audit.collect.run import collect as carry_out  # noqa: PLC0415

    def save(asset: str, observations: "list[Observation]") -> None:
        folder.save(asset, observations)

    Thread(target=_beforehand, daemon=True).start()
    with _progress(len(made.assets), len(done), quiet=quiet, verbose=verbose) as progress:
        carry_out(
            made,
            loaded.agency.defaults,
            loaded.folder,
            save,
            done=done,
            workers=workers,
            progress=progress,
        )
    folder.begin(run.model_copy(update={"finished_at": datetime.now(UTC).replace(microsecond=0)}))
    return folder


def _beforehand() -> None:
    """Load what will judge and report while the hosts answer; what fails here, fails there too."""
    with suppress(Exception):
        import_module("cdso_audit.assessment")
        import_module("cdso_reports.html_page").template()


@contextmanager
def _progress(
    total: int, done: int, *, quiet: bool, verbose: bool
) -> "Iterator[Callable[[Progress], None]]":
    """Live progress for a person who watches, a line an asset for a log, nothing when quiet."""
    if quiet:
        yield lambda _: None
        return
    if not is_terminal() or verbose:
        yield _lines(total, done, verbose=verbose)
        return
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        SpinnerColumn,
        TextColumn,
        TimeElapsedColumn,
    )
    from rich.progress import Progress as Bar  # noqa: PLC0415

    with Bar(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console.err(),
        transient=True,
    ) as bar:
        task = bar.add_task(console.word("Looking"), total=total, completed=done)
        active: dict[str, str] = {}

        def show(event: "Progress") -> None:
            if event.finished:
                active.pop(event.asset, None)
                bar.advance(task)
            else:
                active[event.asset] = event.what
            now = ", ".join(f"{asset}: {what}" for asset, what in list(active.items())[:2])
            bar.update(task, description=console.plain(f"{console.word('Looking')}  {now}"[:60]))

        yield show


def _lines(total: int, done: int, *, verbose: bool) -> "Callable[[Progress], None]":
    seen = {"count": done}

    def show(event: "Progress") -> None:
        if event.finished:
            seen["count"] += 1
            console.err().print(f"[{seen['count']}/{total}] {event.asset}", soft_wrap=True)
        elif verbose:
            console.err().print(console.plain(f"      {event.asset}: {event.what}"), soft_wrap=True)

    return show


def finish(
    folder: "EvidenceFolder",
    home: "EvidenceFolder",
    books: "Books",
    loaded: Loaded,
    *,
    output: str,
    formats: list[str],
    quiet: bool,
    judge: bool,
    **gates: Any,
) -> int:
    """Judge what was collected, write everything, and give the exit code of the gates."""
    from cdso_audit.assessment import assess  # noqa: PLC0415
    from cdso_audit.store.evidence import pack  # noqa: PLC0415
    from cdso_reports import render  # noqa: PLC0415

    evidence = folder.load()
    target = home.path.parent
    result = assess(evidence, books, loaded.checks)
    canonical = render(result, "json")
    pack(folder, canonical, target / "bundle.zip")
    folder.remove()
    if not judge:
        if not quiet:
            console.err().print(
                console.tell("Evidence: {path}", path=str(target / "bundle.zip")), soft_wrap=True
            )
        _latest(target)
        return 0
    write_reports(result, target, formats, canonical=canonical, output=output)
    _latest(target)
    return conclude(result, target, output=output, quiet=quiet, **gates)


def write_reports(
    result: Any, target: Path, formats: list[str], *, canonical: bytes, output: str
) -> None:
    """Write each format beside the others; with `-` the one format goes to stdout."""
    from cdso_audit.store.files import write  # noqa: PLC0415
    from cdso_reports import FILE_NAMES, render  # noqa: PLC0415

    if output == "-":
        chosen = [name for name in formats if name != "html"] if len(formats) > 1 else formats
        if len(chosen) != 1:
            raise UsageError("`-o -` writes one format", hint="name one: --format json -o -")
        data = canonical if chosen == ["json"] else render(result, chosen[0], lang=console.lang())
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    for name in dict.fromkeys([*formats, "json"]):
        data = canonical if name == "json" else render(result, name, lang=report_language())
        write(target / FILE_NAMES[name], data)


def report_language() -> Any:
    """A report opens in Vietnamese unless `--lang en` was given."""
    return console.chosen() or "vi"


def _latest(target: Path) -> None:
    """`latest` points at the newest run; a file system without links does without."""
    link = target.parent / "latest"
    temporary = target.parent / f".latest-{time.monotonic_ns()}"
    try:
        temporary.symlink_to(target.name)
        temporary.replace(link)
    except OSError:
        temporary.unlink(missing_ok=True)


def conclude(result: Any, target: Path, *, output: str, quiet: bool, **gates: Any) -> int:
    """Print the summary, say which gate does not hold, and give the exit code."""
    code, said = gate(result, **gates)
    if not quiet:
        from cdso_reports.terminal import summary  # noqa: PLC0415

        where = console.err() if output == "-" else console.out()
        report = target / "report.html"
        shown = str(report if report.exists() else target / "result.json")
        where.print(summary(result, console.lang(), where.width, report=shown))
    for sentence in said:
        console.err().print(sentence, style="bold red", soft_wrap=True)
    return code


def _print_plan(made: "Plan", sudoers: str | None, *, as_json: bool) -> int:
    from cdso_audit.collect.plan import described  # noqa: PLC0415
    from cdso_audit.collect.plan import sudoers as drop_in  # noqa: PLC0415

    if sudoers:
        click.echo(drop_in(made, sudoers), nl=False)
        return 0
    plan = described(made)
    if as_json:
        click.echo(json.dumps(plan, ensure_ascii=False, indent=1))
        return 0
    for asset in plan:
        click.echo(
            console.tell(
                "{asset} (system {system}): {count} questions",
                asset=asset["asset"],
                system=asset["system"],
                count=len(asset["probes"]),
            )
        )
        for each in asset["probes"]:
            privilege = console.word("root") if each["root"] else console.word("ordinary user")
            if each["via"] == "powershell":
                privilege = console.word("administrator")
            elif each["via"] != "shell":
                privilege = console.word("from this machine")
            again = f" · {console.word('second program')}" if each["follow_up"] else ""
            click.echo(f"  {each['id']}  [{privilege}{again}]  {console.word(each['why'])}")
            for line in each["command"].splitlines():
                click.echo(f"      {line}")
        click.echo()
    return 0
