"""What every host of the laboratory is and has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from tests.lab.site import ADDRESSES, AUDIT_USER, RESOLVER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.lab.roots import Root
    from tests.lab.site import Site

SUDOERS_FILE: Final = f"/etc/sudoers.d/{AUDIT_USER}"
SUDOERS_OPEN: Final = (
    f"# stand-in until the scan's plan makes it\n{AUDIT_USER} ALL=(root) NOPASSWD: ALL\n"
)
"""Lets the audit account do anything; the tool's own drop-in replaces it in a test."""


@dataclass(frozen=True, slots=True)
class Host:
    """One host: what is in it and how it is set."""

    id: str
    release: int
    packages: tuple[str, ...]
    settings: Callable[[Root, Site], None]
    """Makes the settings in a root that is not running."""
    patched: bool = True
    """Security updates are installed; otherwise only known to be there."""
    start: str = ""
    """A shell script run as root once the host is up."""

    @property
    def address(self) -> str:
        """The host's address on the laboratory's network."""
        return ADDRESSES[self.id]


def settle(root: Root, site: Site, host: str) -> None:
    """Name, addresses, own SSH host keys, and the audit account with its key and sudo."""
    names = "".join(
        f"{address}\t{name}.lab.example {name}\n" for name, address in ADDRESSES.items()
    )
    root.write("/etc/hostname", f"{host}\n")
    root.write("/etc/hosts", f"127.0.0.1\tlocalhost\n::1\tlocalhost\n{names}")
    root.write("/etc/resolv.conf", f"nameserver {RESOLVER}\n")
    root.write("/etc/machine-id", f"{uuid4().hex}\n", 0o444)
    key = site.identity.with_suffix(".pub").read_text()
    root.write(SUDOERS_FILE, SUDOERS_OPEN, 0o440)
    root.sh(
        f"""
        rm -f /etc/ssh/ssh_host_*_key*
        ssh-keygen -q -A
        useradd --create-home --shell /bin/bash --comment 'Audit scanner' {AUDIT_USER}
        usermod -p '*' {AUDIT_USER}
        install -d -m 700 -o {AUDIT_USER} -g {AUDIT_USER} /home/{AUDIT_USER}/.ssh
        """
    )
    root.write(f"/home/{AUDIT_USER}/.ssh/authorized_keys", key, 0o600)
    root.sh(f"chown -R {AUDIT_USER}: /home/{AUDIT_USER}/.ssh")
