"""What becomes of a request for /.git/config or /.env."""

from cdso_audit.checking import About, check
from cdso_audit.facts.webserver import WebSite
from cdso_audit.model import Context, Severity, Verdict


@check(
    WebSite,
    About(
        id="web-dot-files-denied",
        title="Files whose names begin with a dot are not served",
        severity=Severity.MEDIUM,
        why="Repositories (.git) and settings (.env) that a deployment leaves behind give away the "
        "source and its passwords.",
        fix="Add `location ~ /\\. { deny all; }` to the nginx site, or "
        '`<DirectoryMatch "/\\.">Require all denied</DirectoryMatch>` to Apache.',
        since="0.2.0",
        references={"iso27001-2022": ("A.8.3",), "cis-v8": ("3.3",)},
        pitfalls="The location that nginx itself would choose for /.git/config decides. An "
        "upstream that gets the request answers for itself.",
    ),
)
def web_dot_files_denied(site: WebSite, context: Context) -> Verdict:  # noqa: ARG001
    """Denied, or passed on to a program."""
    if site.dot_files == "served":
        return Verdict.failed(
            "a file such as /.git/config would be served from {roots}",
            roots=", ".join(site.roots) or "-",
        )
    if site.dot_files == "denied":
        return Verdict.passed("requests for files that begin with a dot are refused")
    return Verdict.passed(
        "requests for files that begin with a dot go to a program, not to the disk"
    )
