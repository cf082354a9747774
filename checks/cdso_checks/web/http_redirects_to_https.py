"""What http:// answers: nothing at all, or a redirect to https://."""

from cdso_audit.checking import About, check
from cdso_audit.facts.http import PlainHttp
from cdso_audit.model import Context, Severity, Verdict


@check(
    PlainHttp,
    About(
        id="http-redirects-to-https",
        title="Plain HTTP leads to HTTPS and serves nothing itself",
        severity=Severity.HIGH,
        why="Whoever sits between can read and change a page that is sent without encryption.",
        fix="Redirect everything: `server { listen 80; return 301 "
        "https://$host$request_uri; }` (nginx), then reload.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.24",),
            "cis-v8": ("3.10",),
        },
        pitfalls="A page that sends the browser on by script or meta refresh has already been "
        "sent in the clear; only a redirect by status counts.",
    ),
)
def http_redirects_to_https(seen: PlainHttp, _context: Context) -> Verdict:
    """Look at the last answer that came without encryption."""
    if seen.refused:
        return Verdict.passed("nobody listens on plain HTTP")
    last = [each for each in seen.hops if not each.is_https][-1]
    location = last.header("location")
    shown = f"HTTP {last.status} {location}".strip()
    if last.is_redirect and location.lower().startswith("https://"):
        return Verdict.passed("plain HTTP redirects to HTTPS", seen=shown)
    if last.is_redirect:
        return Verdict.failed(
            "plain HTTP redirects, but not to HTTPS: {location}",
            location=location[:300],
            seen=shown,
        )
    return Verdict.failed(
        "plain HTTP answers by itself, with status {status}", status=last.status, seen=shown
    )
