"""
The newest copy that is whole, beside the age that the owner allows (rpo).

A job that ran is no copy: what lies in the repository counts. A borg repository that changed may
only have been pruned, so there a successful run of the job must stand beside it.
"""

from datetime import timedelta

from cdso_audit.checking import About, check
from cdso_audit.facts.backups import BackupState
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.backup.undeclared import unseen


@check(
    BackupState,
    About(
        id="backup-fresh",
        title="The newest backup is as young as its owner demands",
        severity=Severity.HIGH,
        why="All that was entered since the last good copy is lost when the host is.",
        fix="Find out why the job stopped (`systemctl list-timers`, `journalctl -u <unit>`), "
        "run it by hand and look at the result, for example with `restic snapshots --latest 1`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.13",), "cis-v8": ("11.2",), "nist-csf-2": ("PR.DS-11",)},
        pitfalls="Jobs that end well may have copied nothing, so the copies themselves are dated.",
        or_lists=("backups",),
    ),
    max_hours=24,
)
def backup_fresh(backup: BackupState, context: Context) -> Verdict:
    """The age of the newest copy is within the declared rpo, the system's, or the parameter."""
    other = unseen(backup)
    if other:
        return other
    limit = _rpo(backup, context)
    newest = backup.newest_filled
    hours = round(limit.total_seconds() / 3600, 1)
    if newest is None:
        return Verdict.failed("{place} holds no finished copy", place=backup.place)
    at = f"{newest.at:%Y-%m-%d %H:%M}"
    age = round((context.at - newest.at).total_seconds() / 3600, 1)
    expected = f"<= {hours:g} h"
    if context.at - newest.at > limit:
        return Verdict.failed(
            "the newest copy is of {at} UTC, {age} hours old; at most {limit} hours are allowed",
            at=at,
            age=age,
            limit=hours,
            seen=at,
            expected=expected,
        )
    if backup.tool == "borg" and not (backup.made_at and context.at - backup.made_at <= limit):
        return Verdict.unknown(
            "the repository last changed at {at} UTC, but only its key tells whether by a new "
            "archive; no service that makes one was seen to end well in time",
            at=at,
            seen=at,
        )
    return Verdict.passed(
        "the newest of {count} copies is of {at} UTC, {age} hours old",
        count=len(backup.copies),
        at=at,
        age=age,
        seen=at,
        expected=expected,
    )


def _rpo(backup: BackupState, context: Context) -> timedelta:
    declared = next(
        (
            each.rpo
            for each in context.system.declared.backups or ()
            if each.id == backup.subject and each.rpo
        ),
        None,
    )
    approved = context.system.approved.rpo if context.system.approved else None
    return declared or approved or timedelta(hours=context.number("max_hours"))
