"""Rows of the owner's list of software, compared with what is installed: fields and versions."""

from fnmatch import fnmatchcase

from cdso_audit.checking import About, check
from cdso_audit.facts.software import InstalledSoftware
from cdso_audit.model import Context, Severity, SoftwareRow, Verdict
from cdso_checks.lists.chosen import Allowed

#: The fields of a row that the rule names, beside the name itself.
FIELDS = (
    "purpose", "support_until", "scope", "owner", "licence", "version", "component", "responsible",
)  # fmt: skip


@check(
    InstalledSoftware,
    About(
        id="software-register-agrees",
        title="The list of software is complete for this host, and its versions are the real ones",
        severity=Severity.LOW,
        why="A list with other versions than the real ones hides what is out of support.",
        fix="Correct the rows in lists/software.csv: purpose, end of support, scope, owner, "
        "licence, version, component, responsible person.",
        since="0.1.0",
        references={"iso27001-2022": ("A.5.9",), "cis-v8": ("2.1",)},
        pitfalls="A version may be a pattern (`15.*`). Rows that fit nothing installed here are "
        "left alone, since most rows hold for several hosts.",
        lists=("software",),
    ),
)
def software_register_agrees(installed: InstalledSoftware, context: Context) -> Verdict:
    """Rows that fit something here have every field, and a version that is the installed one."""
    allowed = Allowed.on(context)
    used: dict[SoftwareRow, None] = {}
    differing: list[str] = []
    for each in installed.asked:
        rows = allowed.rows_of(each.name)
        used.update(dict.fromkeys(rows))
        differing += [
            f"{each.name} {each.version} ({row.version})"
            for row in rows
            if row.version and each.version and not _fits(each.version, row.version)
        ]
    lacking = [f"{row.software} ({', '.join(empty)})" for row in used if (empty := _empty(row))]
    if differing:
        return Verdict.failed(
            "installed in another version than listed: {names}",
            names=", ".join(differing[:8]),
            seen="\n".join(differing),
        )
    if lacking:
        return Verdict.failed(
            "rows with empty fields: {names}",
            names=", ".join(lacking[:8]),
            seen="\n".join(lacking),
        )
    if not used:
        return Verdict.failed("no row of the list fits anything installed here")
    return Verdict.passed("all {count} rows that fit this host are complete", count=len(used))


def _empty(row: SoftwareRow) -> list[str]:
    return [name for name in FIELDS if not getattr(row, name)]


def _fits(version: str, listed: str) -> bool:
    """Whether the installed version is the listed one: with or without epoch and revision."""
    bare = version.partition(":")[2] or version
    upstream = bare.rpartition("-")[0] or bare
    return any(fnmatchcase(each, listed) for each in (version, bare, upstream))
