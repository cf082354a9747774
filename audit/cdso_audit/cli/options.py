"""What several commands share: their common options, and loading what those options name."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cdso_audit.errors import UsageError

if TYPE_CHECKING:
    from cdso_audit.checking import Check
    from cdso_audit.confirming import Confirmation
    from cdso_audit.model import Agency
    from cdso_audit.result import Result

C = TypeVar("C", bound=Callable[..., Any])

SEVERITIES = ["critical", "high", "medium", "low"]
FORMATS = ["html", "json", "csv", "md", "junit", "sarif"]
INVENTORY_NAME = "agency.yaml"


def together(*options: Callable[[C], C]) -> Callable[[C], C]:
    """Several decorators as one, shown in this order."""

    def wrap(command: C) -> C:
        for option in reversed(options):
            command = option(command)
        return command

    return wrap


inventory_options: Callable[[Any], Any] = together(
    click.option(
        "-i",
        "--inventory",
        type=click.Path(path_type=Path, dir_okay=False),
        help="The agency's inventory (agency.yaml). Without one: this machine.",
    ),
    click.option(
        "--checks",
        "check_paths",
        multiple=True,
        type=click.Path(path_type=Path, exists=True),
        help="A YAML check, or a folder of them, besides checks.d beside the inventory.",
    ),
)

selection_options: Callable[[Any], Any] = together(
    click.option("--system", "systems", multiple=True, help="Only this system. May be repeated."),
    click.option("--asset", "assets", multiple=True, help="Only this asset. May be repeated."),
)

rulebook_option: Callable[[Any], Any] = click.option(
    "--rulebook",
    "rulebooks",
    multiple=True,
    help="The rules to judge by; by default the inventory's, else those in force for each system. "
    "May be repeated: the first one grades and gates, the others stand beside.",
)

gate_options: Callable[[Any], Any] = together(
    click.option(
        "--fail-on",
        type=click.Choice(SEVERITIES),
        help="Exit 1 if a check of this severity or worse failed.",
    ),
    click.option(
        "--fail-under", type=click.FloatRange(0, 100), help="Exit 1 if the score is lower."
    ),
    click.option(
        "--view",
        type=click.Choice(["technical", "whole"]),
        default="technical",
        show_default=True,
        help="The view that --fail-under and --min-coverage look at.",
    ),
    click.option(
        "--min-coverage",
        type=click.FloatRange(0, 100),
        help="Exit 3 if less than this percentage was assessed.",
    ),
)

output_options: Callable[[Any], Any] = together(
    click.option(
        "-o",
        "--output",
        default="cdso-audit-out",
        show_default=True,
        help="Folder of the results; `-` writes the one chosen format to stdout.",
    ),
    click.option(
        "--format",
        "formats",
        default="html,json",
        show_default=True,
        help=f"Any of {', '.join(FORMATS)}, with commas.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="No summary and no progress."),
    click.option("-v", "--verbose", is_flag=True, help="Name each question as it is asked."),
)


def chosen_formats(text: str) -> list[str]:
    """The formats of `--format`; raises UsageError naming the nearest known one."""
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in FORMATS:
            raise UsageError(
                "unknown format “{name}”",
                hint="choose from {known}",
                values={"name": name, "known": ", ".join(FORMATS)},
            )
    return names


@dataclass(frozen=True, slots=True)
class Loaded:
    """The inventory with the folder that its relative paths start from, and the checks."""

    agency: "Agency"
    folder: Path
    checks: "dict[str, Check[Any]]"
    declarative: dict[str, str]
    confirmations: "tuple[Confirmation, ...]" = ()


def load(inventory: Path | None, check_paths: tuple[Path, ...]) -> Loaded:
    """
    What the options name. No inventory: agency.yaml here if there is one, else this machine.

    Raises ConfigError with the places of all mistakes.
    """
    from cdso_audit.inventory import parse_agency, this_machine  # noqa: PLC0415
    from cdso_audit.lists.declaring import declaring  # noqa: PLC0415
    from cdso_audit.store.files import read  # noqa: PLC0415
    from cdso_audit.store.lists import load_lists  # noqa: PLC0415

    if inventory is None and Path(INVENTORY_NAME).is_file():
        inventory = Path(INVENTORY_NAME)
    if inventory is None:
        agency, folder = this_machine(os.uname().nodename), Path.cwd()
    else:
        agency = parse_agency(read(inventory), str(inventory))
        folder = inventory.resolve().parent
        agency = declaring(agency, load_lists(folder, agency), datetime.now(UTC))
    files = declarative_files(check_paths, folder if inventory else None)
    checks = all_checks(files)
    known_parameters(agency, checks)
    own = owner_confirmations(folder if inventory else None, checks)
    return Loaded(agency=agency, folder=folder, checks=checks, declarative=files, confirmations=own)


def owner_confirmations(
    folder: Path | None, checks: "dict[str, Check[Any]]"
) -> "tuple[Confirmation, ...]":
    """What the owner says of experimental checks, beside agency.yaml. Raises ConfigError."""
    from cdso_audit.confirming import (  # noqa: PLC0415
        FILE_NAME,
        experimental,
        parse_confirmations,
    )
    from cdso_audit.model import VIETNAM  # noqa: PLC0415
    from cdso_audit.store.files import read  # noqa: PLC0415

    path = folder / FILE_NAME if folder else None
    if path is None or not path.is_file():
        return ()
    today = datetime.now(VIETNAM).date()
    return parse_confirmations(read(path), str(path), experimental(checks), today)


def known_parameters(agency: "Agency", checks: "dict[str, Check[Any]]") -> None:
    """Raise UsageError where the inventory sets a parameter that no check has."""
    from cdso_audit.yamlfile import nearest  # noqa: PLC0415

    for system in agency.systems:
        for name, given in system.parameters.items():
            if name not in checks:
                near = nearest(name, list(checks))
                raise UsageError(
                    "the inventory sets parameters of {name}, which is no check",
                    hint="did you mean {near}?" if near else "`cdso-audit checks list` shows all",
                    values={"name": name, "near": near},
                )
            for key in given:
                known = list(checks[name].parameters)
                if key not in known:
                    raise UsageError(
                        "the check {name} has no parameter {key}",
                        hint="it has {known}" if known else "it has none",
                        values={"name": name, "key": key, "known": ", ".join(known)},
                    )


def declarative_files(given: tuple[Path, ...], folder: Path | None) -> dict[str, str]:
    """The texts of YAML checks by file name: what was given, and checks.d beside the inventory."""
    from cdso_audit.store.files import read  # noqa: PLC0415

    places = [*([folder / "checks.d"] if folder else []), *given]
    paths = [
        path
        for place in places
        for path in (sorted(place.glob("*.check.yaml")) if place.is_dir() else [place])
        if path.is_file()
    ]
    return {str(path): read(path).decode("utf-8", "replace") for path in paths}


def all_checks(files: "dict[str, str]") -> "dict[str, Check[Any]]":
    """The installed checks and these declarative ones, by id; raises on two of one name."""
    from cdso_audit.plugins import installed_checks  # noqa: PLC0415

    checks = installed_checks()
    if not files:
        return checks
    from cdso_audit.declarative import parse_check  # noqa: PLC0415

    for name, text in files.items():
        made = parse_check(text, name)
        if made.about.id in checks:
            raise UsageError(
                "{name}: a check called {id} exists already ({origin})",
                hint="give it another id",
                values={
                    "name": name,
                    "id": made.about.id,
                    "origin": checks[made.about.id].origin,
                },
            )
        checks[made.about.id] = made
    return dict(sorted(checks.items()))


def is_terminal() -> bool:
    """Whether a person watches stderr."""
    return sys.stderr.isatty()


def gate(
    result: "Result",
    *,
    fail_on: str | None,
    fail_under: float | None,
    view: str,
    min_coverage: float | None,
) -> tuple[int, list[str]]:
    """
    The exit code that the gates give, and the sentences that say why.

    3 (nothing, or less than asked, was assessed) beats 1 (a gate does not hold).
    """
    from cdso_audit.cli.console import tell  # noqa: PLC0415
    from cdso_audit.model import Outcome, Severity  # noqa: PLC0415

    views = result.score
    chosen = views.technical if view == "technical" else views.whole
    said: list[str] = []
    counting = [each for each in result.findings if not each.beside]
    conclusive = sum(each.outcome in (Outcome.PASS, Outcome.FAIL) for each in counting)
    if conclusive == 0:
        said.append(tell("Nothing was assessed: no check could come to a verdict."))
        return 3, said
    if min_coverage is not None and chosen.coverage < min_coverage:
        said.append(
            tell(
                "Coverage is {seen} %, less than the {least} % asked for.",
                seen=chosen.coverage,
                least=min_coverage,
            )
        )
        return 3, said
    if fail_on is not None:
        least = Severity(fail_on)
        bad = [
            each
            for each in counting
            if each.outcome is Outcome.FAIL and each.severity.at_least(least)
        ]
        if bad:
            said.append(
                tell(
                    "{count} findings fail at severity {least} or worse.",
                    count=len(bad),
                    least=fail_on,
                )
            )
    if fail_under is not None and chosen.value < fail_under:
        said.append(
            tell(
                "The score ({view}) is {value}, less than {least}.",
                view=view,
                value=chosen.value,
                least=fail_under,
            )
        )
    return (1 if said else 0), said
