"""
The password or key of the copies, on another machine than the copies.

restic and borg's `repokey` keep the wrapped key within the repository; what unwraps it is the
password, so that is what must not lie beside it.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.backup_guards import BackupKeys
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.backup.undeclared import unseen


@check(
    BackupKeys,
    About(
        id="backup-keys-apart",
        title="No key of the copies lies on the machine that keeps them",
        severity=Severity.HIGH,
        why="Who steals the backup server has the key of all that he stole.",
        fix="Keep the password on the machine that makes the copies (`RESTIC_PASSWORD_FILE` there) "
        "or in a vault that a command asks (`RESTIC_PASSWORD_COMMAND`, `BORG_PASSCOMMAND`), and "
        "send the copies elsewhere: `restic -r rest:https://<backup server>/dvc`.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.24",), "cis-v8": ("11.3",)},
        pitfalls="Looked for by the names of the settings that hold it, in the places where the "
        "programs and their jobs look; only the names of files leave the host, never a key. A "
        "command that merely reads a file of the host (`cat`) counts as that file.",
        or_lists=("backups",),
    ),
)
def backup_keys_apart(keys: BackupKeys, context: Context) -> Verdict:  # noqa: ARG001
    """No file of a host that keeps encrypted copies names a password or key of backups."""
    guard = keys.guard
    if guard.elsewhere:
        return Verdict.not_applicable(
            "the copies lie on another machine ({place}), where their key would be missed",
            place=guard.backup.place,
        )
    other = unseen(guard.backup)
    if other is not None and guard.backup.state not in ("encrypted", "denied"):
        return other
    if guard.encrypted is False or guard.backup.tool == "files":
        return Verdict.not_applicable("{tool} encrypts nothing here", tool=guard.backup.tool)
    if keys.files:
        return Verdict.failed(
            "beside the copies, this host holds a key of backups: {files}",
            files=", ".join(keys.files[:6]),
            seen="\n".join(keys.files),
        )
    return Verdict.passed("none of the usual places of this host holds a key of backups")
