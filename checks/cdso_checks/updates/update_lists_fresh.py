"""The age of the package lists by which a host knows of security updates."""

from datetime import timedelta

from cdso_audit.checking import About, check
from cdso_audit.facts.updates import PackageUpdates
from cdso_audit.model import Context, Severity, Verdict


@check(
    PackageUpdates,
    About(
        id="update-lists-fresh",
        title="The host hears of security updates within days",
        severity=Severity.MEDIUM,
        why="A host with old lists believes that it is up to date.",
        fix="Refresh the lists daily: `systemctl enable --now apt-daily.timer` and "
        '`APT::Periodic::Update-Package-Lists "1";` in /etc/apt/apt.conf.d/20auto-upgrades, or '
        "`systemctl enable --now dnf-makecache.timer`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.8",)},
        pitfalls="The date of a security suite's list is taken, since a mirror may have stopped.",
    ),
    max_days=7,
)
def update_lists_fresh(updates: PackageUpdates, context: Context) -> Verdict:
    """The lists of security updates exist and are young."""
    limit = context.number("max_days")
    if updates.lists_from is None:
        return Verdict.failed(
            "{manager} has no list of security updates: no source carries them, or they were "
            "never fetched",
            manager=updates.manager,
        )
    age = context.at - updates.lists_from
    date = f"{updates.lists_from:%Y-%m-%d}"
    if age > timedelta(days=limit):
        return Verdict.failed(
            "the lists of security updates are {days} days old ({date}), at most {limit} are "
            "allowed",
            days=age.days,
            date=date,
            limit=limit,
            seen=date,
        )
    return Verdict.passed(
        "the lists of security updates are of {date}", date=date, seen=date, expected=f"{limit} d"
    )
