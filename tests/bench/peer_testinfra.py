"""
The same questions asked by pytest-testinfra over paramiko, in a process of its own.

`each` asks the probes of every check, since testinfra keeps no answers between checks; `once` asks
each probe once, which favours the peer. Questions of the second program are left out for it.
"""

from __future__ import annotations

import shlex
import sys
import time
import warnings
from pathlib import Path

import testinfra

from cdso_audit.evaluate import Selection
from cdso_audit.facts.reading import Probe, reader_for
from cdso_audit.inventory import parse_agency
from cdso_audit.model import HostAsset
from cdso_audit.plugins import installed_checks


def questions(inventory: Path, asset_id: str) -> list[list[Probe]]:
    """The shell probes of each check that applies to the asset."""
    agency = parse_agency(inventory.read_bytes(), str(inventory))
    asset = next(a for s in agency.systems for a in s.assets if a.id == asset_id)
    assert isinstance(asset, HostAsset)
    asked = []
    for check in installed_checks().values():
        if Selection(check).applies_to(asset):
            reader = reader_for(check.fact, asset)
            assert reader is not None
            asked.append([p for p in reader.probes if p.via == "shell" and p.follow is None])
    return [each for each in asked if each]


def main() -> None:
    """INVENTORY ASSET ADDRESS PORT each|once: ask, and print how much was asked."""
    inventory, asset, address, port, mode = Path(sys.argv[1]), *sys.argv[2:6]
    warnings.simplefilter("ignore")
    by_check = questions(inventory, asset)
    if mode == "once":
        by_check = [list({p.id: p for probes in by_check for p in probes}.values())]
    identity = inventory.parent / "keys" / "cdso_ed25519"
    host = testinfra.get_host(
        f"paramiko://cdso-audit@{address}:{port}", ssh_identity_file=str(identity)
    )
    started = time.monotonic()
    asked = 0
    for probes in by_check:
        for probe in probes:
            asked += 1
            if probe.root:
                with host.sudo():
                    host.run(shlex.join(probe.run))
            elif isinstance(probe.run, tuple):
                host.run(shlex.join(probe.run))
            else:
                host.run("sh -c %s", probe.run)
    print(f"{len(by_check)} {asked} {time.monotonic() - started:.3f}")


if __name__ == "__main__":
    main()
