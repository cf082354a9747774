"""`waive`: a dated exception from a measured failure, asked for by one and approved by another."""

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cdso_audit.cli import console
from cdso_audit.cli.attest import file_stem
from cdso_audit.cli.options import rulebook_option
from cdso_audit.cli.proofs import (
    ByDefault,
    DayType,
    asked,
    book_and_inventory,
    books_and_inventory,
    inventory_option,
    new_file,
    no_input_option,
    now,
    tell,
    the_requirement,
    the_system,
    today,
)
from cdso_audit.errors import UsageError

if TYPE_CHECKING:
    from cdso_audit.model import System
    from cdso_audit.regime import Books
    from cdso_audit.rulebook import Requirement

#: How long a waiver lasts when nobody says: a quarter.
USUAL = timedelta(days=90)

LATEST = Path("cdso-audit-out/latest/result.json")


@click.group(cls=ByDefault)
def waive() -> None:
    """
    Accept a measured failure for a time: `waive REQUIREMENT --system S …` writes a file to review.

    The score stays as it was measured; `waive list` shows what is waived and until when.
    """


@waive.command("add")
@click.argument("requirement")
@inventory_option
@rulebook_option
@click.option("--system", help="The system; not needed when there is only one.")
@click.option("--asset", default="", help="Only this asset; without it, the whole system.")
@click.option("--reason", help="Why the failure cannot be mended now.")
@click.option("--compensating-control", help="What makes up for it meanwhile.")
@click.option("--requested-by", help="Who asks: name and position.")
@click.option("--approved-by", help="Who approves: somebody else.")
@click.option("--approved-on", type=DayType(), help="The day of the approval; by default today.")
@click.option("--until", type=DayType(), help="The last day; by default 90 days, at most 180.")
@click.option(
    "--result",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The result in which the failure was measured; by default the latest one here.",
)
@no_input_option
def add(
    requirement: str,
    inventory: Path | None,
    rulebooks: tuple[str, ...],
    system: str | None,
    asset: str,
    reason: str | None,
    compensating_control: str | None,
    requested_by: str | None,
    approved_by: str | None,
    approved_on: date | None,
    until: date | None,
    result: Path | None,
    *,
    no_input: bool,
) -> int:
    """
    Write a waiver of REQUIREMENT (its id, or the end of it) into waivers/.

    It may stand in any rulebook that judges the system, the governing one or one beside it.
    """
    from cdso_audit import waiving  # noqa: PLC0415
    from cdso_audit.regime import joined  # noqa: PLC0415

    loaded, books = books_and_inventory(inventory, rulebooks)
    of = the_system(loaded, system, asset)
    judging = books.judging(of, now())
    book = joined(judging)
    rule = _the_rule(books, requirement, of)
    never = waiving.why_not_by(judging, rule.id, of.level)
    if never:
        raise UsageError(
            never,
            hint="mend it; `cdso-audit explain {name}` says how",
            values={"name": rule.id},
        )
    measured = result or (LATEST if LATEST.is_file() else None)
    if measured is not None:
        _measured(measured, rule.id, of.id, asset)
    given = {
        "reason": asked(
            reason, console.word("Why it cannot be mended now"), "--reason", no_input=no_input
        ),
        "compensating_control": asked(
            compensating_control,
            console.word("What makes up for it meanwhile"),
            "--compensating-control",
            no_input=no_input,
        ),
        "requested_by": asked(
            requested_by, console.word("Who asks"), "--requested-by", no_input=no_input
        ),
        "approved_by": asked(
            approved_by,
            console.word("Who approves (somebody else)"),
            "--approved-by",
            no_input=no_input,
        ),
    }
    approved = approved_on or today()
    entry = waiving.WaiverEntry(
        requirement=rule.id,
        system=of.id,
        asset=asset,
        approved_on=approved,
        until=until or approved + USUAL,
        **given,
    )
    text = waiving.file_text([entry])
    waiving.parse_waivers(text, waiving.FOLDER, loaded.agency, book)  # two people, 180 days
    path = new_file(loaded.folder / waiving.FOLDER, file_stem(rule, of, asset, approved), text)
    click.echo(str(path))
    tell("It counts from the next scan on, until {day}. Have it reviewed in git.", day=entry.until)
    return 0


def _the_rule(books: "Books", name: str, system: "System") -> "Requirement":
    """The requirement, out of the rulebooks that judge the system; raises UsageError."""
    from cdso_audit.regime import joined  # noqa: PLC0415
    from cdso_audit.rulebook import installed_rulebooks, load_rulebook  # noqa: PLC0415

    book = joined(books.judging(system, now()))
    known = book.id.split(", ")
    if not any(each == name or each.endswith(f".{name}") for each in book.by_id):
        for other in installed_rulebooks():
            if other not in known and any(
                each == name or each.endswith(f".{name}") for each in load_rulebook(other).by_id
            ):
                raise UsageError(
                    "{name} stands in the rulebook {rulebook}, which does not judge {system}",
                    hint="choose it as the scan does: --rulebook {known} --rulebook {rulebook}",
                    values={
                        "name": name,
                        "rulebook": other,
                        "system": system.id,
                        "known": " --rulebook ".join(known),
                    },
                )
    return the_requirement(book, name, system)


def _measured(path: Path, requirement: str, system: str, asset: str) -> None:
    """Raises UsageError unless the result shows the failure that is to be waived."""
    from cdso_audit.cli.evaluate import load_result  # noqa: PLC0415

    states = [
        state
        for each in load_result(path).systems
        if each.id == system
        for status in (
            *each.requirements,
            *(status for other in each.beside for status in other.requirements),
        )
        if status.id == requirement
        for state in status.assets
        if asset in ("", state.asset)
    ]
    if not any(each.state == "fail" for each in states):
        raise UsageError(
            "{path} shows no failure of {requirement} on {system}; only a measured failure is "
            "waived",
            hint="scan first, or name the result with --result",
            values={"path": path, "requirement": requirement, "system": system},
        )


@waive.command("list")
@inventory_option
@click.option("--system", help="Only this system.")
def list_waivers(inventory: Path | None, system: str | None) -> int:
    """List what is waived, with the day on which each ends, the soonest first."""
    from cdso_audit.attesting import day_of  # noqa: PLC0415
    from cdso_audit.store.proofs import load_proofs  # noqa: PLC0415

    loaded, book = book_and_inventory(inventory)
    if system is not None:
        the_system(loaded, system)
    found = [
        each
        for each in load_proofs(loaded.folder, loaded.agency, book).waivers
        if system in (None, each.system)
    ]
    at = now()
    for each in sorted(found, key=lambda each: (each.until, each.system, each.requirement)):
        mark = console.word("ended") if each.until <= at else console.word("until")
        where = f"{each.system}/{each.asset}" if each.asset else each.system
        line = f"{day_of(each.until)}  {mark}  {where}  {each.requirement}  ({each.approved_by})"
        click.echo(console.plain(line))
    over = sum(each.until <= at for each in found)
    tell("{count} waivers, {over} of them have ended", count=len(found), over=over)
    return 0
