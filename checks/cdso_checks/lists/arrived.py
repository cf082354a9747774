"""What checks say alike of an export that names when something was last seen or scanned."""

from collections.abc import Sequence
from datetime import date, timedelta

from cdso_audit.model import VIETNAM, Context, Verdict


def too_long_ago(days: Sequence[date], context: Context) -> Verdict | None:
    """The verdict when the newest scan is older than `max_days`; days are those of Vietnam."""
    if not days:
        return None
    age = (context.at.astimezone(VIETNAM).date() - max(days)).days
    if age <= context.number("max_days"):
        return None
    return Verdict.failed(
        "last scanned on {last}, {days} days ago",
        last=f"{max(days):%Y-%m-%d}",
        days=age,
        expected=f"<= {context.number('max_days')}",
    )


def lately(name: str, days: Sequence[date], context: Context) -> Verdict | None:
    """
    None when the asset was seen within `max_days` of the export, and the export is that of no more
    than `max_list_days` ago; else why not.
    """
    file = context.lists.file_of(name)
    exported = file.confirmed_on if file else None
    if exported is None:
        return Verdict.unknown("nobody confirmed the list {name}", name=name)
    today = context.at.astimezone(VIETNAM).date()
    oldest = context.number("max_list_days")
    if today - exported > timedelta(days=oldest):
        return Verdict.unknown(
            "the list {name} is of {on}; an export counts for {days} days: make a new one",
            name=name,
            on=f"{exported:%Y-%m-%d}",
            days=oldest,
        )
    if not days:
        return Verdict.failed("the list {name} does not have this asset", name=name)
    newest = max(days)
    if exported - newest > timedelta(days=context.number("max_days")):
        return Verdict.failed(
            "last seen on {last}, {days} days before the export",
            last=f"{newest:%Y-%m-%d}",
            days=(exported - newest).days,
            expected=f"<= {context.number('max_days')}",
        )
    return None
