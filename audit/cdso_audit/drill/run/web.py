"""HTTP journeys and port probes, from this machine or through the SSH connection of another."""

import contextlib
import errno
import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import paramiko

from cdso_audit.drill.playbook import HttpRequest

#: Bytes of an answer that are looked at.
CAP: Final = 1024 * 1024
CHUNK: Final = 65536


class NotReachedError(Exception):
    """Nobody could be asked: there is no way there, which is no answer."""


def open_port(
    address: str, port: int, seconds: float, transport: paramiko.Transport | None
) -> bool:
    """Whether a connection can be made. Raises NotReachedError when that cannot be told."""
    try:
        dialled(address, port, seconds, transport).close()
    except (ConnectionRefusedError, TimeoutError):
        return False
    except OSError as problem:
        if isinstance(problem, socket.gaierror):
            raise NotReachedError(f"the name {address} cannot be resolved") from problem
        if problem.errno == errno.EHOSTUNREACH:  # a router on the way or the firewall says no
            return False
        # no network here, no descriptor left: that proves nothing about the flow
        raise NotReachedError(f"{address}:{port} could not be tried: {problem}") from problem
    return True


def dialled(
    address: str, port: int, seconds: float, transport: paramiko.Transport | None
) -> socket.socket:
    """A connected socket. Raises OSError, NotReachedError."""
    if transport is None:
        return socket.create_connection((address, port), timeout=seconds)
    try:
        channel = transport.open_channel(
            "direct-tcpip", (address, port), ("127.0.0.1", 0), timeout=seconds
        )
    except paramiko.ChannelException as problem:
        # RFC 4254: 2 is "connect failed"; 1 and 4 say that the host did not try
        if problem.code == 2:  # noqa: PLR2004
            raise ConnectionRefusedError(f"{address}:{port} cannot be reached from there") from None
        raise NotReachedError("the host forwards no connections (AllowTcpForwarding)") from problem
    except (paramiko.SSHException, EOFError) as problem:
        raise NotReachedError(f"the line to the host broke: {problem}") from problem
    near, far = socket.socketpair()
    near.settimeout(seconds)
    for source, sink in ((far, channel), (channel, far)):
        threading.Thread(target=_pump, args=(source, sink), daemon=True).start()
    return near


def _pump(source: Any, sink: Any) -> None:
    with contextlib.suppress(OSError, EOFError):
        while data := source.recv(CHUNK):
            sink.sendall(data)
    for each in (source, sink):
        with contextlib.suppress(OSError, EOFError):
            each.close()


def _cut(wire: socket.socket) -> None:
    with contextlib.suppress(OSError):
        wire.shutdown(socket.SHUT_RDWR)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered."""

    status: int
    body: bytes
    cut: bool
    headers: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """Status line, headers and body, for patterns."""
        lines = [f"HTTP {self.status}", *(f"{name}: {value}" for name, value in self.headers)]
        return "\n".join([*lines, "", self.body.decode("utf-8", "replace")])


@dataclass(slots=True)
class Browser:
    """One user's journey: cookies are kept, certificates verified, redirects not followed."""

    deadline: float
    context: ssl.SSLContext
    address: str | None = None
    transport: Callable[[], paramiko.Transport | None] = lambda: None
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def ask(self, request: HttpRequest, fill: Callable[[str], str]) -> Answer:
        """Send one request. Raises NotReachedError, OSError, http.client.HTTPException."""
        url = urlsplit(fill(request.url))
        host = url.hostname or ""
        port = url.port or (443 if url.scheme == "https" else 80)
        wire = dialled(self.address or host, port, self._left(), self.transport())
        wire.settimeout(self._left())
        if url.scheme == "https":
            wire = self.context.wrap_socket(
                wire, server_hostname=host, do_handshake_on_connect=False
            )
        # a socket's own timeout holds for each read alone: a server that drips would hold us
        alarm = threading.Timer(self._left(), _cut, (wire,))
        alarm.daemon = True
        alarm.start()
        try:
            if isinstance(wire, ssl.SSLSocket):
                wire.do_handshake()
            return self._talk(wire, host, port, request, fill)
        finally:
            alarm.cancel()
            wire.close()

    def _talk(
        self,
        wire: socket.socket,
        host: str,
        port: int,
        request: HttpRequest,
        fill: Callable[[str], str],
    ) -> Answer:
        url = urlsplit(fill(request.url))
        connection = http.client.HTTPConnection(host, port, timeout=self._left())
        connection.sock = wire
        headers = {name: fill(value) for name, value in request.headers.items()}
        headers.setdefault("User-Agent", "cdso-audit drill")
        headers["Connection"] = "close"
        jar = self.cookies.get(host, {})
        if jar:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in jar.items())
        body = fill(request.body) if request.body is not None else None
        if request.form:
            body = urlencode({name: fill(value) for name, value in request.form.items()})
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        connection.request(
            request.method, path, body.encode() if body is not None else None, headers
        )
        answer = connection.getresponse()
        with answer:
            data = self._body(answer)
        self._remember(host, answer.headers.get_all("Set-Cookie") or [])
        return Answer(answer.status, data[:CAP], len(data) > CAP, tuple(answer.headers.items()))

    def _body(self, answer: http.client.HTTPResponse) -> bytes:
        data = b""
        while len(data) <= CAP:
            self._left()
            part = answer.read(min(CHUNK, CAP + 1 - len(data)))
            if not part:
                if answer.length:
                    raise http.client.IncompleteRead(data, answer.length)
                break
            data += part
        return data

    def _remember(self, host: str, lines: list[str]) -> None:
        for line in lines:
            with contextlib.suppress(CookieError):
                for name, morsel in SimpleCookie(line).items():
                    self.cookies.setdefault(host, {})[name] = morsel.value

    def _left(self) -> float:
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("no time is left")
        return left


def captured(patterns: Mapping[str, str], text: str) -> tuple[dict[str, str], str]:
    """The first group of each pattern, and the name of one that is not there."""
    found: dict[str, str] = {}
    for name, pattern in patterns.items():
        match = re.search(pattern, text)
        if match is None:
            return found, name
        found[name] = (match[1] if match.re.groups else match[0]) or ""
    return found, ""
