"""
A few requests to somebody else's service, with pauses between them, at exactly the URL declared.

Each is a connection of its own: its time to connect, to shake hands and to the first byte, the
status and the clock of the answer. Nothing is searched for, no certificate of the agency is shown,
no redirect is followed, no body is kept.
"""

import base64
import json
import re
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

from cdso_audit.collect.connecting import (
    Deadline,
    Target,
    TlsWire,
    Wire,
    lenient_context,
    plain,
    reason_of,
    server_name,
    target_of,
)
from cdso_audit.collect.tls import served_chain, trusting
from cdso_audit.facts.reading import Observation, Probe
from cdso_audit.model import Asset, GapReason, LinkAsset, System

AGENT: Final = "cdso-audit (link check by a connected agency)"
#: Seconds that one request may take.
REQUEST: Final = 10.0
#: Bytes of an answer that are read: its head is what matters.
HEAD: Final = 16 * 1024
#: Requests without any answer after which no more are made.
GIVE_UP: Final = 3

#: OpenSSL's numbers, as Python's own debugging hook names them: a handshake record, and the message
#: by which a server asks for a client certificate (RFC 5246 7.4.4, RFC 8446 4.3.2).
_HANDSHAKE, _CERTIFICATE_REQUEST = 22, 13


@dataclass(slots=True)
class _Try:
    """One request, as it went."""

    at: datetime
    result: str = "failed"
    detail: str = ""
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    status: int | None = None
    date: str = ""
    offset_s: float | None = None
    asked: bool | None = None
    """Whether the server asked for a client certificate; None where nobody could tell."""
    version: str = ""
    chain: list[bytes] = field(default_factory=list)

    def told(self) -> dict[str, Any]:
        return {
            "at": self.at.isoformat(),
            "result": self.result,
            "detail": self.detail,
            "connect_ms": self.connect_ms,
            "tls_ms": self.tls_ms,
            "first_byte_ms": self.first_byte_ms,
            "status": self.status,
            "offset_s": self.offset_s,
            "asked": self.asked,
            "version": self.version,
        }


def collect(
    probe: Probe,
    asset: Asset,
    system: System,  # noqa: ARG001 - every collector is called alike
    *,
    at: Callable[[], datetime],
    deadline: float,
) -> Observation:
    """Ask one link. Requests that fail are part of the answer; nothing but a bad URL is a gap."""

    def gap(reason: GapReason, detail: str) -> Observation:
        return Observation(probe=probe.id, asset=asset.id, gap=reason, detail=detail, at=at())

    if not isinstance(asset, LinkAsset):
        return gap(GapReason.BUG, f"a {asset.type} is no link")
    end = Deadline.after(deadline)
    try:
        target = target_of(asset, end)
    except Exception as problem:  # noqa: BLE001 - whatever the network does is a gap
        return gap(*reason_of(problem))
    tries = list(_tries(target, asset, end, at))
    chain = next((each.chain for each in tries if each.chain), [])
    told = {
        "where": target.where,
        "host": target.host,
        "address": target.address,
        "tries": [each.told() for each in tries],
        "chain": [base64.b64encode(each).decode() for each in chain],
        "trust": _trusts(target, asset, end) if chain else [],
    }
    output = json.dumps(told, indent=1, sort_keys=True).encode() + b"\n"
    return Observation(probe=probe.id, asset=asset.id, exit_code=0, at=at(), output=output)


def _tries(
    target: Target, asset: LinkAsset, end: Deadline, at: Callable[[], datetime]
) -> "list[_Try]":
    made: list[_Try] = []
    for number in range(asset.probes):
        if number:
            pause = asset.pause.total_seconds()
            if end.end - time.monotonic() < pause + REQUEST / 2:
                break
            time.sleep(pause)
        made.append(_once(target, end.within(REQUEST), at))
        silent = [each for each in made[-GIVE_UP:] if each.result == "failed"]
        if len(silent) == GIVE_UP:
            break
    return made


def _once(target: Target, end: Deadline, at: Callable[[], datetime]) -> _Try:
    """One request on a connection of its own. Never raises."""
    told = _Try(at=at())
    started = time.monotonic()
    try:
        wire = Wire.to(target.address, target.port, end)
    except OSError as problem:
        told.detail = reason_of(problem)[1]
        return told
    told.connect_ms = _since(started)
    try:
        line: Wire | TlsWire = wire
        if target.scheme == "https":
            line = _shaken(target, wire, told)
        began = time.monotonic()
        before = at()
        line.write(_request(target))
        head = _head(line)
        told.first_byte_ms = _since(began)
        _answer(told, head, before, at())
    except OSError as problem:
        told.detail = reason_of(problem)[1]
        told.result = "wants-certificate" if _wants(problem, told) else "failed"
    finally:
        wire.close()
    return told


def _shaken(target: Target, wire: Wire, told: _Try) -> TlsWire:
    """TLS on the wire; `told` learns whether a client certificate was asked for. Raises OSError."""
    context = lenient_context()
    told.asked = _watch(context, told)
    tls = TlsWire(wire, context, server_name(target.host))
    began = time.monotonic()
    try:
        tls.handshake()
    finally:
        told.chain = served_chain(tls.tls)
    told.tls_ms = _since(began)
    told.version = tls.tls.version() or ""
    return tls


def _watch(context: ssl.SSLContext, told: _Try) -> bool | None:
    """Let Python's debugging hook tell of a CertificateRequest; None where there is no hook."""
    if not hasattr(context, "_msg_callback"):
        return None

    def hear(*words: Any) -> None:
        _, direction, _, content, message, _ = words
        if direction == "read" and int(content) == _HANDSHAKE:
            told.asked = told.asked or int(message) == _CERTIFICATE_REQUEST

    context._msg_callback = hear  # noqa: SLF001 - there is no public way to see it
    return False


def _wants(problem: OSError, told: _Try) -> bool:
    """Whether the server hung up for want of a client certificate (alerts 40, 42, 116)."""
    if not told.asked:
        return False
    if isinstance(problem, ssl.SSLError):
        return bool(
            re.search(
                r"certificate.required|handshake.failure|bad.certificate",
                str(problem),
                re.IGNORECASE,
            )
        )
    return isinstance(problem, ConnectionError) and told.tls_ms is not None


def _request(target: Target) -> bytes:
    host = target.where if target.port not in (80, 443) else target.host
    lines = (
        f"GET {target.path} HTTP/1.1",
        f"Host: {host}",
        f"User-Agent: {AGENT}",
        "Accept: */*",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii", "replace")


def _head(line: "Wire | TlsWire") -> bytes:
    """The first words of the answer; raises OSError where there are none."""
    came = b""
    while b"\r\n\r\n" not in came and len(came) < HEAD:
        more = line.read()
        if not more:
            break
        came += more
    if not came:
        raise ConnectionResetError("the server hung up without an answer")
    return came


def _answer(told: _Try, head: bytes, before: datetime, after: datetime) -> None:
    """Status and clock of the answer; what is no HTTP is a failure."""
    match = re.match(rb"HTTP/1\.[01] (\d{3})\b", head)
    if match is None:
        told.detail = f"no HTTP came back: {plain(head[:40].decode('latin-1'))}"
        return
    told.status = int(match[1])
    told.result = "answered"
    date = re.search(rb"(?im)^date:[ \t]*([^\r\n]{1,60})", head.partition(b"\r\n\r\n")[0])
    if date is None:
        return
    told.date = plain(date[1].decode("latin-1"))
    try:
        theirs = parsedate_to_datetime(told.date)
    except ValueError:
        return
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    ours = before + (after - before) / 2
    told.offset_s = round((theirs - ours).total_seconds(), 3)


def _since(started: float) -> float:
    return round((time.monotonic() - started) * 1000, 1)


def _trusts(target: Target, asset: LinkAsset, end: Deadline) -> list[dict[str, Any]]:
    """What each trust store says of the certificate and of its name: one connection a store."""
    stores = [("system", None), *([("agency", asset.ca)] if asset.ca else [])]
    return [{"store": store, **_trust(target, ca, end.within(REQUEST))} for store, ca in stores]


def _trust(  # noqa: PLR0911 - one a way to fail
    target: Target, ca: str | None, end: Deadline
) -> dict[str, Any]:
    try:
        context = trusting(ca)
    except (OSError, ValueError) as problem:
        return {"state": "unknown", "detail": f"the trust store cannot be read: {plain(problem)}"}
    if context is None:
        return {"state": "unknown", "detail": "this machine has no trust store"}
    name = target.host
    context.check_hostname = True
    try:
        wire = Wire.to(target.address, target.port, end)
    except OSError as problem:
        return {"state": "unknown", "detail": reason_of(problem)[1]}
    tls = TlsWire(wire, context, name)
    try:
        tls.handshake()
    except ssl.SSLCertVerificationError as problem:
        return {"state": "rejected", "detail": plain(problem.verify_message)}
    except OSError as problem:
        # Verified as soon as it comes, before ours is due: who hangs up then was found good.
        if isinstance(problem, ssl.SSLError) and served_chain(tls.tls):
            return {"state": "accepted", "detail": ""}
        return {"state": "unknown", "detail": reason_of(problem)[1]}
    finally:
        wire.close()
    return {"state": "accepted", "detail": ""}
