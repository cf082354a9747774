"""`checks`: the catalogue from the checks' own texts, and what people confirm and try out."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cdso_audit.cli import console
from cdso_audit.cli.options import all_checks, declarative_files, owner_confirmations
from cdso_audit.cli.proofs import (
    DayType,
    asked,
    inventory_option,
    no_input_option,
    tell,
    today,
)
from cdso_audit.errors import UsageError

if TYPE_CHECKING:
    from cdso_audit.checking import Check

_paths = click.option(
    "--checks",
    "check_paths",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="A YAML check, or a folder of them, besides the installed ones.",
)


@click.group()
def checks() -> None:
    """List the checks, show one, confirm one, or try one out."""


@checks.command("list")
@_paths
@inventory_option
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.argument("words", nargs=-1)
def list_checks(
    check_paths: tuple[Path, ...],
    inventory: Path | None,
    words: tuple[str, ...],
    *,
    as_json: bool,
) -> int:
    """List the checks; with WORDS only those whose id or title has them all."""
    from cdso_audit.assessment import check_info  # noqa: PLC0415

    found = [
        each
        for each in _known(check_paths, inventory).values()
        if all(
            word.lower() in f"{each.about.id} {console.word(each.about.title)}".lower()
            for word in words
        )
    ]
    if as_json:
        data = [check_info(each).model_dump(mode="json") for each in found]
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
        return 0
    width = max((len(each.about.id) for each in found), default=0)
    for each in found:
        title = console.plain(console.word(each.about.title))
        if each.confirmations:
            title = f"{title} [{console.word('confirmed')}]"
        elif each.about.experimental:
            title = f"{title} [{console.word('experimental')}]"
        click.echo(f"{each.about.id:<{width}}  {each.about.severity:<8}  {title}")
    click.echo(console.tell("{count} checks", count=len(found)), err=True)
    return 0


@checks.command("show")
@_paths
@inventory_option
@click.argument("name")
def show_check(check_paths: tuple[Path, ...], inventory: Path | None, name: str) -> int:
    """Show everything about the check NAME."""
    known = _known(check_paths, inventory)
    if name not in known:
        raise UsageError(
            "there is no check “{name}”", hint=near(name, list(known)), values={"name": name}
        )
    print_check(known[name])
    return 0


def _known(check_paths: tuple[Path, ...], inventory: Path | None) -> "dict[str, Check[Any]]":
    """The installed checks and those of these files, with what the owner confirmed."""
    from cdso_audit.confirming import confirmed  # noqa: PLC0415

    known = all_checks(declarative_files(check_paths, None))
    folder = inventory.parent if inventory else Path()
    return confirmed(known, owner_confirmations(folder, known))


@checks.command("confirm")
@click.argument("name")
@click.option("--by", "by", help="Who held it against the real thing: name, organisation.")
@click.option("--where", "where", help="The real thing: product and version.")
@click.option("--on", "on", type=DayType(), help="The day; by default today.")
@click.option("--note", default="", help="What was compared, and how.")
@no_input_option
@inventory_option
def confirm_check(
    name: str,
    by: str | None,
    where: str | None,
    on: date | None,
    note: str,
    inventory: Path | None,
    *,
    no_input: bool,
) -> int:
    """
    Record that the experimental check NAME was right on a real system.

    It goes into confirmations.yaml beside agency.yaml. Catalogue and report then say who confirmed
    it, where and when; no verdict changes.
    """
    from cdso_audit import confirming  # noqa: PLC0415
    from cdso_audit.store.files import read, write  # noqa: PLC0415

    known = all_checks({})
    told = confirming.why_not(name, confirming.experimental(known))
    if told is not None:
        raise told
    folder = inventory.parent if inventory else Path()
    path = folder / confirming.FILE_NAME
    held = owner_confirmations(folder, known)
    day = on or today()
    if day > today():
        raise UsageError("{on} has not come yet", values={"on": day})
    who = console.word("Who compared it (name, organisation)")
    with_what = console.word("With which real system (product, version)")
    made = confirming.Confirmation(
        check=name,
        by=asked(by, who, "--by", no_input=no_input),
        where=asked(where, with_what, "--where", no_input=no_input),
        on=day,
        note=" ".join(note.split()),
    )
    if made in held:
        tell("{path} says so already.", path=path)
        return 0
    before = read(path).decode("utf-8-sig") if held else ""
    write(path, confirming.with_one_more(before, made).encode())
    tell("{path}: {check} is confirmed by {by}", path=path, check=name, by=made.by)
    return 0


@checks.command("test")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--against",
    "bundle",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The bundle.zip of a scan: say what the check would find there.",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
def test_check(file: Path, bundle: Path | None, *, as_json: bool) -> int:
    """
    Try the YAML check FILE: run its own tests, and say what it finds in a bundle, and why.

    Ends with 1 if a test of its own does not hold. Nothing is contacted.
    """
    from cdso_audit.cli.trying import told, trial  # noqa: PLC0415

    made = trial(file, bundle)
    if as_json:
        click.echo(json.dumps(made.as_json(), ensure_ascii=False, indent=1))
    else:
        for line in told(made):
            click.echo(console.plain(line))
    return 0 if made.holds else 1


def near(name: str, known: list[str]) -> str:
    """A hint that names what was probably meant."""
    from difflib import get_close_matches  # noqa: PLC0415

    close = get_close_matches(name, known, n=3)
    if close:
        return console.tell("did you mean {names}?", names=", ".join(close))
    return console.word("see `cdso-audit checks list` and `cdso-audit rules list`")


def print_check(check: "Check[Any]") -> None:
    """A check on one screen: what, why, fix, how it knows, pitfalls, references."""
    from cdso_audit.facts.reading import kind_of, readers_of  # noqa: PLC0415

    about = check.about
    rows = [
        (console.word("Severity"), str(about.severity)),
        (console.word("Why"), console.word(about.why)),
        (console.word("Fix"), console.word(about.fix)),
        (console.word("Judges"), kind_of(check.fact)),
    ]
    for each in check.confirmations:
        told = console.tell(
            "confirmed by {by}, {on}, on {where}", by=each.by, on=each.on, where=each.where
        )
        rows.append((console.word("Standing"), f"{told} {each.note}".strip()))
    if about.experimental and not check.confirmations:
        told = console.word("experimental: not yet confirmed on a real device")
        rows.append((console.word("Standing"), told))
    probes = {probe.id: probe for reader in readers_of(check.fact) for probe in reader.probes}
    for probe in probes.values():
        privilege = "root" if probe.root else probe.via
        rows.append((console.word("Asks"), f"[{privilege}] {probe.command.strip()}"))
    if check.parameters:
        settings = ", ".join(f"{key} = {value}" for key, value in check.parameters.items())
        rows.append((console.word("Parameters"), settings))
    if about.lists or about.or_lists:
        files = ", ".join(f"lists/{name}" for name in (*about.lists, *about.or_lists))
        rows.append((console.word("Compared with"), files))
    if about.pitfalls:
        rows.append((console.word("Pitfalls"), console.word(about.pitfalls)))
    for where, names in about.references.items():
        rows.append((where, ", ".join(names)))
    rows.append((console.word("From"), f"{check.origin} {about.since}".strip()))
    out = console.out()
    out.print(f"{about.id}", style="bold")
    out.print(console.plain(console.word(about.title)))
    out.print(table(rows))


def table(rows: list[tuple[str, str]]) -> Any:
    """Two columns: a word, and what there is to say."""
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    grid = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, text in rows:
        grid.add_row(Text(name), Text(console.plain(text)))
    return grid
