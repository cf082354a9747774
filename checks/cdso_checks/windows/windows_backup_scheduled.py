"""Backups that Windows runs by itself."""

from cdso_audit.checking import About, check
from cdso_audit.facts.windows.operations import WindowsBackup
from cdso_audit.model import Context, Severity, Verdict


@check(
    WindowsBackup,
    About(
        id="windows-backup-scheduled",
        title="A backup of Windows runs by itself",
        severity=Severity.HIGH,
        why="A backup that somebody must remember is missing on the day it is needed.",
        fix="Set up a schedule with `wbadmin enable backup`, or a scheduled "
        "task of the backup program.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.13",), "cis-v8": ("11.2",)},
        pitfalls="Experimental: not yet confirmed on a real server.",
        experimental=True,
    ),
    max_days=2,
)
def windows_backup_scheduled(seen: WindowsBackup, context: Context) -> Verdict:
    """The last good run of each. Backups that are pulled from outside are not seen here."""
    if not seen.enabled:
        return Verdict.unknown(
            "no backup that Windows runs by itself was found; a backup from "
            "outside cannot be seen here",
            seen=seen.subject,
        )
    if seen.last is None:
        return Verdict.failed("the backup {name} has never run", name=seen.subject)
    words = {
        "seen": f"{seen.subject} {seen.last:%Y-%m-%d %H:%M}Z",
        "expected": f"<= {context.number('max_days')} d",
    }
    if not seen.succeeded:
        return Verdict.failed(
            "the last run of the backup {name} failed", name=seen.subject, **words
        )
    days = (context.at - seen.last).days
    if days > context.number("max_days"):
        return Verdict.failed(
            "the backup {name} ran {days} days ago", name=seen.subject, days=days, **words
        )
    return Verdict.passed("the backup {name} ran in time", name=seen.subject, **words)
