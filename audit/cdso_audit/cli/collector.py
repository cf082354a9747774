"""`collector`: the stand-alone program for a host that nobody here reaches."""

import secrets
from pathlib import Path

import click

from cdso_audit.cli.options import all_checks, declarative_files


@click.command()
@click.argument("system", type=click.Choice(["linux", "windows"]))
@click.option(
    "--checks",
    "check_paths",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="A YAML check, or a folder of them, besides the installed ones.",
)
def collector(system: str, check_paths: tuple[Path, ...]) -> int:
    """
    Print the stand-alone collector for an air-gapped host.

    Run what it prints on the host, and hand its output to `cdso-audit collect --from`.
    """
    from cdso_audit.collect.alone import script  # noqa: PLC0415
    from cdso_audit.facts.reading import readers_of  # noqa: PLC0415
    from cdso_audit.model import AssetKind  # noqa: PLC0415

    kind = AssetKind.HOST_WINDOWS if system == "windows" else AssetKind.HOST_LINUX
    checks = all_checks(declarative_files(check_paths, Path.cwd()))
    probes = [
        probe
        for check in checks.values()
        for reader in readers_of(check.fact)
        if kind in reader.on
        for probe in reader.probes
    ]
    text = script(kind, probes, secrets.token_hex(24))
    click.echo(text, nl=False)
    return 0
