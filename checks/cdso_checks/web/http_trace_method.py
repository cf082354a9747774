"""One TRACE request with a word of ours: the method is on if that word comes back."""

from cdso_audit.checking import About, check
from cdso_audit.facts.http import HttpTrace
from cdso_audit.model import Context, Severity, Verdict


@check(
    HttpTrace,
    About(
        id="http-trace-method",
        title="The TRACE method is off",
        severity=Severity.LOW,
        why="TRACE sends a request back as it came, with headers that scripts must not see.",
        fix="Set `TraceEnable off` (Apache) or refuse the method in the proxy, then reload.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.9",),
            "url": ("https://owasp.org/www-community/attacks/Cross_Site_Tracing",),
        },
        pitfalls="Some servers answer 200 to any method with their start page; only an echo "
        "proves TRACE.",
    ),
)
def http_trace_method(seen: HttpTrace, _context: Context) -> Verdict:
    """An echo with a status of success proves the method."""
    if seen.echoed and seen.status < _REDIRECTS:
        return Verdict.failed("TRACE sends the request back", seen=f"HTTP {seen.status}")
    return Verdict.passed("TRACE is refused or not obeyed", seen=f"HTTP {seen.status}")


_REDIRECTS = 300
