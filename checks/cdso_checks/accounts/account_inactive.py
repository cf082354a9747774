"""
Accounts of people that nobody has used for long.

A login is proved by a record. That there was none is proved only by records that reach back far
enough: a wtmp that begins last week, or a host without records, proves nothing.
"""

from datetime import datetime, time, timedelta

from cdso_audit.checking import About, check
from cdso_audit.facts.accounts import AccountActivity, Activity
from cdso_audit.model import Context, Severity, Verdict


@check(
    AccountActivity,
    About(
        id="account-inactive",
        title="Accounts that nobody uses are closed",
        severity=Severity.MEDIUM,
        why="Nobody notices when a forgotten account is used by somebody else.",
        fix="Close each named account with `usermod -L -e 1 NAME`, and set `useradd -D -f 45` for "
        "new ones.",
        since="0.1.0",
        references={
            "ssg": ("account_disable_post_pw_expiration",),
            "cis-debian12": ("5.4.1.5",),
            "iso27001-2022": ("A.5.18",),
            "cis-v8": ("5.3",),
        },
        pitfalls="Debian 13 has no lastlog and no wtmp: without a record the answer is unknown, "
        "never a pass. Services, locked and expired accounts are left out, root is too.",
    ),
    max_days=45,
)
def account_inactive(activity: AccountActivity, context: Context) -> Verdict:
    """Each person logged in within the limit, or is new."""
    most = context.number("max_days")
    limit = context.at - timedelta(days=most)

    def is_recent(each: Activity) -> bool:
        made = each.changed and datetime.combine(each.changed, time.max, tzinfo=limit.tzinfo)
        return bool((each.last and each.last >= limit) or (made and made >= limit))

    def is_proved_unused(each: Activity) -> bool:
        since = each.recorded_since
        return each.last is not None or (since is not None and since <= limit)

    idle = [each for each in activity.people if not is_recent(each)]
    unused = [each.name for each in idle if is_proved_unused(each)]
    unknown = [each.name for each in idle if not is_proved_unused(each)]
    seen = "\n".join(
        f"{each.name} {each.last.date().isoformat() if each.last else '-'}"
        for each in activity.people
    )
    expected = f"<= {most} days"
    if unused:
        return Verdict.failed(
            "not used for {days} days: {names}",
            days=most,
            names=", ".join(unused),
            seen=seen,
            expected=expected,
        )
    if unknown:
        return Verdict.unknown(
            "no record of logins reaches back {days} days for: {names}",
            days=most,
            names=", ".join(unknown),
            seen=seen,
        )
    return Verdict.passed(
        "{count} people, each has logged in within {days} days or is new",
        count=len(activity.people),
        days=most,
        seen=seen,
        expected=expected,
    )
