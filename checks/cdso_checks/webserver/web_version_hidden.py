"""Whether a site tells the version of its web server."""

from cdso_audit.checking import About, check
from cdso_audit.facts.webserver import WebSite
from cdso_audit.model import Context, Severity, Verdict


@check(
    WebSite,
    About(
        id="web-version-hidden",
        title="The web server tells nobody its version",
        severity=Severity.LOW,
        why="A version in every answer tells an attacker which known holes to try first.",
        fix="Set `server_tokens off;` in the http block of nginx, or `ServerTokens Prod` in "
        "Apache.",
        since="0.2.0",
        references={
            "iso27001-2022": ("A.8.9",),
            "url": ("https://nginx.org/en/docs/http/ngx_http_core_module.html#server_tokens",),
        },
        pitfalls="Told by the server's own dump, with what each place inherits. What an "
        "application tells of itself is seen by http-server-version only.",
    ),
)
def web_version_hidden(site: WebSite, context: Context) -> Verdict:  # noqa: ARG001
    """No place of the site shows it."""
    if site.shows_version:
        return Verdict.failed(
            "the version of {software} stands in its answers",
            software=site.software,
            expected="server_tokens off | ServerTokens Prod",
        )
    return Verdict.passed("the version stands in no answer")
