"""Folders without a start page whose contents the web server shows."""

from cdso_audit.checking import About, check
from cdso_audit.facts.webserver import WebSite
from cdso_audit.model import Context, Severity, Verdict


@check(
    WebSite,
    About(
        id="web-folders-unlisted",
        title="No folder's contents are listed",
        severity=Severity.MEDIUM,
        why="A list of files leads everybody to exports, dumps and uploads that no page links to.",
        fix="Remove `autoindex on;` in nginx, or set `Options -Indexes` in Apache, and reload.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.3",), "cis-v8": ("3.3",)},
        pitfalls="Debian's Apache lists below /var/www by default. What a .htaccess changes counts "
        "where AllowOverride lets it; http-directory-listing looks from outside.",
    ),
    allowed=(),
)
def web_folders_unlisted(site: WebSite, context: Context) -> Verdict:
    """None but the places of `allowed`."""
    found = [each for each in site.lists if each not in context.names("allowed")]
    if found:
        return Verdict.failed(
            "folders are listed at {places}", places=", ".join(found[:5]), seen="\n".join(found)
        )
    if site.unread:
        return Verdict.unknown("nobody could tell what {file} changes here", file=site.unread)
    return Verdict.passed("no folder is listed")
