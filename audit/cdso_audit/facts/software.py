"""
Which software is installed: packages with their versions and whether somebody asked for them,
snaps, flatpaks, and what lies beside the packages in /opt and /usr/local.
"""

import re
from collections.abc import Iterator
from typing import Literal

from cdso_audit.facts.network_state import parts_of
from cdso_audit.facts.reading import MIB, Fact, Missing, Outputs, Probe, reader
from cdso_audit.model import Frozen, GapReason

INSTALLED_SOFTWARE = Probe(
    id="installed-software",
    run=r"""
if command -v dpkg-query >/dev/null 2>&1; then
  echo '== dpkg'
  dpkg-query -W -f='${db:Status-Abbrev} ${Package} ${Version}\n' || exit 4
  if command -v apt-mark >/dev/null 2>&1; then
    echo '== manual'; apt-mark showmanual 2>/dev/null && echo '+ok'
  fi
elif command -v rpm >/dev/null 2>&1; then
  echo '== rpm'
  rpm -qa --qf 'ii %{NAME} %{VERSION}-%{RELEASE}\n' || exit 4
elif command -v apk >/dev/null 2>&1; then
  echo '== apk'
  apk info -v 2>/dev/null | sed -n 's/^\(.*\)-\([^-]*-r[0-9]*\)$/ii \1 \2/p'
  echo '== manual'; cat /etc/apk/world 2>/dev/null && echo '+ok'
else echo '== none'
fi
echo '== snap'
command -v snap >/dev/null 2>&1 && snap list 2>/dev/null | awk 'NR > 1 { print "ii", $1, $2 }'
echo '== flatpak'
command -v flatpak >/dev/null 2>&1 &&
  flatpak list --app --columns=application,version 2>/dev/null | awk '{ print "ii", $1, $2 }'
echo '== beside'
for each in /opt /usr/local/bin /usr/local/sbin /usr/local/lib; do
  [ -d "$each" ] && for one in "$each"/*; do [ -e "$one" ] && echo "$one"; done
done
echo '== end'
""",
    why="installed software with its versions, also what no package owns",
    deadline=40,
    cap=2 * MIB,
)

#: What stands in /usr/local/lib on every system.
_USUAL = re.compile(r"^/usr/local/lib/(python3[^/]*|ruby|man|systemd|pkgconfig|sasl2|locale)$")

#: A name that is a runtime of applications, whoever packs it.
RUNTIME = re.compile(
    r"^(?:openjdk-\d+-(?:jre|jdk)(?:-headless)?|java-[\d.]+-openjdk(?:-headless)?|jdk.*|jre.*"
    r"|temurin-\d+-(?:jre|jdk)|python3?(?:\.\d+)?|python3\.\d+|nodejs|node|dotnet-(?:runtime|sdk).*"
    r"|aspnetcore-runtime.*|php(?:\d[\d.]*)?|php\d[\d.]*-(?:fpm|cli)|php-(?:fpm|cli)|ruby\d?[\d.]*"
    r"|tomcat\d*|golang(?:-\d.*)?)$"
)
#: A web browser or a program of mail, by the names that distributions give them.
BROWSER_OR_MAIL = re.compile(
    r"^(?:firefox(?:-esr)?|chromium(?:-browser)?|google-chrome-(?:stable|beta)"
    r"|microsoft-edge-(?:stable|beta)|opera-stable|brave-browser|epiphany-browser|falkon"
    r"|thunderbird|evolution|claws-mail|kmail|mutt|neomutt|postfix|exim4-daemon-\w+|sendmail"
    r"|dovecot(?:-core)?|roundcube(?:-core)?)$"
)


class Software(Frozen):
    """One piece of software. `asked` is false for a package that only came with another."""

    name: str
    version: str = ""
    source: Literal["package", "snap", "flatpak", "file"] = "package"
    asked: bool = True

    def __str__(self) -> str:
        return f"{self.name} {self.version}".strip()


class InstalledSoftware(Fact):
    """Everything installed. `known_asked`: the package manager tells what somebody asked for."""

    kind: Literal["installed-software"] = "installed-software"
    software: tuple[Software, ...]
    known_asked: bool = False

    @property
    def asked(self) -> tuple[Software, ...]:
        """What somebody asked for: without packages that only came along."""
        return tuple(each for each in self.software if each.asked)


@reader(InstalledSoftware, INSTALLED_SOFTWARE)
def read_installed_software(outputs: Outputs) -> Iterator[InstalledSoftware | Missing]:
    """One fact a host; without a package database nobody can tell what is installed."""
    parts = parts_of(outputs.text(INSTALLED_SOFTWARE))
    manual = parts.get("manual", [])
    known = manual[-1:] == ["+ok"]
    asked = {re.split(r"[:=<>~@]", line.strip())[0] for line in manual[:-1]} if known else set()
    packages = [line.split() for name in ("dpkg", "rpm", "apk") for line in parts.get(name, [])]
    found = [
        Software(name=words[1], version=words[2], asked=not known or words[1] in asked)
        for words in packages
        if len(words) == 3 and words[0][1:2] == "i"  # noqa: PLR2004 - state, name, version
    ]
    if not found:
        yield Missing("software", GapReason.MISSING_TOOL, "no package database answers here")
        return
    found += [_extra(line, "snap") for line in parts.get("snap", [])]
    found += [_extra(line, "flatpak") for line in parts.get("flatpak", [])]
    found += [
        Software(name=line, source="file")
        for line in parts.get("beside", [])
        if line.startswith("/") and not _USUAL.match(line)
    ]
    yield InstalledSoftware(
        subject="software",
        software=tuple(sorted(set(found), key=lambda each: (each.source, each.name))),
        known_asked=known,
    )


def _extra(line: str, source: Literal["snap", "flatpak"]) -> Software:
    words = line.split()
    return Software(
        name=words[1] if len(words) > 1 else line,
        version=words[2] if len(words) > 2 else "",  # noqa: PLR2004 - mark, name, version
        source=source,
    )
