"""What the end-to-end tests share: the tool as a process of its own, and what the hosts logged."""

from __future__ import annotations

import base64
import contextlib
import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tests.lab import Lab

TOOL: Final = str(Path(sys.executable).with_name("cdso-audit"))
_TREE: Final = Path(__file__).parents[2]
ROOTS: Final = ("audit", "checks", "playbooks", "reports")
ALL_FORMATS: Final = "html,json,csv,md,junit,sarif"
PATIENCE: Final = 300.0
"""Seconds that one run of the tool may take here, whatever happens to it."""

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{24,}={0,2}")


@dataclass(frozen=True, slots=True)
class Ran:
    """One run of the tool: how it ended, what it said, where its results are."""

    code: int
    stdout: bytes
    stderr: bytes
    output: Path

    @property
    def folder(self) -> Path:
        """The newest run's folder."""
        return (self.output / "latest").resolve()

    @property
    def result(self) -> dict[str, Any]:
        """result.json, parsed."""
        loaded: dict[str, Any] = json.loads((self.folder / "result.json").read_bytes())
        return loaded

    @property
    def bundle(self) -> Path:
        return self.folder / "bundle.zip"

    @property
    def said(self) -> str:
        """Both streams, for a failing test to show."""
        return (self.stdout + self.stderr).decode(errors="replace")


def environment() -> dict[str, str]:
    """Nothing of the person who runs the tests: no home, no agent, no settings; this very tree."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": ":".join(str(_TREE / each) for each in ROOTS),
        "HOME": "/nonexistent",
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "100",
    }


def run(*words: str | Path, output: Path, timeout: float = PATIENCE) -> Ran:
    """Run `cdso-audit --lang en …` to its end."""
    done = subprocess.run(
        [TOOL, "--lang", "en", *map(str, words)],
        stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=timeout,
        cwd="/", env=environment(),
    )  # fmt: skip
    return Ran(done.returncode, done.stdout, done.stderr, output)


def scan(inventory: Path, output: Path, *words: str | Path) -> Ran:
    """Scan what an inventory names."""
    return run("scan", "-i", inventory, "-o", output, *words, output=output)


def interrupted_scan(inventory: Path, output: Path, *words: str, after: bytes) -> Ran:
    """Scan, and press Ctrl-C as soon as standard error has a line that holds `after`."""
    process = subprocess.Popen(
        [TOOL, "--lang", "en", "scan", "-i", str(inventory), "-o", str(output), *words],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd="/", env=environment(),
    )  # fmt: skip
    assert process.stderr is not None
    seen = b""
    for line in process.stderr:
        seen += line
        if after in line:
            process.send_signal(signal.SIGINT)
            break
    out, rest = process.communicate(timeout=PATIENCE)
    return Ran(process.returncode, out, seen + rest, output)


# ---------------------------------------------------------------------------------------------
# What a result says
# ---------------------------------------------------------------------------------------------

Row = tuple[str, str, str, str]


def rows(result: Mapping[str, Any]) -> list[Row]:
    """asset, check, subject, outcome of each finding, sorted."""
    return sorted(
        (each["asset"], each["check"], each["subject"], each["outcome"])
        for each in result["findings"]
    )


def listing(found: Iterable[Row]) -> str:
    """One line a finding, for a person to read and for a diff to show."""
    return "".join(f"{' | '.join(row)}\n" for row in found)


# ---------------------------------------------------------------------------------------------
# What the hosts say
# ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Watch:
    """What sshd of each host logs from now on."""

    lab: Lab
    cursors: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for host in self.lab.hosts:
            told = self.lab.exec(host, ["journalctl", "-q", "-n0", "--show-cursor"]).stdout
            self.cursors[host] = told.partition("cursor: ")[2].strip()

    def lines(self, host: str) -> list[str]:
        """What sshd has logged since."""
        seen = self.lab.exec(
            host,
            [
                *("journalctl", "-q", "--no-pager", "-o", "cat"),
                *("-t", "sshd", "-t", "sshd-session", "-t", "sshd-auth"),
                f"--after-cursor={self.cursors[host]}",
            ],
        )
        assert seen.returncode == 0, seen.stderr
        return seen.stdout.splitlines()

    def logins(self, host: str) -> int:
        """How often somebody was let in."""
        return sum(line.startswith("Accepted publickey for ") for line in self.lines(host))

    def sessions(self, host: str) -> int:
        """How many commands were started over those connections."""
        return sum(line.startswith("Starting session: ") for line in self.lines(host))

    def contacts(self, host: str) -> int:
        """How often anybody connected at all, let in or not."""
        return sum(line.startswith("Connection from ") for line in self.lines(host))


# ---------------------------------------------------------------------------------------------
# What may hide a secret
# ---------------------------------------------------------------------------------------------


def layers(data: bytes, depth: int = 4) -> Iterator[bytes]:
    """These bytes, and whatever is zipped, compressed or base64-encoded in them."""
    yield data
    if depth == 0:
        return
    inner: list[bytes] = []
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inner += [archive.read(name) for name in archive.namelist()]
    elif data[:2] == b"\x1f\x8b":
        inner.append(gzip.decompress(data))
    elif data[:1] == b"x":
        with contextlib.suppress(zlib.error):
            inner.append(zlib.decompress(data))
    for match in _BASE64.finditer(data):
        text = match[0].rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
        text = text[: len(text) - (len(text) % 4 == 1)]
        inner.append(base64.b64decode(text + b"=" * (-len(text) % 4)))
    for each in inner:
        yield from layers(each, depth - 1)


def leaked(data: bytes, secrets: Mapping[str, str]) -> set[str]:
    """The names of the secrets that stand in these bytes, however they are wrapped."""
    words = {name: text.encode() for name, text in secrets.items()}
    return {name for layer in layers(data) for name, word in words.items() if word in layer}
