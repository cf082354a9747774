"""Listings made by the web server itself, recognised by their content."""

from cdso_audit.checking import About, check
from cdso_audit.facts.http import HttpLeftovers
from cdso_audit.model import Context, Severity, Verdict


@check(
    HttpLeftovers,
    About(
        id="http-directory-listing",
        title="The web server lists no folders",
        severity=Severity.MEDIUM,
        why="A listing shows files that were never meant to be found.",
        fix="Set `autoindex off;` (nginx) or `Options -Indexes` (Apache) and reload.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.3",),
            "cis-v8": ("3.3",),
        },
    ),
)
def http_directory_listing(seen: HttpLeftovers, _context: Context) -> Verdict:
    """A folder that gave no answer is not known to be closed."""
    if seen.listings:
        return Verdict.failed(
            "these folders are listed: {paths}",
            paths=", ".join(each.path for each in seen.listings),
            seen="\n".join(each.path for each in seen.listings),
        )
    silent = [each for each in seen.silent if each.endswith("/")]
    if silent:
        return Verdict.unknown("{silent} folders gave no usable answer", silent=len(silent))
    return Verdict.passed("no folder that was asked for is listed")
