"""Framing: frame-ancestors of an enforced policy, which wins, or X-Frame-Options."""

from cdso_audit.checking import About, check
from cdso_audit.facts.http import HttpPages
from cdso_audit.model import Context, Severity, Verdict


@check(
    HttpPages,
    About(
        id="http-frame-options",
        title="No foreign site may frame the page",
        severity=Severity.MEDIUM,
        why="A page in a foreign frame can be overlaid, so that users click what they do not see.",
        fix="Add `Content-Security-Policy: frame-ancestors 'self'` (and `X-Frame-Options: "
        "SAMEORIGIN` for old browsers) and reload.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.26",),
            "url": ("https://owasp.org/www-project-secure-headers/",),
        },
        pitfalls="ALLOW-FROM is ignored by browsers; frame-ancestors in a Report-Only policy "
        "does nothing.",
    ),
)
def http_frame_options(seen: HttpPages, _context: Context) -> Verdict:  # noqa: PLR0911 - one a way to fail
    """frame-ancestors first, X-Frame-Options if there is none."""
    page = seen.page
    if page is None:
        return Verdict.unknown("there is no page to judge: {why}", why=seen.why_no_page)

    if not page.html:
        return Verdict.not_applicable("the page is not HTML")
    for policy in page.all_of("content-security-policy"):
        for each in policy.split(";"):
            words = each.split()
            if words and words[0].lower() == "frame-ancestors":
                if any(word in ("*", "http:", "https:") for word in words[1:]):
                    return Verdict.failed("frame-ancestors allows every site", seen=each.strip())
                return Verdict.passed("frame-ancestors limits who may frame it", seen=each.strip())
    value = page.header("x-frame-options")
    options = {each.strip().upper() for each in value.split(",") if each.strip()}
    if options and options <= {"DENY", "SAMEORIGIN"}:
        return Verdict.passed("X-Frame-Options limits who may frame it", seen=value)
    if options:
        return Verdict.failed(
            "X-Frame-Options has a value that browsers ignore: {value}",
            value=value[:100],
            seen=value,
        )
    return Verdict.failed("neither frame-ancestors nor X-Frame-Options is set")
