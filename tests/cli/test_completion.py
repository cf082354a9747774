"""`completion` prints a script that the shell itself accepts."""

import shutil
import subprocess

import pytest

from cdso_audit.cli import run


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_names_our_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0

    script = capsys.readouterr().out
    assert "_CDSO_AUDIT_COMPLETE" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True, timeout=20)


def test_another_shell_is_a_usage_error() -> None:
    assert run(["completion", "tcsh"]) == 2
