"""The last check of a backup that ended well and left a trace: a service or a log."""

from datetime import timedelta

from cdso_audit.checking import About, check
from cdso_audit.facts.backups import BackupState
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.backup.undeclared import unseen


@check(
    BackupState,
    About(
        id="backup-verified",
        title="Backups are checked every month",
        severity=Severity.MEDIUM,
        why="A repository damaged months ago shows it on the day of the restore.",
        fix="Run `restic check --read-data-subset=5%` (`borg check`, `pgbackrest verify`) from a "
        "monthly systemd timer, so that its result can be seen.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.13",), "cis-v8": ("11.5",)},
        or_lists=("backups",),
    ),
    max_days=30,
)
def backup_verified(backup: BackupState, context: Context) -> Verdict:
    """The newest trace of a good check is young enough."""
    if backup.verified_at is None:
        other = unseen(backup)
        return other or Verdict.unknown(
            "no service and no log tells of a check of this backup: run it from a systemd timer, "
            "or attest it"
        )
    date = f"{backup.verified_at:%Y-%m-%d}"
    days = (context.at - backup.verified_at).days
    if context.at - backup.verified_at > timedelta(days=context.number("max_days")):
        return Verdict.failed(
            "the backup was last checked {days} days ago, on {date} ({by})",
            days=days,
            date=date,
            by=backup.verified_by,
            seen=date,
        )
    return Verdict.passed(
        "the backup was last checked on {date} ({by})", date=date, by=backup.verified_by, seen=date
    )
