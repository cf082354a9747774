"""What systemd, inetd and the package database print, for the tests of checks on services."""

from tests.support import Answer

from cdso_audit.facts.packages import PACKAGES
from cdso_audit.facts.reading import Probe
from cdso_audit.facts.services import INETD, UNIT_FILES, UNITS
from cdso_audit.facts.sockets import SOCKETS

FILES = """apt-daily.service                      static   -
cron.service                           enabled  enabled
ssh.service                            enabled  enabled
== end
"""
ACTIVE = """cron.service loaded active running Regular background program processing daemon
ssh.service  loaded active running OpenBSD Secure Shell server
== end
"""
NO_BUS = Answer(code=4, errors="Failed to connect to bus: No such file or directory")
QUIET = "== tcp\n== tcp6\n== udp\n== udp6\n== end\n"


def answers(
    files: str | Answer = FILES,
    active: str | Answer = ACTIVE,
    inetd: str | Answer = "",
    packages: str | Answer = "",
    sockets: str = QUIET,
) -> dict[Probe, str | Answer]:
    """Every probe of the reader answered; lines are set between their headings."""
    if isinstance(inetd, str):
        inetd = f"== inetd\n{inetd}== xinetd\n== end\n"
    if isinstance(packages, str):
        packages = f"== dpkg\nii  bash\n{packages}== end\n"
    return {UNIT_FILES: files, UNITS: active, INETD: inetd, PACKAGES: packages, SOCKETS: sockets}


def unit(name: str, state: str = "enabled") -> str:
    """The unit files with one more."""
    return FILES.replace("== end", f"{name:<38} {state}  enabled\n== end")
