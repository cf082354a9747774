"""TLS versions that a site is set to speak."""

from cdso_audit.checking import About, check
from cdso_audit.facts.webserver import WebSite
from cdso_audit.model import Context, Severity, Verdict


@check(
    WebSite,
    About(
        id="web-tls-versions",
        title="The site is set to TLS 1.2 and newer only",
        severity=Severity.MEDIUM,
        why="Old versions let somebody on the way read or change what is sent.",
        fix="Set `ssl_protocols TLSv1.2 TLSv1.3;` in nginx, or `SSLProtocol -all +TLSv1.2 "
        "+TLSv1.3` in Apache.",
        since="0.2.0",
        references={
            "iso27001-2022": ("A.8.24",),
            "cis-v8": ("3.10",),
            "url": ("https://www.rfc-editor.org/rfc/rfc8996",),
        },
        pitfalls="This is what the site is set to. OpenSSL's own floor may refuse old versions all "
        "the same; what is spoken is seen from outside by tls-protocols.",
    ),
    allowed=("TLSv1.2", "TLSv1.3"),
)
def web_tls_versions(site: WebSite, context: Context) -> Verdict:
    """Nothing but `allowed`."""
    if site.tls is None:
        return Verdict.not_applicable("this site speaks no TLS itself")
    allowed = context.names("allowed")
    shown = " ".join(site.tls)
    old = [each for each in site.tls if each not in allowed]
    if old:
        return Verdict.failed(
            "set to speak {versions}",
            versions=", ".join(old),
            seen=shown,
            expected=" ".join(allowed),
        )
    return Verdict.passed("set to speak {versions} only", versions=", ".join(site.tls), seen=shown)
