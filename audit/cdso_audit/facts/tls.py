"""
TLS of an endpoint as the scanner sees it: which versions and cipher suites it takes, and the
certificates that it serves.

The collector writes its own ClientHello for each question, so that an old version or a weak cipher
suite that the scanner's OpenSSL can no longer offer is asked for all the same: "refused" means that
the server refused, never that we could not ask.
"""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
from pydantic import AwareDatetime

from cdso_audit.facts.reading import Absent, Fact, Missing, Outputs, Probe, UnreadableError, reader
from cdso_audit.model import AssetKind, EndpointAsset, Frozen, GapReason, KnownBy

TLS_ENDPOINT = Probe(
    id="tls-endpoint",
    via="tls",
    run="TLS handshakes to the endpoint: versions SSL 3.0 to TLS 1.3 one by one, weak cipher "
    "suites, certificate chain and trust; at most 16 connections, one after another",
    why="which TLS versions, cipher suites and certificates the endpoint uses",
    deadline=90,
)

State = Literal["accepted", "rejected", "unknown"]
VERSIONS = ("SSL 3.0", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3")


class Certificate(Frozen):
    """One certificate as it was served."""

    subject: str
    issuer: str
    not_before: AwareDatetime
    not_after: AwareDatetime
    dns_names: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()
    key_kind: str
    key_bits: int
    signature_hash: str
    """Empty where the signature algorithm has no separate hash (Ed25519)."""
    self_issued: bool


class Trust(Frozen):
    """What one trust store says of the chain. `at_all` leaves the dates of validity aside."""

    store: Literal["system", "agency"]
    now: State
    at_all: State
    detail: str = ""


class TlsCertificates(Fact):
    """The chain that an endpoint serves, the endpoint's own certificate first."""

    kind: Literal["tls-certificates"] = "tls-certificates"
    known_by: KnownBy = KnownBy.NETWORK
    host: str
    chain: tuple[Certificate, ...]
    trust: tuple[Trust, ...]

    @property
    def own(self) -> Certificate:
        """The endpoint's own certificate."""
        return self.chain[0]


class TlsOffer(Fact):
    """The versions and cipher suites that an endpoint takes."""

    kind: Literal["tls-offer"] = "tls-offer"
    known_by: KnownBy = KnownBy.NETWORK
    versions: Mapping[str, State]
    weak: tuple[str, ...]
    """Names of the weak cipher suites that the server chose when it was offered them."""
    weak_state: State
    """`rejected`: it refused every one; `accepted`: it took at least one; else it is not known."""
    static_rsa: State
    """Whether it takes a key exchange without forward secrecy."""
    cipher: str = ""

    @property
    def accepted(self) -> tuple[str, ...]:
        """The versions that the endpoint takes, oldest first."""
        return tuple(each for each in VERSIONS if self.versions.get(each) == "accepted")


def _shown(text: str) -> str:
    return "".join(each if each.isprintable() else "\ufffd" for each in text)[:300]


def parse_certificate(der: bytes) -> Certificate:
    """One certificate. Raises UnreadableError; a stranger made these bytes."""
    try:
        found = x509.load_der_x509_certificate(der)
        names: tuple[str, ...] = ()
        ips: tuple[str, ...] = ()
        try:
            san = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
            names = tuple(_shown(each) for each in san.get_values_for_type(x509.DNSName))
            ips = tuple(str(each) for each in san.get_values_for_type(x509.IPAddress))
        except x509.ExtensionNotFound:
            pass
        kind, bits = _key(found)
        hashed = found.signature_hash_algorithm
        return Certificate(
            subject=_shown(found.subject.rfc4514_string()),
            issuer=_shown(found.issuer.rfc4514_string()),
            not_before=found.not_valid_before_utc,
            not_after=found.not_valid_after_utc,
            dns_names=names[:200],
            ip_addresses=ips[:200],
            key_kind=kind,
            key_bits=bits,
            signature_hash=hashed.name if hashed else "",
            self_issued=found.subject == found.issuer,
        )
    except Exception as problem:
        raise UnreadableError(f"the certificate cannot be read: {problem}") from problem


def _key(found: x509.Certificate) -> tuple[str, int]:
    match key := found.public_key():
        case rsa.RSAPublicKey():
            return "RSA", key.key_size
        case ec.EllipticCurvePublicKey():
            return "EC", key.key_size
        case dsa.DSAPublicKey():
            return "DSA", key.key_size
        case ed25519.Ed25519PublicKey():
            return "Ed25519", 256
        case ed448.Ed448PublicKey():
            return "Ed448", 456
    return type(key).__name__, 0


def _answer(outputs: Outputs) -> dict[str, Any] | None:
    """What the collector wrote, or None for an endpoint without TLS."""
    asset = outputs.asset
    if isinstance(asset, EndpointAsset) and urlsplit(asset.url).scheme.lower() == "http":
        return None
    found = outputs.json(TLS_ENDPOINT)
    if not isinstance(found, dict) or "hellos" not in found:
        raise UnreadableError("the evidence of the TLS probe has another form")
    return found


_PLAIN = "the inventory names this endpoint by http://, so it has no TLS to judge"


@reader(TlsCertificates, TLS_ENDPOINT, on=AssetKind.WEB_ENDPOINT)
def read_tls_certificates(outputs: Outputs) -> Iterator[TlsCertificates | Missing | Absent]:
    """The chain as served. None served is a gap: every endpoint of https:// has one."""
    found = _answer(outputs)
    if found is None:
        yield Absent(_PLAIN)
        return
    where = str(found["where"])
    if not found["chain"]:
        yield Missing(where, GapReason(found["chain_gap"]), str(found["chain_detail"]))
        return
    try:
        ders = [base64.b64decode(each, validate=True) for each in found["chain"]]
    except (binascii.Error, TypeError, ValueError) as problem:
        raise UnreadableError(f"the chain is not base64: {problem}") from problem
    yield TlsCertificates(
        subject=where,
        host=str(found["host"]),
        chain=tuple(parse_certificate(each) for each in ders),
        trust=tuple(Trust.model_validate(each) for each in found["trust"]),
    )


@reader(TlsOffer, TLS_ENDPOINT, on=AssetKind.WEB_ENDPOINT)
def read_tls_offer(  # noqa: C901 - one a question asked
    outputs: Outputs,
) -> Iterator[TlsOffer | Missing | Absent]:
    """
    Versions and weak suites. A connection that was cut without a word counts as a refusal only
    when the server still answered a usual hello afterwards: else it may be a rate limit.
    """
    found = _answer(outputs)
    if found is None:
        yield Absent(_PLAIN)
        return
    where = str(found["where"])
    hellos = found["hellos"]
    versions: dict[str, State] = dict.fromkeys(VERSIONS, "unknown")
    weak: list[str] = []
    weak_state: State = "unknown"
    static_rsa: State = "unknown"
    cipher = ""
    control = any(each["ask"] == "control" and each["result"] == "accepted" for each in hellos)
    for each in hellos:
        state = _state(str(each["result"]), control=control)
        ask = str(each["ask"])
        if ask in versions:
            versions[ask] = state
            if state == "accepted":
                cipher = str(each.get("cipher", ""))
        elif ask == "weak":
            if state == "accepted":
                weak.append(str(each.get("cipher", "")))
                weak_state = "accepted"
            elif weak_state != "accepted":
                weak_state = state
        elif ask == "static-rsa":
            static_rsa = state
    accepted = [name for name in VERSIONS if versions[name] == "accepted"]
    if not accepted:
        worst = next((each for each in hellos if each["result"] != "rejected"), None)
        detail = "no TLS version was accepted" if worst is None else str(worst.get("detail", ""))
        reason = str(found.get("gap") or "unparsable")
        yield Missing(where, GapReason(reason), detail or "no TLS version was accepted")
        return
    older = VERSIONS[:-1]
    if accepted == ["TLS 1.3"] and all(versions[each] == "rejected" for each in older):
        weak_state = static_rsa = "rejected"  # TLS 1.3 has neither (RFC 8446)
    yield TlsOffer(
        subject=where,
        versions=versions,
        weak=tuple(weak),
        weak_state=weak_state,
        static_rsa=static_rsa,
        cipher=cipher,
    )


def _state(result: str, *, control: bool) -> State:
    if result in ("accepted", "rejected"):
        return "accepted" if result == "accepted" else "rejected"
    return "rejected" if result == "closed" and control else "unknown"
