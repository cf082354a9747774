"""Ends of support that the owner's list names, for what is installed."""

from cdso_audit.checking import About, check
from cdso_audit.facts.software import InstalledSoftware
from cdso_audit.model import VIETNAM, Context, Severity, Verdict
from cdso_checks.lists.chosen import Allowed


@check(
    InstalledSoftware,
    About(
        id="software-supported-by-list",
        title="Nothing installed is past the end of support that the list names",
        severity=Severity.HIGH,
        why="After its end of support software gets no fix, and its holes stay.",
        fix="Replace it, or write the new end of support into lists/software.csv when the contract "
        "was extended.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.8",), "cis-v8": ("2.2",)},
        pitfalls="The day is the owner's word; os-end-of-life knows the distributions' own.",
        lists=("software",),
    ),
)
def software_supported_by_list(installed: InstalledSoftware, context: Context) -> Verdict:
    """No row that fits something here has a day that is over; rows without a day leave it open."""
    today = context.at.astimezone(VIETNAM).date()
    allowed = Allowed.on(context)
    rows = list(
        dict.fromkeys(row for each in installed.asked for row in allowed.rows_of(each.name))
    )
    over = [row for row in rows if row.support_until is not None and row.support_until < today]
    if over:
        return Verdict.failed(
            "out of support: {names}",
            names=", ".join(f"{row.software} ({row.support_until:%Y-%m-%d})" for row in over),
        )
    undated = [row.software for row in rows if row.support_until is None]
    if undated or not rows:
        return Verdict.unknown(
            "{count} rows name no end of support: {names}",
            count=len(undated),
            names=", ".join(undated[:8]) or "-",
        )
    return Verdict.passed("all {count} rows that fit this host are in support", count=len(rows))
