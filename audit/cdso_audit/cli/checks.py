"""`checks list` and `checks show`: the catalogue, from the checks' own texts."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cdso_audit.cli import console
from cdso_audit.cli.options import all_checks, declarative_files
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
    """List the checks, or show one."""


@checks.command("list")
@_paths
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@click.argument("words", nargs=-1)
def list_checks(check_paths: tuple[Path, ...], words: tuple[str, ...], *, as_json: bool) -> int:
    """List the checks; with WORDS only those whose id or title has them all."""
    from cdso_audit.assessment import check_info  # noqa: PLC0415

    found = [
        each
        for each in all_checks(declarative_files(check_paths, None)).values()
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
        if each.about.experimental:
            title = f"{title} [{console.word('experimental')}]"
        click.echo(f"{each.about.id:<{width}}  {each.about.severity:<8}  {title}")
    click.echo(console.tell("{count} checks", count=len(found)), err=True)
    return 0


@checks.command("show")
@_paths
@click.argument("name")
def show_check(check_paths: tuple[Path, ...], name: str) -> int:
    """Show everything about the check NAME."""
    known = all_checks(declarative_files(check_paths, None))
    if name not in known:
        raise UsageError(
            "there is no check “{name}”", hint=near(name, list(known)), values={"name": name}
        )
    print_check(known[name])
    return 0


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
    if about.experimental:
        told = console.word("experimental: not yet confirmed on a real device")
        rows.append((console.word("Standing"), told))
    probes = {probe.id: probe for reader in readers_of(check.fact) for probe in reader.probes}
    for probe in probes.values():
        privilege = "root" if probe.root else probe.via
        rows.append((console.word("Asks"), f"[{privilege}] {probe.command.strip()}"))
    if check.parameters:
        settings = ", ".join(f"{key} = {value}" for key, value in check.parameters.items())
        rows.append((console.word("Parameters"), settings))
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
