"""What every check of backups says alike when there is nothing to judge."""

from cdso_audit.facts.backups import BackupState
from cdso_audit.model import Verdict


def unseen(backup: BackupState) -> Verdict | None:  # noqa: PLR0911 - one return a state
    """The verdict when no backup is declared or its place could not be looked at; else None."""
    if backup.none_declared:
        return Verdict.failed("the owner declares that there is no backup (declared.backups: [])")
    if not backup.declared:
        if backup.traces:
            return Verdict.unknown(
                "agency.yaml declares no backup (declared.backups), though the host has {traces}: "
                "name tool, repository and rpo to have it judged",
                traces=", ".join(backup.traces[:6]),
            )
        return Verdict.unknown(
            "agency.yaml declares no backup (declared.backups), and the host has no backup "
            "program, timer or cron job either: most likely there is none"
        )
    match backup.state:
        case "remote":
            return Verdict.unknown(
                "the copies lie on another machine ({place}): declare the backup on the host that "
                "keeps them, or attest it",
                place=backup.place,
            )
        case "denied":
            return Verdict.unknown(
                "not allowed to look into {place}: let the audit account read it, for example "
                "`setfacl -R -m u:cdso-audit:rX {place}`",
                place=backup.place,
            )
        case "encrypted":
            return Verdict.unknown(
                "the list of backups in {place} is encrypted, and its key does not come here: "
                "attest the backup",
                place=backup.place,
            )
        case "missing":
            return Verdict.failed("the declared place {place} does not exist", place=backup.place)
        case "foreign":
            return Verdict.failed(
                "{place} is no {tool} repository", place=backup.place, tool=backup.tool
            )
        case _:
            return None
