"""Cipher suites that must not be accepted at all: NULL, anonymous, export, RC4, DES and 3DES."""

from cdso_audit.checking import About, check
from cdso_audit.facts.tls import TlsOffer
from cdso_audit.model import Context, Severity, Verdict


@check(
    TlsOffer,
    About(
        id="tls-ciphers",
        title="No weak cipher suite is accepted",
        severity=Severity.HIGH,
        why="Suites without encryption, without authentication, or with RC4, DES or 3DES "
        "can be broken.",
        fix="Set the suites of Mozilla's intermediate profile (`ssl_ciphers "
        "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM;` in nginx) and reload.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.24",),
            "cis-v8": ("3.10",),
            "url": ("https://wiki.mozilla.org/Security/Server_Side_TLS",),
        },
        pitfalls="The suites are offered by a hello of our own, since OpenSSL no longer has RC4 "
        "and 3DES to offer.",
    ),
)
def tls_ciphers(seen: TlsOffer, _context: Context) -> Verdict:
    """See whether the server took a suite when it was offered weak ones only."""
    shown = ", ".join(seen.weak)
    if seen.weak_state == "accepted":
        return Verdict.failed("weak cipher suites are accepted: {suites}", suites=shown, seen=shown)
    if seen.weak_state == "unknown":
        return Verdict.unknown("no clear answer when offered weak cipher suites only")
    return Verdict.passed("every weak cipher suite is refused", seen=seen.cipher)
