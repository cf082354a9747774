"""Names as RFC 9525 compares them: subjectAltName only, a wildcard for the left-most label."""

from ipaddress import ip_address

from cdso_audit.checking import About, check
from cdso_audit.facts.tls import TlsCertificates
from cdso_audit.model import Context, Severity, Verdict


@check(
    TlsCertificates,
    About(
        id="tls-certificate-name",
        title="The certificate is made out for the name in the URL",
        severity=Severity.HIGH,
        why="A certificate for another name cannot tell the real server from an impostor.",
        fix="Have the certificate issued with every name of the service in subjectAltName.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.24",),
            "url": ("https://www.rfc-editor.org/rfc/rfc9525",),
        },
        pitfalls="The common name is ignored, as browsers have done since 2017; an IP address "
        "must stand as an IP address.",
    ),
)
def tls_certificate_name(seen: TlsCertificates, _context: Context) -> Verdict:
    """Compare the host of the URL with the names in the certificate."""
    own = seen.own
    names = ", ".join((*own.dns_names, *own.ip_addresses)) or "-"
    try:
        address = ip_address(seen.host)
    except ValueError:
        fits = any(_fits(seen.host, each) for each in own.dns_names)
    else:
        fits = str(address) in own.ip_addresses
    if fits:
        return Verdict.passed("the certificate names {host}", host=seen.host, seen=names)
    return Verdict.failed(
        "the certificate does not name {host}, but {names}",
        host=seen.host,
        names=names[:300],
        seen=names,
        expected=seen.host,
    )


def _fits(host: str, name: str) -> bool:
    """A wildcard stands for exactly one label, the left-most, above at least two others."""
    host, name = host.rstrip(".").lower(), name.rstrip(".").lower()
    if not name.startswith("*."):
        return host == name
    _, _, rest = host.partition(".")
    return rest == name[2:] and "." in rest
