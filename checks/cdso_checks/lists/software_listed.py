"""Installed software, compared with the owner's list of what may be used."""

from cdso_audit.checking import About, check
from cdso_audit.facts.software import InstalledSoftware
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.lists.chosen import Allowed

#: How many names a message spells out; the rest is in `seen`.
NAMED = 12


@check(
    InstalledSoftware,
    About(
        id="software-listed",
        title="Only software from the list of allowed software is installed",
        severity=Severity.MEDIUM,
        why="Software that nobody allowed is updated by nobody, and is how miners and remote "
        "tools arrive.",
        fix="Remove it (`apt purge NAME`, `rm -r /opt/NAME`), or have it approved and add it to "
        "lists/software.csv; a pattern such as `linux-image-*` covers several.",
        since="0.1.0",
        references={
            "iso27001-2022": ("A.8.19",),
            "cis-v8": ("2.1", "2.3"),
            "nist-csf-2": ("ID.AM-02",),
        },
        pitfalls="Where the package manager tells what somebody asked for (apt, apk), packages "
        "that only came along with an allowed one need no row. Programs in /opt and /usr/local "
        "are compared by their path.",
        lists=("software",),
    ),
)
def software_listed(installed: InstalledSoftware, context: Context) -> Verdict:
    """Each piece that somebody asked for fits a row that concerns this host."""
    allowed = Allowed.on(context)
    asked = installed.asked
    strange = [each for each in asked if not allowed.rows_of(each.name)]
    if strange:
        names = ", ".join(each.name for each in strange[:NAMED])
        return Verdict.failed(
            "{count} pieces of software are not on the list: {names}",
            count=len(strange),
            names=names + (" …" if len(strange) > NAMED else ""),
            seen="\n".join(str(each) for each in strange),
        )
    return Verdict.passed("all {count} pieces of software are on the list", count=len(asked))
