"""`attest`: a signed word with its paper, for what no machine sees; and when each one ends."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cdso_audit.cli import console
from cdso_audit.cli.proofs import (
    ByDefault,
    DayType,
    asked,
    book_and_inventory,
    inventory_option,
    new_file,
    no_input_option,
    now,
    tell,
    the_requirement,
    the_system,
    today,
)
from cdso_audit.errors import InvalidValueError, UsageError

if TYPE_CHECKING:
    from cdso_audit.attesting import Due
    from cdso_audit.model import System
    from cdso_audit.rulebook import Requirement


@click.group(cls=ByDefault)
def attest() -> None:
    """
    Attest what no machine sees: `attest REQUIREMENT --system S …` writes a file to review.

    `attest list` shows what was attested and when it ends, `attest due` what ends soon.
    """


@attest.command("add")
@click.argument("requirement")
@inventory_option
@click.option("--system", help="The system; not needed when there is only one.")
@click.option("--asset", default="", help="Only this asset; without it, the whole system.")
@click.option("--statement", help="What is confirmed, in a sentence.")
@click.option(
    "--document",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The paper that proves it, in the folder of agency.yaml.",
)
@click.option("--by", help="Who attests: name and position.")
@click.option("--on", type=DayType(), help="The day of the signature; by default today.")
@click.option(
    "--valid-until", type=DayType(), help="The last day; by default as long as the rule lets it."
)
@click.option(
    "--not-applicable", is_flag=True, help="Attest that the rule's own condition does not hold."
)
@no_input_option
def add(
    requirement: str,
    inventory: Path | None,
    system: str | None,
    asset: str,
    statement: str | None,
    document: Path | None,
    by: str | None,
    on: date | None,
    valid_until: date | None,
    *,
    not_applicable: bool,
    no_input: bool,
) -> int:
    """Write an attestation of REQUIREMENT (its id, or the end of it) into attestations/."""
    from cdso_audit import attesting  # noqa: PLC0415
    from cdso_audit.store.proofs import digest_of, inside  # noqa: PLC0415

    loaded, book = book_and_inventory(inventory)
    of = the_system(loaded, system, asset)
    rule = the_requirement(book, requirement, of)
    _show(rule, of)
    if not not_applicable and not attesting.can_be_attested(rule, of.level):
        tell("Checks prove {name} where they can look; this counts only elsewhere.", name=rule.id)
    said = asked(statement, console.word("What is confirmed"), "--statement", no_input=no_input)
    if document is None and not not_applicable:
        given = asked(None, console.word("Path of the document"), "--document", no_input=no_input)
        document = Path(given)
    author = asked(by, console.word("Name and position"), "--by", no_input=no_input)
    signed = on or today()
    end = _end(rule, of, signed, valid_until, no_input=no_input)
    name, digest = "", None
    if document is not None:
        name, digest = inside(loaded.folder, document), digest_of(document)
        if digest is None:
            raise UsageError("cannot read the document {path}", values={"path": document})
    entry = attesting.AttestationEntry(
        requirement=rule.id,
        system=of.id,
        asset=asset,
        says="not-applicable" if not_applicable else "met",
        statement=said,
        document=name,
        sha256=digest or "",
        by=author,
        on=signed,
        valid_until=end,
    )
    text = attesting.file_text([entry])
    attesting.parse_attestations(text, attesting.FOLDER, loaded.agency, book)
    path = new_file(loaded.folder / attesting.FOLDER, file_stem(rule, of, asset, signed), text)
    click.echo(str(path))
    tell("It counts from the next scan on, until {day}. Have it reviewed in git.", day=end)
    return 0


def file_stem(rule: "Requirement", system: "System", asset: str, day: date) -> str:
    """The name of a new file: system, asset, requirement and day."""
    parts = [system.id, *([asset] if asset else []), rule.id, day.isoformat()]
    return re.sub(r"[^a-z0-9.-]+", "-", ".".join(parts).lower())


def _show(rule: "Requirement", system: "System") -> None:
    lang = console.lang()
    err = console.err()
    clause = rule.clause(system.level)
    title = rule.title.vi if lang == "vi" else rule.title.en
    paper = rule.papers.vi if lang == "vi" else rule.papers.en
    err.print(console.plain(f"{rule.id} · {clause} · {title}"), soft_wrap=True)
    err.print(console.plain(f"  {console.word('Asked for')}: {paper}"), soft_wrap=True)


def _end(
    rule: "Requirement",
    system: "System",
    signed: date,
    valid_until: date | None,
    *,
    no_input: bool,
) -> date:
    from cdso_audit.attesting import begin_of, day_of, last_day  # noqa: PLC0415
    from cdso_audit.comply import months_later  # noqa: PLC0415

    if valid_until is None:
        usual = last_day(rule, system.level, signed)
        if usual is not None:
            return usual
        question = console.word("Last day of the contract or certificate, as 2026-12-31")
        answer = asked(None, question, "--valid-until", no_input=no_input)
        try:
            valid_until = date.fromisoformat(answer)
        except ValueError as problem:
            raise UsageError(
                "{value} is no day; write it as 2026-03-10", values={"value": answer}
            ) from problem
    if valid_until < signed:
        raise UsageError(
            "it ends on {until}, before the day on which it was signed, {on}",
            values={"until": valid_until, "on": signed},
        )
    months = rule.valid_months(system.level)
    longest = day_of(months_later(begin_of(signed), months)) if months else None
    if longest is not None and valid_until >= longest:
        tell(
            "The rule lets it hold for {months} months only: until {day}.",
            months=months,
            day=longest - timedelta(days=1),
        )
        return longest - timedelta(days=1)
    return valid_until


@attest.command("list")
@inventory_option
@click.option("--system", help="Only this system.")
def list_attestations(inventory: Path | None, system: str | None) -> int:
    """List what is attested, with the day on which each ends, the soonest first."""
    return _listed(inventory, system, within=None)


@attest.command("due")
@inventory_option
@click.option("--system", help="Only this system.")
@click.option("--within", default="60d", show_default=True, help="How soon: 60d, 8w.")
def due(inventory: Path | None, system: str | None, within: str) -> int:
    """List what has ended, or ends soon. Ends with 1 if anything has ended."""
    from cdso_audit.duration import parse_duration  # noqa: PLC0415

    try:
        span = parse_duration(within)
    except InvalidValueError as problem:
        raise UsageError(
            problem.template, hint=problem.hint, values=problem.values, subject="--within"
        ) from problem
    return _listed(inventory, system, within=span)


def _listed(inventory: Path | None, system: str | None, within: timedelta | None) -> int:
    from cdso_audit.attesting import due_dates  # noqa: PLC0415
    from cdso_audit.store.proofs import load_proofs  # noqa: PLC0415

    loaded, book = book_and_inventory(inventory)
    if system is not None:
        the_system(loaded, system)
    proofs = load_proofs(loaded.folder, loaded.agency, book)
    at = now()
    found = [
        each
        for each in due_dates(proofs.attestations, loaded.agency, book)
        if system in (None, each.system.id) and (within is None or each.ends - at <= within)
    ]
    for each in found:
        _line(each, over=each.ends <= at)
    for notice in proofs.notices:
        tell(notice.template, **notice.values)
    over = sum(each.ends <= at for each in found)
    tell("{count} attestations, {over} of them have ended", count=len(found), over=over)
    return 1 if over and within is not None else 0


def _line(each: "Due", *, over: bool) -> None:
    from cdso_audit.attesting import day_of  # noqa: PLC0415

    mark = console.word("ended") if over else console.word("until")
    where = (
        f"{each.system.id}/{each.attestation.asset}" if each.attestation.asset else each.system.id
    )
    line = f"{day_of(each.ends)}  {mark}  {where}  {each.requirement.id}  ({each.attestation.by})"
    click.echo(console.plain(line))
