"""
Security updates that wait to be installed, by what the host already knows.

Nothing is refreshed on the target, so lists that are too old (or carry no security suite) make this
unknown, never a pass; pending updates found in old lists are pending all the same.
"""

from datetime import timedelta

from cdso_audit.checking import About, check
from cdso_audit.facts.updates import PackageUpdates
from cdso_audit.model import Context, Severity, Verdict

SHOWN = 8


@check(
    PackageUpdates,
    About(
        id="security-updates",
        title="No security update waits to be installed",
        severity=Severity.HIGH,
        why="Attackers read the same advisories, and use a hole within days of its repair.",
        fix="Install them: `apt update && apt upgrade` (`dnf upgrade --security`, "
        "`zypper patch --category security`).",
        since="0.1.0",
        references={
            "ssg": ("security_patches_up_to_date",),
            "cis-debian12": ("1.2.2.1",),
            "iso27001-2022": ("A.8.8",),
            "cis-v8": ("7.3",),
        },
        pitfalls="Old lists tell of no updates; packages on hold are asked about too.",
    ),
    max_days=7,
)
def security_updates(updates: PackageUpdates, context: Context) -> Verdict:
    """None pending, by lists that are young enough."""
    names = [each.partition(" ")[0] for each in updates.security]
    seen = "\n".join(updates.security[:50])
    if names:
        return Verdict.failed(
            "{count} security updates wait: {names}",
            count=len(names),
            names=", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else ""),
            seen=seen,
        )
    if updates.lists_from is None:
        return Verdict.unknown(
            "{manager} has no list of security updates, so none can be found",
            manager=updates.manager,
        )
    age = context.at - updates.lists_from
    if age > timedelta(days=context.number("max_days")):
        return Verdict.unknown(
            "no security update is known, but the lists are {days} days old ({date}); refresh them "
            "and scan again",
            days=age.days,
            date=f"{updates.lists_from:%Y-%m-%d}",
        )
    return Verdict.passed(
        "no security update waits, by lists of {date}; {others} other updates do",
        date=f"{updates.lists_from:%Y-%m-%d}",
        others=updates.others,
    )
