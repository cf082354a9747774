"""
One whole Debian host with its own systemd, for drills: a network of its own, nobody else's.

Its layers are those of the laboratory (`tests.lab`), which need not be up and is never touched.
"""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from secrets import token_hex

import pytest
from tests.drill.held import NONCE, marker
from tests.lab import machine
from tests.lab.roots import Layers, Root
from tests.lab.site import Site
from tests.sshd import keygen

#: Debian 12, as most hosts of an agency are today.
RELEASE = 12
#: Half of the benchmark range of RFC 2544, never a real network; the laboratory is in the other.
FIRST = IPv4Address("198.19.0.0")
NETWORKS = 16384
#: An account of a service, which may not ask systemd for a unit of its own.
ACCOUNT = "drill"
MARKER = "/etc/cdso-drill"
_BOOT_SECONDS = 90.0
_PLACE = Path(tempfile.gettempdir())


@dataclass(slots=True)
class Whole:
    """A running host: how to get in over SSH, and how to look past SSH."""

    folder: Path
    here: str
    """This machine's address, as the host sees it."""
    address: str
    identity: Path
    known_hosts: Path
    namespace: Path

    @property
    def root(self) -> Path:
        return self.folder / "root"

    def bring(self, program: str) -> None:
        """Put a program of this machine, a Debian 12 as well, with its libraries on the host."""
        path = Path(shutil.which(program) or program).resolve()
        told = subprocess.run(["ldd", str(path)], capture_output=True, text=True, check=True)
        for each in (str(path), *re.findall(r"(/\S+) \(0x", told.stdout)):
            place = self.root / each.lstrip("/")
            if not place.exists():
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(each, place)

    def planned(self, user: str = "root") -> str:
        """The host as a plan names it, in YAML."""
        return (
            f"{{host: {self.address}, ssh: {{user: {user}, identity: {self.identity}, "
            f"known_hosts: {self.known_hosts}, agent: false}}}}"
        )

    def sh(self, script: str, *, check: bool = True) -> str:
        """What a script says that root runs inside, past SSH."""
        done = machine.execute(self.folder, ["sh", "-uc", script])
        assert not check or done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
        return done.stdout.strip()

    def mark(self, expires: str = "") -> None:
        """What the host's own administrator writes."""
        marker(self.root / MARKER.lstrip("/"), NONCE, expires)

    def unit(self, pattern: str = "cdso-*") -> str:
        """The name of the one unit that there is; nothing when there is none."""
        words = self.sh(f"systemctl list-units --plain --no-legend --all '{pattern}'").split()
        return words[0] if words else ""

    def boot(self) -> None:
        """Start it, and wait until its systemd has started everything and sshd answers."""
        machine.boot(self.folder.name, self.root, self.namespace, self.folder)
        self.wait()

    def wait(self) -> None:
        deadline = time.monotonic() + _BOOT_SECONDS
        while time.monotonic() < deadline:
            if machine.leader(self.folder) is not None:
                done = machine.execute(
                    self.folder, ["systemctl", "is-active", "ssh", "multi-user.target"]
                )
                if done.stdout.split() == ["active", "active"]:
                    return
            time.sleep(0.2)
        console = (self.folder / "console.log").read_text(errors="replace")[-2000:]
        raise AssertionError(f"the host is not up after {_BOOT_SECONDS:.0f} s:\n{console}")

    def reboot(self) -> None:
        """Down in order and up again, as a hypervisor does it: the container ends between."""
        machine.execute(self.folder, ["systemctl", "--no-block", "reboot"])
        deadline = time.monotonic() + _BOOT_SECONDS
        while machine.leader(self.folder) is not None and time.monotonic() < deadline:
            time.sleep(0.1)
        machine.stop(self.folder)
        self.boot()

    def power_cut(self) -> None:
        """Off at once; what was written stays."""
        machine.stop(self.folder)


@contextmanager
def whole() -> Iterator[Whole]:
    """A host that is up until the block ends; skips with the reason where there can be none."""
    if os.geteuid() != 0:
        pytest.skip("a whole host needs root: sudo make test")
    tools = {"systemd-nspawn": "systemd-container", "debootstrap": "debootstrap", "ip": "iproute2"}
    missing = [package for tool, package in tools.items() if not shutil.which(tool)]
    if missing:
        pytest.skip(f"a whole host needs: apt-get install {' '.join(missing)}")
    layer = _layer(Site.of_environment())
    _sweep()
    own = os.getpid()
    first = FIRST + 4 * (own % NETWORKS)
    outside, inside = str(first + 1), str(first + 2)
    # also the name of the machine, which knows no "_"
    folder = _PLACE / f"cdso-drill-{own}-{token_hex(3)}"
    folder.mkdir(mode=0o755)
    name, cable = folder.name, f"drill-{own}"
    host = Whole(
        folder,
        outside,
        inside,
        keygen(folder / "key"),
        folder / "known_hosts",
        Path("/run/netns") / name,
    )
    try:
        machine.mount_overlay([layer], folder / "upper", folder / "work", host.root)
        _settle(Root(host.root, name), host)
        _ip("netns", "add", name)
        _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
        _ip("address", "add", f"{outside}/30", "dev", cable)
        _ip("link", "set", cable, "up")
        _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", name, "address", "add", f"{inside}/30", "dev", "eth0")
        _ip("-n", name, "link", "set", "eth0", "up")
        host.boot()
        yield host
    finally:
        _removed(folder)


def _sweep() -> None:
    """Remove the hosts of test runs that were killed."""
    for folder in _PLACE.glob("cdso-drill-*-*"):
        own = folder.name.split("-")[2]
        if own.isdigit() and not Path(f"/proc/{own}").exists():
            _removed(folder)


def _removed(folder: Path) -> None:
    machine.stop(folder)
    cable = f"drill-{folder.name.split('-')[2]}"
    for words in (("link", "delete", cable), ("netns", "delete", folder.name)):
        subprocess.run(["ip", *words], capture_output=True, check=False)
    machine.unmount(folder / "root")
    machine.remove_tree(folder)


def _layer(site: Site) -> Path:
    """The release, from the laboratory's cache; made there, under its lock, when it is not."""
    site.cache.mkdir(parents=True, exist_ok=True, mode=0o700)
    site.state.mkdir(parents=True, exist_ok=True, mode=0o700)
    ready = list((site.cache / "release").glob("bookworm-*"))
    if ready:
        return ready[0]
    with (site.state / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return Layers(site.cache).release(RELEASE)


def _settle(root: Root, host: Whole) -> None:
    key = host.identity.with_suffix(".pub").read_text()
    root.write("/etc/hostname", "drill-host\n")
    root.write("/etc/machine-id", "", 0o444)  # systemd makes one at the first start
    root.sh(
        f"""
        rm -f /etc/ssh/ssh_host_*_key*
        ssh-keygen -q -A
        useradd --create-home --shell /bin/sh {ACCOUNT}
        usermod -p '*' {ACCOUNT}
        install -d -m 700 /root/.ssh
        install -d -m 700 -o {ACCOUNT} -g {ACCOUNT} /home/{ACCOUNT}/.ssh
        """
    )
    root.write("/root/.ssh/authorized_keys", key, 0o600)
    root.write(f"/home/{ACCOUNT}/.ssh/authorized_keys", key, 0o600, f"{ACCOUNT}:")
    public = sorted((root.path / "etc/ssh").glob("ssh_host_*_key.pub"))
    lines = [" ".join([host.address, *each.read_text().split()[:2]]) for each in public]
    host.known_hosts.write_text("\n".join(lines) + "\n")


def _ip(*words: str) -> None:
    done = subprocess.run(["ip", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ip {' '.join(words)}: {done.stderr}"
