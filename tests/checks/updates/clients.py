"""Answers about browsers and mail programs, put together for the tables here."""

from tests.checks.lists.rows import installed
from tests.checks.updates.test_security_updates import VERSIONS, apt
from tests.support import Answer

from cdso_audit.facts.os_release import HOST_NATURE
from cdso_audit.facts.reading import Probe
from cdso_audit.facts.updates import PACKAGE_UPDATES

QUIET = ("Listing...\n", VERSIONS)


def release(name: str = "debian", version: str = "12", extended: str = "") -> str:
    return (
        f'@@ os-release\nID={name}\nVERSION_ID="{version}"\nPRETTY_NAME="{name} {version}"\n'
        f"@@ container\nnone\n@@ kernel\n6.1\n@@ first-boot\n\n@@ extended\n{extended}\n@@ end\n"
    )


def host(
    *software: str,
    updates: tuple[str, str] | Answer = QUIET,
    days: float = 1,
    system: str = "",
    snap: str = "",
    suite: str = "bookworm-security",
) -> dict[Probe, str | Answer]:
    """A host with that software; `updates` is what apt and apt-cache printed about it."""
    told = (
        {PACKAGE_UPDATES: updates}
        if isinstance(updates, Answer)
        else apt(updates[0], days, suite, versions=updates[1])
    )
    pending = {probe: text for probe, text in told.items() if isinstance(probe, Probe)}
    return {**installed(*software, snap=snap), HOST_NATURE: system or release(), **pending}
