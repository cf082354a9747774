"""The laboratory, started once, and one scan of it that the tests share."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from tests.e2e.scanning import ALL_FORMATS, Ran, Watch, scan
from tests.lab import Lab, changes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: sshd's sessions stand in its log at this level only.
_LOG_LEVEL = "/etc/ssh/sshd_config.d/99-e2e-log.conf"


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """The laboratory, up, with every sshd telling of its sessions."""
    if os.geteuid() != 0:
        pytest.skip("the laboratory needs root: sudo make test")
    tools = {"systemd-nspawn": "systemd-container", "debootstrap": "debootstrap"}
    missing = [package for tool, package in tools.items() if not shutil.which(tool)]
    if missing:
        pytest.skip(f"the laboratory needs: apt-get install {' '.join(missing)}")
    found = Lab()
    found.up()
    for host in found.hosts:
        found.install_sudoers(host)
        _shell(found, host, f"echo LogLevel VERBOSE >{_LOG_LEVEL}; systemctl reload ssh")
    yield found
    for host in found.hosts:
        found.install_sudoers(host)
        _shell(found, host, f"rm {_LOG_LEVEL}; systemctl reload ssh")


def _shell(lab: Lab, host: str, script: str) -> None:
    done = lab.exec(host, ["sh", "-euc", script])
    assert done.returncode == 0, f"{host}: {done.stderr}"


@dataclass(frozen=True, slots=True)
class Scanned:
    """The shared scan: the run, what sshd logged of it, what it changed on the hosts."""

    ran: Ran
    watch: Watch
    logins: dict[str, int]
    sessions: dict[str, int]
    changed: dict[str, list[str]]


@pytest.fixture(scope="session")
def scanned(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> Scanned:
    """One scan of the whole laboratory, in all formats."""
    output: Path = tmp_path_factory.mktemp("scan")
    before = {host: lab.digest(host) for host in lab.hosts}
    watch = Watch(lab)
    ran = scan(lab.agency_yaml, output, "--format", ALL_FORMATS, "--verbose")
    assert ran.code == 0, ran.said
    return Scanned(
        ran=ran,
        watch=watch,
        logins={host: watch.logins(host) for host in lab.hosts},
        sessions={host: watch.sessions(host) for host in lab.hosts},
        changed={host: changes(before[host], lab.digest(host)) for host in lab.hosts},
    )
