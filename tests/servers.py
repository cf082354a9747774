"""Small servers on loopback that say exactly what a test wants, hostile things included."""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cdso_audit.facts.reading import Observation, Probe
from cdso_audit.model import Asset, System

Talk = Callable[[socket.socket], None]


def now() -> datetime:
    return datetime.now(UTC)


def asked(
    collect: Callable[..., Observation], probe: Probe, asset: Asset, deadline: float = 20
) -> tuple[Observation, float]:
    """One observation by a collector, and how many seconds it took."""
    started = time.monotonic()
    seen = collect(probe, asset, System(id="dvc", assets=(asset,)), at=now, deadline=deadline)
    return seen, time.monotonic() - started


@contextlib.contextmanager
def talking(talk: Talk, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[int]:
    """A TCP server that does `talk` with every client, until the test is over."""
    with socket.create_server((host, port)) as server:
        stop = threading.Event()

        def one(client: socket.socket) -> None:
            with client, contextlib.suppress(OSError):
                talk(client)

        def serve() -> None:
            while not stop.is_set():
                try:
                    client, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=one, args=(client,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield int(server.getsockname()[1])
        stop.set()
        with contextlib.suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)


def dripping(first: bytes, drop: bytes = b"x", pause: float = 0.05) -> Talk:
    """Say `first`, then a drop now and then, for ever."""

    def talk(client: socket.socket) -> None:
        client.recv(4096)
        client.sendall(first)
        while True:
            client.sendall(drop)
            time.sleep(pause)

    return talk


def endless(first: bytes, chunk: bytes) -> Talk:
    """Say `first`, then the chunk as fast as it is taken."""

    def talk(client: socket.socket) -> None:
        client.recv(4096)
        client.sendall(first)
        while True:
            client.sendall(chunk)

    return talk


def saying(data: bytes) -> Talk:
    """Say the same to everyone, and hang up."""

    def talk(client: socket.socket) -> None:
        client.recv(65536)
        client.sendall(data)

    return talk


def resetting(client: socket.socket) -> None:
    """Cut the connection by a reset."""
    client.recv(10)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def let_others_in(folder: Path) -> None:
    """Open a test's folder, and those above it that are the run's own, to servers' accounts."""
    top = Path(tempfile.gettempdir())
    for each in (folder, *folder.parents):
        if top not in each.parents:
            break
        each.chmod(each.stat().st_mode | 0o055)


def needs(program: str, package: str) -> str:
    """The program's path; skips the test where it is not installed."""
    found = shutil.which(
        program, path="/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"
    )
    if found is None:
        pytest.skip(f"{program} is not installed (apt install {package})")
    return found


@contextlib.contextmanager
def running(*command: str, port: int, folder: Path, host: str = "127.0.0.1") -> Iterator[None]:
    """A daemon in the foreground that answers on a port."""
    with (folder / "daemon.log").open("wb") as log:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=log, stderr=log)
        try:
            for _ in range(100):
                with contextlib.suppress(OSError), socket.create_connection((host, port), 1):
                    break
                if process.poll() is not None:
                    raise RuntimeError((folder / "daemon.log").read_text())
                time.sleep(0.05)
            yield
        finally:
            process.terminate()
            process.communicate(timeout=10)
