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
from typing import TYPE_CHECKING, Any, Final

from tests.bench.slow import slow_wire
from tests.lab import Lab

from cdso_audit.evaluate import Selection
from cdso_audit.facts.reading import kind_of, snapshot
from cdso_audit.plugins import installed_checks
from cdso_audit.store.evidence import unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cdso_audit.evidence import Evidence

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "docs" / "benchmarks.md"
TOOL: Final = Path(sys.executable).with_name("cdso-audit")
WIRES: Final = {"same room": 0.0, "wire of 25 ms": 0.025}
"""Seconds that each byte is held back, one way: as between a ministry and a far province."""
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


def run(
    *words: str | Path, codes: tuple[int, ...] = (0,), environment: dict[str, str] | None = None
) -> str:
    """A program's standard output; anything but a named exit code ends the bench."""
    done = subprocess.run(
        [str(each) for each in words],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False,
        env=os.environ | (environment or {}),
    )  # fmt: skip
    if done.returncode not in codes:
        sys.exit(f"{' '.join(map(str, words))[:300]}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def scanned(inventory: Path, host: str, folder: Path) -> str:
    """One whole scan of a host; the remark tells how much came of it."""
    run(TOOL, "scan", "-q", "-i", inventory, "--asset", host, "-o", folder)
    return told(folder, host)


def collected(inventory: Path, host: str, folder: Path) -> str:
    """Evidence alone, as the peers give no report: looked at, judged, and packed into a bundle."""
    run(TOOL, "collect", "-q", "-i", inventory, "--asset", host, "-o", folder)
    return told(folder, host)


def told(folder: Path, host: str) -> str:
    """What came of a run, for the remark; the facts of the host are kept beside it."""
    evidence = unpack(folder / "latest" / "bundle.zip")
    result = json.loads(evidence.result or b"{}")
    checks = {
        each["check"]
        for each in result["findings"]
        if each["asset"] == host and each["outcome"] in ("pass", "fail", "not-applicable")
    }
    inside = [each for each in result["commands"] if each["asset"] == host]
    spent = sum(each["seconds"] for each in inside if each["via"] == "shell")
    outside = sum(each["seconds"] for each in inside if each["via"] == "ports")
    folder.with_name(f"{host}.json").write_text(json.dumps(facts_of(evidence, host)))
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


def facts_of(evidence: Evidence, host: str) -> dict[str, list[Any]]:
    """What is known of a host, by kind: the peer takes from it what there is to ask."""
    agency = evidence.run.agency
    system, asset = next((s, a) for s in agency.systems for a in s.assets if a.id == host)
    kinds = {
        kind_of(check.fact): check.fact
        for check in installed_checks().values()
        if Selection(check).applies_to(asset)
    }
    at, version = evidence.run.started_at, evidence.run.tool.version
    seen = snapshot(
        asset, system, evidence.observations[host], kinds.values(), at=at, tool_version=version
    )
    found: dict[str, list[Any]] = {}
    for fact in seen.facts:
        found.setdefault(fact.kind, []).append(fact.model_dump(mode="json"))
    return found


def commands(inventory: Path, host: str, address: str) -> str:
    """Testinfra with our probes' own commands, each once; the remark tells how many."""
    words = [sys.executable, "-m", "tests.bench.peer_testinfra"]
    return f"{run(*words, inventory, host, address, '22').split()[0]} commands"


def width(inventory: Path, host: str, checks: str) -> str:
    """What some checks ask of a host, asked; the remark tells how much that was."""
    words = [sys.executable, "-m", "tests.bench.width"]
    found, asked = run(*words, inventory, host, checks).split()
    return f"{found} checks, {asked} questions, without ports and without a report"


def properties(lab: Lab, facts: Path, address: str) -> str:
    """Testinfra with its own modules; the remark tells how many commands they made of it."""
    said = run(
        *(sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "-W", "ignore"),
        f"--hosts=paramiko://cdso-audit@{address}:22",
        f"--ssh-identity-file={lab.site.identity}",
        Path(__file__).with_name("peer_properties.py"),
        environment={"CDSO_BENCH_FACTS": str(facts)},
    )
    asked = re.search(r"^commands: (\d+)$", said, re.MULTILINE)
    passed = re.search(r"(\d+) passed", said)
    assert asked
    assert passed
    return f"{asked[1]} commands in {passed[1]} tests"


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
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: the byte code is there
    for host in hosts:
        scanned(near, host, work / "out")
    for number in range(count):
        for host in hosts:
            address = lab.hosts[host]
            times.measure(f"{host}: scan", lambda h=host: scanned(near, h, work / "out"))
            for chosen, name in (("60", "60 checks"), ("all", "all checks")):
                times.measure(f"{host}: {name}", lambda h=host, c=chosen: width(near, h, c))
            if number == 0:  # it takes longer than all others together
                with lynis_inside(lab, host, work) as command:
                    times.measure(f"{host}: lynis", lambda h=host, c=command: lynis(lab, h, c))
            for name, seconds in WIRES.items():
                folder = work / f"{name}-{host}-{number}"
                folder.mkdir()
                far = far_inventory(lab, host, folder)
                with slow_wire((FAR, 22), (address, 22), seconds):
                    times.measure(
                        f"{host}, {name}: collect",
                        lambda h=host, f=far: collected(f, h, work / "out"),
                    )
                    times.measure(
                        f"{host}, {name}: the same questions",
                        lambda h=host, f=far: width(f, h, "peer"),
                    )
                    times.measure(
                        f"{host}, {name}: testinfra's modules",
                        lambda h=host: properties(lab, work / f"{h}.json", FAR),
                    )
                    times.measure(
                        f"{host}, {name}: testinfra, our commands",
                        lambda h=host, f=far: commands(f, h, FAR),
                    )
        if shutil.which("oscap") and DATASTREAM.exists() and "dvc-db" in hosts:
            with oscap_inside(lab, "dvc-db") as command:
                times.measure("dvc-db: oscap", lambda c=command: oscap(lab, "dvc-db", c))
        times.measure("help", lambda: run(TOOL, "--help") and "")
        times.measure("make scan", lambda: run("make", "-C", ROOT, "scan", "ARGS=-q") and "")
    return times


def page(times: Times, hosts: list[str], count: int) -> str:
    """docs/benchmarks.md: ratios first."""

    def ratio(peer: str, ours: str) -> str:
        return f"{times.of(peer) / times.of(ours):.1f} times"

    lines = [
        "# Benchmarks", "",
        ("Written by `make bench` (`python -m tests.bench`), as root, with the laboratory up. "
        f"Every number is the median of {count} runs on one machine: {machine()}, on which the "
        "hosts ran too. Each is a whole process, from the start of Python to its end: `scan` to "
        "the report on the disk, `collect` to the bundle of evidence with its verdicts."), "",
        "## How many times longer the peer takes", "",
        "| Peer | " + " | ".join(hosts) + " |",
        "| --- |" + " --- |" * len(hosts),
    ]  # fmt: skip
    for name in WIRES:
        modules = "testinfra's modules"
        for title, peer, ours in (
            (
                "testinfra's modules, {name}: against ours, the same questions",
                modules,
                "the same questions",
            ),
            ("testinfra's modules, {name}: against `collect`, all questions", modules, "collect"),
            (
                "testinfra, our commands, {name}: against `collect`",
                "testinfra, our commands",
                "collect",
            ),
        ):
            cells = [ratio(f"{h}, {name}: {peer}", f"{h}, {name}: {ours}") for h in hosts]
            lines.append(f"| {title.format(name=name)} | {' | '.join(cells)} |")
    cells = [ratio(f"{host}: lynis", f"{host}: scan") for host in hosts]
    lines.append(f"| lynis, started over SSH: against `scan` | {' | '.join(cells)} |")
    first, *others = WIRES
    spent = {(host, wire): times.of(f"{host}, {wire}: collect") for host in hosts for wire in WIRES}
    added = " · ".join(
        f"{host} {spent[host, far] - spent[host, first]:+.2f} s" for host in hosts for far in others
    )
    lines += [
        "",
        (f"What the long wire adds to our `collect`: {added}, for some nine round trips in all: "
        "connection, key exchange, login, two programs. A hundred checks more add nothing to it, "
        "since they add no round trip."),
        "",
        "What all checks of a host cost beside sixty of them, spread over the catalogue: "
        + " · ".join(
            f"{h} {times.of(f'{h}: all checks') / times.of(f'{h}: 60 checks'):.2f} times"
            for h in hosts
        )
        + ".",
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
            "- *testinfra's modules* asks what our checks judge the way testinfra is written for: "
            "`host.file(p).mode`, `host.service(n).is_enabled`, one property a command "
            "(tests/bench/peer_properties.py). It is told which accounts, files and keys there "
            "are, and judges nothing. *The same questions* are ours on the same subjects, asked "
            "and not judged either; `collect` asks of databases, web servers, containers, secrets "
            "and lists besides, judges everything and packs it."
        ),
        (
            "- *testinfra, our commands* is given our probes' commands, each once, which "
            "answer many questions at a time. Nobody writes testinfra so; it shows what one "
            "session for each command costs by itself. What needs another's answer is left out."
        ),
        (
            "- A wire is a small TCP proxy that holds every byte back, the same for us and for the "
            "peer. nmap, which the peers have no counterpart for, then sees the proxy's address, "
            "where hardly a port is open, and is done at once. In a plain `scan` of dvc-web it "
            "waits for a firewall that drops packets, and the scan ends when it does."
        ),
        (
            "- Much of what is left is the host's own work, the same for everybody: apt's look at "
            "its lists, the walk of the file system, systemd's list of unit files."
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
