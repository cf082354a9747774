"""
A web application firewall on the web server itself that stops attacks, and does not only note them.

Judged where one is installed: a site without may stand behind another machine's.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.web_guards import WebGuard
from cdso_audit.model import Context, Severity, Verdict


def _engine(guard: WebGuard) -> Verdict:
    """What the engine does, and whether all of the site passes it."""
    wanted = "SecRuleEngine On"
    if guard.engine is None:
        return Verdict.unknown("what the engine does is not to be read")
    if guard.engine == "detect":
        return Verdict.failed(
            "the engine only notes attacks", seen=guard.engine_file, expected=wanted
        )
    if guard.engine == "off":
        return Verdict.failed(
            "the application firewall is loaded, and its engine is off",
            seen=guard.engine_file,
            expected=wanted,
        )
    if guard.has_rules is False:
        return Verdict.failed("the engine is on and has no rules", seen=guard.engine_file)
    if guard.without_waf:
        return Verdict.unknown(
            "left out of it: {places}; whether that does harm is told by nobody",
            places=", ".join(guard.without_waf)[:300],
        )
    return Verdict.passed("attacks are blocked", seen=guard.engine_file)


@check(
    WebGuard,
    About(
        id="web-application-firewall",
        title="The web server's own application firewall blocks attacks",
        severity=Severity.HIGH,
        why="ModSecurity is shipped with its engine set to note and let pass: the log fills, and "
        "the attack succeeds.",
        fix="Set `SecRuleEngine On` in the file of its settings, include the OWASP core rule set "
        "(`Include /usr/share/modsecurity-crs/owasp-crs.load`), try the site, and reload the "
        "server.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.20", "A.8.26"), "cis-v8": ("13.10",)},
        pitfalls="A site without one is not judged, since a reverse proxy or a device before it "
        "may filter; nor is one that is named in the parameter `elsewhere`. With nginx, rules "
        "given in the server's own files and not in files of rules are not read: the answer is "
        "unknown. Which attacks the rules know is not tried.",
    ),
    elsewhere=(),
)
def web_application_firewall(guard: WebGuard, context: Context) -> Verdict:
    """The engine, its rules, and places that are left out."""
    if guard.is_only_redirect:
        return Verdict.not_applicable("this site only sends visitors on")
    if not guard.has_waf:
        return Verdict.not_applicable(
            "no application firewall of its own; one before it is told by people"
        )
    if context.asset.id in context.names("elsewhere"):
        return Verdict.not_applicable("the owner says that another machine filters for this one")
    return _engine(guard)
