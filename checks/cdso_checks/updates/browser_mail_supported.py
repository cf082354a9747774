"""
Browsers and mail programs that somebody still repairs.

Those of a distribution are supported as long as the release is, except for a few (table). Makers
of rolling browsers support the newest version alone, so there the question is whether a newer one
is known. What the owner's list says of an end of support counts for each.
"""

from datetime import date, timedelta

from cdso_audit.checking import About, check
from cdso_audit.facts.browser_mail import BrowserMail, Client
from cdso_audit.model import VIETNAM, Context, Severity, Verdict
from cdso_checks.lists.chosen import Allowed
from cdso_checks.updates.client_support import TABLE_DATE, unsupported
from cdso_checks.updates.support_dates import support_of


@check(
    BrowserMail,
    About(
        id="browser-mail-supported",
        title="Browsers and mail programs are supported versions",
        severity=Severity.HIGH,
        why="They open what strangers send; a hole that nobody repairs is used within days.",
        fix="Upgrade the release, or replace the program by one that is supported there: "
        "`apt purge NAME`, then `apt install firefox-esr`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.8",), "cis-v8": ("9.1",)},
        pitfalls="A supported release does not support all of its packages: Debian ships browsers "
        "for trusted content only (table of debian-security-support). Mail servers count as well.",
        or_lists=("software",),
    ),
    max_days=7,
)
def browser_mail_supported(seen: BrowserMail, context: Context) -> Verdict:
    """Each one is supported by its distribution or its maker, and by the owner's list."""
    judged = {str(each.software): _state(each, seen, context) for each in seen.clients}
    lines = "\n".join(f"{name}: {state or '?'}" for name, state in judged.items())
    ended = [name for name, state in judged.items() if state.startswith("!")]
    if ended:
        return Verdict.failed(
            "without support: {names}",
            names=", ".join(f"{name} ({judged[name].removeprefix('! ')})" for name in ended),
            seen=lines,
        )
    unclear = [name for name, state in judged.items() if not state]
    if unclear:
        return Verdict.unknown(
            "nobody could tell whether these are supported: {names}; lists/software.csv may name "
            "the end of support",
            names=", ".join(unclear),
            seen=lines,
        )
    return Verdict.passed(
        "all {count} are supported: {names} (table of {table})",
        count=len(judged),
        names=", ".join(judged),
        table=TABLE_DATE.isoformat(),
        seen=lines,
    )


def _state(client: Client, seen: BrowserMail, context: Context) -> str:
    """Why it is supported; with `!` before it, why not; nothing where nobody could tell."""
    today = context.at.astimezone(VIETNAM).date()
    rows = Allowed.on(context).rows_of(client.software.name)
    days = [row.support_until for row in rows if row.support_until is not None]
    if days and min(days) < today:
        return f"! lists/software {min(days)}"
    told = (
        _by_maker(client, seen, context) if client.is_rolling else _by_release(client, seen, today)
    )
    return told or (f"lists/software {min(days)}" if days else "")


def _by_maker(client: Client, seen: BrowserMail, context: Context) -> str:
    """A rolling program is supported while it is the newest; of apt alone that can be told."""
    if client.pending:
        return "! a newer version is known"
    lists = seen.updates.lists_from if seen.updates and seen.updates.manager == "apt" else None
    fresh = lists and context.at - lists <= timedelta(days=context.number("max_days"))
    return "newest" if client.software.source == "package" and fresh else ""


def _by_release(client: Client, seen: BrowserMail, today: date) -> str:
    """A package of the distribution is supported as the release is, but for a few."""
    system = seen.system
    why = unsupported(system.id, system.version, client.software.name)
    if why:
        return f"! {why}"
    support = support_of(system.id, system.version, system.fields.get("NAME", ""))
    if support is None:
        return ""
    paid = support.paid if support.paid and system.extended else support.free
    until = max(support.free, paid)
    return f"{'! ' if today > until else ''}{system.name} {until}"
