"""
A line to a server for a library that keeps neither deadlines nor limits.

The library speaks to a socket of ours, and this passes on what comes and goes until the deadline
is over or the server has sent too much: then both ends are closed, and whoever waited is free. TLS
goes through untouched, so the library still sees and verifies the server's own certificate.
"""

import contextlib
import select
import socket
import threading
from dataclasses import dataclass, field

from cdso_audit.collect.connecting import Deadline, TooMuchError

#: Bytes that are passed on at a time.
_PIECE = 65536


@dataclass(slots=True)
class Relay:
    """What passes between a library and `server`. `problem` says why it was cut, if it was."""

    server: socket.socket
    deadline: Deadline
    cap: int
    problem: Exception | None = None
    _thread: threading.Thread | None = field(default=None, init=False)
    _listener: socket.socket | None = field(default=None, init=False)

    def end(self) -> socket.socket:
        """The library's end, for one that takes a socket."""
        ours, theirs = socket.socketpair()
        self._begin(ours)
        return theirs

    def port(self) -> int:
        """A port of the loopback, for a library that connects by itself: for one client only."""
        listener = socket.create_server(("127.0.0.1", 0), backlog=1)
        listener.settimeout(self.deadline.left)
        self._listener = listener
        self._begin(None)
        return int(listener.getsockname()[1])

    def close(self) -> None:
        """End it, and wait until it has ended."""
        for each in (self.server, self._listener):
            if each is not None:
                with contextlib.suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)
                each.close()
        if self._thread is not None:
            self._thread.join(timeout=2)

    def _begin(self, client: socket.socket | None) -> None:
        self._thread = threading.Thread(target=self._run, args=(client,), daemon=True, name="relay")
        self._thread.start()

    def _run(self, client: socket.socket | None) -> None:
        try:
            if client is None and self._listener is not None:
                client, _ = self._listener.accept()
                self._listener.close()
            if client is not None:
                self._pass_on(client)
        except (OSError, ValueError) as problem:  # ValueError: a socket that was closed meanwhile
            self.problem = problem
        finally:
            for each in (client, self.server):
                if each is not None:
                    with contextlib.suppress(OSError):
                        each.shutdown(socket.SHUT_RDWR)
                    each.close()

    def _pass_on(self, client: socket.socket) -> None:
        got = 0
        other = {client: self.server, self.server: client}
        for each in other:
            each.setblocking(True)
        while True:
            ready, _, _ = select.select([client, self.server], [], [], self.deadline.left)
            for each in ready:
                data = each.recv(_PIECE)
                if not data:
                    return
                if each is self.server:
                    got += len(data)
                    if got > self.cap:
                        raise TooMuchError(f"more than {self.cap} bytes")
                other[each].settimeout(self.deadline.left)
                other[each].sendall(data)
