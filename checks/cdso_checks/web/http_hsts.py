"""
Strict-Transport-Security on the first answer that comes by https://. The header over http:// is
ignored, as browsers ignore it.
"""

import re

from cdso_audit.checking import About, check
from cdso_audit.facts.http import HttpPages
from cdso_audit.model import Context, Severity, Verdict


@check(
    HttpPages,
    About(
        id="http-hsts",
        title="HSTS keeps browsers on HTTPS",
        severity=Severity.MEDIUM,
        why="Without HSTS the first click on an old http:// link can be caught and kept on "
        "plain HTTP.",
        fix='Add `add_header Strict-Transport-Security "max-age=31536000" always;` to the '
        "HTTPS server block and reload.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.24",),
            "url": ("https://www.rfc-editor.org/rfc/rfc6797",),
        },
        pitfalls="Only the first of several headers counts (RFC 6797, 8.1), and `max-age=0` "
        "switches HSTS off.",
    ),
    min_days=180,
)
def http_hsts(seen: HttpPages, context: Context) -> Verdict:
    """Read max-age of the first header."""
    secure = [each for each in seen.hops if each.is_https]
    if not secure:
        return Verdict.failed("no answer came by HTTPS, so HSTS cannot hold")
    values = secure[0].all_of("strict-transport-security")
    least = context.number("min_days")
    expected = f"max-age >= {least * 86400}"
    if not values:
        return Verdict.failed("the answer has no Strict-Transport-Security", expected=expected)
    found = re.search(r'(?:^|;)\s*max-age\s*=\s*"?(\d{1,12})"?\s*(?:;|$)', values[0], re.IGNORECASE)
    if found is None:
        return Verdict.failed(
            "Strict-Transport-Security has no max-age: {value}",
            value=values[0][:200],
            seen=values[0],
        )
    days = int(found[1]) // 86400
    if days < least:
        return Verdict.failed(
            "HSTS holds for {days} days only", days=days, seen=values[0], expected=expected
        )
    return Verdict.passed(
        "HSTS holds for {days} days", days=days, seen=values[0], expected=expected
    )
