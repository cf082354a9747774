"""Old versions, each asked for by itself. RFC 8996 forbids TLS 1.0 and 1.1, RFC 7568 SSL 3.0."""

from cdso_audit.checking import About, check
from cdso_audit.facts.tls import TlsOffer
from cdso_audit.model import Context, Severity, Verdict


@check(
    TlsOffer,
    About(
        id="tls-protocols",
        title="Only TLS 1.2 and TLS 1.3 are spoken",
        severity=Severity.HIGH,
        why="SSL 3.0, TLS 1.0 and TLS 1.1 have flaws that let an attacker read or change "
        "what is sent.",
        fix="Set `ssl_protocols TLSv1.2 TLSv1.3;` (nginx) or `SSLProtocol -all +TLSv1.2 "
        "+TLSv1.3` (Apache), check with `nginx -t`, reload.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.24",),
            "cis-v8": ("3.10",),
            "url": ("https://www.rfc-editor.org/rfc/rfc8996",),
        },
        pitfalls='A client library that can no longer offer an old version sees it "refused"; '
        "here each hello is written by hand, so it is really offered. A rate limit "
        "looks like a refusal too: a connection that was cut counts only if the server "
        "still answered afterwards.",
    ),
    allowed=("TLS 1.2", "TLS 1.3"),
)
def tls_protocols(seen: TlsOffer, context: Context) -> Verdict:
    """Compare what was accepted with what is allowed."""
    allowed = context.names("allowed")
    shown = ", ".join(seen.accepted)
    expected = ", ".join(allowed)
    bad = [each for each in seen.accepted if each not in allowed]
    if bad:
        return Verdict.failed(
            "the endpoint accepts {versions}",
            versions=", ".join(bad),
            seen=shown,
            expected=expected,
        )
    unsure = [
        name for name, state in seen.versions.items() if state == "unknown" and name not in allowed
    ]
    if unsure:
        return Verdict.unknown(
            "no clear answer when asked for {versions}", versions=", ".join(unsure), seen=shown
        )
    return Verdict.passed(
        "the endpoint accepts only {versions}", versions=shown, seen=shown, expected=expected
    )
