"""
The command line: one module a command group, imported only when it is called.

This is the only place that builds transports, clocks and files, and the only one that turns errors
into words and exit codes: 0 done, 1 a gate does not hold, 2 usage, 3 nothing assessed, 4 the tool
broke, 5 verification failed, 130 interrupted.
"""

import gc
import inspect
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from cdso_audit import __version__
from cdso_audit.cli import console
from cdso_audit.errors import CdsoError
from cdso_audit.language import said

#: Command → module of this package, and its one line in `--help`. The order is that of the work.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("init", "Write agency.yaml: ask, or take it from nmap, CSV or Ansible"),
    "doctor": ("doctor", "Say what is missing on this machine, and how to get it"),
    "scan": ("scan", "Look, judge and report in one go"),
    "collect": ("scan", "Only look: write the evidence bundle"),
    "collector": ("collector", "Print the stand-alone collector for an air-gapped host"),
    "evaluate": ("evaluate", "Judge evidence that was collected before; no network"),
    "report": ("evaluate", "Render a result again, in other formats"),
    "verify": ("evaluate", "Prove that evidence is whole and the score recomputes"),
    "attest": ("attest", "Attest what no machine sees; list what ends"),
    "waive": ("waive", "Accept a measured failure for a time, with two people"),
    "lists": ("lists", "Propose the owner's lists from what was seen, and check them"),
    "drill": ("drill", "Plan, run, prove and report recovery drills"),
    "canary": ("canary", "Write heartbeats, and prove by them what a copy lost"),
    "level": ("level", "Find the level of a system by the decree's criteria"),
    "forecast": ("forecast", "Forecast the chance of being back within 24 hours"),
    "explain": ("explain", "Explain a check, a requirement, a cap or an error code"),
    "checks": ("checks", "List the checks, show one, confirm one, or try one out"),
    "rules": ("rules", "List the rules, show one, or show how each is proved"),
    "schema": ("schema", "Print the JSON Schema of a file that people write"),
    "completion": ("completion", "Print the completion script of a shell"),
}


class Commands(click.Group):
    """Commands that are imported when they are called, so that `--help` stays fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"cdso_audit.cli.{COMMANDS[cmd_name][0]}")
        command = getattr(module, cmd_name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{cmd_name} is no command")
        _prepare(command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as problem:
            from difflib import get_close_matches  # noqa: PLC0415 - only on a typing error

            near = get_close_matches(args[0], COMMANDS, n=1)
            if not near:
                raise
            meant = console.tell("Did you mean {name}?", name=near[0])
            raise click.UsageError(f"{problem.message} {meant}", ctx) from problem

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section(console.word("Commands")):
            formatter.write_dl([(name, console.word(line)) for name, (_, line) in COMMANDS.items()])


def _prepare(command: click.Command) -> None:
    """Say the command's help in the language of this run; let CDSO_AUDIT_<OPTION> set options."""
    if command.help:
        command.help = console.word(inspect.cleandoc(command.help))
    for each in command.params:
        if isinstance(each, click.Option):
            if each.help:
                each.help = console.word(each.help)
            if each.envvar is None and each.name and not each.is_eager:
                written = max(each.opts, key=len).lstrip("-").replace("-", "_")
                names = dict.fromkeys((written, each.name))
                each.envvar = [f"CDSO_AUDIT_{name.upper()}" for name in names]
    if isinstance(command, click.Group):
        for inner in command.commands.values():
            _prepare(inner)


def _language(_ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value in ("vi", "en"):
        console.choose("vi" if value == "vi" else "en")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cdso-audit")
@click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Settings to use instead of cdso-audit.toml and its like.",
)
@click.option("--no-config", is_flag=True, help="Use no settings from files.")
@click.option(
    "--lang",
    type=click.Choice(["vi", "en"]),
    expose_value=False,
    is_eager=True,
    callback=_language,
    help="Language of the terminal and of the report's first view.",
)
@click.pass_context
def group(ctx: click.Context, config: Path | None, *, no_config: bool) -> None:
    """Audit systems against Vietnam's cybersecurity rules, and prove recovery within 24 hours."""
    if not no_config:
        from cdso_audit.cli.settings import default_map  # noqa: PLC0415 - `--help` needs none

        ctx.default_map = default_map(config)


def main() -> None:
    """The entry point: run, and end with the exit code that the contract names."""
    with seldom_collected():
        code = run(sys.argv[1:])
    sys.exit(code)


@contextmanager
def seldom_collected() -> Iterator[None]:
    """
    Look for cycles of garbage a hundred times less often than Python does by itself: a run makes
    many objects that stay (modules, models, checks), which each search would walk through in vain,
    the last one of all as the process ends.
    """
    gc.set_threshold(70_000, 20, 20)
    yield
    gc.freeze()


def run(arguments: list[str]) -> int:  # noqa: PLR0911 - one return an exit code
    """Run one command line and give its exit code; every error has been told on stderr."""
    try:
        given = group.main(arguments, prog_name="cdso-audit", standalone_mode=False)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as problem:
        problem.show()
        return problem.exit_code
    except (KeyboardInterrupt, click.Abort):
        console.err().print(
            console.tell("Interrupted. What was collected is kept: go on with --resume.")
        )
        return 130
    except CdsoError as problem:
        tell(problem)
        return problem.exit_code
    except BrokenPipeError:
        return 0
    except Exception:  # noqa: BLE001 - the last line of defence: say it, and end with 4
        traceback.print_exc()
        console.err().print(
            console.tell("This is a fault of cdso-audit. Please report it with the lines above.")
        )
        return 4
    return given if isinstance(given, int) else 0


def tell(problem: CdsoError) -> None:
    """Say an error: what happened, where, what to do."""
    from cdso_audit.drill.said import in_words  # noqa: PLC0415 - only errors need it

    each: Any
    for each in getattr(problem, "problems", None) or [problem]:
        where = f"{each.place}: " if each.place else ""
        about = f"{each.subject}: " if each.subject else ""
        values = dict(each.values)
        if isinstance(values.get("why"), str):  # a sentence of the journal, in English there
            values["why"] = in_words(values["why"], console.lang())
        message = said(each.template, values, console.lang())
        hint = said(each.hint_template, values, console.lang())
        console.err().print(
            console.plain(f"{console.word('error')} {each.code}: {where}{about}{message}"),
            style="red",
            soft_wrap=True,
        )
        if hint:
            console.err().print(console.plain(f"  → {hint}"), soft_wrap=True)
