"""
Our probes' own commands, run by pytest-testinfra over paramiko, each once.

Questions of the second program are left out for it.
"""

from __future__ import annotations

import shlex
import sys
import warnings
from pathlib import Path

import testinfra

from cdso_audit.evaluate import Selection
from cdso_audit.facts.reading import Probe, reader_for
from cdso_audit.inventory import parse_agency
from cdso_audit.plugins import installed_checks


def questions(inventory: Path, asset_id: str) -> list[Probe]:
    """The shell probes of all checks that apply to the asset, each once."""
    agency = parse_agency(inventory.read_bytes(), str(inventory))
    asset = next(a for s in agency.systems for a in s.assets if a.id == asset_id)
    asked: dict[str, Probe] = {}
    for check in installed_checks().values():
        if Selection(check).applies_to(asset):
            reader = reader_for(check.fact, asset)
            assert reader is not None
            asked |= {p.id: p for p in reader.probes if p.via == "shell" and p.follow is None}
    return list(asked.values())


def main() -> None:
    """INVENTORY ASSET ADDRESS PORT: ask, and print how many commands that were."""
    inventory, asset, address, port = Path(sys.argv[1]), *sys.argv[2:5]
    warnings.simplefilter("ignore")
    identity = inventory.parent / "keys" / "cdso_ed25519"
    host = testinfra.get_host(
        f"paramiko://cdso-audit@{address}:{port}", ssh_identity_file=str(identity)
    )
    asked = questions(inventory, asset)
    for probe in asked:
        if probe.root:
            with host.sudo():
                host.run(shlex.join(probe.run))
        elif isinstance(probe.run, tuple):
            host.run(shlex.join(probe.run))
        else:
            host.run("sh -c %s", probe.run)
    print(len(asked))


if __name__ == "__main__":
    main()
