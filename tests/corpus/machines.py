"""
The machines of the corpus: made of the laboratory's layers, booted with their own systemd, looked
at over SSH as any agency's host is, and thrown away.

They share the laboratory's cached releases and nothing else: own packages, addresses, key, folders.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from tests.lab import machine
from tests.lab.roots import Layers, Root
from tests.lab.site import AUDIT_USER, LabError, Site

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE: Final = Path(__file__).parent
TOOL: Final = Path(sys.executable).with_name("cdso-audit")
HARDENING: Final = HERE / "harden.sh"
NETWORK: Final = "198.18.78.0/24"  # benchmark range of RFC 2544, beside the laboratory's
RULEBOOKS: Final = ("vn-2026", "linux-baseline")

#: What Debian's installer leaves on a server with SSH and the standard utilities, as far as it
#: matters to a check: no kernel and no boot loader, since a container has none.
_INSTALLED: Final = (
    *("apparmor", "apt-utils", "bash-completion", "bsdextrautils", "bzip2", "dmidecode", "fdisk"),
    *("file", "ifupdown", "inetutils-telnet", "iputils-ping", "less", "locales", "lsof", "man-db"),
    *("nano", "netcat-traditional", "nftables", "openssh-client", "pciutils", "systemd-timesyncd"),
    *("traceroute", "tzdata", "ucf", "vim-tiny", "wget", "whiptail"),
)
#: The kernel's own network settings, which a namespace would otherwise take from this machine.
_KERNEL: Final = (
    *("net.ipv4.ip_forward=0", "net.ipv6.conf.all.forwarding=0"),
    *(
        f"net.ipv4.conf.{place}.{key}"
        for place in ("all", "default")
        for key in ("accept_redirects=1", "send_redirects=1", "rp_filter=0", "log_martians=0")
    ),
    *(f"net.ipv6.conf.{place}.accept_redirects=1" for place in ("all", "default")),
    *("net.ipv4.conf.all.accept_source_route=0", "net.ipv4.conf.default.accept_source_route=1"),
)
_HARDENED: Final = ("auditd", "libpam-pwquality", "needrestart", "unattended-upgrades")


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine: a release, and whether `harden.sh` ran on it."""

    release: int
    hardened: bool
    number: int
    """Its place in the network."""

    @property
    def id(self) -> str:
        return f"debian{self.release}-{'hardened' if self.hardened else 'stock'}"

    @property
    def address(self) -> str:
        return f"198.18.78.{4 * self.number + 2}"

    @property
    def outside(self) -> str:
        """This machine's own end of the cable."""
        return f"198.18.78.{4 * self.number + 1}"

    @property
    def packages(self) -> tuple[str, ...]:
        names = [*_INSTALLED, *(_HARDENED if self.hardened else ())]
        if self.release == 11:
            names += ["isc-dhcp-client", "rsyslog"]
            names[names.index("inetutils-telnet")] = "telnet"
        if self.release == 12:
            names += ["isc-dhcp-client"]
        if self.release == 13:
            names += ["dhcpcd-base"]
        return tuple(names)


MACHINES: Final = {
    each.id: each
    for each in (
        Machine(release, hardened, number)
        for number, (release, hardened) in enumerate(
            (release, hardened) for release in (11, 12, 13) for hardened in (False, True)
        )
    )
}


@dataclass(slots=True)
class Running:
    """A machine that runs: its root as seen from here, and how to reach it."""

    machine: Machine
    folder: Path
    inventory: Path

    @property
    def root(self) -> Path:
        return self.folder / "root"

    def exec(self, script: str, *, timeout: float = 900) -> subprocess.CompletedProcess[str]:
        """Run a shell script as root inside, past SSH."""
        return machine.execute(self.folder, ["sh", "-c", script], timeout=timeout)


def layers() -> Layers:
    """The laboratory's releases, and a folder of our own for what stands on them."""
    lab = Site.of_environment().cache
    ours = lab / "corpus"
    (lab / "release").mkdir(parents=True, exist_ok=True)
    ours.mkdir(exist_ok=True)
    if not (ours / "release").is_symlink():
        (ours / "release").symlink_to(lab / "release")
    made = Layers(ours)
    made.clear_unfinished()
    return made


@contextmanager
def running(one: Machine, work: Path) -> Iterator[Running]:
    """Build, boot and afterwards remove a machine; `work` is an empty folder of its own."""
    key = work / "id_ed25519"
    _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "corpus", "-f", key)
    inventory = _inventory(one, work)
    _run(*(TOOL, "--no-config", "collect", "--plan", "--sudoers", AUDIT_USER, "-i", inventory),
         *(word for book in RULEBOOKS for word in ("--rulebook", book)),
         to=work / "sudoers")  # fmt: skip
    made = layers()
    base = made.release(one.release)
    packages = made.packages(one.id, one.release, one.packages, patched=True)
    folder = work / one.id
    folder.mkdir()
    machine.mount_overlay([packages, base], folder / "upper", folder / "work", folder / "root")
    started = Running(one, folder, inventory)
    try:
        _settle(Root(started.root, f"build-{one.id}"), one, work)
        _plug_in(one)
        machine.boot(one.id, started.root, Path("/run/netns") / _namespace(one), folder)
        _wait(started)
        keys = sorted(started.root.glob("etc/ssh/ssh_host_*_key.pub"))
        known = [" ".join(each.read_text().split()[:2]) for each in keys]
        (work / "known_hosts").write_text("".join(f"{one.address} {each}\n" for each in known))
        yield started
    finally:
        machine.stop(folder)
        machine.unmount(folder / "root")
        machine.remove_tree(folder)
        _unplug(one)


def _inventory(one: Machine, work: Path) -> Path:
    file = work / "agency.yaml"
    file.write_text(f"""\
apiVersion: cdso/agency-v1
agency: {{id: corpus, name: Corpus, owner: Nobody}}
defaults:
  rulebook: {RULEBOOKS[0]}
  ssh: {{user: {AUDIT_USER}, identity: id_ed25519, known_hosts: known_hosts, sudo: true}}
systems:
  - id: corpus
    name: Corpus
    kind: generic
    level: 3
    assets:
      - {{id: {one.id}, host: {one.address}}}
    declared:
      ports: {{{one.id}: [22]}}
      admins: [officer, {AUDIT_USER}]
      time_sources: [ntp.example.vn]
      log_servers: [log.example.vn]
    scope: [{NETWORK}]
""")
    return file


def _settle(root: Root, one: Machine, work: Path) -> None:
    """What the installer and the person who prepares a scan do; then the hardening, if any."""
    root.write("/etc/hostname", f"{one.id}\n")
    root.write("/etc/hosts", f"127.0.0.1\tlocalhost\n127.0.1.1\t{one.id}\n::1\tlocalhost\n")
    root.write("/etc/resolv.conf", "nameserver 192.0.2.53\n")
    root.write("/etc/machine-id", f"{uuid4().hex}\n", 0o444)
    root.write(f"/etc/sudoers.d/{AUDIT_USER}", (work / "sudoers").read_text(), 0o440)
    root.sh(
        f"""
        rm -f /etc/ssh/ssh_host_*_key*
        ssh-keygen -q -A
        useradd --create-home --shell /bin/bash --comment 'Officer on duty' officer
        usermod --append --groups sudo officer
        usermod --password "$(openssl passwd -6 -salt corpus 'not a secret: corpus')" officer
        useradd --create-home --shell /bin/bash --comment 'Audit scanner' {AUDIT_USER}
        usermod --password '*' {AUDIT_USER}
        usermod --password '!' root
        install -d -m 700 -o {AUDIT_USER} -g {AUDIT_USER} /home/{AUDIT_USER}/.ssh
        """
    )
    key = (work / "id_ed25519.pub").read_text()
    root.write(f"/home/{AUDIT_USER}/.ssh/authorized_keys", key, 0o600)
    root.sh(f"chown -R {AUDIT_USER}: /home/{AUDIT_USER}/.ssh")
    if one.hardened:
        root.sh(HARDENING.read_text())


def _wait(started: Running) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline:
        if machine.leader(started.folder) is not None:
            state = started.exec("systemctl is-system-running").stdout.strip()
            if state in {"running", "degraded"} and _answers(started.machine.address):
                return
        time.sleep(0.3)
    console = (started.folder / "console.log").read_text(errors="replace")[-2000:]
    raise LabError(f"{started.machine.id} does not come up:\n{console}")


def _answers(address: str) -> bool:
    try:
        with socket.create_connection((address, 22), timeout=1) as connection:
            connection.settimeout(2)
            return connection.recv(4) == b"SSH-"
    except OSError:
        return False


def _namespace(one: Machine) -> str:
    return f"cdso-corpus-{one.number}"


def _plug_in(one: Machine) -> None:
    _unplug(one)
    name, cable = _namespace(one), f"corpus-{one.number}"
    _ip("netns", "add", name)
    # A namespace begins with what this machine has just now, which is nobody's stock.
    _ip("netns", "exec", name, "sysctl", "-q", "-w", *_KERNEL)
    _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
    _ip("address", "add", f"{one.outside}/30", "dev", cable)
    _ip("link", "set", cable, "up")
    _ip("-n", name, "link", "set", "lo", "up")
    _ip("-n", name, "address", "add", f"{one.address}/30", "dev", "eth0")
    _ip("-n", name, "link", "set", "eth0", "up")


def _unplug(one: Machine) -> None:
    if Path(f"/sys/class/net/corpus-{one.number}").exists():
        _ip("link", "delete", f"corpus-{one.number}")
    if (Path("/run/netns") / _namespace(one)).exists():
        _ip("netns", "delete", _namespace(one))


def _ip(*words: str) -> None:
    _run("ip", *words)


def _run(*words: str | Path, to: Path | None = None) -> None:
    done = subprocess.run(
        [str(each) for each in words],
        stdin=subprocess.DEVNULL, capture_output=True, check=False,
    )  # fmt: skip
    if done.returncode:
        told = (done.stdout + done.stderr).decode(errors="replace")[-2000:]
        raise LabError(f"{' '.join(map(str, words))[:200]} ended with {done.returncode}:\n{told}")
    if to is not None:
        to.write_bytes(done.stdout)
