"""journald itself runs under generated configurations; where it writes is what the reader says."""

import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from tests.mounts import mount_points
from tests.support import AT, HOST, SYSTEM, observation

from cdso_audit.facts.logging import LOG_DAEMONS, LogPersistence
from cdso_audit.facts.reading import snapshot
from cdso_audit.facts.systemd_conf import assignments, seconds

JOURNALD: Final = Path("/usr/lib/systemd/systemd-journald")
CONFIGURATIONS: Final = 100
VALUES: Final = (
    "volatile", "persistent", "none", "auto", "", "Persistent", "persistent # kept", "disk",
)  # fmt: skip
#: For each folder of configurations: what the probe says, where the daemon writes.
SCRIPT: Final = r"""
mount -t tmpfs run /run; mount -t tmpfs log /var/log; mount -t tmpfs etc /etc/systemd
mount -t tmpfs lib /usr/lib/systemd/journald.conf.d
for each in "$1"/*/; do
  rm -rf /run/* /var/log/* /etc/systemd/* /usr/lib/systemd/journald.conf.d/*
  mkdir -p /run/systemd/journal; : >/run/systemd/journal/flushed
  cp -r "$each/etc/." /etc/systemd/
  cp -r "$each/run/." /run/systemd/
  cp -r "$each/lib/." /usr/lib/systemd/
  [ ! -e "$each/kept" ] || mkdir -p /var/log/journal
  sh -c "$2" >"$each/asked" 2>/dev/null
  SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console "$3" >"$each/log" 2>&1 &
  daemon=$!; tries=0
  until grep -q 'running as PID' "$each/log" || [ $tries = 250 ]; do
    tries=$((tries + 1)); sleep 0.01
  done
  find /run/log /var/log -name '*.journal' >"$each/written" 2>/dev/null
  kill $daemon; wait $daemon
done 2>/dev/null
"""


def text(chance: random.Random) -> str:
    """A file: sections that are journald's or another's, every way to write an assignment."""
    lines = ["[Journal]"] if chance.random() < 0.8 else []
    for _ in range(chance.randint(0, 4)):
        name = chance.choice(("Storage", "Storage", "Storage", "Compress", "#Storage", ";Storage"))
        blanks = chance.choice(("", "", " ", "\t"))
        value = chance.choice(VALUES) if name.endswith("Storage") else "yes"
        ending = chance.choice(("", "", "", " ", "\\", " \\"))
        lines.append(f"{chance.choice(('', '', '  '))}{name}{blanks}={blanks}{value}{ending}")
        if chance.random() < 0.15:
            lines.append(chance.choice(("# a comment", "[Other]", "", "[Journal]", "Storage")))
    return "\n".join(lines) + chance.choice(("\n", "\n", ""))


def configuration(chance: random.Random, folder: Path) -> None:
    """Main file and drop-ins of three places, some of the same name."""
    for place in ("etc", "run", "lib"):
        below = folder / place / "journald.conf.d"
        below.mkdir(parents=True)
        if place == "etc" and chance.random() < 0.8:
            (folder / place / "journald.conf").write_text(text(chance))
        for name in ("10-a.conf", "20-b.conf", "30-c.conf", "old.conf.bak"):
            if chance.random() < 0.25:
                (below / name).write_text(text(chance))
            elif chance.random() < 0.05:
                (below / name).symlink_to("/dev/null")
    if chance.random() < 0.5:
        (folder / "kept").touch()


@pytest.mark.daemon
@pytest.mark.skipif(
    os.geteuid() != 0 or not JOURNALD.exists() or shutil.which("systemd-analyze") is None,
    reason="needs root and the apt package systemd",
)
@pytest.mark.parametrize("seed", range(2))
def test_the_journal_is_where_the_reader_says(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same files every time
    for number in range(CONFIGURATIONS):
        folder = tmp_path / f"{number:03}"
        folder.mkdir()
        configuration(chance, folder)
    assert isinstance(LOG_DAEMONS.run, str)
    command = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    command += ["--propagation", "private", "sh", "-c", SCRIPT, "sh", str(tmp_path)]
    with mount_points("/usr/lib/systemd/journald.conf.d"):
        subprocess.run([*command, LOG_DAEMONS.run, str(JOURNALD)], check=False)

    told = set()
    for folder in sorted(tmp_path.iterdir()):
        assert "running as PID" in (folder / "log").read_text(), folder
        written = (folder / "written").read_text()
        real = (
            "persistent" if "/var/log/" in written else "volatile" if "/run/log/" in written
            else "none"
        )  # fmt: skip
        seen = [observation(LOG_DAEMONS, (folder / "asked").read_text())]
        [fact] = snapshot(HOST, SYSTEM, seen, [LogPersistence], at=AT).facts
        assert isinstance(fact, LogPersistence)
        said = fact.storage
        if said == "auto":
            said = "persistent" if fact.journal_directory else "volatile"
        assert said == real, (folder, fact, (folder / "asked").read_text())
        told.add(said)
    assert told == {"persistent", "volatile", "none"}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("Storage=none", [("Storage", "none")]),
        ("[Journal]\n Storage = none ", [("Storage", "none")]),
        ("[Other]\nStorage=none", []),
        ("# /a.conf\n[Journal]\n# /b.conf\nStorage=none", []),
        ("[Journal]\nStorage=\\\nnone", [("Storage", "none")]),
        ("[Journal]\nStorage=none\\\n\n# /b.conf\nCompress=yes", [("Storage", "none")]),
        ("# /a.conf\nStorage=none", []),
        ("[Journal]\nStorage=no\\\\", [("Storage", "no\\\\")]),
        ("[Journal]\nStorage=none\nStorage=", [("Storage", "none"), ("Storage", "")]),
        ("[Journal]\nStorage", []),
    ],
)
def test_assignments(lines: str, expected: list[tuple[str, str]]) -> None:
    assert list(assignments(lines, "Journal")) == expected


SPANS: Final = (
    *("us", "ms", "msec", "s", "sec", "seconds", "m", "min", "minutes", "h", "hr", "hours", "d"),
    *("day", "w", "weeks", "M", "month", "y", "year", "", "sek", "Min", "Y"),
)


def span(chance: random.Random) -> str:
    """One to three numbers with units, most of them known."""
    parts = []
    for _ in range(chance.choice((1, 1, 2, 3))):
        number = chance.choice((str(chance.randint(0, 400)), f"{chance.randint(0, 9)}.5", ".25"))
        parts.append(number + chance.choice(("", "", " ")) + chance.choice(SPANS))
    return chance.choice((" ", "", "  ")).join(parts)


@pytest.mark.daemon
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs apt package systemd")
def test_spans_are_as_long_as_systemd_says() -> None:
    chance = random.Random(1)  # noqa: S311 - the same spans every time
    told = 0
    for text in ("infinity", *(span(chance) for _ in range(400))):
        done = subprocess.run(
            ["systemd-analyze", "timespan", "--", text], capture_output=True, text=True, check=False
        )
        found = seconds(text)
        if done.returncode:
            assert found is None, text
            continue
        micro = int(done.stdout.split("s: ", 1)[1].split()[0])
        assert found is not None, text
        assert found == pytest.approx(micro / 1e6, abs=1e-5) or micro == 2**64 - 1, text
        told += 1
    assert 100 < told < 400
