"""
The enforced policy of the page at the end of the redirects. Report-Only is not a policy, it only
reports.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.http import HttpPages
from cdso_audit.model import Context, Severity, Verdict


@check(
    HttpPages,
    About(
        id="http-content-security-policy",
        title="A content security policy limits what scripts may run",
        severity=Severity.MEDIUM,
        why="Without a policy, one injected script can do everything that the user may do.",
        fix="Begin with `Content-Security-Policy: default-src 'self'; frame-ancestors "
        "'self'`, try it as Report-Only first, then enforce it.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.26",),
            "url": ("https://www.w3.org/TR/CSP3/",),
        },
        pitfalls="A policy in a meta element is not seen here; frame-ancestors does not work "
        "there anyway.",
    ),
    allow_unsafe_inline=True,
)
def http_content_security_policy(seen: HttpPages, context: Context) -> Verdict:
    """At least one enforced policy must limit where scripts come from."""
    page = seen.page
    if page is None:
        return Verdict.unknown("there is no page to judge: {why}", why=seen.why_no_page)

    if not page.html:
        return Verdict.not_applicable("the page is not HTML")
    policies = page.all_of("content-security-policy")
    if not policies:
        if page.all_of("content-security-policy-report-only"):
            return Verdict.failed("the policy is only reported (Report-Only), not enforced")
        return Verdict.failed("the page has no Content-Security-Policy")
    loose = [_loose(each, context) for each in policies]
    if all(loose):
        return Verdict.failed(
            "the policy does not limit scripts: {why}", why=loose[0], seen=policies[0]
        )
    return Verdict.passed("a policy limits scripts", seen=policies[loose.index("")])


def _loose(policy: str, context: Context) -> str:
    """What makes a policy worthless against scripts, or nothing."""
    found: dict[str, list[str]] = {}
    for each in policy.lower().split(";"):
        words = each.split()
        if words:
            found.setdefault(words[0], words[1:])
    sources = found.get("script-src", found.get("default-src"))
    if sources is None:
        return "no script-src, no default-src"
    if any(each in ("*", "http:", "https:", "data:") for each in sources) and not any(
        each == "'strict-dynamic'" for each in sources
    ):
        return " ".join(sources)[:200]
    safe = any(each.startswith(("'nonce-", "'sha")) for each in sources)
    strict = not context.parameters["allow_unsafe_inline"]
    return "'unsafe-inline'" if strict and "'unsafe-inline'" in sources and not safe else ""
