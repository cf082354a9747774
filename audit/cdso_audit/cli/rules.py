"""`rules list|show|coverage|checklist`: the rulebook in force, and how each rule is proved."""

import difflib
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cdso_audit.cli import console
from cdso_audit.cli.checks import near, table
from cdso_audit.cli.options import all_checks
from cdso_audit.cli.proofs import (
    book_and_inventory,
    books_and_inventory,
    inventory_option,
    new_file,
    no_input_option,
    now,
    tell,
    the_system,
    today,
)
from cdso_audit.errors import ConfigError, ConfigErrors, UsageError

if TYPE_CHECKING:
    from cdso_audit.attesting import AttestationEntry
    from cdso_audit.checklist import Answers
    from cdso_audit.cli.options import Loaded
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
    "only-people": "of these, technical ones that only people can see",
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
    found = find(book, name)
    nearest = min(found.levels, key=lambda each: (abs(each - level), each))
    print_requirement(book, found, nearest)
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
    if not book.is_scored(each, level):
        rows.append((console.word("Score"), console.word("not scored at this level")))
    for name, value in each.parameters_at(level).items():
        rows.append((name, str(value)))
    for proof in each.proof.checks:
        given = each.resolved(proof, level)
        settings = ", ".join(f"{key} = {value}" for key, value in given.items())
        rows.append((console.word("Proved by the check"), f"{proof.check}  {settings}".strip()))
    if each.proof.attestation is not None:
        rows.append((console.word("Proved by an attestation"), here(each.papers)))
    rows += [
        (console.word("Only people can see it"), here(reason))
        for reason in (each.proof.only_people,)
        if reason is not None
    ]
    for item in each.proof.all_of:
        drill = getattr(item, "drill", None)
        if drill:
            rows.append((console.word("Proved by a drill"), str(drill)))
    if each.proof.lists:
        files = ", ".join(f"lists/{name}" for name in each.proof.lists)
        rows.append((console.word("Compared with"), files))
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
    if row.only_people is not None:
        parts.append(f"({here(row.only_people)})")
    return "  ".join(parts)


def _plain(row: "CoverageRow") -> dict[str, Any]:
    data = asdict(row)
    return {
        key: value.model_dump() if hasattr(value, "model_dump") else value
        for key, value in data.items()
    }


# ---------------------------------------------------------------------------------------------
# The form to walk through with the people
# ---------------------------------------------------------------------------------------------


@rules.command("checklist")
@inventory_option
@click.option("--system", help="The system of the inventory whose open requirements are listed.")
@click.option("--level", type=click.IntRange(1, 5), help="All of a level, without an inventory.")
@click.option("--rulebook", help="Which book of rules; by default the one that governs the system.")
@click.option(
    "--format",
    "form_format",
    type=click.Choice(["md", "xlsx"]),
    default="md",
    show_default=True,
    help="md to read and print, xlsx to fill in.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; md goes to stdout without one.",
)
@click.option(
    "--result",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A result whose findings count too, so that only what is left is listed.",
)
@click.option(
    "--read",
    "filled_form",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Read a filled XLSX form back into attestations/; nothing is overwritten.",
)
@no_input_option
def checklist(
    inventory: Path | None,
    system: str | None,
    level: int | None,
    rulebook: str | None,
    form_format: str,
    output: Path | None,
    result: Path | None,
    filled_form: Path | None,
    *,
    no_input: bool,
) -> int:
    """
    Write a form of what is unproven and people can attest, by chapter; or read it back.

    Name a system of the inventory (--system), or a level (--level) to see all of it.
    """
    if filled_form is not None:
        return _read_back(filled_form, inventory, system, no_input=no_input)
    text = _form(inventory, system, level, result, form_format, rulebook)
    if output is None:
        if form_format == "xlsx":
            raise UsageError(
                "{option} is missing", hint="name it: -o form.xlsx", values={"option": "--output"}
            )
        sys.stdout.write(text.decode())
        return 0
    if output.exists():
        raise UsageError(
            "{path} exists already, and is never overwritten",
            hint="people may have filled it in; name another file",
            values={"path": output},
        )
    from cdso_audit.store.files import write  # noqa: PLC0415

    write(output, text)
    click.echo(str(output))
    return 0


def _form(
    inventory: Path | None,
    name: str | None,
    level: int | None,
    result: Path | None,
    kind: str,
    rulebook: str | None = None,
) -> bytes:
    from cdso_audit import checklist as making  # noqa: PLC0415
    from cdso_audit.cli.evaluate import load_result  # noqa: PLC0415
    from cdso_audit.model import System  # noqa: PLC0415
    from cdso_audit.regime import PRESENT  # noqa: PLC0415
    from cdso_audit.rulebook import load_rulebook  # noqa: PLC0415
    from cdso_audit.store.proofs import Proofs, load_proofs  # noqa: PLC0415

    if level is not None and name is None:
        book, proofs, checks = load_rulebook(rulebook or PRESENT), Proofs(), all_checks({})
        of = System(id=f"level-{level}", level=level)
    else:
        loaded, books = books_and_inventory(inventory)
        of = the_system(loaded, name)
        book = load_rulebook(rulebook) if rulebook else books.governing(of, now())
        proofs, checks = load_proofs(loaded.folder, loaded.agency, book), loaded.checks
    findings = load_result(result).findings if result is not None else ()
    made = making.form(
        book,
        of,
        proofs.attestations,
        findings,
        checks,
        now(),
        console.lang(),
        named=level is None or name is not None,
    )
    title = (
        console.tell("To attest: {system}, level {level}", system=of.name or of.id, level=of.level)
        if made.system
        else console.tell("To attest at level {level}", level=of.level)
    )
    count = sum(len(rows) for _, rows in made.chapters)
    click.echo(console.tell("{count} requirements to attest", count=count), err=True)
    if kind == "xlsx":
        from cdso_audit.store.workbook import workbook  # noqa: PLC0415

        return workbook(made, title)
    return making.markdown(made, title).encode()


def _read_back(path: Path, inventory: Path | None, name: str | None, *, no_input: bool) -> int:
    from cdso_audit import attesting  # noqa: PLC0415
    from cdso_audit import checklist as making  # noqa: PLC0415
    from cdso_audit.store.proofs import load_proofs  # noqa: PLC0415
    from cdso_audit.store.workbook import filled  # noqa: PLC0415

    loaded, book = book_and_inventory(inventory)
    stated, rows = filled(path)
    of = the_system(loaded, name or stated or None)
    found = making.answers(rows, str(path), book, of, today())
    known = load_proofs(loaded.folder, loaded.agency, book).attestations
    have = {(each.requirement, each.system, each.sha256, each.on, each.by) for each in known}
    entries = [
        each
        for each in _hashed(loaded, found)
        if (each.requirement, each.system, each.sha256, attesting.begin_of(each.on), each.by)
        not in have
    ]
    for refused in found.refused:
        tell("Answered with no, and left open: {name}", name=refused)
    if not entries:
        tell("Nothing new to attest in {path}.", path=path)
        return 0
    text = attesting.file_text(entries)
    attesting.parse_attestations(text, str(path), loaded.agency, book)
    target = loaded.folder / attesting.FOLDER
    stem = f"{of.id}.checklist.{today().isoformat()}"
    shown = difflib.unified_diff(
        [], text.splitlines(), "/dev/null", f"{attesting.FOLDER}/{stem}.yaml", lineterm=""
    )
    click.echo(console.plain("\n".join(shown)))
    if not no_input and sys.stdin.isatty():
        click.confirm(console.word("Write this file?"), default=True, abort=True, err=True)
    tell(
        "{path} is written: {count} attestations.",
        path=new_file(target, stem, text),
        count=len(entries),
    )
    return 0


def _hashed(loaded: "Loaded", found: "Answers") -> "list[AttestationEntry]":
    """The entries with the hashes of their documents; raises ConfigErrors, row by row."""
    from cdso_audit.store.proofs import digest_of  # noqa: PLC0415

    problems: list[ConfigError] = []
    made = []
    for each in found.entries:
        digest = digest_of(loaded.folder / each.document) if each.document else ""
        if digest is None:
            problems.append(
                ConfigError(
                    "cannot read the document {path}",
                    hint="its path starts from the folder of agency.yaml",
                    values={"path": each.document},
                    place=found.places.get(each.document),
                )
            )
            continue
        made.append(each.model_copy(update={"sha256": digest}))
    if problems:
        raise ConfigErrors(problems)
    return made
