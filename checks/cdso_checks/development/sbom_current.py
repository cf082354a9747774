"""
The age of an SBOM, by the time that stands in it.

The file's own time says when somebody copied it; the scan's moment is what its age is counted to.
"""

from datetime import timedelta

from cdso_audit.checking import About, check
from cdso_audit.facts.software_bills import SoftwareBill
from cdso_audit.model import Context, Severity, Verdict

#: Two clocks may disagree by this much.
AHEAD = timedelta(days=1)


@check(
    SoftwareBill,
    About(
        id="sbom-current",
        title="The SBOM was made within the period",
        severity=Severity.MEDIUM,
        why="A list of last year's libraries hides the flaws of those that run today.",
        fix="Make the SBOM anew in each build, and at least once a period, and put it in place of "
        "the old one.",
        since="0.2.0",
        references={"iso27001-2022": ("A.8.28",), "cis-v8": ("16.4",)},
        pitfalls="The time inside the file counts, not the file's own, which any copy renews. A "
        "time ahead of the scan would never grow old: it proves nothing.",
    ),
    max_days=92,
)
def sbom_current(bill: SoftwareBill, context: Context) -> Verdict:
    """It is no older than `max_days`, by its own word."""
    if not bill.form:
        return Verdict.unknown("agency.yaml names the application and no SBOM of it")
    if bill.made_at is None:
        return Verdict.unknown(
            "{file} does not say when it was made", file=bill.file, seen=bill.made
        )
    age = context.at - bill.made_at
    if age < -AHEAD:
        return Verdict.unknown("{file} is dated after the scan", file=bill.file, seen=bill.made)
    limit = context.number("max_days")
    if age > timedelta(days=limit):
        return Verdict.failed(
            "{file} was made {days} days ago",
            file=bill.file,
            days=age.days,
            seen=bill.made,
            expected=f"<= {limit}",
        )
    return Verdict.passed(
        "{file} was made on {on}",
        file=bill.file,
        on=f"{bill.made_at:%Y-%m-%d}",
        seen=bill.made,
        expected=f"<= {limit}",
    )
