"""Software that nobody allowed has a day by which it goes, and that day is not over."""

from cdso_audit.checking import About, check
from cdso_audit.facts.software import InstalledSoftware
from cdso_audit.model import VIETNAM, Context, Severity, Verdict
from cdso_checks.lists.chosen import Allowed

#: How many names a message spells out; the rest is in `seen`.
NAMED = 12


@check(
    InstalledSoftware,
    About(
        id="software-removal-due",
        title="Software without leave has a day of removal that is not over",
        severity=Severity.MEDIUM,
        why="What was found and left lies there a year later, without updates and without an "
        "owner.",
        fix="Remove it (`apt purge NAME`), or give it a row in lists/software.csv with the day by "
        "which it goes (column remove_by).",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.19",), "cis-v8": ("2.3",)},
        pitfalls="A row with a day of removal allows nothing: software-listed fails until the "
        "software is gone. Software on no row at all has no plan, and fails here too.",
        lists=("software",),
    ),
)
def software_removal_due(installed: InstalledSoftware, context: Context) -> Verdict:
    """Nothing is here after its day; whatever no row allows has a row with a day."""
    today = context.at.astimezone(VIETNAM).date()
    rows = [row for row in context.lists.software if row.concerns(context.asset.id)]
    leaving = [row for row in rows if row.remove_by is not None]
    allowed = Allowed.on(context)
    due: list[str] = []
    planned: list[str] = []
    unplanned: list[str] = []
    for each in installed.asked:
        days = [row.remove_by for row in leaving if row.remove_by and row.allows(each.name)]
        if days and min(days) < today:
            due.append(f"{each.name} ({min(days):%Y-%m-%d})")
        elif days:
            planned.append(f"{each.name} ({min(days):%Y-%m-%d})")
        elif not allowed.rows_of(each.name):
            unplanned.append(each.name)
    seen = "\n".join((*due, *planned, *unplanned))
    if due:
        return Verdict.failed(
            "still here after the day of removal: {names}", names=", ".join(due[:NAMED]), seen=seen
        )
    if unplanned:
        return Verdict.failed(
            "{count} pieces of software have neither leave nor a day of removal: {names}",
            count=len(unplanned),
            names=", ".join(unplanned[:NAMED]),
            seen=seen,
        )
    if planned:
        return Verdict.passed("to be removed: {names}", names=", ".join(planned), seen=seen)
    return Verdict.passed("nothing is here without leave")
