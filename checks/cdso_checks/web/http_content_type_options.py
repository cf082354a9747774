"""X-Content-Type-Options on the page at the end of the redirects."""

from cdso_audit.checking import About, check
from cdso_audit.facts.http import HttpPages
from cdso_audit.model import Context, Severity, Verdict


@check(
    HttpPages,
    About(
        id="http-content-type-options",
        title="Browsers may not guess content types",
        severity=Severity.LOW,
        why="A browser that guesses may run an uploaded picture as a script.",
        fix="Add `add_header X-Content-Type-Options nosniff always;` and reload.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.26",),
            "url": ("https://owasp.org/www-project-secure-headers/",),
        },
    ),
)
def http_content_type_options(seen: HttpPages, _context: Context) -> Verdict:
    """The first value decides, as in the Fetch standard."""
    page = seen.page
    if page is None:
        return Verdict.unknown("there is no page to judge: {why}", why=seen.why_no_page)

    value = page.header("x-content-type-options")
    if value.split(",")[0].strip().lower() == "nosniff":
        return Verdict.passed("X-Content-Type-Options is nosniff", seen=value, expected="nosniff")
    return Verdict.failed("X-Content-Type-Options is not nosniff", seen=value, expected="nosniff")
