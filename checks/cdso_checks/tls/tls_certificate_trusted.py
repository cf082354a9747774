"""
Whether a client that trusts the usual authorities, or the agency's own, believes the chain as it
is served. Dates of the endpoint's own certificate are another check's business.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.tls import TlsCertificates
from cdso_audit.model import Context, Severity, Verdict


@check(
    TlsCertificates,
    About(
        id="tls-certificate-trusted",
        title="The certificate chain leads to a trusted authority",
        severity=Severity.HIGH,
        why="Users who learn to click a warning away will click away the warning of a real "
        "attack too.",
        fix="Serve the certificate with its intermediate certificates (`ssl_certificate "
        "fullchain.pem;`), issued by a public authority, or name your own authority as "
        "`ca:` of the endpoint in the inventory.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.24",),
            "cis-v8": ("3.10",),
        },
        pitfalls="Browsers fetch a missing intermediate certificate by themselves and hide the "
        "fault; programs do not. An expired root in the trust store is normal and is "
        "not counted.",
    ),
)
def tls_certificate_trusted(seen: TlsCertificates, context: Context) -> Verdict:
    """Believe the verification that the scanner made, with the dates set apart."""
    own = seen.own
    trusting = [each for each in seen.trust if each.at_all == "accepted"]
    if trusting:
        in_time = own.not_before <= context.at <= own.not_after
        if in_time and all(each.now == "rejected" for each in trusting):
            return Verdict.failed(
                "an intermediate or root certificate of the chain is out of date: {detail}",
                detail=trusting[0].detail,
                seen=own.issuer,
            )
        if trusting[0].store == "agency":
            return Verdict.passed("trusted by the agency's own authority", seen=own.issuer)
        return Verdict.passed("trusted by the system's trust store", seen=own.issuer)
    doubtful = [each for each in seen.trust if each.at_all == "unknown"]
    if doubtful or not seen.trust:
        return Verdict.unknown(
            "trust could not be judged: {detail}",
            detail=doubtful[0].detail if doubtful else "-",
            seen=own.issuer,
        )
    return Verdict.failed(
        "the chain is not trusted: {detail}",
        detail=seen.trust[-1].detail,
        seen=own.issuer,
        expected="a chain to a trusted root",
    )
