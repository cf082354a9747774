"""sudo itself is asked whether the plan's drop-in allows each root probe, word for word."""

import importlib
import json
import os
import pkgutil
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from tests.support import AT, HOST, SYSTEM

import cdso_audit.facts
from cdso_audit.checking import Check
from cdso_audit.collect.plan import _escaped
from cdso_audit.collect.program import root_command
from cdso_audit.collect.scrub import scrubbed
from cdso_audit.facts.reading import READERS, Probe
from cdso_audit.facts.sudo import SudoRules, parse_sudoers
from cdso_audit.model import Context, Outcome
from cdso_checks.sudo.sudo_broad_rules import sudo_broad_rules
from cdso_checks.sudo.sudo_nopasswd import sudo_nopasswd

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


@pytest.mark.skipif(shutil.which("cvtsudoers") is None, reason="needs apt package sudo")
@pytest.mark.parametrize("check", [sudo_nopasswd, sudo_broad_rules], ids=lambda it: it.about.id)
def test_the_drop_in_is_recognised_in_what_is_kept_of_it(check: Check[SudoRules]) -> None:
    """A command that looks like a secret would be scrubbed, and be another one afterwards."""
    allow = "cdso-audit ALL=(root) NOPASSWD:"
    drop = [f"{allow} {_escaped(root_command(each))}" for each in root_probes().values()]
    told = subprocess.run(
        ["cvtsudoers", "-f", "json"], input="\n".join(drop).encode() + b"\n",
        capture_output=True, check=True,
    ).stdout  # fmt: skip

    kept, masked = scrubbed(told)
    rules, defaults = parse_sudoers(json.loads(kept))
    sudo = SudoRules(subject="sudoers", rules=rules, defaults=defaults, me="cdso-audit")
    context = Context(at=AT, asset=HOST, system=SYSTEM, parameters=check.parameters)

    assert masked == 0
    assert len(rules) > 20
    assert check.judge(sudo, context).outcome is Outcome.PASS
