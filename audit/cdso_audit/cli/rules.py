"""`rules list|show|coverage`: the rulebook in force, and how each requirement is proved."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from cdso_audit.cli import console
from cdso_audit.cli.checks import near, table
from cdso_audit.cli.options import all_checks
from cdso_audit.errors import UsageError

if TYPE_CHECKING:
    from cdso_audit.result import Text
    from cdso_audit.rulebook import CoverageRow, Requirement, Rulebook

_rulebook = click.option(
    "--rulebook", default="vn-2026", show_default=True, help="Which book of rules."
)
_level = click.option(
    "--level", type=click.IntRange(1, 5), default=3, show_default=True, help="Level of the system."
)
_json = click.option("--json", "as_json", is_flag=True, help="As JSON.")

#: How a requirement is proved, as `rules coverage` says it.
HOW_TEXT = {
    "checks": "by checks",
    "checks-and-attestation": "by checks and an attestation",
    "attestation": "by an attestation",
    "drill": "by a drill",
    "no-check-yet": "of these, technical ones that no check judges yet",
}


def here(text: "Text") -> str:
    """The sentence in the language of this run."""
    return console.plain(text.vi if console.lang() == "vi" else text.en)


@click.group()
def rules() -> None:
    """List the rules, show one, or show how each is proved."""


@rules.command("list")
@_rulebook
@_level
@_json
@click.argument("words", nargs=-1)
def list_rules(rulebook: str, level: int, words: tuple[str, ...], *, as_json: bool) -> int:
    """List the requirements of a level; with WORDS only those whose id or title has them all."""
    from cdso_audit.rulebook import load_rulebook  # noqa: PLC0415

    book = load_rulebook(rulebook)
    found = [
        each
        for each in book.for_level(level)
        if all(word.lower() in f"{each.id} {here(each.title)}".lower() for word in words)
    ]
    if as_json:
        shown = {each.id: each for each in book.info([level]).requirements}
        data = [shown[each.id].model_dump(mode="json") for each in found]
        click.echo(json.dumps(data, ensure_ascii=False, indent=1))
        return 0
    for each in found:
        click.echo(f"{each.clause(level):<16} {each.severity:<8} {each.id}")
        click.echo(f"{'':<26}{here(each.title)}")
    click.echo(
        console.tell("{count} requirements at level {level}", count=len(found), level=level),
        err=True,
    )
    return 0


@rules.command("show")
@_rulebook
@_level
@click.argument("name")
def show_rule(rulebook: str, level: int, name: str) -> int:
    """Show everything about the requirement NAME (its id, or the end of it)."""
    from cdso_audit.rulebook import load_rulebook  # noqa: PLC0415

    book = load_rulebook(rulebook)
    print_requirement(book, find(book, name), level)
    return 0


def find(book: "Rulebook", name: str) -> "Requirement":
    """The requirement of that id, or the only one that ends with it; raises UsageError."""
    if name in book.by_id:
        return book.by_id[name]
    ending = [each for each in book.requirements if each.id.endswith(f".{name}")]
    if len(ending) == 1:
        return ending[0]
    if ending:
        raise UsageError(
            "“{name}” may be any of {known}",
            hint="give the whole id",
            values={"name": name, "known": ", ".join(each.id for each in ending)},
        )
    raise UsageError(
        "the rulebook {book_id} has no requirement “{name}”",
        hint=near(name, [each.rpartition(".")[2] for each in book.by_id]),
        values={"book_id": book.id, "name": name},
    )


def print_requirement(book: "Rulebook", each: "Requirement", level: int) -> None:
    """A requirement on one screen: text, clauses, authority, confidence, proof."""
    info = next(
        (shown for shown in book.info().requirements if shown.id == each.id),
    )
    rows = [(console.word("Text"), here(each.text))]
    rows += [
        (reference.authority, f"{here(reference.title)} — {reference.clause}".rstrip(" —"))
        for reference in info.references
    ]
    clauses = ", ".join(f"{number}: {clause}" for number, clause in info.clause_by_level.items())
    rows += [
        (console.word("Levels"), ", ".join(str(number) for number in each.levels)),
        (console.word("Clause by level"), clauses or each.clause(level)),
        (console.word("Severity"), f"{each.severity}" + (" · knock-out" if each.knock_out else "")),
        (console.word("Confidence"), each.confidence_at(level)),
        (console.word("Binding"), each.binding),
    ]
    for name, value in each.parameters_at(level).items():
        rows.append((name, str(value)))
    for proof in each.proof.checks:
        given = each.resolved(proof, level)
        settings = ", ".join(f"{key} = {value}" for key, value in given.items())
        rows.append((console.word("Proved by the check"), f"{proof.check}  {settings}".strip()))
    if each.proof.attestation is not None:
        rows.append((console.word("Proved by an attestation"), here(each.papers)))
    for item in each.proof.all_of:
        drill = getattr(item, "drill", None)
        if drill:
            rows.append((console.word("Proved by a drill"), str(drill)))
    if each.applies_if:
        rows.append((console.word("Applies if"), each.applies_if))
    if each.note:
        rows.append((console.word("Note"), each.note))
    out = console.out()
    out.print(each.id, style="bold")
    out.print(here(each.title))
    out.print(table(rows))


@rules.command("coverage")
@_rulebook
@_level
@_json
@click.option("--summary", is_flag=True, help="Only the counts.")
def coverage(rulebook: str, level: int, *, as_json: bool, summary: bool) -> int:
    """Show how each requirement of a level is proved. No row is blank."""
    from cdso_audit.rulebook import coverage as cover  # noqa: PLC0415
    from cdso_audit.rulebook import load_rulebook  # noqa: PLC0415

    found = cover(load_rulebook(rulebook), level, all_checks({}))
    if as_json:
        rows = [_plain(row) for row in found.rows]
        click.echo(json.dumps({"counts": found.counts, "rows": rows}, ensure_ascii=False, indent=1))
        return 0
    if not summary:
        for row in found.rows:
            click.echo(f"{row.clause:<16} {here(row.title)}")
            click.echo(f"{'':<17}{_how(row)}")
    click.echo(
        console.tell("{count} requirements at level {level}", count=len(found.rows), level=level)
    )
    for how, count in found.counts.items():
        click.echo(f"  {count:>4}  {console.word(HOW_TEXT[how])}")
    return 0


def _how(row: "CoverageRow") -> str:
    parts = [f"✓ {name}" for name in row.checks if name not in row.missing]
    parts += [f"… {name}" for name in row.missing]
    parts += [f"⏱ {name}" for name in row.drills]
    if row.document is not None and not row.drills:
        parts.append(f"✎ {here(row.document)}")
    return "  ".join(parts)


def _plain(row: "CoverageRow") -> dict[str, Any]:
    data = asdict(row)
    return {
        key: value.model_dump() if hasattr(value, "model_dump") else value
        for key, value in data.items()
    }
