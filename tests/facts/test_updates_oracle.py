"""apt-get's own simulated upgrade, over generated archives, against what we read of `apt list`."""

import random
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from cdso_audit.facts.os_release import sections
from cdso_audit.facts.updates import PACKAGE_UPDATES, apt_pending

STATES: Final = 25
PACKAGES: Final = 12
VERSIONS: Final = ("1.0-1", "1.0-1+deb12u1", "1.0-1+deb12u2", "1:0.9-1", "1.1~rc1-1")
#: An archive: suite and label as its Release says, and whether it is one of security.
ARCHIVES: Final = {
    "main": ("oldstable", "Debian", False),
    "security": ("oldstable-security", "Debian-Security", True),
    "buster-security": ("oldstable", "Debian-Security", True),
    "ubuntu-security": ("noble-security", "Ubuntu", True),
    "vendor": ("stable", "Vendor", False),
}
pytestmark = pytest.mark.skipif(
    not shutil.which("apt-get") or not shutil.which("dpkg"), reason="apt is not installed"
)


def stanza(name: str, version: str, more: str) -> str:
    return (
        f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: a@b.vn\n"
        f"Description: x\n{more}\n"
    )


def archive(folder: Path, suite: str, label: str, offered: dict[str, tuple[str, bool]]) -> None:
    folder.mkdir(parents=True)
    text = "".join(
        stanza(
            name,
            version,
            f"Filename: ./{name}.deb\nSize: 1\nSHA256: {'0' * 64}\n"
            + ("Depends: not-there\n" if broken else ""),
        )
        for name, (version, broken) in offered.items()
    )
    (folder / "Packages").write_text(text)
    (folder / "Release").write_text(f"Origin: X\nLabel: {label}\nSuite: {suite}\n")


def newer(one: str, other: str) -> bool:
    return not subprocess.run(
        ["dpkg", "--compare-versions", one, "gt", other], check=False
    ).returncode


def test_what_waits(tmp_path: Path) -> None:
    kinds: Counter[str] = Counter()
    for seed in range(STATES):
        kinds.update(compared(seed, tmp_path / str(seed)))
    # Without each of them the comparison could not fail where it matters.
    assert all(kinds[each] > 2 for each in ("security", "other", "kept back", "taken over"))


def compared(seed: int, tmp_path: Path) -> Iterator[str]:
    """One state of a machine and of its archives; gives the kinds of updates that it had."""
    chance = random.Random(seed)  # noqa: S311 - test data
    used = ["main", *chance.sample(list(ARCHIVES)[1:], chance.randint(1, 3))]
    names = [f"pkg{number}" for number in range(PACKAGES)]
    installed = {name: chance.choice(VERSIONS) for name in names if chance.random() < 0.8}
    offers: dict[str, dict[str, tuple[str, bool]]] = {
        each: {
            name: (version, version != installed.get(name) and chance.random() < 0.1)
            for name in names
            if chance.random() < 0.6 and (version := chance.choice(VERSIONS))
        }
        for each in used
    }
    for each, offered in offers.items():
        suite, label, _ = ARCHIVES[each]
        archive(tmp_path / "archives" / each, suite, label, offered)
    for each in ("etc/preferences.d", "etc/apt.conf.d", "lists/partial", "cache/archives/partial"):
        (tmp_path / each).mkdir(parents=True)
    (tmp_path / "status").write_text(
        "".join(
            stanza(name, version, "Status: install ok installed\n")
            for name, version in installed.items()
        )
    )
    (tmp_path / "sources.list").write_text(
        "".join(f"deb [trusted=yes] file:{tmp_path}/archives/{each} ./\n" for each in used)
    )
    (tmp_path / "apt.conf").write_text(
        f'Dir::State "{tmp_path}"; Dir::State::status "{tmp_path}/status";'
        f'Dir::State::lists "{tmp_path}/lists"; Dir::Cache "{tmp_path}/cache";'
        f'Dir::Etc "{tmp_path}/etc"; Dir::Etc::sourcelist "{tmp_path}/sources.list";'
        f'Dir::Etc::sourceparts "-"; APT::Sandbox::User "";'
    )
    environment = {
        "APT_CONFIG": str(tmp_path / "apt.conf"), "LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin:/bin"
    }  # fmt: skip

    def run(*words: str) -> str:
        return subprocess.run(
            words, env=environment, capture_output=True, text=True, check=True
        ).stdout

    run("apt-get", "update")
    said = run("sh", "-c", str(PACKAGE_UPDATES.run))
    simulated = run("apt-get", "-s", "-o", "Debug::NoLocking=1", "dist-upgrade")

    parts = sections(said)
    security, pending = apt_pending(parts["pending"], parts["versions"], parts["releases"])
    waiting = {
        name: {each: offered[name][0] for each, offered in offers.items()
               if name in offered and newer(offered[name][0], version)}
        for name, version in installed.items()
    }  # fmt: skip
    closing = {name for name, found in waiting.items() if any(ARCHIVES[each][2] for each in found)}
    assert {each.split()[0] for each in security} == closing
    assert set(pending) == {name for name, found in waiting.items() if found}
    # What the upgrade would do is among it; what it would keep back, only we tell.
    done = dict(re.findall(r"^Inst (\S+) \[\S+\] \((\S+)", simulated, re.MULTILINE))
    told = dict(each.split() for each in security)
    assert done.keys() <= {name for name, found in waiting.items() if found}
    assert all(done[name] == told[name] for name in done.keys() & told.keys())
    yield from ("security" for _ in security)
    yield from ("other" for _ in range(len(pending) - len(security)))
    for name, found in waiting.items():
        if found and name not in done:
            yield "kept back"
        elif name in told and not any(
            ARCHIVES[each][2] for each, version in found.items() if version == told[name]
        ):
            yield "taken over"
