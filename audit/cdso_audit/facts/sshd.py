"""
The SSH server's effective settings, as the server itself tells them.

`sshd -T -C user=…,host=…,addr=…` applies Include, drop-ins and Match blocks; no reading of files
does that right. It needs root, since it loads the host keys. Two users are asked about: root and an
ordinary one, from an address outside (TEST-NET-1), since a Match block may treat them apart.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, UnreadableError, reader
from cdso_audit.model import KnownBy

_WHY = "effective settings of the SSH server, with Include, drop-ins and Match blocks applied"

SSHD_ROOT = Probe(
    id="sshd-effective-root",
    run=("/usr/sbin/sshd", "-T", "-C", "user=root,host=audit.invalid,addr=192.0.2.1"),
    root=True,
    why=_WHY,
)
SSHD_USER = Probe(
    id="sshd-effective-user",
    run=("/usr/sbin/sshd", "-T", "-C", "user=cdso-ordinary,host=audit.invalid,addr=192.0.2.1"),
    root=True,
    why=_WHY,
)


class SshdSettings(Fact):
    """Effective settings for one kind of user. Keys are lower case; a repeated key holds a list."""

    kind: Literal["sshd-settings"] = "sshd-settings"
    known_by: KnownBy = KnownBy.DAEMON
    settings: Mapping[str, tuple[str, ...]]

    def one(self, key: str) -> str:
        """The value of a setting; raises KeyError if this server does not know it."""
        return self.settings[key][0]

    def line(self, key: str) -> str:
        """The setting as the server printed it, for a finding to show."""
        return f"{key} {self.one(key)}" if key in self.settings else ""


def parse_sshd_settings(text: str) -> dict[str, tuple[str, ...]]:
    """The lines of `sshd -T`: a lower-case key, a blank, the value (which may be empty)."""
    settings: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        key, _, value = line.strip().partition(" ")
        if key:
            settings[key] = (*settings.get(key, ()), value)
    if "port" not in settings:
        raise UnreadableError("sshd -T printed no port, so this is not its list of settings")
    return settings


@reader(SshdSettings, SSHD_ROOT, SSHD_USER)
def read_sshd_settings(outputs: Outputs) -> Iterator[SshdSettings | Missing | Absent]:
    """One fact for root, one for an ordinary user."""
    if not outputs.has_tool(SSHD_ROOT):
        yield Absent("no SSH server is installed")
        return
    for subject, probe in (("root", SSHD_ROOT), ("user", SSHD_USER)):
        settings = parse_sshd_settings(outputs.text(probe))
        yield SshdSettings(subject=subject, settings=settings, probes=(probe.id,))
