"""
Measure the tool against its peers on the laboratory's hosts, and write docs/benchmarks.md.

`python -m tests.bench [--rounds N] [--hosts dvc-web dvc-db]`, as root. Every number is the
median of the rounds. The peers see the same host, over the same SSH where they have one.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.bench.slow import slow_wire
from tests.lab import Lab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "benchmarks.md"
TOOL: Final = Path(sys.executable).with_name("cdso-audit")
ONE_WAY: Final = 0.025
"""Seconds that the slow wire holds each byte back, as between a ministry and a far province."""
FAR: Final = "127.0.77.1"
DATASTREAM: Final = Path("/usr/share/xml/scap/ssg/content/ssg-debian11-ds.xml")


@dataclass(slots=True)
class Times:
    """What was measured: name → seconds of each round, and remarks that go beside it."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)

    def measure(self, name: str, work: Callable[[], str]) -> None:
        """Time one round; `work` gives the remark."""
        started = time.monotonic()
        self.remarks[name] = work()
        self.seconds.setdefault(name, []).append(time.monotonic() - started)
        print(f"{name}: {self.seconds[name][-1]:.2f} s {self.remarks[name]}", file=sys.stderr)

    def of(self, name: str) -> float:
        return statistics.median(self.seconds[name])


def run(*words: str | Path, codes: tuple[int, ...] = (0,)) -> str:
    """A program's standard output; anything but a named exit code ends the bench."""
    done = subprocess.run(
        [str(each) for each in words],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    if done.returncode not in codes:
        sys.exit(f"{' '.join(map(str, words))[:300]}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def scanned(inventory: Path, host: str, folder: Path) -> str:
    """One whole scan of a host; the remark tells how much came of it."""
    run(TOOL, "scan", "-q", "-i", inventory, "--asset", host, "-o", folder)
    result = json.loads((folder / "latest" / "result.json").read_bytes())
    checks = {
        each["check"]
        for each in result["findings"]
        if each["asset"] == host and each["outcome"] in ("pass", "fail", "not-applicable")
    }
    inside = [each for each in result["commands"] if each["asset"] == host]
    spent = sum(each["seconds"] for each in inside if each["via"] == "shell")
    outside = sum(each["seconds"] for each in inside if each["via"] == "ports")
    shutil.rmtree(folder)
    return f"{len(checks)} checks; {spent:.1f} s in the host, beside it {outside:.1f} s of nmap"


def far_inventory(lab: Lab, host: str, folder: Path) -> Path:
    """The inventory with the host behind the slow wire, under its own address and key."""
    address = lab.hosts[host]
    text = lab.agency_yaml.read_text().replace(f"host: {address},", f"host: {FAR},")
    text = text.replace("scope: [", "scope: [127.0.77.0/24, ")
    (folder / "keys").mkdir()
    for name in ("cdso_ed25519", "cdso_ed25519.pub"):
        shutil.copy(lab.site.identity.with_name(name), folder / "keys" / name)
    shutil.copytree(lab.site.ca.parent, folder / "ca")
    known = lab.site.known_hosts.read_text()
    (folder / "known_hosts").write_text(known.replace(f"{address},", f"{FAR},"))
    (folder / "agency.yaml").write_text(text)
    return folder / "agency.yaml"


def testinfra(inventory: Path, host: str, address: str, mode: str) -> str:
    """The peer's run; the remark tells how many commands it needed."""
    words = [sys.executable, "-m", "tests.bench.peer_testinfra"]
    said = run(*words, inventory, host, address, "22", mode).split()
    return f"{said[1]} commands"


@contextmanager
def lynis_inside(lab: Lab, host: str, folder: Path) -> Iterator[str]:
    """Lynis unpacked into the host for a while; gives the command that runs it."""
    place = lab.root(host) / "opt" / "lynis-bench"
    if not list(folder.glob("lynis*.deb")):
        subprocess.run(["apt-get", "download", "-q", "lynis"], cwd=folder, check=True)
    run("dpkg-deb", "-x", next(folder.glob("lynis*.deb")), place)
    share = "/opt/lynis-bench/usr/share/lynis"
    for name in ("usr/sbin/lynis", "etc/lynis/default.prf"):
        shutil.copy(place / name, place / "usr/share/lynis" / Path(name).name)
    (place / "usr/share/lynis/plugins").mkdir(exist_ok=True)
    try:
        yield f"cd {share} && sudo -n ./lynis audit system --quick --quiet --no-log"
    finally:
        shutil.rmtree(place)
        for left in ("var/log/lynis-report.dat", "var/log/lynis.log"):
            (lab.root(host) / left).unlink(missing_ok=True)


def lynis(lab: Lab, host: str, command: str) -> str:
    """Lynis started over SSH; it has no remote mode of its own."""
    run(*lab.ssh_argv(host), command, codes=(0, 78))
    return "its own questions"


@contextmanager
def oscap_inside(lab: Lab, host: str) -> Iterator[str]:
    """This machine's oscap with its libraries in the host for a while; gives the command."""
    place = lab.root(host) / "opt" / "oscap-bench"
    place.mkdir()
    try:
        for library in re.findall(r"/\S+\.so\S*", run("ldd", "/usr/bin/oscap")):
            shutil.copy(library, place)
        shutil.copy("/usr/bin/oscap", place)
        shutil.copytree("/usr/share/openscap", place / "share")
        shutil.copy(DATASTREAM, place)
        yield (
            "cd /opt/oscap-bench; OSCAP_SCHEMA_PATH=share/schemas OSCAP_CPE_PATH=share/cpe "
            "OSCAP_XSLT_PATH=share/xsl ./ld-linux-x86-64.so.2 --library-path . ./oscap xccdf eval "
            f"--profile xccdf_org.ssgproject.content_profile_standard {DATASTREAM.name}"
        )
    finally:
        shutil.rmtree(place)


def oscap(lab: Lab, host: str, command: str) -> str:
    """OpenSCAP as root in the host, past SSH; 2 is its code for rules that fail."""
    done = lab.exec(host, ["sh", "-c", command], timeout=600)
    judged = len(re.findall(r"^Result\s+(?:pass|fail)$", done.stdout, re.MULTILINE))
    if done.returncode not in (0, 2) or not judged:
        sys.exit(f"oscap judged nothing: {done.stderr[-1000:]}")
    return f"{judged} rules, as root in the host, without SSH"


def machine() -> str:
    """The machine in one line."""
    model = next(
        (line.partition(": ")[2] for line in Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), platform.machine()
    )  # fmt: skip
    memory = int(Path("/proc/meminfo").read_text().split()[1]) // 1024**2
    return f"{os.cpu_count()} cores of {model}, {memory} GB, Python {platform.python_version()}"


def rounds(lab: Lab, hosts: list[str], count: int, work: Path) -> Times:
    """All measurements, round after round, so that a busy minute hits everybody alike."""
    times = Times()
    near = lab.agency_yaml
    for number in range(count):
        for host in hosts:
            address = lab.hosts[host]
            times.measure(f"{host}: scan", lambda h=host: scanned(near, h, work / "out"))
            for mode in ("each", "once"):
                times.measure(
                    f"{host}: testinfra {mode}",
                    lambda h=host, a=address, m=mode: testinfra(near, h, a, m),
                )
            if number == 0:  # it takes longer than all others together
                with lynis_inside(lab, host, work) as command:
                    times.measure(f"{host}: lynis", lambda h=host, c=command: lynis(lab, h, c))
            folder = work / f"far-{host}-{number}"
            folder.mkdir()
            far = far_inventory(lab, host, folder)
            with slow_wire((FAR, 22), (address, 22), ONE_WAY):
                times.measure(f"{host}: far scan", lambda h=host, f=far: scanned(f, h, work / "o"))
                for mode in ("each", "once"):
                    times.measure(
                        f"{host}: far testinfra {mode}",
                        lambda h=host, f=far, m=mode: testinfra(f, h, FAR, m),
                    )
        if shutil.which("oscap") and DATASTREAM.exists() and "dvc-db" in hosts:
            with oscap_inside(lab, "dvc-db") as command:
                times.measure("dvc-db: oscap", lambda c=command: oscap(lab, "dvc-db", c))
        times.measure("help", lambda: run(TOOL, "--help") and "")
        times.measure("make scan", lambda: run("make", "-C", ROOT, "scan", "ARGS=-q") and "")
    return times


def page(times: Times, hosts: list[str], count: int) -> str:
    """docs/benchmarks.md: ratios first."""

    def ratio(host: str, peer: str, ours: str = "scan") -> str:
        return f"{times.of(f'{host}: {peer}') / times.of(f'{host}: {ours}'):.1f} times"

    lines = [
        "# Benchmarks", "",
        ("Written by `make bench` (`python -m tests.bench`), as root, with the laboratory up. "
        f"Every number is the median of {count} runs on one machine: {machine()}. Ours is the "
        "whole process, from the start of Python to the report on the disk."), "",
        "## How many times longer the peer takes", "",
        "| Peer | " + " | ".join(hosts) + " |",
        "| --- |" + " --- |" * len(hosts),
    ]  # fmt: skip
    peers = [
        ("pytest-testinfra over paramiko, the questions of each check", "testinfra each", "scan"),
        ("the same, each question once", "testinfra once", "scan"),
        ("the same, wire of 25 ms one way, each check", "far testinfra each", "far scan"),
        ("the same, wire of 25 ms one way, each question once", "far testinfra once", "far scan"),
        ("lynis, started over SSH (its own questions)", "lynis", "scan"),
    ]
    for title, peer, ours in peers:
        cells = " | ".join(ratio(host, peer, ours) for host in hosts)
        lines.append(f"| {title} | {cells} |")
    far = " · ".join(
        f"{host} {times.of(f'{host}: far scan') - times.of(f'{host}: scan'):+.2f} s"
        for host in hosts
    )
    lines += [
        "",
        (f"What the wire of 25 ms one way adds to a whole scan: {far}. A hundred checks more would "
        "add nothing to it, since they add no round trip."),
        "",
        "## Seconds", "", "| What | Seconds | |", "| --- | ---: | --- |",
    ]  # fmt: skip
    lines += [
        f"| {name} | {times.of(name):.2f} | {times.remarks[name]} |" for name in times.seconds
    ]
    lines += [
        "",
        "## How to read it",
        "",
        (
            "- testinfra gets our probes' own commands through `host.run` and `host.sudo`. It "
            "keeps no answers between checks; `once` is what one who kept them could make of it. "
            "Questions that need another's answer are left out for it, and so is nmap."
        ),
        (
            "- `far` is SSH through the slow wire alone: nmap then sees the wire's own address on "
            "this machine, and is done at once. So the far scan of a host that drops packets can "
            "be the shorter one. The third column is of the last round."
        ),
        (
            "- Our scan runs nmap from outside beside the SSH session, and where a firewall drops "
            "packets the scan ends when nmap does."
        ),
        (
            "- Much of what is left is the host's own work, the same for everybody: the simulated "
            "upgrade of apt, the walk of the file system, systemd's list of unit files."
        ),
        (
            "- lynis and oscap ask other questions. lynis was run once only. oscap has Debian 11's "
            "content (profile `standard`) and runs inside the host, so it pays for no connection."
        ),
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--hosts", nargs="+", default=["dvc-web", "dvc-db"])
    chosen = parser.parse_args()
    lab = Lab()
    lab.up()
    with tempfile.TemporaryDirectory(prefix="cdso-bench-") as folder:
        Path(folder).chmod(0o755)  # apt downloads as its own user
        times = rounds(lab, chosen.hosts, chosen.rounds, Path(folder))
    PAGE.write_text(page(times, chosen.hosts, chosen.rounds))
    print(PAGE.read_text())


if __name__ == "__main__":
    main()
