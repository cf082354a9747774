"""
Evidence of endpoints for the tables of checks, in the very form that the collectors write.

tests/collect proves on real servers that the collectors write this form; here its values vary.
"""

import base64
import ipaddress
import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.x509.oid import NameOID
from tests.support import AT, Answer, GapReason

from cdso_audit.facts.dns import evidence, questions
from cdso_audit.model import DomainAsset, EndpointAsset

ENDPOINT = EndpointAsset(id="web1", url="https://dvc.lab.example/", address="127.0.0.78")
PLAIN_ENDPOINT = EndpointAsset(id="web1", url="http://dvc.lab.example/")
DOMAIN = DomainAsset(id="web1", domain="dvc.lab.example", resolver="127.0.0.1:5353")
SILENT = Answer(gap=GapReason.TIMEOUT, detail="timed out")
REFUSED = Answer(gap=GapReason.REFUSED, detail="[Errno 111] Connection refused")

# ---------------------------------------------------------------------------------------------
# Ports: the XML of nmap 7.93, with its numbers replaced
# ---------------------------------------------------------------------------------------------

_XML = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE nmaprun>
<nmaprun scanner="nmap" args="nmap -oX - 198.18.77.10 -p 1-1025 -sT -Pn -n" version="7.93" \
xmloutputversion="1.05">
<scaninfo type="connect" protocol="tcp" numservices="1597" services="1-1025"/>
<host starttime="1795307046" endtime="1795307046">\
<status state="up" reason="user-set" reason_ttl="0"/>
<address addr="198.18.77.10" addrtype="ipv4"/>
<ports>{extra}
{ports}
</ports>
</host>
<runstats><finished time="1795307046" elapsed="0.05" exit="{exit}"/>\
<hosts up="1" down="0" total="1"/></runstats>
</nmaprun>
"""
_PORT = (
    '<port protocol="tcp" portid="{port}"><state state="{state}" reason="syn-ack" '
    'reason_ttl="0"/><service name="x" method="table" conf="3"/></port>'
)


def nmap_xml(
    *opened: int, closed: int = 1500, filtered: int = 0, single: int = 0, exit_word: str = "success"
) -> str:
    """A scan of one host; `single` ports are listed one by one as filtered."""
    extra = "".join(
        f'<extraports state="{state}" count="{count}"/>'
        for state, count in (("closed", closed), ("filtered", filtered))
        if count
    )
    ports = [_PORT.format(port=each, state="open") for each in opened]
    ports += [_PORT.format(port=each, state="filtered") for each in range(7000, 7000 + single)]
    return _XML.format(extra=extra, ports="\n".join(ports), exit=exit_word)


# ---------------------------------------------------------------------------------------------
# TLS
# ---------------------------------------------------------------------------------------------

RSA_2048 = rsa.generate_private_key(65537, 2048)
RSA_1024 = rsa.generate_private_key(65537, 1024)  # noqa: S505 - weak on purpose
EC_256 = ec.generate_private_key(ec.SECP256R1())
EC_224 = ec.generate_private_key(ec.SECP224R1())
DAY = timedelta(days=1)
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | dsa.DSAPrivateKey


def certificate(
    *names: str,
    key: Key = EC_256,
    begin: datetime = AT - 30 * DAY,
    end: datetime = AT + 60 * DAY,
    issuer: str = "Lab Issuer",
    subject: str = "dvc.lab.example",
    signer: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey = EC_256,
) -> x509.Certificate:
    """A certificate with these names in subjectAltName (IP addresses as such)."""
    made = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(77)
        .not_valid_before(begin)
        .not_valid_after(end)
    )
    if names:
        made = made.add_extension(
            x509.SubjectAlternativeName([_general(each) for each in names]), critical=False
        )
    return made.sign(signer, hashes.SHA256())


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def der(made: x509.Certificate) -> bytes:
    """The certificate's bytes."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return made.public_bytes(Encoding.DER)


def trust(
    now: str = "accepted", at_all: str = "accepted", store: str = "system", detail: str = ""
) -> dict[str, str]:
    """What one trust store said."""
    return {"store": store, "now": now, "at_all": at_all, "detail": detail}


MODERN = {
    "TLS 1.3": "accepted",
    "TLS 1.2": "accepted",
    "TLS 1.1": "rejected",
    "TLS 1.0": "rejected",
    "SSL 3.0": "rejected",
}


def tls(
    *chain: bytes,
    versions: Mapping[str, str] = MODERN,
    weak: Iterable[str] = ("rejected",),
    static: str = "rejected",
    control: str = "",
    host: str = "dvc.lab.example",
    trusts: Iterable[dict[str, str]] | None = None,
) -> str:
    """The TLS probe's evidence. `weak` are the answers to hellos with weak suites only."""
    hellos: list[dict[str, Any]] = [
        {"ask": name, "version": name, "result": result, "cipher": "0xC02F", "detail": "x"}
        for name, result in versions.items()
    ]
    hellos += [{"ask": "weak", "result": each, "cipher": "RC4 (0x0005)"} for each in weak]
    if static:
        hellos.append({"ask": "static-rsa", "result": static})
    if control:
        hellos.append({"ask": "control", "result": control})
    return json.dumps(
        {
            "where": f"{host}:443",
            "host": host,
            "address": "127.0.0.78",
            "other_addresses": [],
            "hellos": hellos,
            "gap": None,
            "chain": [base64.b64encode(each).decode() for each in chain],
            "chain_gap": "unparsable",
            "chain_detail": "the server sent no certificate",
            "trust": list(trusts) if trusts is not None else [trust()],
        }
    )


# ---------------------------------------------------------------------------------------------
# HTTP
# ---------------------------------------------------------------------------------------------

ORIGIN = "https://dvc.lab.example"


def hop(
    *headers: tuple[str, str],
    url: str = ORIGIN + "/",
    status: int = 200,
    cookies: Mapping[str, Iterable[str]] | None = None,
    html: bool = True,
) -> dict[str, Any]:
    """One answer as the collector keeps it."""
    return {
        "url": url,
        "status": status,
        "headers": [list(each) for each in headers],
        "cookies": [
            {"name": name, "attributes": list(attributes)}
            for name, attributes in (cookies or {}).items()
        ],
        "html": html,
    }


def _part(**more: Any) -> dict[str, Any]:
    return {"subject": ORIGIN, "gap": None, "detail": "", **more}


LOST = {"gap": "timeout", "detail": "timed out"}


def pages(
    *hops: dict[str, Any],
    stopped: str = "",
    plain: Mapping[str, Any] | None = None,
    trace: Mapping[str, Any] | None = None,
    errors: Mapping[str, Any] | None = None,
    lost: bool = False,
) -> str:
    """The evidence of the pages probe; what is not given is as a good server has it."""
    nothing = {"gap": "refused", "detail": "refused", "hops": [], "stopped": ""}
    return json.dumps(
        {
            "pages": _part(hops=hops or ([] if lost else [hop()]), stopped=stopped)
            | (LOST if lost else {}),
            "plain": _part(**nothing) | dict(plain or {}),
            "trace": _part(status=405, echoed=False) | dict(trace or {}),
            "errors": _part(statuses=[404, 414], leaks=[]) | dict(errors or {}),
        }
    )


def leftovers(
    files: Mapping[str, str] | None = None,
    listings: Iterable[str] = (),
    silent: Iterable[str] = (),
    **more: Any,
) -> str:
    """The evidence of the exposure probe."""
    found = _part(
        asked=38,
        files=[{"path": path, "what": what} for path, what in (files or {}).items()],
        listings=[{"path": path, "what": "directory listing"} for path in listings],
        silent=list(silent),
        answers_everything=False,
    )
    return json.dumps({"leftovers": found | more})


def consoles(
    found: Mapping[str, str] | None = None, silent: Iterable[str] = (), **more: Any
) -> str:
    """The evidence of the consoles probe."""
    part = _part(
        asked=26,
        found=[{"path": path, "what": what} for path, what in (found or {}).items()],
        silent=list(silent),
    )
    return json.dumps({"consoles": part | more})


def contact(
    contacts: Iterable[str] = (), expires: Iterable[str] = (), url: str = "", **more: Any
) -> str:
    """The evidence of the probe of security.txt."""
    part = _part(
        url=url or "https://dvc.lab.example/.well-known/security.txt",
        contacts=list(contacts),
        expires=list(expires),
    )
    return json.dumps({"contact": part | more})


# ---------------------------------------------------------------------------------------------
# DNS
# ---------------------------------------------------------------------------------------------


def dns(
    records: Mapping[tuple[str, str], Iterable[str]] | None = None,
    *,
    fails: Mapping[tuple[str, str], str] | None = None,
    domain: str = "dvc.lab.example",
    apex: str = "",
    selectors: tuple[str, ...] = (),
    extra: Mapping[tuple[str, str], Mapping[str, Any]] | None = None,
) -> str:
    """
    The DNS probe's evidence. Names in `records` are below the domain (`""` is the domain itself) or
    end with a dot. `fails` gives a question's status, `extra` more of its answer.
    """
    zone = apex or domain

    def full(name: str) -> str:
        if name.endswith("."):
            return name.rstrip(".")
        return f"{name}.{domain}" if name else domain

    known: dict[tuple[str, str], Any] = {
        (full(name), kind): list(values) for (name, kind), values in (records or {}).items()
    }
    known.setdefault((zone, "SOA"), ["ns.lab.example. h.lab.example. 1 3600 900 604800 300"])
    broken = {(full(name), kind): status for (name, kind), status in (fails or {}).items()}
    more = {(full(name), kind): each for (name, kind), each in (extra or {}).items()}
    asked = dict.fromkeys([(domain, "SOA"), *questions(domain, zone, selectors), *known, *broken])
    answers = []
    for name, kind in asked:
        found = known.get((name, kind), [])
        answers.append(
            {
                "name": name,
                "type": kind,
                "status": broken.get((name, kind), "ok" if found else "none"),
                "records": found,
                "signatures": [],
                "owner": name,
                "authority": zone,
                "ttl": 300,
                "ad": False,
                "bogus": False,
                "detail": "",
            }
            | dict(more.get((name, kind), {}))
        )
    return json.dumps(evidence(answers, domain, zone, "127.0.0.1 port 5353"))
