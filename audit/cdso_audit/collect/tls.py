"""
TLS handshakes, one at a time and at most sixteen.

A ClientHello of our own asks for one version or one family of cipher suites; the first words of the
answer, ServerHello or alert, say whether the server takes it. OpenSSL is used for two things only:
to fetch the chain, and to say whether a trust store trusts it.
"""

import base64
import json
import os
import secrets
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

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
from cdso_audit.facts.reading import Observation, Probe
from cdso_audit.model import Asset, EndpointAsset, GapReason, System

#: Connections that one endpoint is asked for, all in all.
CONNECTIONS = 16
#: Bytes of a ServerHello that are read; a real one has a few hundred.
HELLO_CAP = 64 * 1024
#: OpenSSL's X509_V_FLAG_NO_CHECK_TIME: validity is judged apart, at the moment of the snapshot.
NO_CHECK_TIME = 0x200000
#: OpenSSL's X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED.
OUT_OF_TIME = (9, 10)

WIRE_VERSIONS = {
    "SSL 3.0": 0x0300,
    "TLS 1.0": 0x0301,
    "TLS 1.1": 0x0302,
    "TLS 1.2": 0x0303,
    "TLS 1.3": 0x0304,
}

# Cipher suites by IANA's TLS Cipher Suites registry.
NULL = (0x0001, 0x0002, 0x003B, 0xC001, 0xC006, 0xC00B, 0xC010, 0xC015)
ANONYMOUS = (
    *(0x0017, 0x0018, 0x0019, 0x001A, 0x001B, 0x0034, 0x003A, 0x006C, 0x006D, 0x00A6, 0x00A7),
    *(0xC016, 0xC017, 0xC018, 0xC019),
)
EXPORT = (0x0003, 0x0006, 0x0008, 0x000B, 0x000E, 0x0011, 0x0014)
RC4 = (0x0004, 0x0005, 0xC002, 0xC007, 0xC00C, 0xC011)
DES = (0x0009, 0x000C, 0x000F, 0x0012, 0x0015)
TRIPLE_DES = (0x000A, 0x000D, 0x0010, 0x0013, 0x0016, 0xC003, 0xC008, 0xC00D, 0xC012)
FAMILIES = {
    "NULL": NULL,
    "anonymous": ANONYMOUS,
    "export": EXPORT,
    "RC4": RC4,
    "DES": DES,
    "3DES": TRIPLE_DES,
}
STATIC_RSA = (0x009C, 0x009D, 0x002F, 0x0035, 0x003C, 0x003D, 0x0041, 0x0084, 0xC09C, 0xC09D)
FORWARD = (
    *(0xC02B, 0xC02F, 0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0x009E, 0x009F, 0xCCAA),
    *(0xC009, 0xC013, 0xC00A, 0xC014, 0xC023, 0xC027, 0xC024, 0xC028, 0x0033, 0x0039, 0x0067),
    0x006B,
)
TLS_1_3 = (0x1301, 0x1302, 0x1303)
FALLBACK_FREE = 0x00FF  # TLS_EMPTY_RENEGOTIATION_INFO_SCSV, RFC 5746

_HANDSHAKE, _ALERT = 22, 21
_WARNING = 1
_SERVER_HELLO = 2
_SUPPORTED_VERSIONS = 43


# ---------------------------------------------------------------------------------------------
# Words on the wire: pure
# ---------------------------------------------------------------------------------------------


def _sized(data: bytes, width: int) -> bytes:
    return len(data).to_bytes(width, "big") + data


def _numbers(values: Iterable[int]) -> bytes:
    return b"".join(each.to_bytes(2, "big") for each in values)


def _extension(number: int, data: bytes) -> bytes:
    return number.to_bytes(2, "big") + _sized(data, 2)


def client_hello(version: int, ciphers: Iterable[int], name: str | None) -> bytes:
    """A ClientHello that offers exactly this version and these cipher suites (RFC 5246, 8446)."""
    newest = version == WIRE_VERSIONS["TLS 1.3"]
    extensions = b""
    if name:
        host = _sized(name.encode("ascii"), 2)
        extensions += _extension(0, _sized(b"\0" + host, 2))
    extensions += _extension(10, _sized(_numbers((29, 23, 24, 25)), 2))  # groups
    extensions += _extension(11, _sized(b"\0", 1))  # point formats
    if version >= WIRE_VERSIONS["TLS 1.2"]:
        schemes = (0x0403, 0x0503, 0x0603, 0x0807, 0x0808, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501)
        old = (0x0601, 0x0203, 0x0201, 0x0402, 0x0202)
        extensions += _extension(13, _sized(_numbers((*schemes, *old)), 2))
    extensions += _extension(23, b"")  # extended master secret
    if newest:
        extensions += _extension(_SUPPORTED_VERSIONS, _sized(_numbers((version,)), 1))
        # Any 32 bytes are a valid X25519 share; the handshake is never finished.
        share = _numbers((29,)) + _sized(secrets.token_bytes(32), 2)
        extensions += _extension(51, _sized(share, 2))
        extensions += _extension(45, _sized(b"\1", 1))
    body = min(version, WIRE_VERSIONS["TLS 1.2"]).to_bytes(2, "big") + secrets.token_bytes(32)
    body += _sized(secrets.token_bytes(32) if newest else b"", 1)
    body += _sized(_numbers((*ciphers, FALLBACK_FREE)), 2) + _sized(b"\0", 1)
    if version > WIRE_VERSIONS["SSL 3.0"]:
        body += _sized(extensions, 2)
    message = b"\1" + _sized(body, 3)
    outer = min(version, WIRE_VERSIONS["TLS 1.0"]).to_bytes(2, "big")
    return bytes([_HANDSHAKE]) + outer + _sized(message, 2)


@dataclass(frozen=True, slots=True)
class Hello:
    """The beginning of an answer: the version and cipher suite chosen, or an alert, or neither."""

    version: int = 0
    cipher: int = 0
    alert: int | None = None
    is_tls: bool = True


def server_hello(data: bytes) -> Hello | None:  # noqa: PLR0911 - one a way to begin
    """What the server's first words are, or None while more bytes are needed."""
    message = b""
    while True:
        if data and (data[0] not in (_HANDSHAKE, _ALERT) or (len(data) > 1 and data[1] != 3)):  # noqa: PLR2004
            return Hello(is_tls=False)
        if len(data) < 5:  # noqa: PLR2004 - a record's head
            return None
        kind, size = data[0], int.from_bytes(data[3:5], "big")
        body, data = data[5 : 5 + size], data[5 + size :]
        if len(body) < size:
            return None
        if kind == _ALERT:
            if size != 2:  # noqa: PLR2004 - level and description
                return Hello(is_tls=False)
            if body[0] == _WARNING:  # such as unrecognized_name; the ServerHello follows
                continue
            return Hello(alert=body[1])
        message += body
        if message[:1] not in (b"", bytes([_SERVER_HELLO])):
            return Hello(is_tls=False)
        if len(message) >= 4 and len(message) >= 4 + int.from_bytes(message[1:4], "big"):  # noqa: PLR2004
            return _parsed(message[4 : 4 + int.from_bytes(message[1:4], "big")])


def _parsed(body: bytes) -> Hello:
    try:
        version = int.from_bytes(body[:2], "big")
        at = 35 + body[34]
        cipher = int.from_bytes(body[at : at + 2], "big")
        rest = body[at + 5 :]  # after the compression method and the extensions' length
        while len(rest) >= 4:  # noqa: PLR2004 - an extension's head
            number, size = int.from_bytes(rest[:2], "big"), int.from_bytes(rest[2:4], "big")
            if number == _SUPPORTED_VERSIONS and size == 2:  # noqa: PLR2004 - one version
                version = int.from_bytes(rest[4:6], "big")
            rest = rest[4 + size :]
    except IndexError:
        return Hello(is_tls=False)
    return Hello(version=version, cipher=cipher)


def cipher_name(number: int) -> str:
    """A cipher suite's family and number in IANA's registry, such as `RC4 (0x0005)`."""
    family = next((name for name, numbers in FAMILIES.items() if number in numbers), "")
    return f"{family} (0x{number:04X})" if family else f"0x{number:04X}"


# ---------------------------------------------------------------------------------------------
# Asking
# ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Asker:
    """One endpoint with what is left of its connections."""

    target: Target
    end: Deadline
    hellos: list[dict[str, Any]] = field(default_factory=list)
    left: int = CONNECTIONS
    gap: GapReason | None = None

    def spend(self) -> bool:
        """Take one connection, if one is left."""
        self.left -= 1
        return self.left >= 0

    def hello(self, ask: str, version: str, ciphers: Iterable[int]) -> dict[str, Any]:
        """Ask once, and once more after a refusal to talk at all; keep what came."""
        number = WIRE_VERSIONS[version]
        data = client_hello(number, ciphers, server_name(self.target.host))
        answer: dict[str, Any] = {}
        for _ in range(2):
            if not self.spend():
                answer = answer or {"result": "not-asked", "detail": "the connections are used up"}
                break
            answer = self._once(data, number)
            if answer["result"] not in ("closed", "refused"):
                break
        answer = {"ask": ask, "version": version, **answer}
        self.hellos.append(answer)
        return answer

    def _once(  # noqa: PLR0911 - one a way to fail
        self, data: bytes, version: int
    ) -> dict[str, Any]:
        try:
            wire = Wire.to(self.target.address, self.target.port, self.end, cap=HELLO_CAP)
        except OSError as problem:
            self.gap, detail = reason_of(problem)
            result = "refused" if self.gap is GapReason.REFUSED else "unreachable"
            return {"result": result, "detail": detail}
        came = b""
        end = self.end
        try:
            wire.deadline = end.within(10)
            wire.write(data)
            while (found := server_hello(came)) is None:
                more = wire.read()
                if not more:
                    return {"result": "closed", "detail": "the server hung up"}
                came += more
        except TimeoutError as problem:
            self.gap = GapReason.TIMEOUT
            return {"result": "timeout", "detail": plain(problem)}
        except (ConnectionError, BrokenPipeError) as problem:
            return {"result": "closed", "detail": plain(problem)}
        except OSError as problem:
            self.gap, detail = reason_of(problem)
            return {"result": "failed", "detail": detail}
        finally:
            wire.close()
        if not found.is_tls:
            self.gap = GapReason.UNPARSABLE
            return {"result": "not-tls", "detail": "the server does not speak TLS on this port"}
        if found.alert is not None:
            return {"result": "rejected", "detail": f"alert {found.alert}"}
        if found.version != version:
            return {"result": "rejected", "detail": f"the server chose 0x{found.version:04X}"}
        return {"result": "accepted", "cipher": cipher_name(found.cipher), "number": found.cipher}


def collect(
    probe: Probe,
    asset: Asset,
    system: System,  # noqa: ARG001 - every collector is called alike
    *,
    at: Callable[[], datetime],
    deadline: float,
) -> Observation:
    """Ask one endpoint. Whatever fails is an observation with a gap."""

    def gap(reason: GapReason, detail: str) -> Observation:
        return Observation(probe=probe.id, asset=asset.id, gap=reason, detail=detail, at=at())

    if not isinstance(asset, EndpointAsset):
        return gap(GapReason.BUG, f"a {asset.type} has no TLS endpoint")
    end = Deadline.after(deadline)
    try:
        target = target_of(asset, end)
        if target.scheme != "https":
            return Observation(probe=probe.id, asset=asset.id, exit_code=0, at=at(), output=b"{}\n")
        found = _Asker(target, end)
        everything = _ask(found)
        if not any(each["result"] == "accepted" for each in found.hellos):
            reason = found.gap or GapReason.UNPARSABLE
            details = [str(each.get("detail", "")) for each in found.hellos]
            return gap(reason, details[-1] if details else "nothing was asked")
        everything |= _certificates(found, asset)
    except Exception as problem:  # noqa: BLE001 - whatever the network does is a gap
        return gap(*reason_of(problem))
    output = json.dumps(everything, indent=1, sort_keys=True).encode() + b"\n"
    return Observation(probe=probe.id, asset=asset.id, exit_code=0, at=at(), output=output)


def _ask(found: _Asker) -> dict[str, Any]:
    """Versions first, newest first, then the weak and the static suites, then the control."""
    target = found.target
    every = (*FORWARD, *STATIC_RSA, *(each for numbers in FAMILIES.values() for each in numbers))
    for version in reversed(WIRE_VERSIONS):
        answer = found.hello(version, version, TLS_1_3 if version == "TLS 1.3" else every)
        nobody = answer["result"] in ("unreachable", "refused", "timeout", "not-tls")
        if nobody and not any(each["result"] == "accepted" for each in found.hellos):
            break  # do not knock fifteen times more
    accepted = {each["ask"] for each in found.hellos if each["result"] == "accepted"}
    older = [name for name in reversed(WIRE_VERSIONS) if name in accepted and name != "TLS 1.3"]
    if older:
        families = dict(FAMILIES)
        while families:
            offered = tuple(each for numbers in families.values() for each in numbers)
            answer = found.hello("weak", older[0], offered)
            if answer["result"] != "accepted":
                break
            families = {
                name: numbers
                for name, numbers in families.items()
                if int(answer["number"]) not in numbers
            }
            if found.left < 6:  # noqa: PLR2004 - what the questions below need
                break
        found.hello("static-rsa", older[0], STATIC_RSA)
    if accepted and any(each["result"] == "closed" for each in found.hellos):
        newest = "TLS 1.3" if "TLS 1.3" in accepted else older[0]
        found.hello("control", newest, TLS_1_3 if newest == "TLS 1.3" else every)
    return {
        "where": target.where,
        "host": target.host,
        "address": target.address,
        "other_addresses": list(target.others),
        "hellos": found.hellos,
        "gap": found.gap,
    }


# ---------------------------------------------------------------------------------------------
# Certificates
# ---------------------------------------------------------------------------------------------


def _certificates(found: _Asker, asset: EndpointAsset) -> dict[str, Any]:
    chain: list[bytes] = []
    reason, detail = GapReason.UNPARSABLE, "the server sent no certificate"
    if found.spend():
        try:
            wire = Wire.to(found.target.address, found.target.port, found.end)
        except OSError as problem:
            reason, detail = reason_of(problem)
        else:
            tls = TlsWire(wire, lenient_context(), server_name(found.target.host))
            try:
                wire.deadline = found.end.within(20)
                tls.handshake()
            except OSError as problem:
                reason, detail = reason_of(problem)
            finally:
                wire.close()
            chain = served_chain(tls.tls)  # a server that wants a client certificate sent it too
    stores = [("system", None), *([("agency", asset.ca)] if asset.ca else [])]
    trust = [_trust(found, store, ca) for store, ca in stores] if chain else []
    return {
        "chain": [base64.b64encode(each).decode() for each in chain],
        "chain_gap": reason,
        "chain_detail": detail,
        "trust": trust,
    }


def served_chain(tls: ssl.SSLObject) -> list[bytes]:
    """The certificates as the server sent them, in DER; at most ten."""
    ask = getattr(tls, "get_unverified_chain", None)  # public since Python 3.13
    if ask is None:
        inner = getattr(getattr(tls, "_sslobj", None), "get_unverified_chain", None)
        if inner is not None:
            return [each.public_bytes(2) for each in (inner() or [])][:10]  # 2: DER
        try:
            leaf = tls.getpeercert(binary_form=True)
        except ValueError:  # the handshake did not get that far
            return []
        return [leaf] if leaf else []
    try:
        return [bytes(each) for each in ask()][:10]
    except ValueError:
        return []


def _trust(found: _Asker, store: str, ca: str | None) -> dict[str, str]:
    """What one trust store says: first with the dates, and without them if they alone fail."""
    try:
        context = trusting(ca)
    except (OSError, ValueError) as problem:
        detail = f"the trust store cannot be read: {plain(problem)}"
        return {"store": store, "now": "unknown", "at_all": "unknown", "detail": detail}
    if context is None:
        detail = "this machine has no trust store (apt install ca-certificates)"
        return {"store": store, "now": "unknown", "at_all": "unknown", "detail": detail}
    now, code, detail = _verified(found, context)
    at_all = now
    if code in OUT_OF_TIME:
        context.verify_flags = ssl.VerifyFlags(int(context.verify_flags) | NO_CHECK_TIME)
        at_all, _, other = _verified(found, context)
        detail = detail if at_all == "accepted" else other
    return {"store": store, "now": now, "at_all": at_all, "detail": detail}


def trusting(ca: str | None) -> ssl.SSLContext | None:
    """A context that trusts the system's store or the one file; None when the store is empty."""
    context = lenient_context()
    if ca is not None:
        context.load_verify_locations(cafile=str(Path(ca).expanduser()))
    else:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
        folder = ssl.get_default_verify_paths().capath
        kept = folder and any(name.endswith(".0") for name in os.listdir(folder))  # noqa: PTH208
        if not kept and not context.cert_store_stats()["x509_ca"]:
            return None
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def _verified(found: _Asker, context: ssl.SSLContext) -> tuple[str, int, str]:
    """State, OpenSSL's verify code, and its words."""
    if not found.spend():
        return "unknown", 0, "the connections are used up"
    try:
        wire = Wire.to(found.target.address, found.target.port, found.end)
    except OSError as problem:
        return "unknown", 0, reason_of(problem)[1]
    try:
        wire.deadline = found.end.within(20)
        TlsWire(wire, context, server_name(found.target.host)).handshake()
    except ssl.SSLCertVerificationError as problem:
        return "rejected", problem.verify_code, plain(problem.verify_message)
    except OSError as problem:
        return "unknown", 0, reason_of(problem)[1]
    finally:
        wire.close()
    return "accepted", 0, ""
