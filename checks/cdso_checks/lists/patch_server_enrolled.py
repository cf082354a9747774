"""Package sources of the host, compared with what the central patch server knows."""

from cdso_audit.checking import About, check
from cdso_audit.facts.updates import PackageSources
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.arrived import lately


@check(
    PackageSources,
    About(
        id="patch-server-enrolled",
        title="The central patch server knows the host",
        severity=Severity.MEDIUM,
        why="A host that no patch server knows stays behind without anybody noticing.",
        fix="Enrol the host (Landscape, Satellite, Foreman, SUSE Manager), then export its "
        "machines with the last check-in of each into lists/enrolments.csv (platform patches).",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.8",), "cis-v8": ("7.3",)},
        pitfalls="The export is a picture of one day, so it counts for a month only.",
        lists=("enrolments",),
    ),
    max_days=7,
    max_list_days=31,
)
def patch_server_enrolled(sources: PackageSources, context: Context) -> Verdict:
    """The host has sources of packages, and checked in within `max_days` of the export."""
    rows = [
        row
        for row in context.lists.enrolments
        if row.asset == context.asset.id and row.platform == "patches"
    ]
    wrong = lately("enrolments", [row.seen for row in rows], context)
    if wrong is not None:
        return wrong
    places = ", ".join(dict.fromkeys(each.uri for each in sources.sources))
    if not sources.sources:
        return Verdict.failed("the patch server knows this host, but it has no package source")
    return Verdict.passed("the patch server knows this host", seen=places)
