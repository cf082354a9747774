"""The account that answers requests."""

from cdso_audit.checking import About, check
from cdso_audit.facts.webserver import WebServer
from cdso_audit.model import Context, Severity, Verdict


@check(
    WebServer,
    About(
        id="web-workers-unprivileged",
        title="The web server answers requests as an account of its own",
        severity=Severity.HIGH,
        why="A hole in a web server that works as root is the whole host at once.",
        fix="Set `user www-data;` in nginx.conf, or `User www-data` in Apache.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.2", "A.8.18"), "cis-v8": ("5.4",)},
        pitfalls="Without the directive the package's own account is used, which is never root.",
    ),
)
def web_workers_unprivileged(server: WebServer, context: Context) -> Verdict:  # noqa: ARG001
    """Any account but root."""
    if server.user in ("root", "0", "#0"):
        return Verdict.failed("requests are answered as root", seen=server.user)
    return Verdict.passed(
        "requests are answered as {user}", user=server.user or "-", seen=server.version
    )
