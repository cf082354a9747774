"""
The size of the newest copy beside that of the others, and of the data that it should hold.

restic and borg share blocks between copies and hide their sizes; there only a repository that is
far too small for the declared data can be told.
"""

from statistics import median

from cdso_audit.checking import About, check
from cdso_audit.facts.backups import BackupState
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.backup.undeclared import unseen

KIB_IN_GB = 1_000_000_000 / 1024
#: Deduplicated and compressed, a repository smaller than this part of the data cannot hold it.
LEAST_PERCENT = 1
MIB = 1024 * 1024


@check(
    BackupState,
    About(
        id="backup-not-empty",
        title="The newest backup is as large as backups of this data are",
        severity=Severity.HIGH,
        why="A job that copies an empty folder ends well every night.",
        fix="Compare what the job copies with what the system holds, correct its paths, and test "
        "with a restore into an empty folder: `restic restore latest --target /tmp/test`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.13",), "nist-csf-2": ("PR.DS-11",)},
        or_lists=("backups",),
    ),
    min_percent=50,
)
def backup_not_empty(backup: BackupState, context: Context) -> Verdict:  # noqa: PLR0911 - one return a state
    """The newest copy has at least a part of the median size of the copies before it."""
    other = unseen(backup)
    if other:
        return other
    # Of several declared backups each may hold a part of the data.
    alone = len(context.system.declared.backups or ()) == 1
    data = context.system.data_gb if alone else None
    total = backup.total_kib
    if backup.newest is None or (total is not None and total == 0):
        return Verdict.failed("{place} holds no finished copy", place=backup.place)
    if data and total is not None and total < data * KIB_IN_GB * LEAST_PERCENT / 100:
        return Verdict.failed(
            "{place} holds {total} MiB in all, while the system's data is {data} GB",
            place=backup.place,
            total=total // 1024,
            data=data,
        )
    if not backup.sized and backup.tool != "files":
        return Verdict.unknown(
            "{place} holds {total} MiB in all; the size of one copy needs the key of the "
            "repository",
            place=backup.place,
            total=(total or 0) // 1024,
        )
    size = max((each for each in backup.copies if not each.failed), key=lambda each: each.at).size
    before = [each.size for each in backup.copies if each.at < backup.newest.at]
    usual = median(before) if before else 0
    if size == 0:
        return Verdict.failed("the newest copy is empty (0 bytes)", seen="0")
    if not before:
        return Verdict.unknown(
            "there is one copy only, of {size} MiB: nothing to compare it with",
            size=round(size / MIB, 1),
        )
    if size * 100 < usual * context.number("min_percent"):
        return Verdict.failed(
            "the newest copy has {size} MiB, the {count} before it usually {usual} MiB",
            size=round(size / MIB, 1),
            count=len(before),
            usual=round(usual / MIB, 1),
            seen=str(size),
        )
    return Verdict.passed(
        "the newest copy has {size} MiB, the {count} before it usually {usual} MiB",
        size=round(size / MIB, 1),
        count=len(before),
        usual=round(usual / MIB, 1),
        seen=str(size),
    )
