"""`completion`: the script by which a shell completes our command line."""

import click
from click.shell_completion import get_completion_class


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(context: click.Context, shell: str) -> int:
    """
    Print the completion script of SHELL.

    bash: cdso-audit completion bash > ~/.local/share/bash-completion/completions/cdso-audit
    """
    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    root = context.find_root().command
    click.echo(made(root, {}, "cdso-audit", "_CDSO_AUDIT_COMPLETE").source())
    return 0
