"""`evaluate`, `report` and `verify`: what can be done with evidence and results; no network."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from cdso_audit.cli import console
from cdso_audit.cli.options import (
    all_checks,
    chosen_formats,
    declarative_files,
    gate_options,
    output_options,
    rulebook_option,
)
from cdso_audit.errors import UsageError, VerificationError

if TYPE_CHECKING:
    from cdso_audit.evidence import Evidence
    from cdso_audit.result import Result

_path = click.Path(path_type=Path, exists=True, dir_okay=False)
_lists_option = click.option(
    "--lists",
    "lists_of",
    type=click.Path(path_type=Path, exists=True),
    help="agency.yaml, or its folder: the lists beside it in place of those of the scan.",
)


@click.command()
@click.argument("bundle", type=_path)
@rulebook_option
@_lists_option
@click.option(
    "--checks",
    "check_paths",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="A YAML check, or a folder of them, besides those in the bundle.",
)
@gate_options
@output_options
def evaluate(
    bundle: Path,
    rulebooks: tuple[str, ...],
    lists_of: Path | None,
    check_paths: tuple[Path, ...],
    output: str,
    formats: str,
    quiet: bool,
    verbose: bool,  # noqa: ARG001 - nothing is asked here
    **gates: Any,
) -> int:
    """
    Judge the evidence in BUNDLE by the checks and rules of today; no network.

    Lists that were written since the scan count with --lists; the result says which they are.
    """
    from cdso_audit.cli.scan import conclude, write_reports  # noqa: PLC0415
    from cdso_audit.store.evidence import unpack  # noqa: PLC0415
    from cdso_reports import render  # noqa: PLC0415

    wanted = chosen_formats(formats)
    evidence = with_lists(unpack(bundle), lists_of)
    files = {**evidence.run.declarative, **declarative_files(check_paths, None)}
    result = judged(evidence, rulebooks, files)
    root = Path("cdso-audit-out" if output == "-" else output)
    target = root / datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ-evaluated")
    canonical = render(result, "json")
    write_reports(result, target, wanted, canonical=canonical, output=output)
    return conclude(result, target, output=output, quiet=quiet, **gates)


def with_lists(evidence: "Evidence", place: Path | None) -> "Evidence":
    """The evidence with the lists that lie there now; raises UsageError where there are none."""
    from cdso_audit.cli.proofs import today  # noqa: PLC0415
    from cdso_audit.lists.renewing import renewed  # noqa: PLC0415
    from cdso_audit.store.lists import list_files, load_lists  # noqa: PLC0415

    if place is None:
        return evidence
    folder = place if place.is_dir() else place.parent
    if not list_files(folder):
        raise UsageError(
            "there are no lists beside {path}",
            hint="name agency.yaml, or its folder: the lists lie there in lists/",
            values={"path": place},
        )
    run = evidence.run
    lists = load_lists(folder, run.agency)
    agency, notices = renewed(run.agency, lists, run.finished_at or run.started_at, today())
    told = run.model_copy(update={"agency": agency, "notices": (*run.notices, *notices)})
    return replace(evidence, run=told)


def judged(
    evidence: "Evidence", rulebooks: tuple[str, ...] = (), files: dict[str, str] | None = None
) -> "Result":
    """The result of this evidence under the checks that are installed now."""
    from cdso_audit.assessment import assess  # noqa: PLC0415
    from cdso_audit.regime import load_books  # noqa: PLC0415

    checks = all_checks(dict(evidence.run.declarative if files is None else files))
    run = evidence.run
    then = () if run.by_approval else (run.rulebook, *run.beside)
    return assess(evidence, load_books(rulebooks or then, run.agency), checks)


@click.command()
@click.argument("result", type=_path)
@output_options
def report(
    result: Path,
    output: str,
    formats: str,
    quiet: bool,
    verbose: bool,  # noqa: ARG001 - nothing is asked here
) -> int:
    """Render RESULT (result.json, or a bundle with one) again, in other formats."""
    from cdso_audit.cli.scan import write_reports  # noqa: PLC0415
    from cdso_reports import FILE_NAMES, render  # noqa: PLC0415

    wanted = chosen_formats(formats)
    loaded = load_result(result)
    target = result.parent if output == "cdso-audit-out" else Path(output)
    write_reports(
        loaded,
        target if output != "-" else result.parent,
        wanted,
        canonical=render(loaded, "json"),
        output=output,
    )
    if not quiet and output != "-":
        for name in wanted:
            console.out().print(str(target / FILE_NAMES[name]), soft_wrap=True)
    return 0


def load_result(path: Path) -> "Result":
    """A result from its JSON file or from the bundle that holds it; raises UsageError."""
    from pydantic import ValidationError  # noqa: PLC0415

    from cdso_audit.result import Result  # noqa: PLC0415
    from cdso_audit.store.evidence import unpack  # noqa: PLC0415
    from cdso_audit.store.files import read  # noqa: PLC0415

    data = read(path)
    if data.startswith(b"PK"):
        inside = unpack(path).result
        if inside is None:
            raise UsageError(
                "{path} holds no result",
                hint="judge it first: cdso-audit evaluate {path}",
                values={"path": path},
            )
        data = inside
    try:
        return Result.model_validate_json(data)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(each) for each in first["loc"])
        raise UsageError(
            "{path} is not a result of this tool: {where}: {first}",
            hint="give the result.json, or the bundle.zip, that a scan wrote",
            values={"path": path, "where": where, "first": first["msg"]},
        ) from problem


@click.command()
@click.argument("bundle", type=_path)
@click.option(
    "--result",
    type=_path,
    help="The result.json to hold against the evidence; by default the one in the bundle.",
)
@_lists_option
def verify(bundle: Path, result: Path | None, lists_of: Path | None) -> int:
    """
    Prove that nothing in BUNDLE was altered, and that its score recomputes from its evidence.

    Ends with 5 if it cannot be proved.
    """
    from cdso_audit.store.evidence import unpack  # noqa: PLC0415
    from cdso_audit.store.files import read  # noqa: PLC0415
    from cdso_reports import render  # noqa: PLC0415

    evidence = unpack(bundle)
    console.out().print(
        console.tell(
            "✓ evidence whole: {count} files match the manifest {digest}",
            count=evidence.files,
            digest=evidence.manifest_sha256[:12],
        ),
        soft_wrap=True,
    )
    stored = read(result) if result else evidence.result
    if stored is None:
        console.out().print(console.tell("The bundle holds no result: nothing more to verify."))
        return 0
    again = judged(with_lists(evidence, lists_of))
    if render(again, "json") == stored:
        console.out().print(
            console.tell("✓ the result recomputes from the evidence, byte for byte"),
            soft_wrap=True,
        )
        return 0
    _explain_difference(stored, again)
    return 0


def _rules(result: dict[str, Any]) -> list[str]:
    """The hashes of all rulebooks that judged."""
    return [each["sha256"] for each in (result["rulebook"], *result.get("rulebooks", ()))]


def _explain_difference(stored: bytes, again: "Result") -> None:
    """Other tool or rules: say so. The same ones, and another result: it was altered."""
    try:
        before = json.loads(stored)
        same_tool = before["tool"]["version"] == again.tool.version
        same_rules = _rules(before) == _rules(json.loads(again.model_dump_json(by_alias=True)))
        scores = before["score"]
        views = {name: scores[name]["value"] for name in ("whole", "technical")}
    except (ValueError, KeyError, TypeError) as problem:
        raise VerificationError(
            "the stored result cannot be read: {problem}", values={"problem": problem}
        ) from problem
    now = {"whole": again.score.whole.value, "technical": again.score.technical.value}
    if same_tool and same_rules:
        raise VerificationError(
            "the result is not what the evidence gives (stored {views}, recomputed {now})",
            hint="the result was altered, or checks were added or removed since the scan",
            values={"views": views, "now": now},
        )
    console.err().print(
        console.tell(
            "! judged then by another version of the tool or of the rules: "
            "stored {before}, recomputed today {now}",
            before=str(views),
            now=str(now),
        ),
        soft_wrap=True,
    )
