"""The certificate of the other side of a link."""

from datetime import timedelta

from cdso_audit.checking import About, check
from cdso_audit.facts.links import LinkCertificate
from cdso_audit.model import Context, Severity, Verdict


@check(
    LinkCertificate,
    About(
        id="link-certificate",
        title="The other side of the link proves who it is, for a month to come",
        severity=Severity.HIGH,
        why="Without a certificate that is trusted, anybody on the way can be the platform.",
        fix="Name the platform's own authority as `ca` of the link in agency.yaml, or ask its "
        "operator for a new certificate before the old one ends.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.24",), "cis-v8": ("3.10",)},
        pitfalls="Trusted by the system's store or by the link's `ca`, name included, also where "
        "the server then hangs up for want of our certificate.",
    ),
    min_days=30,
)
def link_certificate(certificate: LinkCertificate, context: Context) -> Verdict:
    """In time, trusted by one of the stores, and not about to end."""
    until = f"{certificate.not_after:%Y-%m-%d}"
    left = certificate.not_after - context.at
    if left <= timedelta(0) or certificate.not_before > context.at:
        return Verdict.failed("the certificate was valid until {until}", until=until)
    states = {each.state for each in certificate.trust}
    if "accepted" not in states:
        why = next((each.detail for each in certificate.trust if each.detail), "")
        if "unknown" in states or not states:
            return Verdict.unknown("whether it is trusted could not be seen: {why}", why=why)
        return Verdict.failed(
            "the certificate is not trusted: {why}", why=why, seen=certificate.name
        )
    if left < timedelta(days=context.number("min_days")):
        return Verdict.failed(
            "the certificate ends on {until}, in {days} days", until=until, days=left.days
        )
    return Verdict.passed("trusted, and valid until {until}", until=until, seen=certificate.name)
