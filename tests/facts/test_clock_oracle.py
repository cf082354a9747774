"""chronyd and timesyncd tell their sources; the probe must find the same in the same files."""

import os
import random
import re
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from tests.mounts import mount_points
from tests.support import AT, HOST, SYSTEM, observation

from cdso_audit.facts.clock import TIME_CONFIG, TIME_DAEMONS, TimeSources
from cdso_audit.facts.os_release import HOST_NATURE
from cdso_audit.facts.reading import snapshot

CHRONYD: Final = shutil.which("chronyd") or ""
CHRONYC: Final = shutil.which("chronyc") or ""
#: Folders that a main file names, and one that none does.
FOLDERS: Final = ("conf.d", "sources.d", "more.d", "forgotten.d")
INCLUDED: Final = (
    "/etc/chrony/inc0.conf", "/etc/chrony/inc[12].conf", "/etc/chrony/more.d/*.conf",
    "/etc/chrony/none*.conf",
)  # fmt: skip
COMMENTS: Final = ("#", "!", ";", "%", "# server")
#: For each folder of configurations: what the daemon says, what the probe says.
SCRIPT: Final = r"""
set -e
ip link set lo up
mount -t tmpfs own /etc/chrony; mount -t tmpfs run /run
for each in "$1"/*/; do
  rm -rf /etc/chrony/*; cp -r "$each/." /etc/chrony/
  "$2" -x -U -d -u root -f /etc/chrony/chrony.conf 2>"$each/log" &
  daemon=$!; tries=0
  until "$3" -h 127.0.0.1 -N -c sources -a >"$each/told" 2>/dev/null && [ -s "$each/told" ]; do
    tries=$((tries + 1)); [ $tries -lt 100 ] || break; sleep 0.02
  done
  sh -c "$4" >"$each/asked" 2>"$each/errors"
  kill $daemon; wait $daemon || true
done
"""


def keyword(chance: random.Random, word: str) -> str:
    """The daemon reads its words in any case, behind any blanks."""
    spelled = chance.choice((word, word, word.upper(), word.capitalize()))
    return chance.choice(("", "", " ", "\t  ")) + spelled + chance.choice((" ", "\t", "  "))


class Names:
    """A new name for each source: an address, or a host that nobody resolves."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.made = chance, 0

    def __call__(self) -> str:
        self.made += 1
        kinds = (f"127.1.0.{self.made}", f"ntp{self.made}.example.vn", f"2001:db8::{self.made:x}")
        return self.chance.choice(kinds)


def sources(chance: random.Random, name: Names, most: int) -> list[str]:
    """Sources of each kind with their options, and lines that only look like some."""
    lines = []
    for _ in range(chance.randint(0, most)):
        word = chance.choice(("server", "server", "pool", "peer"))
        options = chance.sample(("iburst", "prefer", "minpoll 6", "offline", "noselect"), 2)
        given = " ".join(options[: chance.randint(0, 2)])
        lines.append(f"{keyword(chance, word)}{name()} {given}".rstrip())
        if chance.random() < 0.3:
            lines.append(f"{chance.choice(COMMENTS)} server {name()} iburst")
    return lines


def configuration(chance: random.Random, folder: Path) -> None:
    """A whole /etc/chrony: files that include each other, folders of either kind, strays."""
    name = Names(chance)
    (folder / "more.d").mkdir()  # without it `include more.d/*.conf` is fatal to the daemon
    files = {f"inc{number}.conf": sources(chance, name, 2) for number in range(3)}
    files["inc0.conf"] += ["include /etc/chrony/inc1.conf"] if chance.random() < 0.5 else []
    for at in FOLDERS:
        for each in ("a.conf", "b.conf", "a.sources", "c.sources", "old.conf.bak", ".b.conf"):
            if chance.random() < 0.4:
                files[f"{at}/{each}"] = sources(chance, name, 2)
    main = [f"server {name()}", *sources(chance, name, 3)]
    main += chance.choice(([], ["makestep 1.0 3", "rtcsync"], ["driftfile /run/drift"]))
    for word in ("include", "confdir", "sourcedir"):
        for _ in range(chance.choice((0, 1, 1, 2))):
            folders = tuple(f"/etc/chrony/{each}" for each in (*FOLDERS[:3], "absent.d"))
            named = INCLUDED if word == "include" else folders
            most = 1 if word == "include" else 2
            given = " ".join(chance.sample(named, chance.randint(1, most)))
            comment = chance.choice(("", "", "", "# ", "!"))
            main.append(f"{comment}{keyword(chance, word)}{given}")
    chance.shuffle(main)
    files["chrony.conf"] = main
    for each, lines in files.items():
        path = folder / each
        path.parent.mkdir(exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines))


@pytest.mark.daemon
@pytest.mark.skipif(
    os.geteuid() != 0 or not CHRONYD or not CHRONYC or shutil.which("unshare") is None,
    reason="needs root and the apt packages chrony, util-linux",
)
@pytest.mark.parametrize("seed", range(2))
def test_the_sources_are_those_of_chronyd(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same files every time
    for number in range(100):
        folder = tmp_path / f"{number:03}"
        folder.mkdir()
        configuration(chance, folder)
    assert isinstance(TIME_CONFIG.run, str)
    command = ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-c", SCRIPT, "sh"]
    with mount_points("/etc/chrony"):
        done = subprocess.run(
            [*command, str(tmp_path), CHRONYD, CHRONYC, TIME_CONFIG.run],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr

    found = 0
    for folder in sorted(tmp_path.iterdir()):
        rows = (folder / "told").read_text().splitlines()
        told = {row.split(",")[2] for row in rows}
        assert told, (folder / "log").read_text()
        seen = [
            observation(TIME_CONFIG, (folder / "asked").read_text()),
            observation(TIME_DAEMONS, "@@ daemons\nchronyd\n@@ end\n"),
            observation(HOST_NATURE, "@@ container\nnone\n@@ end\n"),
        ]
        [fact] = snapshot(HOST, SYSTEM, seen, [TimeSources], at=AT).facts
        assert isinstance(fact, TimeSources)
        assert set(fact.sources) == told, folder
        found += len(told)
    assert found > 300


TIMESYNCD: Final = Path("/usr/lib/systemd/systemd-timesyncd")
#: For each folder of configurations: what the daemon adds, what the probe says.
TIMESYNC: Final = r"""
mount -t tmpfs run /run; mount -t tmpfs etc /etc/systemd
mount -t tmpfs lib /usr/lib/systemd/timesyncd.conf.d
mount -t tmpfs state /var/lib/systemd
for each in "$1"/*/; do
  rm -rf /run/* /etc/systemd/* /usr/lib/systemd/timesyncd.conf.d/*
  mkdir -p /run/systemd/netif
  cp -r "$each/etc/." /etc/systemd/
  cp -r "$each/run/." /run/systemd/
  cp -r "$each/lib/." /usr/lib/systemd/
  sh -c "$2" >"$each/asked" 2>/dev/null
  SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console "$3" >"$each/log" 2>&1 &
  daemon=$!; tries=0
  until grep -q 'running as pid' "$each/log" || [ $tries = 250 ]; do
    tries=$((tries + 1)); sleep 0.01
  done
  kill $daemon; wait $daemon
done 2>/dev/null
"""


def drop_in(chance: random.Random) -> str:
    """A file of timesyncd: lists that add up, and what empties them."""
    lines = ["[Time]"] if chance.random() < 0.85 else []
    for _ in range(chance.randint(0, 3)):
        name = chance.choice(("NTP", "NTP", "FallbackNTP", "#NTP", "PollIntervalMinSec"))
        blank = chance.choice(("", "", " "))
        names = [f"s{chance.randint(1, 40)}.example.vn" for _ in range(chance.randint(0, 2))]
        value = "64" if name == "PollIntervalMinSec" else chance.choice((" ", "  ")).join(names)
        lines.append(f"{chance.choice(('', '', ' '))}{name}{blank}={blank}{value}")
        if chance.random() < 0.12:
            lines.append(chance.choice(("[Other]", "; NTP=x.vn", "[Time]")))
    return "\n".join(lines) + chance.choice(("\n", ""))


def servers(log: str) -> set[str]:
    """What timesyncd has when it has read its files: its servers, else those to fall back on."""
    kept: dict[str, set[str]] = {"system": set(), "fallback": set()}
    started = log.partition("running as pid")[0]
    for line in re.finditer(r"(Added new (\w+)|Removed) server (\S+)\.$", started, re.MULTILINE):
        for kind, names in kept.items():
            if line[2] == kind:
                names.add(line[3])
            elif line[1] == "Removed":
                names.discard(line[3])
    # Those that it was built with stand in no file.
    return kept["system"] or {each for each in kept["fallback"] if "example" in each}


@pytest.mark.daemon
@pytest.mark.skipif(
    os.geteuid() != 0 or not TIMESYNCD.exists() or shutil.which("systemd-analyze") is None,
    reason="needs root and the apt packages systemd, systemd-timesyncd",
)
@pytest.mark.parametrize("seed", range(2))
def test_the_sources_are_those_of_timesyncd(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same files every time
    for number in range(80):
        for place in ("etc", "run", "lib"):
            folder = tmp_path / f"{number:03}" / place
            (folder / "timesyncd.conf.d").mkdir(parents=True)
            if place == "etc" and chance.random() < 0.7:
                (folder / "timesyncd.conf").write_text(drop_in(chance))
            for name in ("10-a.conf", "20-b.conf", "30-c.conf", "c.conf.bak"):
                if chance.random() < 0.3:
                    (folder / "timesyncd.conf.d" / name).write_text(drop_in(chance))
    assert isinstance(TIME_CONFIG.run, str)
    command = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    command += ["--propagation", "private", "sh", "-c", TIMESYNC, "sh", str(tmp_path)]
    with mount_points("/usr/lib/systemd/timesyncd.conf.d"):
        subprocess.run([*command, TIME_CONFIG.run, str(TIMESYNCD)], check=False)

    found = 0
    for folder in sorted(tmp_path.iterdir()):
        log = (folder / "log").read_text()
        assert "running as pid" in log
        told = servers(log)
        seen = [
            observation(TIME_CONFIG, (folder / "asked").read_text()),
            observation(TIME_DAEMONS, "@@ daemons\nsystemd-timesyn\n@@ end\n"),
            observation(HOST_NATURE, "@@ container\nnone\n@@ end\n"),
        ]
        [fact] = snapshot(HOST, SYSTEM, seen, [TimeSources], at=AT).facts
        assert isinstance(fact, TimeSources)
        assert set(fact.sources) == told, folder
        found += len(fact.sources)
    assert found > 60


@pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("unshare") is None,
    reason="needs root, apt package util-linux",
)
def test_only_what_the_main_file_names_is_read(tmp_path: Path) -> None:
    """By hand, without a daemon: folders that nobody names, an earlier folder's file, a cycle."""
    files = {
        "chrony.conf": "Server a.vn\n# server no.vn\nconfdir /etc/chrony/one /etc/chrony/two\n"
        "sourcedir /etc/chrony/src\ninclude /etc/chrony/cycle\n",
        "one/x.conf": "pool b.vn iburst\n",
        "two/x.conf": "server no.vn\n",
        "two/y.conf": "peer c.vn\n",
        "conf.d/z.conf": "server no.vn\n",
        "src/s.sources": "server d.vn\ninclude /etc/chrony/conf.d/z.conf\n",
        "cycle": "server e.vn\ninclude /etc/chrony/cycle\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert isinstance(TIME_CONFIG.run, str)
    script = 'mount -t tmpfs own /etc/chrony; cp -r "$1/." /etc/chrony/; '
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", script + 'sh -c "$2"']
    command += ["sh", str(tmp_path), TIME_CONFIG.run]
    with mount_points("/etc/chrony"):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    seen = [
        observation(TIME_CONFIG, done.stdout),
        observation(TIME_DAEMONS, "@@ daemons\nchronyd\n@@ end\n"),
        observation(HOST_NATURE, "@@ container\nnone\n@@ end\n"),
    ]
    [fact] = snapshot(HOST, SYSTEM, seen, [TimeSources], at=AT).facts

    assert isinstance(fact, TimeSources)
    assert set(fact.sources) == {"a.vn", "b.vn", "c.vn", "d.vn", "e.vn"}
