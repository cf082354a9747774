"""
One connection with one deadline for everything.

A socket's timeout holds for each read alone, so a server that drips a byte a second can hold a
reader for ever. Here every wait is cut to what is left of one deadline, name look-up and TLS
handshake included, and every connection has a cap on what it may send.
"""

import ipaddress
import re
import socket
import ssl
import threading
import time
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import urlsplit

from cdso_audit.model import EndpointAsset, GapReason

#: Seconds to wait for one connection or one answer, within the whole deadline.
PATIENCE = 8.0
#: Bytes that one connection may bring in: an answer's body, its headers and TLS around it.
CAP = 1024 * 1024
#: How much of a stranger's text goes into a message.
DETAIL = 300
TLS: TypeAlias = ssl.SSLObject

_HOST_NAME = re.compile(
    r"(?=.{1,253}\.?\Z)[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
    r"(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?)*\.?\Z"
)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class TooMuchError(OSError):
    """The other side sent more than the cap."""


class TargetError(ValueError):
    """The inventory names something that cannot be contacted."""


def plain(text: object, limit: int = DETAIL) -> str:
    """A stranger's text without control characters, cut to `limit` characters."""
    return _UNPRINTABLE.sub("\ufffd", str(text))[:limit]


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment of the monotonic clock after which nobody waits any more."""

    end: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        return cls(time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """Seconds that are left; raises TimeoutError when there are none."""
        left = self.end - time.monotonic()
        if left <= 0:
            raise TimeoutError("no time is left")
        return left

    def within(self, seconds: float) -> "Deadline":
        """This deadline, or the one `seconds` from now if that is sooner."""
        return Deadline(min(self.end, time.monotonic() + seconds))


@dataclass(frozen=True, slots=True)
class Target:
    """Where an endpoint's URL leads: the name for SNI and Host, and the address to connect to."""

    scheme: str
    host: str
    port: int
    path: str
    address: str
    others: tuple[str, ...] = ()

    @property
    def where(self) -> str:
        """Host and port, as a person writes them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def checked_host(text: str) -> str:
    """
    The text, if it is an IP address or a host name and nothing else; raises TargetError.

    A zone (`fe80::1%…`) is refused: `ipaddress` lets anything stand behind the `%`.
    """
    try:
        return str(ipaddress.ip_address(text)) if "%" not in text else _no_host(text)
    except ValueError:
        pass
    try:
        name = text.encode("idna").decode("ascii") if not text.isascii() else text
    except UnicodeError:
        return _no_host(text)
    return name if _HOST_NAME.match(name) else _no_host(text)


def _no_host(text: str) -> str:
    raise TargetError(f"{plain(text, 80)!r} is neither an IP address nor a host name")


def target_of(asset: EndpointAsset, deadline: Deadline) -> Target:
    """Where to connect for this endpoint. Raises TargetError, TimeoutError, OSError."""
    try:
        url = urlsplit(asset.url)
        port = url.port
    except ValueError as problem:
        raise TargetError(f"the URL cannot be read: {plain(problem)}") from problem
    if url.scheme not in ("http", "https") or not url.hostname:
        raise TargetError(f"the URL {plain(asset.url, 80)!r} is not http:// or https://")
    host = checked_host(url.hostname)
    port = port or (443 if url.scheme == "https" else 80)
    found = addresses(asset.address or host, deadline)
    path = (url.path or "/") + (f"?{url.query}" if url.query else "")
    return Target(url.scheme, host, port, path, found[0], tuple(found[1:]))


def addresses(host: str, deadline: Deadline) -> list[str]:
    """The IP addresses of a host. Raises TargetError, TimeoutError, OSError (no such name)."""
    name = checked_host(host)
    found: list[str] = []
    problems: list[OSError] = []

    def look_up() -> None:
        try:
            found.extend(
                dict.fromkeys(
                    str(each[4][0]) for each in socket.getaddrinfo(name, 0, type=socket.SOCK_STREAM)
                )
            )
        except OSError as problem:
            problems.append(problem)

    # getaddrinfo knows no timeout; the thread is left behind if it hangs.
    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(min(PATIENCE, deadline.left))
    if problems:
        raise problems[0]
    if not found:
        raise TimeoutError(f"the name {name} was not found in time")
    return found


def reason_of(problem: Exception) -> tuple[GapReason, str]:  # noqa: PLR0911 - one a kind of failure
    """Why a connection failed, as a gap says it."""
    said = plain(problem) or type(problem).__name__
    match problem:
        case TargetError():
            return GapReason.UNPARSABLE, said
        case TimeoutError():
            return GapReason.TIMEOUT, said
        case TooMuchError():
            return GapReason.TOO_LARGE, said
        case ConnectionRefusedError():
            return GapReason.REFUSED, said
        case ssl.SSLError():
            return GapReason.UNPARSABLE, said
        case PermissionError():
            return GapReason.DENIED, said
        case OSError():
            return GapReason.UNREACHABLE, said
    return GapReason.BUG, f"{type(problem).__name__}: {said}"


@dataclass(slots=True)
class Wire:
    """A TCP connection whose every wait ends with the deadline."""

    connection: socket.socket
    deadline: Deadline
    cap: int = CAP
    got: int = 0

    @classmethod
    def to(cls, address: str, port: int, deadline: Deadline, *, cap: int = CAP) -> "Wire":
        """Connect. Raises OSError (TimeoutError, ConnectionRefusedError …)."""
        seconds = min(PATIENCE, deadline.left)
        return cls(socket.create_connection((address, port), timeout=seconds), deadline, cap)

    def read(self, limit: int = 65536) -> bytes:
        """What has come, at most `limit` bytes; nothing at the end. Raises OSError."""
        self.connection.settimeout(min(PATIENCE, self.deadline.left))
        data = self.connection.recv(limit)
        self.got += len(data)
        if self.got > self.cap:
            raise TooMuchError(f"more than {self.cap} bytes")
        return data

    def write(self, data: bytes) -> None:
        self.connection.settimeout(min(PATIENCE, self.deadline.left))
        self.connection.sendall(data)

    def close(self) -> None:
        self.connection.close()


@dataclass(slots=True)
class TlsWire:
    """TLS over a wire, by OpenSSL in memory, so that the wire's deadline and cap hold for it."""

    wire: Wire
    context: ssl.SSLContext
    name: str | None
    came: ssl.MemoryBIO = field(default_factory=ssl.MemoryBIO)
    goes: ssl.MemoryBIO = field(default_factory=ssl.MemoryBIO)
    tls: TLS = field(init=False)

    def __post_init__(self) -> None:
        self.tls = self.context.wrap_bio(self.came, self.goes, server_hostname=self.name)

    def _flush(self) -> None:
        if data := self.goes.read():
            self.wire.write(data)

    def _wait(self) -> None:
        self._flush()
        data = self.wire.read()
        if data:
            self.came.write(data)
        else:
            self.came.write_eof()

    def handshake(self) -> None:
        """Raises OSError (ssl.SSLError among them)."""
        while True:
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                self._wait()
            except ssl.SSLError:
                self._flush()  # the alert that tells the server why
                raise
            else:
                self._flush()
                return

    def read(self, limit: int = 65536) -> bytes:
        while True:
            try:
                return self.tls.read(limit)
            except ssl.SSLWantReadError:
                self._wait()
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    def write(self, data: bytes) -> None:
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self.tls.write(rest) :]
            except ssl.SSLWantReadError:
                self._wait()
            self._flush()

    def close(self) -> None:
        self.wire.close()


def lenient_context() -> ssl.SSLContext:
    """
    A client context that accepts whatever the server has, to be able to see it.

    It trusts nobody's certificate and sends no secret: trust is judged apart.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:COMPLEMENTOFALL:@SECLEVEL=0")
    context.options |= 0x4  # SSL_OP_LEGACY_SERVER_CONNECT: servers older than RFC 5746
    return context


def server_name(host: str) -> str | None:
    """The name for SNI: none for an IP address, which SNI cannot carry."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.rstrip(".")
    return None
