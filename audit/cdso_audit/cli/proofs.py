"""What `attest`, `waive` and `level` share: the inventory at hand, asking, and new files."""

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cdso_audit.attesting import VIETNAM
from cdso_audit.cli import console
from cdso_audit.cli.init import create
from cdso_audit.cli.options import INVENTORY_NAME, Loaded, load
from cdso_audit.errors import UsageError

if TYPE_CHECKING:
    from cdso_audit.model import System
    from cdso_audit.regime import Books
    from cdso_audit.rulebook import Requirement, Rulebook


class ByDefault(click.Group):
    """A group whose first command is meant when the first word is none of its commands."""

    default = "add"

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            args = [self.default, *args]
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Options of the default command may stand first: `attest --system dvc REQUIREMENT`."""
        if args and args[0].startswith("-") and args[0] not in ("-h", "--help"):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


inventory_option: Callable[[Any], Any] = click.option(
    "-i",
    "--inventory",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The agency's inventory; by default agency.yaml in this folder.",
)
no_input_option: Callable[[Any], Any] = click.option(
    "--no-input", is_flag=True, help="Never ask a person anything."
)


class DayType(click.ParamType[date]):
    """A day, as 2026-03-10."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(
                console.tell("{value} is no day; write it as 2026-03-10", value=value), param, ctx
            )


def now() -> datetime:
    """This moment, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def today() -> date:
    """The day in Vietnam."""
    return datetime.now(VIETNAM).date()


def books_and_inventory(
    inventory: Path | None, rulebooks: tuple[str, ...] = ()
) -> "tuple[Loaded, Books]":
    """
    The inventory with the rulebooks that judge it, or with those that are named; raises UsageError
    when there is none.
    """
    from cdso_audit.regime import load_books  # noqa: PLC0415

    if inventory is None and not Path(INVENTORY_NAME).is_file():
        raise UsageError(
            "there is no agency.yaml in this folder",
            hint="name one with -i, or write one with `cdso-audit init`",
        )
    loaded = load(inventory, ())
    return loaded, load_books(rulebooks or loaded.agency.defaults.rulebook, loaded.agency)


def book_and_inventory(inventory: Path | None) -> "tuple[Loaded, Rulebook]":
    """The inventory with all requirements that judge it, to look them up."""
    loaded, books = books_and_inventory(inventory)
    return loaded, books.joined()


def the_system(loaded: Loaded, name: str | None, asset: str = "") -> "System":
    """The system of that id (the only one, when none is named), and it has that asset."""
    from cdso_audit.yamlfile import nearest  # noqa: PLC0415

    systems = {each.id: each for each in loaded.agency.systems}
    if name is None and len(systems) == 1:
        name = next(iter(systems))
    if name is None:
        raise UsageError(
            "which system?",
            hint="name it with --system: {known}",
            values={"known": ", ".join(systems)},
        )
    if name not in systems:
        near = nearest(name, list(systems))
        raise UsageError(
            "the inventory has no system {name}",
            hint="did you mean {near}?" if near else "known are: {known}",
            values={"name": name, "near": near, "known": ", ".join(systems)},
        )
    known = [each.id for each in systems[name].assets]
    if asset and asset not in known:
        near = nearest(asset, known)
        raise UsageError(
            "the system {system} has no asset {name}",
            hint="did you mean {near}?" if near else "known are: {known}",
            values={"system": name, "name": asset, "near": near, "known": ", ".join(known)},
        )
    return systems[name]


def the_requirement(book: "Rulebook", name: str, system: "System") -> "Requirement":
    """The requirement of that id or ending, if it binds the system; raises UsageError."""
    from cdso_audit.yamlfile import nearest  # noqa: PLC0415

    ending = [each for each in book.by_id if each.endswith(f".{name}")]
    if name not in book.by_id and not ending:
        near = nearest(name, list(book.by_id)) or nearest(
            name, [each.rpartition(".")[2] for each in book.by_id]
        )
        raise UsageError(
            "the rulebook {rulebook} has no requirement {name}",
            hint="did you mean {near}?" if near else "`cdso-audit rules list` shows all of them",
            values={"rulebook": book.id, "name": name, "near": near},
        )
    found = book.requirement(name)
    if system.level not in found.levels:
        raise UsageError(
            "{name} does not bind the system {system} at level {level}",
            values={"name": found.id, "system": system.id, "level": system.level},
        )
    return found


def asked(given: str | None, question: str, option: str, *, no_input: bool) -> str:
    """What was given on the command line, or what a person answers; raises UsageError."""
    if given is not None and given.strip():
        return given.strip()
    if no_input or not sys.stdin.isatty():
        raise UsageError(
            "{option} is missing",
            hint="give it, or run without --no-input at a terminal",
            values={"option": option},
        )
    return " ".join(str(click.prompt(question, err=True)).split())


def new_file(folder: Path, stem: str, content: str) -> Path:
    """Write a file of a name that nobody has yet; nothing is ever overwritten."""
    number = 1
    while True:
        path = folder / f"{stem}{'' if number == 1 else f'-{number}'}.yaml"
        if not path.exists() and not path.is_symlink():
            create(path, content)
            return path
        number += 1


def tell(template: str, **values: Any) -> None:
    """Say a sentence to the person, safe for the terminal."""
    console.err().print(console.plain(console.tell(template, **values)), soft_wrap=True)
