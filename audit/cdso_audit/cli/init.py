"""`init`: write agency.yaml, by asking or from a file that the agency already has."""

import os
import re
from pathlib import Path
from typing import Any

import click

from cdso_audit import address
from cdso_audit.cli import console
from cdso_audit.errors import CdsoError, InvalidValueError, UsageError
from cdso_audit.importing import Found, read_hosts
from cdso_audit.importing.draft import (
    ASSUMED_LEVEL,
    Draft,
    DraftSystem,
    Names,
    systems_of,
    text,
)
from cdso_audit.inventory import FILE_NAME, identifier, parse_agency
from cdso_audit.model import Agency
from cdso_audit.profiles import PROFILES
from cdso_audit.store.files import read

#: What must never be committed or copied about: results hold the weaknesses of every host.
IGNORED = "cdso-audit-out/\nkeys/\n"


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    help="Take the hosts from a file: nmap -oX, a table (CSV), an Ansible inventory.",
)
@click.option("--name", default="", help="The agency's name.")
@click.option("--no-input", is_flag=True, help="Never ask: write a template to fill in.")
def init(folder: Path, source: Path | None, name: str, no_input: bool) -> int:
    """
    Write agency.yaml into FOLDER (by default, here).

    Nothing is overwritten, and nothing is contacted.
    """
    target = folder / FILE_NAME
    if target.exists() or target.is_symlink():
        raise UsageError(
            "{path} exists already, and is never overwritten",
            hint="edit it, or name another folder: cdso-audit init FOLDER",
            values={"path": target},
        )
    found = Found(())
    if source is not None:
        found = read_hosts(read(source), str(source))
    draft = _draft(folder, found, name) if no_input or found.hosts else _asked(folder, name)
    written = text(draft, console.lang())
    agency = parse_agency(written, str(target))
    create(target, written)
    _propose(folder, agency)
    _tell(target, [len(each.assets) for each in agency.systems], found)
    _ignore(folder)
    return 0


def create(path: Path, content: str) -> None:
    """Write a new file of mode 0600. Raises UsageError where one has come to be meanwhile."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(content)
    except FileExistsError as problem:
        raise UsageError(
            "{path} exists already, and is never overwritten", values={"path": path}
        ) from problem
    except OSError as problem:
        raise CdsoError(
            "cannot write {path}: {why}",
            hint="name another folder: cdso-audit init FOLDER",
            values={"path": path, "why": problem.strerror},
        ) from problem


def _propose(folder: Path, agency: Agency) -> None:
    """Drafts of the lists that an inventory alone tells something of: devices and services."""
    from cdso_audit.cli.lists import write  # noqa: PLC0415 - only where there is something to write
    from cdso_audit.lists import FOLDER  # noqa: PLC0415
    from cdso_audit.lists.drafting import from_inventory  # noqa: PLC0415

    made = {name: rows for name, rows in from_inventory(agency).items() if rows}
    if made:
        write(folder / FOLDER, made)


def _tell(target: Path, assets: list[int], found: Found) -> None:
    err = console.err()
    for each in found.ignored:
        err.print(console.plain(console.tell(each.template, **each.values)), soft_wrap=True)
    err.print(
        console.plain(
            console.tell(
                "{path} is written: {systems} systems, {assets} assets.",
                path=target,
                systems=len(assets),
                assets=sum(assets),
            )
        ),
        soft_wrap=True,
    )
    err.print(
        console.word(
            "Next: read it and correct it, then `cdso-audit doctor`, then `cdso-audit scan --plan`."
        ),
        soft_wrap=True,
    )


def _ignore(folder: Path) -> None:
    """Keep results out of git; a file that is there already is left alone."""
    path = folder / ".gitignore"
    if not path.exists():
        create(path, IGNORED)
    elif "cdso-audit-out" not in path.read_text(encoding="utf-8", errors="replace"):
        console.err().print(
            console.plain(
                console.tell(
                    "Add the line cdso-audit-out/ to {path}: results name every weakness.",
                    path=path,
                )
            ),
            soft_wrap=True,
        )


def _draft(folder: Path, found: Found, name: str) -> Draft:
    """What is known without asking anybody."""
    here = folder.resolve().name
    users = {each.user for each in found.hosts if not each.windows}
    user = users.pop() if len(users) == 1 else ""
    return Draft(
        id=identifier(name) or identifier(here) or "agency",
        name=name or here,
        user=user,
        systems=systems_of(found, Names(), user),
    )


# ---------------------------------------------------------------------------------------------
# Asking
# ---------------------------------------------------------------------------------------------


def _asked(folder: Path, name: str) -> Draft:
    """What a person answers. Every question has its answer by Enter, but those of addresses."""
    console.err().print(console.word("Nothing is contacted: this only writes a file."))
    name = name or _ask(console.word("Name of the agency"), folder.resolve().name)
    owner = _ask(console.word("Person in charge (may stay empty)"), "")
    user = _ask(console.word("User that logs in to Linux hosts"), "cdso-audit")
    names, ids = Names(), Names()
    systems: list[DraftSystem] = []
    while True:
        question = (
            console.word("Name of one more system (Enter: none)")
            if systems
            else console.word("Name of a system (Enter: none)")
        )
        title = _ask(question, "")
        if not title:
            break
        systems.append(_asked_system(title, names, ids))
    return Draft(
        id=identifier(name) or "agency", name=name, owner=owner, user=user, systems=tuple(systems)
    )


def _asked_system(title: str, names: Names, ids: Names) -> DraftSystem:
    kinds = list(PROFILES)
    lang = console.lang()
    for number, profile in enumerate(PROFILES.values(), start=1):
        shown = profile.title.vi if lang == "vi" else profile.title.en
        console.err().print(f"  {number:2}  {shown}")
    kind = kinds[_number(console.word("What is it for? (number)"), len(kinds), len(kinds)) - 1]
    usual = PROFILES[kind].level or ASSUMED_LEVEL
    level = _number(console.word("Level, as approved"), 5, usual)
    name = ids.new(title, kind)
    assets: list[dict[str, Any]] = []
    asked = console.word("Hosts: names or addresses, commas between (may stay empty)")
    for host in _addresses(asked, address.host):
        label = name if address.ip(host) is not None else host.partition(".")[0]
        assets.append({"id": names.new(label, host), "host": host})
    asked = console.word("Web addresses, such as https://dvc.example.vn (may stay empty)")
    assets.extend(
        {"id": names.new(f"{name}-url", "url"), "url": url}
        for url in _addresses(asked, address.url)
    )
    asked = console.word("Domains, such as dvc.example.vn (may stay empty)")
    assets.extend(
        {"id": names.new(f"{name}-dns", "dns"), "domain": domain}
        for domain in _addresses(asked, address.domain)
    )
    return DraftSystem(id=name, name=title, kind=kind, level=level, assets=tuple(assets))


def _ask(question: str, default: str) -> str:
    answer = click.prompt(question, default=default, show_default=bool(default), err=True)
    return " ".join(str(answer).split())


def _number(question: str, most: int, default: int) -> int:
    return int(click.prompt(question, type=click.IntRange(1, most), default=default, err=True))


def _addresses(question: str, checked: Any) -> list[str]:
    """Answers that are addresses; a wrong one is told, and the question asked again."""
    while True:
        words = [word for word in re.split(r"[,;\s]+", _ask(question, "")) if word]
        try:
            return [checked(word) for word in words]
        except InvalidValueError as problem:
            sentence = console.tell(problem.template, **problem.values)
            hint = console.tell(problem.hint, **problem.values)
            console.err().print(console.plain(f"  {sentence}. {hint}"), soft_wrap=True)
