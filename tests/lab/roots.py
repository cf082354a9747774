"""
Roots of hosts in three layers, each kept until what it is made of changes.

A release (debootstrap), a host's packages, a host's settings. A running host writes into a fourth
one, thrown away when it stops, so every start finds the hosts as they were planted.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Final

from tests.lab import machine
from tests.lab.site import LabError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

RELEASES: Final = {11: "bullseye", 12: "bookworm", 13: "trixie"}
_EVERYWHERE: Final = (
    *("openssh-server", "sudo", "iproute2", "procps", "cron", "logrotate", "dbus", "netbase"),
    *("systemd-sysv", "libpam-systemd", "ca-certificates", "kmod"),
)
_APT: Final = (
    "apt-get -q -y -o Dpkg::Options::=--force-unsafe-io -o Dpkg::Options::=--force-confold"
    " -o APT::Install-Recommends=0 -o Acquire::GzipIndexes=1 -o Acquire::Languages=none"
    " -o Binary::apt-get::APT::Keep-Downloaded-Packages=1 -o Acquire::Check-Valid-Until=0"
)
_release_locks: Final = {number: RLock() for number in RELEASES}


@dataclass(frozen=True, slots=True)
class Root:
    """A host's root while its settings are being made."""

    path: Path
    name: str

    def write(self, path: str, text: str, mode: int = 0o644, owner: str = "") -> None:
        """Put a file in place with exactly this mode; the owner is a name of the host's own."""
        file = self.path / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.is_symlink():
            file.unlink()
        file.write_text(text)
        file.chmod(mode)
        if owner:
            self.sh(f"chown {owner} {path}")

    def append(self, path: str, text: str) -> None:
        """Add lines to a file that exists."""
        with (self.path / path.lstrip("/")).open("a") as file:
            file.write(text)

    def read(self, path: str) -> str:
        """The text of a file."""
        return (self.path / path.lstrip("/")).read_text()

    def sh(self, script: str) -> None:
        """Run a script in the root, without a network."""
        machine.run_once(self.name, self.path, script, network=False)


@dataclass(frozen=True, slots=True)
class Mirrors:
    """Where this machine's own apt gets Debian from."""

    debian: str
    security: str | None

    @classmethod
    def of_this_machine(cls) -> Mirrors:
        """Read them from apt's sources, in both syntaxes."""
        folder = Path("/etc/apt")
        files = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
        found: list[str] = []
        for file in files:
            if file.is_file() and file.suffix in {".list", ".sources"}:
                text = re.sub(r"(?m)^\s*#.*$", "", file.read_text())
                found += re.findall(r"(?m)(https?://\S+)", text)
        plain = [url.rstrip("/") for url in found]
        debian = next((url for url in plain if url.endswith("/debian")), None)
        if debian is None:
            raise LabError("no Debian mirror in this machine's apt sources; add one")
        return cls(debian, next((url for url in plain if url.endswith("/debian-security")), None))

    def sources(self, release: int, *, security: bool) -> str:
        """A sources.list for a release."""
        suite = RELEASES[release]
        lines = [f"deb {self.debian} {suite} main"]
        if security and self.security:
            lines.append(f"deb {self.security} {suite}-security main")
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Layers:
    """Makes the layers of a host, or finds them in the cache."""

    cache: Path

    def clear_unfinished(self) -> None:
        """Remove what an interrupted build left."""
        for left in (self.cache / "building").glob("*"):
            machine.unmount(left / "root")
            machine.remove_tree(left)

    def release(self, number: int) -> Path:
        """The root of a Debian release with what every host has."""
        key = _key(number, *_EVERYWHERE, _APT)
        done = self.cache / "release" / f"{RELEASES[number]}-{key}"
        with _release_locks[number]:
            if done.exists():
                return done
            self._sweep(done)
            building = self._building(done.name)
            suite, mirrors = RELEASES[number], Mirrors.of_this_machine()
            debs = self._debs(number)
            bootstrap = subprocess.run(
                ["debootstrap", "--variant=minbase", f"--cache-dir={debs}", suite,
                 str(building), mirrors.debian],
                capture_output=True, text=True, check=False,
                env={**os.environ, "LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"},
            )  # fmt: skip
            if bootstrap.returncode:
                raise LabError(f"debootstrap {suite} failed:\n{bootstrap.stdout[-2000:]}")
            root = Root(building, f"build-{suite}")
            root.write("/etc/apt/sources.list", mirrors.sources(number, security=False))
            self._apt(root, number, _EVERYWHERE)
            _place(building, done)
        return done

    def packages(self, host: str, number: int, names: Sequence[str], *, patched: bool) -> Path:
        """A host's packages over its release; patched with the security suite, or only aware."""
        base = self.release(number)
        key = _key(base.name, *names, patched, _APT, "v1")
        done = self.cache / "packages" / f"{host}-{key}"
        if not done.exists():
            self._sweep(done)
            with self._over([base], done, host) as root:
                mirrors = Mirrors.of_this_machine()
                if patched:
                    root.write("/etc/apt/sources.list", mirrors.sources(number, security=True))
                    self._apt(root, number, names, upgrade=True)
                else:
                    self._apt(root, number, names)
                    root.write("/etc/apt/sources.list", mirrors.sources(number, security=True))
                    self._apt(root, number, ())
        return done

    def settings(
        self, host: str, below: Sequence[Path], key: str, make: Callable[[Root], None]
    ) -> Path:
        """A host's settings over its packages."""
        done = self.cache / "settings" / f"{host}-{_key(key, below[0].name)}"
        if not done.exists():
            self._sweep(done)
            with self._over(below, done, host) as root:
                make(root)
        return done

    @contextmanager
    def _over(self, below: Sequence[Path], done: Path, host: str) -> Iterator[Root]:
        building = self._building(done.name)
        merged = building / "root"
        machine.mount_overlay(below, building / "upper", building / "work", merged)
        try:
            yield Root(merged, f"build-{host}")
        finally:
            machine.unmount(merged)
        _place(building / "upper", done)
        machine.remove_tree(building)

    def _building(self, name: str) -> Path:
        folder = self.cache / "building"
        folder.mkdir(exist_ok=True)
        place = Path(tempfile.mkdtemp(prefix=f"{name}.", dir=folder))
        place.chmod(0o755)
        return place

    def _sweep(self, wanted: Path) -> None:
        """Drop the older layers of the same name that no running host uses."""
        mounts = Path("/proc/self/mounts").read_text()
        subject = wanted.name.rpartition("-")[0]
        for old in wanted.parent.glob("*") if wanted.parent.exists() else ():
            if old.name.rpartition("-")[0] == subject and str(old) not in mounts:
                shutil.rmtree(old)

    def _debs(self, number: int) -> Path:
        folder = self.cache / "debs" / RELEASES[number]
        (folder / "partial").mkdir(parents=True, exist_ok=True)
        return folder

    def _apt(self, root: Root, number: int, names: Sequence[str], *, upgrade: bool = False) -> None:
        # Packages are fetched with this machine's network, so nothing may start a daemon there.
        policy = root.path / "usr/sbin/policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        with _release_locks[number]:  # one apt at a time a folder of packages
            machine.run_once(
                root.name, root.path,
                f"{_APT} update >/dev/null\n"
                + (f"{_APT} dist-upgrade\n" if upgrade else "")
                + (f"{_APT} install {' '.join(names)}\n" if names else "")
                + "rm -f /etc/apt/apt.conf.d/01autoremove-kernels",
                network=True,
                binds={self._debs(number): "/var/cache/apt/archives"},
            )  # fmt: skip
        policy.unlink()


def _place(built: Path, done: Path) -> None:
    done.parent.mkdir(parents=True, exist_ok=True)
    built.chmod(0o755)
    built.rename(done)


def _key(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:12]
