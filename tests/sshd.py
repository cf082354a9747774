"""A real OpenSSH server on loopback for tests, with whatever shell a test wants behind it."""

import contextlib
import os
import shlex
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path

import pytest

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/bin")


@dataclass(frozen=True, slots=True)
class Sshd:
    """A running server: where it listens, what it keeps, how to get in."""

    port: int
    folder: Path
    identity: Path
    known_hosts: Path
    log: Path

    @property
    def user(self) -> str:
        return getuser()


def free_port() -> int:
    """A port of loopback that nobody has right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def keygen(path: Path) -> Path:
    """A fresh key pair without passphrase."""
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", str(path)], check=True
    )
    return path


@contextlib.contextmanager
def running(
    folder: Path, command: list[str] | None = None, extra: str = "", account: str = ""
) -> Iterator[Sshd]:
    """
    Serve on loopback until the block ends. `command` is what every login runs.

    With `account` the server itself runs as that account, and lets nobody else in; so a locked
    account of a service can log in without being unlocked.
    """
    if SSHD is None:
        pytest.skip("needs sshd (apt install openssh-server)")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    host_key = keygen(folder / "host_key")
    identity = keygen(folder / "identity")
    authorized = folder / "authorized_keys"
    authorized.write_text(identity.with_suffix(".pub").read_text())
    port = free_port()
    log = folder / "sshd.log"
    force = f"ForceCommand {shlex.join(command)}\n" if command else ""
    config = folder / "sshd_config"
    config.write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {host_key}\nPidFile none\n"
        f"AuthorizedKeysFile {authorized}\nStrictModes no\nUsePAM no\nLogLevel DEBUG1\n"
        f"PermitRootLogin yes\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
        f"{force}{extra}"
    )
    known_hosts = folder / "known_hosts"
    public = host_key.with_suffix(".pub").read_text().split()[:2]
    known_hosts.write_text(f"[127.0.0.1]:{port} {' '.join(public)}\n")
    as_account = {}
    if account and account != getuser():
        as_account = {"user": account, "group": account, "extra_groups": []}
        for path in (folder, *folder.iterdir()):
            if path != identity:
                shutil.chown(path, account, account)
    with subprocess.Popen(
        [SSHD, "-D", "-f", str(config), "-E", str(log)], start_new_session=True, **as_account
    ) as server:
        try:
            _wait(port)
            yield Sshd(port, folder, identity, known_hosts, log)
        finally:
            server.terminate()


def _wait(port: int) -> None:
    for _ in range(100):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"sshd did not listen on port {port}")
