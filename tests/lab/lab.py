"""The laboratory as one thing that goes up and down."""

from __future__ import annotations

import fcntl
import hashlib
import inspect
import os
import shutil
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from tests.lab import agency, canaries, machine, network
from tests.lab.digest import EXCLUDED, tree_digest
from tests.lab.hosts import HOSTS, plain
from tests.lab.roots import Layers, Root
from tests.lab.site import AUDIT_USER, LabError, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from tests.lab.hosts.plain import Host

__all__ = ["Lab", "LabError"]

_TOOLS: Final = {
    "debootstrap": "debootstrap",
    "systemd-nspawn": "systemd-container",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "openssl": "openssl",
    "ssh-keygen": "openssh-client",
    "ssh": "openssh-client",
}
_BOOT_SECONDS: Final = 90.0


class Lab:
    """
    A small agency of whole Debian hosts on this machine.

    One at a time: the bridge and the addresses are fixed. Methods that change it take a lock, so
    two test runs wait for each other instead of tearing each other's hosts down.
    """

    def __init__(self, site: Site | None = None) -> None:
        self.site = site or Site.of_environment()
        self._layers = Layers(self.site.cache)

    @property
    def hosts(self) -> dict[str, str]:
        """Host id → address."""
        return {name: host.address for name, host in HOSTS.items()}

    @property
    def agency_yaml(self) -> Path:
        """The inventory of the laboratory; its folder holds the key and known_hosts it names."""
        return self.site.agency_yaml

    def up(self, only: Iterable[str] = (), say: Callable[[str], None] = print) -> None:
        """Build what is not built, start what does not run, and wait until it answers."""
        names = self._chosen(only)
        _require_root()
        _require_tools(say)
        with self._locked():
            self.site.prepare()
            self._layers.clear_unfinished()
            network.bridge_up()
            with ThreadPoolExecutor(max_workers=len(HOSTS)) as pool:
                layers = list(pool.map(lambda name: self._built(name, say), names))
                list(pool.map(lambda name, below: self._started(name, below, say), names, layers))
            self._write_known_hosts()
            if self.root("ns").is_dir():
                anchor = self.root("ns") / "etc/unbound/lab.example.key"
                self.site.trust_anchor.write_text(anchor.read_text())
            self.agency_yaml.write_text(agency.agency_text(self.site))
        self._wait_for_logs()

    def _wait_for_logs(self, seconds: float = 60) -> None:
        """
        Until dvc-web's logs reach ns. Whichever host started first, rsyslog tries again only after
        half a minute, and a scan before that would see a connection that does not stand.
        """
        end = time.monotonic() + seconds
        asked = ["ss", "-Htn", "state", "established", "dport = :514"]
        while self.running("dvc-web") and self.running("ns") and time.monotonic() < end:
            if self.exec("dvc-web", asked).stdout.strip():
                return
            self.exec("dvc-web", ["logger", "-p", "auth.info", "cdso-lab"])
            time.sleep(0.5)

    def down(self, only: Iterable[str] = (), say: Callable[[str], None] = print) -> None:
        """Stop the hosts and remove all that running them made; keys and cache stay."""
        names = self._chosen(only)
        _require_root()
        with self._locked():
            for name in names:
                self._stopped(name)
                say(f"{name}: down")
            if not any(self._folder(name).exists() for name in HOSTS):
                network.bridge_down()

    def running(self, host: str) -> bool:
        """Say whether a host's systemd is alive."""
        return machine.leader(self._folder(host)) is not None

    def status(self) -> dict[str, str]:
        """Host id → what its own systemd says of it, or "down"."""
        _require_root()
        found = {}
        for name in HOSTS:
            found[name] = "down"
            if self.running(name):
                found[name] = self.exec(name, ["systemctl", "is-system-running"]).stdout.strip()
        return found

    def exec(
        self, host: str, argv: Sequence[str], *, stdin: bytes | None = None, timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as root inside a host, past SSH; the caller looks at the return code."""
        return machine.execute(self._folder(host), argv, stdin=stdin, timeout=timeout)

    def ssh(
        self, host: str, command: str, *, timeout: float = 60
    ) -> subprocess.CompletedProcess[str]:
        """Run a command over SSH as the audit account, host key verified."""
        return subprocess.run(
            [*self.ssh_argv(host), command],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
            timeout=timeout, check=False,
        )  # fmt: skip

    def ssh_argv(self, host: str) -> list[str]:
        """The ssh command line that reaches a host, without the remote command."""
        site = self.site
        return [
            *("ssh", "-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes"),
            *("-o", f"UserKnownHostsFile={site.known_hosts}", "-o", "IdentitiesOnly=yes"),
            *("-o", "GlobalKnownHostsFile=none", "-o", "ConnectTimeout=10"),
            *("-i", str(site.identity), f"{AUDIT_USER}@{HOSTS[host].address}"),
        ]

    def root(self, host: str) -> Path:
        """The root file system of a running host, as seen from this machine."""
        return self._folder(host) / "root"

    def install_sudoers(self, host: str, text: str | None = None) -> None:
        """Replace the audit account's sudo rules; without a text, by those that allow anything."""
        rules = plain.SUDOERS_OPEN if text is None else text
        checked = self.exec(host, ["visudo", "-c", "-f", "-"], stdin=rules.encode())
        if checked.returncode:
            raise LabError(f"sudo refuses these rules: {checked.stdout}{checked.stderr}")
        file = plain.SUDOERS_FILE
        place = f"umask 337; cat >{file}.new && mv -f {file}.new {file}"
        done = self.exec(host, ["sh", "-c", place], stdin=rules.encode())
        if done.returncode:
            raise LabError(f"cannot write {file}: {done.stderr}")

    def digest(self, host: str, excluded: Iterable[str] = EXCLUDED) -> dict[str, str]:
        """The state of a host's files, for `changes(before, after)`."""
        return tree_digest(self.root(host), excluded)

    def secrets(self) -> dict[str, str]:
        """
        Name → a string that must never leave the hosts.

        The planted ones, and a line out of each real private key on the hosts.
        """
        found = dict(canaries.CANARIES)
        for name in HOSTS:
            top = self.root(name)
            for key in (*top.glob("etc/ssh/ssh_host_*_key"), *top.glob("etc/nginx/tls/*.key")):
                found[f"{name}:{key.name}"] = key.read_text().splitlines()[-2]
        return found

    def _chosen(self, only: Iterable[str]) -> list[str]:
        names = list(only) or list(HOSTS)
        for name in names:
            if name not in HOSTS:
                raise LabError(f"no host is called {name}; there are: {', '.join(HOSTS)}")
        return names

    def _folder(self, host: str) -> Path:
        return self.site.state / "run" / host

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.site.state.mkdir(parents=True, exist_ok=True)
        self.site.state.chmod(0o700)
        with (self.site.state / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _built(self, name: str, say: Callable[[str], None]) -> list[Path]:
        host, started = HOSTS[name], time.monotonic()
        base = self._layers.release(host.release)
        packages = self._layers.packages(name, host.release, host.packages, patched=host.patched)
        below = [packages, base]

        def make(root: Root) -> None:
            plain.settle(root, self.site, name)
            host.settings(root, self.site)

        settings = self._layers.settings(name, below, _settings_key(host, self.site), make)
        if (spent := time.monotonic() - started) > 1:
            say(f"{name}: built in {spent:.0f} s")
        return [settings, *below]

    def _started(self, name: str, layers: list[Path], say: Callable[[str], None]) -> None:
        folder = self._folder(name)
        if self.running(name) and (folder / "ready").exists():
            if (folder / "layers").read_text() != _listed(layers):
                say(f"{name}: runs from an older build; `down` and `up` to renew it")
            return
        started = time.monotonic()
        self._stopped(name)
        folder.mkdir(parents=True)
        machine.mount_overlay(layers, folder / "upper", folder / "work", folder / "root")
        (folder / "layers").write_text(_listed(layers))
        network.plug_in(name)
        machine.boot(name, folder / "root", network.namespace_path(name), folder)
        self._wait(name)
        if HOSTS[name].start:
            done = self.exec(name, ["sh", "-eu", "-c", HOSTS[name].start], timeout=120)
            if done.returncode:
                raise LabError(f"{name}: its first task failed:\n{done.stdout}{done.stderr}")
            if done.stderr.strip():
                say(f"{name}: {done.stderr.strip()}")
        (folder / "ready").touch()
        say(f"{name}: up at {HOSTS[name].address} in {time.monotonic() - started:.1f} s")

    def _wait(self, name: str) -> None:
        """Wait until systemd has started everything and sshd answers."""
        deadline = time.monotonic() + _BOOT_SECONDS
        state = "not started"
        while time.monotonic() < deadline:
            if self.running(name):
                state = self.exec(name, ["systemctl", "is-system-running"]).stdout.strip()
                if state in {"running", "degraded"} and _answers(HOSTS[name].address, 22):
                    return
            time.sleep(0.2)
        console = (self._folder(name) / "console.log").read_text(errors="replace")[-2000:]
        raise LabError(f"{name} is {state!r} after {_BOOT_SECONDS:.0f} s:\n{console}")

    def _stopped(self, name: str) -> None:
        folder = self._folder(name)
        if folder.exists():
            machine.stop(folder)
            machine.unmount(folder / "root")
            machine.remove_tree(folder)
        network.unplug(name)

    def _write_known_hosts(self) -> None:
        lines = []
        for name, host in HOSTS.items():
            for key in sorted(self.root(name).glob("etc/ssh/ssh_host_*_key.pub")):
                kind, value, *_ = key.read_text().split()
                lines.append(f"{host.address},{name}.lab.example {kind} {value}\n")
        self.site.known_hosts.write_text("".join(lines))


def _settings_key(host: Host, site: Site) -> str:
    """Changes with the code that makes the settings, with the keys in them, and each week."""
    week = datetime.now(UTC).isocalendar()[:2]  # certificates and dates in them must stay fresh
    sources = [inspect.getsource(sys.modules[host.settings.__module__])]
    sources += [inspect.getsource(module) for module in (plain, canaries)]
    sources += [path.read_text() for path in (site.identity.with_suffix(".pub"), site.ca)]
    return hashlib.sha256("\0".join([*sources, str(week)]).encode()).hexdigest()


def _listed(layers: list[Path]) -> str:
    return "\n".join(map(str, layers))


def _answers(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), timeout=1) as connection:
            connection.settimeout(2)
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def _require_root() -> None:
    if os.geteuid() != 0:
        raise LabError("the laboratory needs root: it mounts, makes networks and starts containers")


def _require_tools(say: Callable[[str], None]) -> None:
    missing = sorted({package for tool, package in _TOOLS.items() if not shutil.which(tool)})
    if missing:
        say(f"installing {' '.join(missing)}")
        installed = subprocess.run(
            ["apt-get", "install", "-q", "-y", "--no-install-recommends", *missing],
            capture_output=True, text=True, check=False,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )  # fmt: skip
        if installed.returncode:
            raise LabError(f"install these first: apt-get install {' '.join(missing)}")
