"""Two pages that must fail: one that does not exist and one whose path is too long."""

from cdso_audit.checking import About, check
from cdso_audit.facts.http import HttpErrorPages
from cdso_audit.model import Context, Severity, Verdict


@check(
    HttpErrorPages,
    About(
        id="http-error-page",
        title="Error pages tell nothing of the software",
        severity=Severity.LOW,
        why="Versions, paths and stack traces in an error page are a map for an attacker.",
        fix="Set `server_tokens off;` (nginx), `ServerSignature Off` (Apache), "
        "`display_errors = Off` (PHP), and a plain error page of your own.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.9",),
            "cis-v8": ("16.10",),
        },
    ),
)
def http_error_page(seen: HttpErrorPages, _context: Context) -> Verdict:
    """Any recognised word is a leak."""
    if seen.leaks:
        return Verdict.failed(
            "error pages tell: {words}", words="; ".join(seen.leaks)[:400], seen=seen.leaks[0]
        )
    shown = ", ".join(str(each) for each in seen.statuses)
    return Verdict.passed("error pages tell no version, path or stack", seen=shown)
