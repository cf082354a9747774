"""Browsers and mail programs of a host, who supports them, and what is known to be newer."""

import re
from collections.abc import Iterator
from typing import Literal

from cdso_audit.facts.os_release import HOST_NATURE, OsRelease, read_os_release
from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, reader
from cdso_audit.facts.software import (
    BROWSER_OR_MAIL,
    INSTALLED_SOFTWARE,
    InstalledSoftware,
    Software,
    read_installed_software,
)
from cdso_audit.facts.updates import PACKAGE_UPDATES, PackageUpdates, read_package_updates
from cdso_audit.model import Frozen

#: Makers that support the newest version alone, and bring it by a source of their own.
ROLLING = re.compile(r"^(?:google-chrome-|microsoft-edge-|opera-|brave-browser)")


class Client(Frozen):
    """One browser or mail program; `pending`: the host knows of a newer version."""

    software: Software
    pending: bool = False

    @property
    def is_rolling(self) -> bool:
        """Whether its maker supports the newest version alone."""
        return self.software.source != "package" or bool(ROLLING.match(self.software.name))


class BrowserMail(Fact):
    """Every browser and mail program; `updates` is None where the package manager did not tell."""

    kind: Literal["browser-mail"] = "browser-mail"
    clients: tuple[Client, ...]
    system: OsRelease
    updates: PackageUpdates | None = None
    why_not: str = ""


@reader(BrowserMail, INSTALLED_SOFTWARE, HOST_NATURE, PACKAGE_UPDATES)
def read_browser_mail(outputs: Outputs) -> Iterator[BrowserMail | Missing | Absent]:
    """One fact a host that has any."""
    installed = next(read_installed_software.read(outputs))
    if not isinstance(installed, InstalledSoftware):
        yield installed
        return
    found = [each for each in installed.software if BROWSER_OR_MAIL.match(each.name)]
    if not found:
        yield Absent("neither a browser nor a mail program is installed")
        return
    system = next(read_os_release.read(outputs))
    if not isinstance(system, OsRelease):
        yield system
        return
    seen = outputs.observation(PACKAGE_UPDATES)
    updates = next(read_package_updates.read(outputs)) if seen.gap is None else None
    if not isinstance(updates, PackageUpdates):
        updates = None
    names = updates.newer if updates else ()
    yield BrowserMail(
        subject="clients",
        clients=tuple(Client(software=each, pending=each.name in names) for each in found),
        system=system,
        updates=updates,
        why_not=seen.detail,
    )
