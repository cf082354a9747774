"""
More than one version to go back to.

Ransomware and mistakes are copied too: a single copy that is overwritten each night holds what was
wrong yesterday.
"""

from datetime import datetime, timedelta

from cdso_audit.checking import About, check
from cdso_audit.facts.backup_guards import BackupGuard, versions_of
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.backup.undeclared import unseen


@check(
    BackupGuard,
    About(
        id="backup-versions",
        title="There are several versions to go back to",
        severity=Severity.HIGH,
        why="What was encrypted or deleted yesterday is so in the only copy of last night as well.",
        fix="Keep versions: `restic forget --keep-daily 14 --keep-monthly 12`, "
        "`repo1-retention-full=4` of pgBackRest, or a date in the name of each dump.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.13",), "cis-v8": ("11.2",)},
        pitfalls="Plain files count as versions only if their names differ by a date or a rotation "
        "number: a mirror has many files and one version of each. Archives of borg are seen by its "
        "key alone. Which data a snapshot is of is seen by nobody but its key either.",
        or_lists=("backups",),
    ),
    min_versions=2,
    min_days=1,
)
def backup_versions(guard: BackupGuard, context: Context) -> Verdict:
    """At least `min_versions` good copies, the oldest `min_days` before the newest."""
    backup = guard.backup
    other = unseen(backup)
    if other is not None:
        return other
    if backup.tool == "borg":
        return Verdict.unknown(
            "how many archives the repository has is told by its key alone (`borg list`)"
        )
    count, first, last = _versions(guard)
    wanted, days = context.number("min_versions"), context.number("min_days")
    expected = f">= {wanted}, >= {days} d"
    if count == 0 and backup.tool == "files" and guard.names:
        return Verdict.failed(
            "no two files of {place} are versions of one by their names (a date, a number)",
            place=backup.place,
            seen=", ".join(each.name for each in guard.names[-6:]),
            expected=expected,
        )
    if count < wanted or first is None or last is None:
        return Verdict.failed(
            "{place} holds {count} versions; {wanted} are demanded",
            place=backup.place,
            count=count,
            wanted=wanted,
            expected=expected,
        )
    seen = f"{count}: {first:%Y-%m-%d %H:%M} … {last:%Y-%m-%d %H:%M}"
    if last - first < timedelta(days=days):
        return Verdict.failed(
            "the {count} versions are all of {last}: they reach back {hours} hours",
            count=count,
            last=f"{last:%Y-%m-%d}",
            hours=int((last - first).total_seconds() // 3600),
            seen=seen,
            expected=expected,
        )
    return Verdict.passed(
        "{count} versions, back to {first}", count=count, first=f"{first:%Y-%m-%d}", seen=seen
    )


def _versions(guard: BackupGuard) -> tuple[int, datetime | None, datetime | None]:
    if guard.backup.tool == "files":
        return versions_of(guard.names)
    times = [each.at for each in guard.backup.copies if not each.failed]
    return len(times), min(times, default=None), max(times, default=None)
