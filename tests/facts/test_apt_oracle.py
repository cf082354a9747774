"""apt reads generated settings and sources itself; ours must say the same of them."""

import json
import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest
from tests.mounts import mount_points
from tests.support import AT, HOST, SYSTEM, Case, findings, observation

from cdso_audit.facts.reading import snapshot
from cdso_audit.facts.updates import AUTOMATIC_UPDATES, PACKAGE_SOURCES, PackageSources
from cdso_audit.model import Outcome
from cdso_checks.updates.automatic_updates import automatic_updates
from cdso_checks.updates.package_signing import package_signing

DAILY: Final = Path("/usr/lib/apt/apt.systemd.daily")
CONFIGURATIONS: Final = 50
PERIODIC: Final = ("APT::Periodic::Unattended-Upgrade", "APT::Periodic::Enable")
WAIVERS: Final = (
    "APT::Get::AllowUnauthenticated", "Acquire::AllowInsecureRepositories",
    "Acquire::AllowWeakRepositories", "Acquire::AllowDowngradeToInsecureRepositories",
)  # fmt: skip
TRUE: Final = ("1", "true", "yes", "on", "with", "enable", "YES", "True")
FALSE: Final = ("0", "false", "no", "off", "without", "disable", "No")
#: For each folder of configurations: what the probes say, what apt and its daily program do.
SCRIPT: Final = r"""
here=$1; automatic=$2; sources=$3
mount -t tmpfs lists /var/lib/apt/periodic
mount -t tmpfs etc /etc/apt; mount -t tmpfs backups /var/backups
mkdir "$here/.bin"
printf '#!/bin/sh\nexit 0\n' >"$here/.bin/apt-get"
printf '#!/bin/sh\ncase $1 in --help) ;; *) : >"$RAN";; esac\n' >"$here/.bin/unattended-upgrade"
printf '#!/bin/sh\n[ "$2" = apt-daily-upgrade.timer ] && echo enabled\n' >"$here/.bin/systemctl"
chmod 755 "$here"/.bin/*
PATH=$here/.bin:$PATH; export PATH
for each in "$here"/*/; do
  rm -rf /etc/apt/* /var/lib/apt/periodic/*; cp -r "$each/." /etc/apt/
  sh -c "$automatic" >"$each/automatic" 2>/dev/null
  sh -c "$sources" >"$each/sources" 2>/dev/null
  touch -d '30 days ago' /var/lib/apt/periodic/upgrade-stamp
  touch -d '30 days ago' /var/lib/apt/periodic/download-upgradeable-stamp
  RAN="$each/ran" sh "$4" lock_is_held install >/dev/null 2>&1
  /usr/bin/python3 -c "$5" $6 >"$each/told" 2>"$each/errors"
done
"""
ASK: Final = """
import json, sys, warnings
import apt_pkg
apt_pkg.init()
lists = apt_pkg.SourceList()
lists.read_main_list()
print(json.dumps({
    "bools": {each: apt_pkg.config.find_b(each, False) for each in sys.argv[1:]},
    "sources": sorted([each.uri.rstrip("/"), each.dist, each.is_trusted] for each in lists.list
                      if any("Packages" in index.describe for index in each.index_files)),
}))
"""


def spelled(chance: random.Random, name: str) -> str:
    """The case of a name does not count to apt."""
    return chance.choice((name, name, name.lower(), name.upper()))


def settings(chance: random.Random) -> str:
    """One file of apt.conf.d, in both of its forms, with comments and what clears."""
    lines = []
    for _ in range(chance.randint(0, 3)):
        name = chance.choice((*PERIODIC, PERIODIC[0], *WAIVERS))
        if name == PERIODIC[0]:
            value = chance.choice(("0", "1", "7", "always", "1d", "12h"))
        elif name == PERIODIC[1]:
            value = chance.choice(("0", "1"))
        else:
            value = chance.choice((*TRUE, *FALSE, "2", "maybe"))
        parts = spelled(chance, name).split("::")
        form = chance.random()
        if form < 0.5:
            lines.append(f'{"::".join(parts)} "{value}";')
        elif form < 0.8:
            text = f'{parts[-1]} "{value}";'
            for part in reversed(parts[:-1]):
                text = f"{part} {{ {text} }};"
            lines.append(text)
        elif form < 0.9 and name in WAIVERS:
            # Not of APT::Periodic: emptied, it runs by an accident of apt.systemd.daily's
            # arithmetic, on which automatic-updates does not rely.
            lines.append(f"#clear {'::'.join(parts)};")
        else:
            lines.append(f'// {"::".join(parts)} "{value}";')
    return "\n".join(lines) + "\n"


def one_line(chance: random.Random, number: int) -> str:
    options = []
    for name in chance.sample(("arch", "trusted", "signed-by", "lang"), chance.randint(0, 3)):
        value = {
            "arch": "amd64", "signed-by": "/usr/share/keyrings/a.gpg", "lang": "en",
            "trusted": chance.choice((*TRUE, *FALSE)),
        }[name]  # fmt: skip
        options.append(f"{name}={value}")
    given = f"[{chance.choice(('', ' '))}{' '.join(options)}{chance.choice(('', ' '))}] "
    suite = chance.choice(("stable main", "stable-security main contrib", "./"))
    kind = chance.choice(("deb", "deb", "deb", "deb-src", "# deb"))
    comment = chance.choice(("", "", " # ours"))
    blank = chance.choice(("", "", " ", "\t"))
    return f"{blank}{kind} {given if options else ''}https://a{number}.vn/debian {suite}{comment}"


def stanza(chance: random.Random, number: int) -> str:
    uris = " ".join(f"https://b{number}-{at}.vn/debian" for at in range(chance.choice((1, 1, 2))))
    suites = chance.choice(("stable", "stable stable-updates"))
    lines = [f"Types: {chance.choice(('deb', 'deb deb-src', 'deb-src'))}"]
    lines.append(f"{chance.choice(('URIs', 'uris', 'URIS'))}: {uris}")
    lines.append(chance.choice((f"Suites: {suites}", f"Suites:\n {suites}")))
    lines.append("Components: main")
    for name, rate in (("Trusted", 0.4), ("Enabled", 0.3)):
        if chance.random() < rate:
            lines.append(f"{spelled(chance, name)}: {chance.choice((*TRUE, *FALSE))}")
    if chance.random() < 0.3:
        lines.insert(chance.randint(0, len(lines)), "# Trusted: yes")
    return "\n".join(lines) + "\n"


def configuration(chance: random.Random, folder: Path) -> None:
    for each in ("apt.conf.d", "sources.list.d"):
        (folder / each).mkdir(parents=True)
    for name in ("20auto", "50more.conf", "60old.bak", "70 blank", "99last"):
        if chance.random() < 0.6:
            (folder / "apt.conf.d" / name).write_text(settings(chance))
    number = 0
    for name in ("a.list", "b.list", "c.list.save", "d d.list", "e.sources", "f.sources"):
        if chance.random() < 0.6:
            write = stanza if name.endswith(".sources") else one_line
            rows = [write(chance, number * 10 + at) for at in range(chance.randint(1, 3))]
            (folder / "sources.list.d" / name).write_text("\n".join(rows) + "\n")
            number += 1


def has_apt_pkg() -> bool:
    done = subprocess.run(["/usr/bin/python3", "-c", "import apt_pkg"], check=False)
    return done.returncode == 0


@pytest.mark.daemon
@pytest.mark.skipif(
    os.geteuid() != 0 or not DAILY.exists() or shutil.which("unshare") is None,
    reason="needs root, apt and the apt package util-linux",
)
@pytest.mark.parametrize("seed", range(4))
def test_apt_does_what_the_reader_says(seed: int, tmp_path: Path) -> None:
    if not has_apt_pkg():
        pytest.skip("needs apt package python3-apt")
    chance = random.Random(seed)  # noqa: S311 - the same files every time
    for number in range(CONFIGURATIONS):
        configuration(chance, tmp_path / f"{number:03}")
    assert isinstance(AUTOMATIC_UPDATES.run, str)
    assert isinstance(PACKAGE_SOURCES.run, str)
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", SCRIPT, "sh"]
    probes = [str(tmp_path), AUTOMATIC_UPDATES.run, PACKAGE_SOURCES.run]
    with mount_points("/var/lib/apt/periodic"):
        subprocess.run([*command, *probes, str(DAILY), ASK, " ".join(WAIVERS)], check=True)

    met = set()
    for folder in sorted(tmp_path.glob("[0-9]*")):
        automatic = (folder / "automatic").read_text()
        [found] = findings(automatic_updates, Case("", {AUTOMATIC_UPDATES: automatic}))
        is_run = (folder / "ran").exists()
        assert found.outcome is (Outcome.PASS if is_run else Outcome.FAIL), (folder, found)

        told: dict[str, Any] = json.loads((folder / "told").read_text())
        answer = (folder / "sources").read_text()
        [packages] = snapshot(
            HOST, SYSTEM, [observation(PACKAGE_SOURCES, answer)], [PackageSources], at=AT
        ).facts
        assert isinstance(packages, PackageSources)
        assert told["sources"] == sorted(
            [each.uri, suite, not each.checked]
            for each in packages.sources
            for suite in each.suite.split()
        ), folder
        [found] = findings(package_signing, Case("", {PACKAGE_SOURCES: answer}))
        is_open = any(told["bools"].values()) or any(each[2] for each in told["sources"])
        expected = Outcome.FAIL if is_open else Outcome.PASS if told["sources"] else Outcome.UNKNOWN
        assert found.outcome is expected, (folder, found)
        met |= {is_run, found.outcome}
    assert met >= {True, False, Outcome.PASS, Outcome.FAIL}
