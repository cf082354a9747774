"""Hosts of a drill: one program at a time on each, with a deadline, both streams drained."""

import contextlib
import re
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cdso_audit.collect.conversation import ConnectionLostError, Session, Stream
from cdso_audit.collect.local import LocalSession
from cdso_audit.collect.ssh import Connections, SshSession, SshStream, user_config
from cdso_audit.drill.clock import Exchange
from cdso_audit.drill.plan import PlannedHost
from cdso_audit.model import Access, HostAsset, SshAccess

#: Bytes of each stream that are kept; the rest is read and dropped.
CAP = 4 * 1024 * 1024
TAIL = 64 * 1024
#: Seconds beyond a command's own timeout before the line is given up.
GRACE = 20.0
#: Seconds between two looks whether somebody asked to stop.
LOOK = 0.5
KEEPALIVE = 20


@dataclass(frozen=True, slots=True)
class Said:
    """What one program brought back."""

    out: bytes = b""
    err: bytes = b""
    exit: int | None = None
    cut: bool = False
    refused: str = ""
    """Why the host's own guard refused, before anything was done."""
    lost: str = ""
    """Why there is no answer: no connection, or none any more."""
    begun: bool = False
    """Whether the command itself was reached."""
    stopped: bool = False

    @property
    def text(self) -> str:
        return self.out.decode("utf-8", "replace")

    @property
    def errors(self) -> str:
        return self.err.decode("utf-8", "replace")


class _Buffer:
    """The first bytes of a stream up to a cap, and its last ones."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.first = bytearray()
        self.last = b""
        self.cut = False

    def add(self, data: bytes) -> None:
        room = self.cap - len(self.first)
        self.first += data[:room]
        if len(data) > room:
            self.cut = True
            self.last = (self.last + data[room:])[-TAIL:]

    @property
    def whole(self) -> bytes:
        return bytes(self.first) + self.last


def talk(stream: Stream, program: str, mark: str, seconds: float, stop: Callable[[], bool]) -> Said:
    """Feed a program to a shell and read its answer until it ends, or its time does."""
    out, err = _Buffer(CAP), _Buffer(CAP)
    ended = {"out": False, "err": False}
    changed = threading.Condition()

    def drain(name: str, read: Callable[[], bytes], into: _Buffer) -> None:
        with contextlib.suppress(OSError, EOFError):
            while data := read():
                into.add(data)
        with changed:
            ended[name] = True
            changed.notify()

    def feed() -> None:
        with contextlib.suppress(OSError, EOFError):  # what is missing from the answer tells
            stream.write(program.encode("utf-8", "surrogateescape"))

    threads = [
        threading.Thread(target=feed, daemon=True),
        threading.Thread(target=drain, args=("out", stream.read_output, out), daemon=True),
        threading.Thread(target=drain, args=("err", stream.read_errors, err), daemon=True),
    ]
    for thread in threads:
        thread.start()
    end = time.monotonic() + seconds
    stopped = False
    finish = re.compile(rb"\n" + mark.encode() + rb" (exit \d+|refused \S+)\n")
    with changed:
        while not all(ended.values()) and time.monotonic() < end:
            if finish.search(out.whole[-TAIL:]):
                end = min(end, time.monotonic() + 1)  # a child may still hold the streams open
            if stop():
                stopped = True
                break
            changed.wait(LOOK)
    stream.close()
    for thread in threads:
        thread.join(timeout=2)
    return _read(out, err, mark, stopped=stopped, late=time.monotonic() >= end)


def _read(out: _Buffer, err: _Buffer, mark: str, *, stopped: bool, late: bool) -> Said:
    raw = out.whole
    sign = b"\n" + mark.encode()
    refused = re.search(re.escape(sign) + rb" refused (\S+)\n", raw)
    if refused:
        return Said(refused=refused[1][:100].decode("ascii", "replace"))
    begin = raw.find(sign + b" begin\n")
    ends = list(re.finditer(re.escape(sign) + rb" exit (\d+)\n", raw))
    start = begin + len(sign) + len(b" begin\n") if begin >= 0 else 0
    if not ends:
        why = "stopped" if stopped else "no end within its time" if late else "the line broke"
        return Said(
            out=raw[start:], err=err.whole, cut=out.cut, lost=why, begun=begin >= 0, stopped=stopped
        )
    return Said(
        out=raw[start : ends[-1].start()],
        err=err.whole,
        exit=int(ends[-1][1]),
        cut=out.cut or err.cut,
        begun=True,
    )


@dataclass(slots=True)
class Host:
    """One machine of the drill, connected to when it is first asked."""

    name: str
    make: Callable[[], Session]
    local: bool = False
    session: Session | None = None

    def run(
        self,
        program: Callable[[str], str],
        seconds: float,
        stop: Callable[[], bool] = lambda: False,
    ) -> Said:
        """Run a program that is made for a fresh marker. Raises nothing: a lost line is told."""
        mark = secrets.token_hex(16)
        try:
            stream = self._opened()
        except ConnectionLostError as lost:
            self.close()
            return Said(lost=lost.detail)
        said = talk(stream, program(mark), mark, seconds + GRACE, stop)
        if (said.lost and not said.stopped) or isinstance(self.session, LocalSession):
            self.close()  # a local shell is as cheap anew, and a drill runs for a day
        return said

    def _opened(self) -> Stream:
        if self.session is None:
            self.session = self.make()
        try:
            stream = self.session.open()
        except ConnectionLostError:
            self.close()  # an old connection may have died while we slept: once more, anew
            self.session = self.make()
            stream = self.session.open()
        if isinstance(self.session, SshSession) and self.session.client is not None:
            transport = self.session.client.get_transport()
            if transport is not None:
                transport.set_keepalive(KEEPALIVE)
        return stream

    def exchanges(self, count: int = 8) -> list[Exchange]:
        """Questions about the time, on one open line. Raises ConnectionLostError, OSError."""
        stream = self._opened()
        if not isinstance(stream, SshStream):
            stream.close()
            return []
        stream.channel.settimeout(10)
        found: list[Exchange] = []
        try:
            for _ in range(count):
                t1 = time.time()
                stream.channel.sendall(b"date +%s.%N\n")
                line = b""
                while not line.endswith(b"\n") and len(line) < TAIL:
                    more = stream.read_output()
                    if not more:
                        return found
                    line += more
                t4 = time.time()
                seen = re.fullmatch(rb"(\d{1,12}\.\d{1,9})\s*", line)
                if seen:  # some systems' date knows no fractions: then nothing is claimed
                    at = float(seen[1])
                    found.append(Exchange(t1, at, at, t4))
        finally:
            stream.close()
        return found

    def transport(self) -> Any:
        """The SSH transport for looking from this host; None on this machine."""
        if self.local:
            return None
        self._opened().close()
        client = self.session.client if isinstance(self.session, SshSession) else None
        return client.get_transport() if client is not None else None

    def close(self) -> None:
        if self.session is not None:
            with contextlib.suppress(OSError, EOFError):
                self.session.close()
                if isinstance(self.session, SshSession):
                    self.session.connect.close()  # the jump host, which nobody else uses
            self.session = None


@dataclass(slots=True)
class Hosts:
    """The machines of a plan, and this one."""

    planned: Mapping[str, PlannedHost]
    folder: Path
    defaults: SshAccess = field(default_factory=SshAccess)
    made: dict[str, Host] = field(default_factory=dict)

    def of(self, name: str | None) -> Host:
        """The machine of that name; None is the operator's own."""
        key = name or ""
        if key not in self.made:
            planned = self.planned.get(key, PlannedHost(local=True))
            self.made[key] = Host(key, self._maker(key, planned), local=planned.local or not name)
        return self.made[key]

    def _maker(self, name: str, planned: PlannedHost) -> Callable[[], Session]:
        if planned.local or planned.host is None:
            return LocalSession
        asset = HostAsset(
            id=name.replace("_", "-"), host=planned.host, access=Access(ssh=planned.ssh)
        )

        def session() -> Session:
            # a connection of its own each time: a dead one is never asked again
            return Connections(self.folder, self.defaults, user_config()).session(asset)

        return session

    def close(self) -> None:
        for each in self.made.values():
            each.close()
