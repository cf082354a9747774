"""Whether the server still takes the static RSA key exchange."""

from cdso_audit.checking import About, check
from cdso_audit.facts.tls import TlsOffer
from cdso_audit.model import Context, Severity, Verdict


@check(
    TlsOffer,
    About(
        id="tls-forward-secrecy",
        title="Every key exchange has forward secrecy",
        severity=Severity.MEDIUM,
        why="Without forward secrecy, whoever steals the key one day can read everything "
        "that was recorded before.",
        fix="Allow only ECDHE and DHE suites (`ssl_ciphers "
        "ECDHE+AESGCM:ECDHE+CHACHA20:DHE+AESGCM;` in nginx) and reload.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.24",),
            "url": ("https://wiki.mozilla.org/Security/Server_Side_TLS",),
        },
    ),
)
def tls_forward_secrecy(seen: TlsOffer, _context: Context) -> Verdict:
    """TLS 1.3 has no other key exchange; below it, static RSA must be refused."""
    if seen.static_rsa == "accepted":
        return Verdict.failed("the static RSA key exchange is accepted", seen=seen.cipher)
    if seen.static_rsa == "unknown":
        return Verdict.unknown("no clear answer when offered the static RSA key exchange only")
    return Verdict.passed("a key exchange without forward secrecy is refused", seen=seen.cipher)
