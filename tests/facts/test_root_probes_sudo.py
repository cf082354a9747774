"""sudo itself is asked whether the plan's drop-in allows each root probe, word for word."""

import importlib
import os
import pkgutil
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

import cdso_audit.facts
from cdso_audit.collect.plan import _escaped
from cdso_audit.collect.program import root_command
from cdso_audit.facts.reading import READERS, Probe

SCRIPT: Final = """
set -e
mount -t tmpfs -o mode=755 drop /etc/sudoers.d
install -m 440 "$1/drop" /etc/sudoers.d/cdso-audit
exec setpriv --reuid=65534 --regid=65534 --clear-groups sh -s <"$1/ask"
"""


def root_probes() -> dict[str, Probe]:
    """Every root probe that any reader declares."""
    for module in pkgutil.iter_modules(cdso_audit.facts.__path__):
        importlib.import_module(f"cdso_audit.facts.{module.name}")
    return {
        probe.id: probe
        for readers in READERS.values()
        for reader in readers
        for probe in reader.probes
        if probe.root
    }


@pytest.mark.daemon
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to become another account")
@pytest.mark.skipif(shutil.which("sudo") is None, reason="needs apt package sudo")
def test_sudo_allows_every_root_probe_as_the_plan_writes_it(tmp_path: Path) -> None:
    """A backslash or an empty argument, for one, cannot be spelled in sudoers."""
    probes = root_probes()
    allow = "nobody ALL=(root) NOPASSWD:"
    drop = [f"{allow} {_escaped(root_command(each))}" for each in probes.values()]
    (tmp_path / "drop").write_text("\n".join(drop) + "\n")
    asks = [
        f"sudo -n -l {shlex.join(root_command(probe))} >/dev/null 2>&1 || echo {name}"
        for name, probe in probes.items()
    ]
    (tmp_path / "ask").write_text("\n".join(asks) + "\n")

    done = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c", SCRIPT, "sh", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [], "sudo refuses these"
