"""No newer version of a browser or mail program waits, by lists that are young enough."""

from datetime import timedelta

from cdso_audit.checking import About, check
from cdso_audit.facts.browser_mail import BrowserMail
from cdso_audit.model import Context, Severity, Verdict


@check(
    BrowserMail,
    About(
        id="browser-mail-updates",
        title="No update of a browser or mail program waits",
        severity=Severity.MEDIUM,
        why="The page or message that uses a hole comes by itself; nobody has to break in first.",
        fix="Install it: `apt update && apt install --only-upgrade NAME` (`dnf upgrade NAME`).",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.8",), "cis-v8": ("7.4", "9.1")},
        pitfalls="Of apt every newer version counts, since makers of browsers mark none as a "
        "security update; of dnf those with an advisory. Old lists know of nothing newer. Snaps "
        "and flatpaks refresh themselves and are not judged.",
    ),
    max_days=31,
)
def browser_mail_updates(seen: BrowserMail, context: Context) -> Verdict:
    """None of them is pending."""
    packages = [each for each in seen.clients if each.software.source == "package"]
    waiting = [str(each.software) for each in packages if each.pending]
    names = ", ".join(str(each.software) for each in seen.clients)
    if waiting:
        return Verdict.failed("newer versions wait: {names}", names=", ".join(waiting), seen=names)
    if not packages:
        return Verdict.not_applicable("{names}: these refresh themselves", names=names)
    if seen.updates is None or seen.updates.lists_from is None:
        return Verdict.unknown("the package manager did not tell of updates", seen=seen.why_not)
    if seen.updates.manager == "zypper":
        return Verdict.unknown("zypper names patches, not programs", seen=names)
    age = context.at - seen.updates.lists_from
    if age > timedelta(days=context.number("max_days")):
        return Verdict.unknown(
            "none waits, but the lists are {days} days old ({date}); refresh them and scan again",
            days=age.days,
            date=f"{seen.updates.lists_from:%Y-%m-%d}",
        )
    return Verdict.passed(
        "the newest that lists of {date} know: {names}",
        date=f"{seen.updates.lists_from:%Y-%m-%d}",
        names=names,
        seen=names,
    )
