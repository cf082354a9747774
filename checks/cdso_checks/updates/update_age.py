"""When packages were last upgraded, by the package manager's own log."""

from datetime import timedelta

from cdso_audit.checking import About, check
from cdso_audit.facts.updates import UpdateHistory
from cdso_audit.model import Context, Severity, Verdict


@check(
    UpdateHistory,
    About(
        id="update-age",
        title="Packages were upgraded within the last month",
        severity=Severity.MEDIUM,
        why="A host that nobody has upgraded for a month misses the repairs of known holes.",
        fix="Upgrade now with `apt update && apt upgrade` (`dnf upgrade`), and fix a monthly date.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.8",), "cis-v8": ("7.3",)},
    ),
    max_days=31,
)
def update_age(updates: UpdateHistory, context: Context) -> Verdict:
    """The last upgrade, or the installation of the host, is young enough."""
    limit = timedelta(days=context.number("max_days"))
    if updates.last is None:
        if updates.first_boot and context.at - updates.first_boot <= limit:
            return Verdict.passed(
                "the host was set up on {date} and needs no upgrade yet",
                date=f"{updates.first_boot:%Y-%m-%d}",
            )
        return Verdict.failed("the logs tell of no upgrade at all")
    days = (context.at - updates.last).days
    date = f"{updates.last:%Y-%m-%d}"
    if context.at - updates.last > limit:
        return Verdict.failed(
            "packages were last upgraded {days} days ago, on {date}",
            days=days,
            date=date,
            seen=date,
            expected=f"<= {limit.days} d",
        )
    return Verdict.passed("packages were last upgraded on {date}", date=date, seen=date)
