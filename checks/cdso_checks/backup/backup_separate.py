"""
Copies on another machine than the data.

A second disk of the same host burns, is stolen and is encrypted together with the first.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.backups import NETWORK_FILE_SYSTEMS, BackupState
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.backup.undeclared import unseen


@check(
    BackupState,
    About(
        id="backup-separate",
        title="Backups lie on another machine than the data",
        severity=Severity.HIGH,
        why="Ransomware with root on the host takes the copies along with the data.",
        fix="Send the copies to another machine, for example `restic -r rest:https://<backup "
        "server>/dvc backup <paths>` with an account there that may only append.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.13", "A.8.14"), "cis-v8": ("11.4",)},
        pitfalls="Another disk of the same host is not separate. A host with the role `backup` "
        "keeps the copies of others.",
        or_lists=("backups",),
    ),
)
def backup_separate(backup: BackupState, context: Context) -> Verdict:  # noqa: PLR0911 - one return a state
    """A remote repository, a network file system, or a host whose role is to keep backups."""
    if backup.remote:
        return Verdict.passed("the copies go to another machine", seen=backup.tool)
    other = unseen(backup)
    if other and not (backup.state == "denied" and backup.device):
        return other  # the disk of a place is told even if the place itself is closed
    seen = f"{backup.device} ({backup.file_system})"
    if backup.file_system in NETWORK_FILE_SYSTEMS:
        return Verdict.passed(
            "{place} lies on another machine ({device})",
            place=backup.place,
            device=backup.device,
            seen=seen,
        )
    if "backup" in context.asset.roles:
        return Verdict.passed("this host's role is to keep the backups of others", seen=seen)
    if not backup.device:
        return Verdict.unknown("nobody could tell on which disk {place} lies", place=backup.place)
    if backup.device == backup.root_device:
        return Verdict.failed(
            "{place} lies on the same file system as the host itself ({device})",
            place=backup.place,
            device=backup.device,
            seen=seen,
        )
    return Verdict.failed(
        "{place} lies on a disk of the same host ({device})",
        place=backup.place,
        device=backup.device,
        seen=seen,
    )
