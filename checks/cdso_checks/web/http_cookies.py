"""
Attributes of the cookies that the first pages set. A token that scripts must read, such as one
against forged requests, needs no HttpOnly.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.http import HttpPages
from cdso_audit.model import Context, Severity, Verdict


@check(
    HttpPages,
    About(
        id="http-cookies",
        title="Cookies are sent safely",
        severity=Severity.MEDIUM,
        why="A cookie without these attributes can be read on the wire, stolen by a script,"
        " or sent from a foreign site.",
        fix="Set `Secure; HttpOnly; SameSite=Lax` on every cookie "
        "(`session.cookie_secure=1` and so on in php.ini).",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.26",),
            "url": ("https://owasp.org/www-community/controls/SecureCookieAttribute",),
        },
        pitfalls="Only cookies set before a login are seen; a cookie that is being deleted "
        "(Max-Age=0) is not judged.",
    ),
    required=("Secure", "HttpOnly", "SameSite"),
    readable_by_scripts=("csrf", "xsrf"),
)
def http_cookies(seen: HttpPages, context: Context) -> Verdict:
    """Each cookie that is kept must carry each required attribute."""
    required = context.names("required")
    readable = context.names("readable_by_scripts")
    cookies = [cookie for hop in seen.hops for cookie in hop.cookies]
    kept = [each for each in cookies if each.value("max-age") != "0"]
    if not kept:
        return Verdict.not_applicable("no cookie is set")
    wrong = {}
    for each in kept:
        free = any(word in each.name.lower() for word in readable)
        lacks = [
            word for word in required if not each.has(word) and not (free and word == "HttpOnly")
        ]
        if lacks:
            wrong[each.name] = f"{each.name}: {' '.join(lacks)}"
    shown = "; ".join(" ".join((each.name, *each.attributes)) for each in kept)
    if wrong:
        return Verdict.failed(
            "cookies lack attributes: {cookies}",
            cookies="; ".join(wrong.values())[:400],
            seen=shown,
            expected=" ".join(required),
        )
    return Verdict.passed(
        "every cookie has {attributes}", attributes=", ".join(required), seen=shown
    )
