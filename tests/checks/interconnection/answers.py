"""Evidence of links in the very form that the collector writes; tests/collect proves the form."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from tests.support import AT, Answer

from cdso_audit.facts.links import LINK
from cdso_audit.facts.reading import Probe
from cdso_audit.model import GapReason, LinkAsset

LGSP = LinkAsset(id="web1", url="https://lgsp.example.vn/status", partner="lgsp")
PLAIN = LinkAsset(id="web1", url="http://lgsp.example.vn/status")
OTHERWISE = LinkAsset(id="web1", url="https://lgsp.example.vn/status", mutual_tls=False)
KEY = ec.generate_private_key(ec.SECP256R1())
UNREACHABLE = Answer(gap=GapReason.UNREACHABLE, detail="no such name")
TRUSTED = ({"store": "system", "state": "accepted", "detail": ""},)
STRANGE = ({"store": "system", "state": "rejected", "detail": "self-signed certificate"},)
UNSEEN = ({"store": "system", "state": "unknown", "detail": "timed out"},)


def certificate(days: float = 60, start: datetime = AT - timedelta(days=30)) -> str:
    """A certificate that ends that many days after the snapshot."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "lgsp.example.vn")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(AT + timedelta(days=days))
        .sign(KEY, hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(Encoding.DER)).decode()


def request(**more: Any) -> dict[str, Any]:
    """One request that was answered in 30 ms by 200."""
    given = {
        "at": AT.isoformat(), "result": "answered", "detail": "", "connect_ms": 5.0,
        "tls_ms": 15.0, "first_byte_ms": 10.0, "status": 200, "offset_s": 0.4, "asked": False,
        "version": "TLSv1.3",
    }  # fmt: skip
    return {**given, **more}


def failed(detail: str = "timed out") -> dict[str, Any]:
    return request(
        result="failed", detail=detail, connect_ms=None, tls_ms=None, first_byte_ms=None,
        status=None, offset_s=None, asked=None,
    )  # fmt: skip


def told(
    *tries: dict[str, Any],
    chain: str | None = None,
    trust: tuple[dict[str, str], ...] = TRUSTED,
) -> Mapping[Probe, str | Answer]:
    """The whole answer."""
    return {
        LINK: json.dumps(
            {
                "where": "lgsp.example.vn:443", "host": "lgsp.example.vn", "address": "10.9.8.7",
                "tries": list(tries), "chain": [chain or certificate()] if chain != "" else [],
                "trust": list(trust) if chain != "" else [],
            }
        )
    }  # fmt: skip
