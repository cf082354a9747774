"""Whether a site writes down who asked for what."""

from cdso_audit.checking import About, check
from cdso_audit.facts.webserver import WebSite
from cdso_audit.model import Context, Severity, Verdict


@check(
    WebSite,
    About(
        id="web-access-log",
        title="Every request is logged",
        severity=Severity.MEDIUM,
        why="Without the log nobody can tell after an attack what was asked for, or taken.",
        fix="Remove `access_log off;` from the nginx site, or give the Apache host a `CustomLog`.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.15",), "cis-v8": ("8.5",)},
        pitfalls="Places for health checks and pictures may go without: name them in `allowed`. "
        "How long logs are kept is log-retention's.",
    ),
    allowed=("= /favicon.ico", "= /robots.txt"),
)
def web_access_log(site: WebSite, context: Context) -> Verdict:
    """No place without a log but those of `allowed`."""
    silent = [each for each in site.without_log if each not in context.names("allowed")]
    if silent:
        return Verdict.failed(
            "requests are not logged at {places}",
            places=", ".join(silent[:5]),
            seen="\n".join(silent),
        )
    return Verdict.passed("every request is logged")
