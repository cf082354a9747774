"""`forecast`: the chance of being back in time, what it rests on, and what would raise it."""

from datetime import timedelta
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cdso_audit import __version__
from cdso_audit.cli import console
from cdso_audit.cli.options import INVENTORY_NAME
from cdso_audit.cli.proofs import ByDefault, inventory_option, now, tell
from cdso_audit.errors import UsageError

if TYPE_CHECKING:
    from rich.table import Table

    from cdso_audit.drill.forecast.plan import ForecastFile
    from cdso_audit.drill.forecast.result import Assumption, Chance, Forecast
    from cdso_audit.drill.forecast.scoring import Scored
    from cdso_audit.model import Agency, Notice

INSTALL = 'pip install "cdso-audit[forecast]"'
HOUR = timedelta(hours=1)
#: How many drivers and systems a terminal shows; the JSON has all of them.
_DRIVERS, _SYSTEMS = 8, 25


class Group(ByDefault):
    """`forecast` alone makes one."""

    default = "run"

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        return super().parse_args(ctx, args or [self.default])


@click.group(cls=Group)
def forecast() -> None:
    """
    Forecast the chance that every tier-1 system is back within 24 hours, and what would raise it.

    A simulation of the whole agency: people, shifts, bandwidth, copies. It is computed, never
    measured; every default that it uses is named as a prior.
    """


plan_option = click.option(
    "--plan",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="People, shifts, speeds and times; by default forecast.yaml beside the inventory.",
)


@forecast.command("run")
@inventory_option
@plan_option
@click.option(
    "--runs",
    type=click.IntRange(100, 50_000),
    default=10_000,
    show_default=True,
    help="How many recoveries to simulate.",
)
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    default=1,
    show_default=True,
    help="The same seed gives the same forecast.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the whole forecast as JSON.")
@click.option("--no-what-if", is_flag=True, help="Do not compute what would raise the chance.")
@click.option("--no-keep", is_flag=True, help="Do not keep it in history/forecasts.jsonl.")
@click.option(
    "--fail-under", type=click.FloatRange(0, 100), help="Exit 1 if the chance (%) is lower."
)
def run_forecast(
    inventory: Path | None,
    plan: Path | None,
    runs: int,
    seed: int,
    fail_under: float | None,
    *,
    as_json: bool,
    no_what_if: bool,
    no_keep: bool,
) -> int:
    """Simulate the agency's recovery and say the chance, the drivers, the priors."""
    if find_spec("numpy") is None:
        raise UsageError(
            "the forecast needs numpy, which is not installed",
            hint="{install}; on a machine without a network, bring its wheel along",
            values={"install": INSTALL},
        )
    from cdso_audit.drill.forecast.drilled import with_drills  # noqa: PLC0415 - only when asked
    from cdso_audit.drill.forecast.recovery import recoverable  # noqa: PLC0415
    from cdso_audit.drill.forecast.simulation import forecast as made  # noqa: PLC0415
    from cdso_audit.store.drills import load_drills  # noqa: PLC0415
    from cdso_audit.store.forecasts import keep  # noqa: PLC0415

    agency, read_plan, folder, inputs = _loaded(inventory, plan)
    if not agency.systems:
        raise UsageError(
            "the inventory has no system", hint="write the agency's systems into agency.yaml"
        )
    drilled = load_drills(folder, agency)
    for notice in drilled.notices:
        tell(notice.template, **notice.values)
    model = recoverable(agency, with_drills(read_plan, drilled.drills), planned=len(inputs) > 1)
    found = made(
        model,
        name=agency.agency.id,
        made_at=now(),
        runs=runs,
        seed=seed,
        what_if=not no_what_if,
        inputs=inputs,
        tool=__version__,
    )
    if as_json:
        click.echo(found.model_dump_json(by_alias=True, indent=2))
    else:
        _show(found)
    if not no_keep:
        path = keep(folder, found)
        tell("Kept in {path}; `cdso-audit forecast score` holds drills against it.", path=path)
    if fail_under is not None and 100 * found.chance.value < fail_under:
        tell(
            "The chance is {seen} %, less than the {least} % asked for.",
            seen=f"{100 * found.chance.value:.1f}",
            least=f"{fail_under:g}",
        )
        return 1
    return 0


def _folder(inventory: Path | None) -> tuple[Path, Path]:
    path = inventory or Path(INVENTORY_NAME)
    if inventory is None and not path.is_file():
        raise UsageError(
            "there is no agency.yaml in this folder",
            hint="name one with -i, or write one with `cdso-audit init`",
        )
    return path, path.resolve().parent


def _loaded(
    inventory: Path | None, plan: Path | None
) -> "tuple[Agency, ForecastFile, Path, dict[str, str]]":
    from cdso_audit.drill.forecast.plan import FILE_NAME, NO_PLAN, parse_plan  # noqa: PLC0415
    from cdso_audit.inventory import parse_agency  # noqa: PLC0415
    from cdso_audit.store.files import read  # noqa: PLC0415

    path, folder = _folder(inventory)
    data = read(path)
    agency = parse_agency(data, str(path))
    inputs = {path.name: sha256(data).hexdigest()}
    beside = folder / FILE_NAME
    chosen = plan or (beside if beside.is_file() else None)
    if chosen is None:
        return agency, NO_PLAN, folder, inputs
    data = read(chosen)
    inputs[chosen.name] = sha256(data).hexdigest()
    return agency, parse_plan(data, str(chosen), agency), folder, inputs


# ---------------------------------------------------------------------------------------------
# Telling
# ---------------------------------------------------------------------------------------------


def _said(notice: "Notice") -> str:
    return console.plain(console.tell(notice.template, **notice.values))


def _hours(span: timedelta) -> str:
    hours = span / HOUR
    text = f"{hours:.1f}".removesuffix(".0")
    return text.replace(".", ",") if console.lang() == "vi" else text


def _percent(share: float, *, digits: int = 0) -> str:
    """A share as a percentage that never rounds to certainty."""
    text, least = f"{100 * share:.{digits}f}", 10.0**-digits
    if share > 0 and float(text) == 0:
        text = f"<{least:g}"
    elif share < 1 and float(text) == 100:  # noqa: PLR2004 - per cent
        text = f">{100 - least:g}"
    return text.replace(".", ",") if console.lang() == "vi" else text


def _table(*columns: tuple[str, bool], title: str = "") -> "Table":
    from rich import box  # noqa: PLC0415 - slow to import, and `--help` needs none
    from rich.table import Table  # noqa: PLC0415

    table = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False)
    for name, number in columns:
        table.add_column(name, justify="right" if number else "left", overflow="fold")
    return table


def _colour(chance: float) -> str:
    if chance >= 0.9:  # noqa: PLR2004 - nine of ten, one of two
        return "green"
    return "yellow" if chance >= 0.5 else "red"  # noqa: PLR2004


def _range(chance: "Chance") -> str:
    return console.tell(
        "{low}-{high} % by {runs} runs",
        low=_percent(chance.low, digits=1),
        high=_percent(chance.high, digits=1),
        runs=chance.runs,
    )


def _show(found: "Forecast") -> None:
    out = console.out()
    for notice in found.notices:
        out.print(f"! {_said(notice)}", style="yellow")
    target = _hours(found.target)
    out.print(
        console.tell(
            "Chance that all {count} tier-1 systems are back within {target} h: {chance} %",
            count=len(found.tier1),
            target=target,
            chance=_percent(found.chance.value),
        ),
        style=f"bold {_colour(found.chance.value)}",
    )
    out.print(f"  {_range(found.chance)}; {console.word('computed, not measured')}")
    if found.chance_own.value != found.chance.value:
        out.print(
            "  "
            + console.tell(
                "within the owners' approved times: {chance} %",
                chance=_percent(found.chance_own.value),
            )
        )
    out.print(
        "  "
        + console.tell(
            "last tier-1 system: P50 {p50} h, P90 {p90} h; the plan on paper says {paper} h",
            p50=_hours(found.p50),
            p90=_hours(found.p90),
            paper=_hours(found.on_paper),
        )
    )
    _show_systems(found)
    _show_drivers(found)
    _show_what_if(found)
    _show_assumptions(found)
    out.print(
        console.tell(
            "{runs} runs, seed {seed}. The range is the error of simulating; what is unknown about "
            "the inputs is larger.",
            runs=found.runs,
            seed=found.seed,
        ),
        style="dim",
    )


def _show_systems(found: "Forecast") -> None:
    table = _table(
        (console.word("System"), False), (console.word("Tier"), True),
        (console.word("Target h"), True), (console.word("Chance %"), True), ("P50 h", True),
        ("P90 h", True), (console.word("Critical %"), True),
    )  # fmt: skip
    every = sorted(found.systems, key=lambda each: (each.tier, each.chance.value, each.id))
    for each in every[:_SYSTEMS]:
        table.add_row(
            console.plain(each.id),
            str(each.tier),
            _hours(each.target),
            f"[{_colour(each.chance.value)}]{_percent(each.chance.value)}[/]",
            _hours(each.p50),
            _hours(each.p90),
            _percent(each.critical),
        )
    console.out().print(table, markup=True)
    if len(every) > _SYSTEMS:
        count = len(every) - _SYSTEMS
        console.out().print(console.tell("… and {count} more; --json has all", count=count))


def _show_drivers(found: "Forecast") -> None:
    table = _table(
        (console.word("Where the time goes, on the way to the last tier-1 system"), False),
        (console.word("hours"), True),
        ("%", True),
        ("", False),
    )
    for each in found.drivers[:_DRIVERS]:
        bar = "█" * max(round(30 * each.share), 1)
        table.add_row(_said(each.what), _hours(each.mean), _percent(each.share), bar)
    console.out().print(table)


def _show_what_if(found: "Forecast") -> None:
    if not found.what_if:
        return
    table = _table(
        (console.word("What would raise it"), False),
        (console.word("Chance %"), True),
        (console.word("gain, points"), True),
        (console.word("sooner, h"), True),
    )
    for each in found.what_if:
        gain = f"{100 * each.gain:+.1f} ± {200 * each.error:.1f}"
        if console.lang() == "vi":
            gain = gain.replace(".", ",")
        helps = each.gain > 2 * each.error or each.sooner > HOUR
        style = "" if helps else "dim"
        sooner = _hours(each.sooner)
        table.add_row(_said(each.what), _percent(each.chance), gain, sooner, style=style)
    console.out().print(table)


_BASIS_TEXT = {
    "prior": "prior, not data",
    "rule": "a rule of ours",
    "drills": "from drills",
    "given": "given",
    "inventory": "inventory",
}


def _show_assumptions(found: "Forecast") -> None:
    priors = found.priors
    table = _table(
        (
            console.tell(
                "What it rests on: {priors} of {all} inputs are priors, not data",
                priors=priors,
                all=len(found.assumptions),
            ),
            False,
        ),
        (console.word("value"), False),
        (console.word("basis"), False),
    )
    for each in found.assumptions:
        style = "yellow" if each.basis == "prior" else ""
        table.add_row(
            _assumed(each), each.value, console.word(_BASIS_TEXT[each.basis]), style=style
        )
    console.out().print(table)


def _assumed(each: "Assumption") -> str:
    text = _said(each.what)
    if each.total:
        text += " " + console.tell("({count} of {total})", count=each.count, total=each.total)
    return text


# ---------------------------------------------------------------------------------------------
# History
# ---------------------------------------------------------------------------------------------


@forecast.command("list")
@inventory_option
def list_forecasts(inventory: Path | None) -> int:
    """List the forecasts that were kept, the oldest first."""
    from cdso_audit.store.forecasts import kept  # noqa: PLC0415

    _, folder = _folder(inventory)
    for each in kept(folder):
        line = console.tell(
            "{made_at}  {chance} %  P90 {p90} h  {priors} of {all} inputs are priors  seed {seed}",
            made_at=f"{each.made_at:%Y-%m-%d %H:%M}",
            chance=_percent(each.chance.value),
            p90=_hours(each.p90),
            priors=each.priors,
            all=len(each.assumptions),
            seed=each.seed,
        )
        click.echo(line)
    return 0


@forecast.command("score")
@inventory_option
@click.option(
    "--drills",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Measured drills, a JSON object a line: system, held_at, took, level, completed; "
    "by default those of the journal beside the inventory.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the score as JSON.")
def score_forecasts(inventory: Path | None, drills: Path | None, *, as_json: bool) -> int:
    """Hold the kept forecasts against measured drills: Brier score and interval coverage."""
    from cdso_audit.drill.forecast.drilled import held_of  # noqa: PLC0415
    from cdso_audit.drill.forecast.scoring import score  # noqa: PLC0415
    from cdso_audit.inventory import parse_agency  # noqa: PLC0415
    from cdso_audit.store.drills import load_drills  # noqa: PLC0415
    from cdso_audit.store.files import read  # noqa: PLC0415
    from cdso_audit.store.forecasts import kept, read_drills  # noqa: PLC0415

    path, folder = _folder(inventory)
    if drills is not None:
        held = read_drills(drills)
    else:
        drilled = load_drills(folder, parse_agency(read(path), str(path)))
        for notice in drilled.notices:
            tell(notice.template, **notice.values)
        held = held_of(drilled.drills)
    found = score(kept(folder), held)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return 0 if found.scored else 3
    for each in found.scored:
        click.echo(_scored(each))
    for name in found.unforeseen:
        click.echo(console.plain(console.tell("no forecast was made before {drill}", drill=name)))
    if found.brier is not None:
        line = console.tell(
            "Brier score {brier} (0 is perfect, 0.25 is fifty-fifty)", brier=f"{found.brier:.3f}"
        )
        click.echo(line)
    if found.banded:
        line = console.tell(
            "between P10 and P90: {covered} of {banded}; 80 % should be, {low}-{high} % are "
            "compatible with this",
            covered=found.covered,
            banded=found.banded,
            low=_percent(found.covered_low),
            high=_percent(found.covered_high),
        )
        click.echo(line)
    if not found.scored:
        tell("Nothing was scored: no measured drill has a forecast before it.")
        return 3
    return 0


def _scored(each: "Scored") -> str:
    outcome = {
        True: console.word("in time"),
        False: console.word("too late"),
        None: console.word("aborted, open"),
    }[each.back_in_time]
    return console.plain(
        console.tell(
            "{day}  {system}: {chance} % was forecast, took {took} h of {target} h: {outcome}",
            day=f"{each.held_at:%Y-%m-%d}",
            system=each.system,
            chance=_percent(each.chance),
            took=_hours(each.took),
            target=_hours(each.target),
            outcome=outcome,
        )
    )
