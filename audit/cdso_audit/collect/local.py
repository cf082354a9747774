"""The machine that the tool runs on: the same program, in a process of its own."""

import contextlib
import getpass
import os
import signal
import subprocess
from dataclasses import dataclass, field

from cdso_audit.collect.conversation import ConnectionLostError
from cdso_audit.model import GapReason

CHUNK = 65536


@dataclass(slots=True)
class LocalStream:
    """One `sh -s` here, in its own process group so that nothing of it outlives `close`."""

    process: subprocess.Popen[bytes]

    def write(self, data: bytes) -> None:
        assert self.process.stdin  # noqa: S101 - it was opened with a pipe
        self.process.stdin.write(data)
        self.process.stdin.close()

    def read_output(self) -> bytes:
        assert self.process.stdout  # noqa: S101
        return os.read(self.process.stdout.fileno(), CHUNK)

    def read_errors(self) -> bytes:
        assert self.process.stderr  # noqa: S101
        return os.read(self.process.stderr.fileno(), CHUNK)

    def close(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=2)


@dataclass(slots=True)
class LocalSession:
    """Shells on this machine, as whoever runs the tool."""

    run_as: str = field(default_factory=getpass.getuser)
    vantage: str = "local"
    timeout: float = 15.0
    streams: list[LocalStream] = field(default_factory=list)

    def open(self) -> LocalStream:
        try:
            process = subprocess.Popen(
                ["/bin/sh", "-s"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
                cwd="/",
            )
        except OSError as problem:
            raise ConnectionLostError(GapReason.MISSING_TOOL, f"/bin/sh: {problem}") from problem
        stream = LocalStream(process)
        self.streams.append(stream)
        return stream

    def close(self) -> None:
        for stream in self.streams:
            stream.close()
            for pipe in (stream.process.stdout, stream.process.stderr):
                if pipe:
                    pipe.close()
