"""
Certificates whose renewal was missed. Automated clients renew when a third of the lifetime is
left, so a certificate with less than a quarter left should already have a successor.
"""

from datetime import timedelta

from cdso_audit.checking import About, check
from cdso_audit.facts.tls import TlsCertificates
from cdso_audit.model import Context, Severity, Verdict


@check(
    TlsCertificates,
    About(
        id="tls-certificate-expiry",
        title="The TLS certificate is renewed in time",
        severity=Severity.HIGH,
        why="An expired certificate takes the service down for every browser at once.",
        fix="Renew the certificate now (`certbot renew`), reload the server, then automate "
        "renewal with an ACME client.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.24",),
            "url": ("https://letsencrypt.org/docs/integration-guide/",),
        },
        pitfalls="The certificate is the one that is served, so one renewed on disk but not "
        "loaded by the server is still found.",
    ),
    max_notice_days=21,
)
def tls_certificate_expiry(seen: TlsCertificates, context: Context) -> Verdict:
    """Compare what is left of the validity with the moment of the snapshot."""
    own = seen.own
    left = own.not_after - context.at
    notice = min(
        timedelta(days=context.number("max_notice_days")), (own.not_after - own.not_before) / 4
    )
    end = f"{own.not_after:%Y-%m-%d}"
    if context.at < own.not_before:
        return Verdict.failed(
            "not valid before {begin}", begin=f"{own.not_before:%Y-%m-%d}", seen=own.subject
        )
    if left <= timedelta(0):
        return Verdict.failed("expired on {end}", end=end, seen=own.subject)
    if left < notice:
        return Verdict.failed("not renewed, and expires on {end}", end=end, seen=own.subject)
    return Verdict.passed("valid until {end}", end=end, seen=own.subject)
