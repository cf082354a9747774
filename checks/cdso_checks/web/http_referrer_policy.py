"""Referrer-Policy of the page after all redirects: the last value that browsers know holds."""

from cdso_audit.checking import About, check
from cdso_audit.facts.http import HttpPages
from cdso_audit.model import Context, Severity, Verdict


@check(
    HttpPages,
    About(
        id="http-referrer-policy",
        title="Addresses of pages do not leak to other sites",
        severity=Severity.LOW,
        why="An address may carry a case number or a token, and goes to every site that the"
        " page links to.",
        fix="Add `add_header Referrer-Policy strict-origin-when-cross-origin always;` and reload.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.26",),
            "url": ("https://owasp.org/www-project-secure-headers/",),
        },
    ),
)
def http_referrer_policy(seen: HttpPages, _context: Context) -> Verdict:
    """The last known value decides (W3C Referrer Policy, 11.1)."""
    page = seen.page
    if page is None:
        return Verdict.unknown("there is no page to judge: {why}", why=seen.why_no_page)

    if not page.html:
        return Verdict.not_applicable("the page is not HTML")
    value = page.header("referrer-policy")
    words = [each.strip().lower() for each in value.split(",")]
    known = [each for each in words if each in _KNOWN]
    if not known:
        return Verdict.failed("the page sets no Referrer-Policy", seen=value)
    if known[-1] in _LOOSE:
        return Verdict.failed("Referrer-Policy is {value}", value=known[-1], seen=value)
    return Verdict.passed("Referrer-Policy is {value}", value=known[-1], seen=value)


_LOOSE = ("unsafe-url", "no-referrer-when-downgrade")
_KNOWN = (
    *_LOOSE,
    *("no-referrer", "origin", "origin-when-cross-origin", "same-origin", "strict-origin"),
    "strict-origin-when-cross-origin",
)
