"""The largest request body that a site takes."""

from cdso_audit.checking import About, check
from cdso_audit.facts.webserver import WebSite
from cdso_audit.model import Context, Severity, Verdict

MIB = 1024**2


@check(
    WebSite,
    About(
        id="web-body-limit",
        title="Requests have a size limit",
        severity=Severity.LOW,
        why="Without a limit one sender fills the disk or the memory of the server.",
        fix="Set `client_max_body_size 20m;` in nginx, or `LimitRequestBody 20971520` in Apache, "
        "as large as the largest upload needs.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.6", "A.8.9")},
        pitfalls="The largest of the site's places counts; nginx's own default is 1 MiB, Apache's "
        "1 GiB since 2.4.54 and none before. A .htaccess counts where AllowOverride lets it.",
    ),
    most_mib=1024,
)
def web_body_limit(site: WebSite, context: Context) -> Verdict:
    """Some limit, and at most `most_mib`."""
    most = context.number("most_mib")
    if site.is_only_redirect:
        return Verdict.not_applicable("this site only sends on to another")
    if not site.body_limit:
        return Verdict.failed("bodies of requests have no limit", expected=f"<= {most} MiB")
    found = -(-site.body_limit // MIB)
    if found > most:
        return Verdict.failed(
            "bodies of requests may have {size} MiB", size=found, expected=f"<= {most} MiB"
        )
    if site.unread:
        return Verdict.unknown("nobody could tell what {file} changes here", file=site.unread)
    return Verdict.passed(
        "bodies of requests may have {size} MiB at most", size=found, expected=f"<= {most} MiB"
    )
