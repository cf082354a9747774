"""
Files left where the web server shows them, each recognised by its content and never by its
status.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.http import HttpLeftovers
from cdso_audit.model import Context, Severity, Verdict


@check(
    HttpLeftovers,
    About(
        id="http-exposed-files",
        title="The web server shows no leftover files",
        severity=Severity.CRITICAL,
        why="A repository, a settings file or a dump in the web folder gives away passwords"
        " and personal data to whoever asks.",
        fix="Move the file out of the web folder, change every secret in it, and deny dot "
        "files (`location ~ /\\. { deny all; }` in nginx).",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.3",),
            "cis-v8": ("3.3",),
        },
        pitfalls="Sites that answer 200 to everything fool a look at the status: the beginning "
        "of each file is compared with what such a file looks like, and with the answer"
        " to a path that does not exist.",
    ),
)
def http_exposed_files(seen: HttpLeftovers, _context: Context) -> Verdict:
    """One recognised file is enough; without any, every path must have been answered."""
    if seen.files:
        return Verdict.failed(
            "anyone can fetch {paths}",
            paths=", ".join(f"{each.path} ({each.what})" for each in seen.files)[:500],
            seen="\n".join(each.path for each in seen.files),
        )
    if seen.silent:
        return Verdict.unknown(
            "{silent} of {asked} paths gave no usable answer",
            silent=len(seen.silent),
            asked=seen.asked,
        )
    return Verdict.passed("none of {asked} paths shows anything", asked=seen.asked)
