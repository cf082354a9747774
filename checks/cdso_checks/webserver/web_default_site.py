"""The page that a package brings, answering for names that no site has."""

from cdso_audit.checking import About, check
from cdso_audit.facts.webserver import WebSite
from cdso_audit.model import Context, Severity, Verdict


@check(
    WebSite,
    About(
        id="web-default-site",
        title="No example site of a package is served",
        severity=Severity.LOW,
        why="A server's example page tells what runs there and that nobody looks after it, and "
        "whatever is put into its folder is public.",
        fix="Remove /etc/nginx/sites-enabled/default or run `a2dissite 000-default`, and answer "
        "unknown names with `return 444;` or an empty site.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.9",), "cis-v8": ("4.8",)},
        pitfalls="Known by its folder and by having no name; a site of your own in /var/www/html "
        "with a name is none.",
    ),
    folders=("/var/www/html", "/usr/share/nginx/html", "/usr/share/nginx/www", "html"),
)
def web_default_site(site: WebSite, context: Context) -> Verdict:
    """A site without a name that serves a package's folder."""
    unnamed = all(each in ("_", "", "localhost") for each in site.names)
    found = [each for each in site.roots if each in context.names("folders")]
    if unnamed and found and not site.is_only_redirect:
        return Verdict.failed(
            "the example site of the package is served from {root}", root=found[0]
        )
    return Verdict.passed("this is no example site")
