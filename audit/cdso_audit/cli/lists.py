"""`lists`: the owner's lists beside agency.yaml, proposed from what was seen, and checked."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cdso_audit.cli import console
from cdso_audit.cli.init import create
from cdso_audit.cli.proofs import inventory_option, now, tell
from cdso_audit.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cdso_audit.cli.options import Loaded


@click.group()
def lists() -> None:
    """The owner's lists: propose them from what was seen, and check them."""


@lists.command()
@click.argument("names", nargs=-1)
@click.option(
    "--from",
    "bundle",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The bundle.zip of a scan: what was seen.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write into; by default the folder lists beside agency.yaml.",
)
@inventory_option
def draft(names: tuple[str, ...], bundle: Path, output: Path | None, inventory: Path | None) -> int:
    """
    Propose the lists NAMES (by default all) from what a scan saw.

    A draft proves nothing until a person has corrected it and written who confirmed it, and when.
    No file is overwritten.
    """
    from cdso_audit.lists.drafting import drafts, seen_in  # noqa: PLC0415
    from cdso_audit.store.evidence import unpack  # noqa: PLC0415

    wanted = chosen(names)
    evidence = unpack(bundle)
    made = drafts(seen_in(evidence.run.agency, evidence.observations, evidence.run.started_at))
    folder = output or _folder(inventory)
    day = f"{evidence.run.started_at:%Y-%m-%d}"
    write(folder, {name: made[name] for name in wanted}, day)
    tell(
        "Next: open each in a spreadsheet, correct it, write confirmed_by and confirmed_on at its "
        "top, then `cdso-audit lists check`."
    )
    return 0


def chosen(names: tuple[str, ...]) -> list[str]:
    """The lists of these names, all of them without one; raises UsageError naming the nearest."""
    from cdso_audit.lists import KINDS  # noqa: PLC0415
    from cdso_audit.yamlfile import nearest  # noqa: PLC0415

    for name in names:
        if name not in KINDS:
            near = nearest(name, list(KINDS))
            raise UsageError(
                "there is no list {name}",
                hint="did you mean {near}?" if near else "the lists are: {known}",
                values={"name": name, "near": near, "known": ", ".join(KINDS)},
            )
    return list(dict.fromkeys(names)) or list(KINDS)


def _folder(inventory: Path | None) -> Path:
    from cdso_audit.lists import FOLDER  # noqa: PLC0415

    return (inventory.parent if inventory else Path()) / FOLDER


def write(folder: Path, made: "Mapping[str, Iterable[Mapping[str, Any]]]", day: str = "") -> int:
    """Write these lists as drafts; what is there already stays as it is. How many were written."""
    from cdso_audit.lists import table  # noqa: PLC0415

    lang = console.lang()
    note = console.tell("Proposed from the scan of {day}", day=day) if day else ""
    written = 0
    for name, rows in made.items():
        there = [folder / f"{name}{ending}" for ending in (".csv", ".yaml", ".yml")]
        held = next((path for path in there if path.exists() or path.is_symlink()), None)
        if held is not None:
            tell("{path} is there already and stays as it is.", path=held)
            continue
        listed = list(rows)
        create(there[0], "\ufeff" + table(name, listed, lang, note=note))
        tell("{path}: a draft of {count} rows", path=there[0], count=len(listed))
        written += 1
    return written


@lists.command()
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@inventory_option
def check(inventory: Path | None, *, as_json: bool) -> int:
    """
    Read every list and say how it stands: absent, draft, expired, or until when it counts.

    A mistake ends with 2 and its file, line and column.
    """
    from cdso_audit.cli.proofs import book_and_inventory  # noqa: PLC0415

    loaded, _ = book_and_inventory(inventory)
    rows = [_standing(loaded, name) for name in chosen(())]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    words = {
        "absent": console.word("absent"),
        "draft": console.word("draft: proves nothing"),
        "expired": console.word("expired: confirm it anew"),
        "stands": console.word("stands"),
    }
    for row in rows:
        line = f"{row['name']:<14} {words[row['state']]}"
        if row["rows"]:
            line += " · " + console.tell("{count} rows", count=row["rows"])
        if row["incomplete"]:
            line += " · " + console.tell(
                "{count} of them with empty cells", count=row["incomplete"]
            )
        if row["state"] in ("stands", "expired"):
            line += f" · {row['confirmed_by']}, {row['confirmed_on']} .. {row['until']}"
        click.echo(console.plain(line))
    return 0


def _standing(loaded: "Loaded", name: str) -> dict[str, Any]:
    from cdso_audit.lists.standing import last_day  # noqa: PLC0415

    known = loaded.agency.lists
    found = known.file_of(name)
    until = last_day(found)
    return {
        "name": name,
        "file": found.file if found else f"lists/{name}.csv",
        "state": known.standing(name, now()),
        "rows": found.rows if found else 0,
        "incomplete": found.incomplete if found else 0,
        "confirmed_by": found.confirmed_by if found else "",
        "confirmed_on": str(found.confirmed_on) if found and found.confirmed_on else "",
        "until": str(until) if until else "",
    }
