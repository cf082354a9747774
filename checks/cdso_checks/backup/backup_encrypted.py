"""
Copies that are encrypted, by the tool that made them or by the disk they lie on.

Known without any key: by the form of the repository, by the cipher byte of borg's objects, by the
magic numbers of plain files.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.backup_guards import BackupGuard
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.backup.undeclared import unseen


@check(
    BackupGuard,
    About(
        id="backup-encrypted",
        title="Copies of important data are encrypted",
        severity=Severity.HIGH,
        why="A copy holds all of the data at once, and is guarded less than the server it is of.",
        fix="Make the repository anew with encryption (`restic init`, `borg init -e repokey-blake2`"
        ", `repo1-cipher-type=aes-256-cbc` of pgBackRest), encrypt dumps on their way "
        "(`pg_dump … | age -r RECIPIENT > FILE`), or keep the copies on LUKS.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.13", "A.8.24"), "cis-v8": ("11.3",)},
        pitfalls="`authenticated` of borg is not encrypted. Compressed is not encrypted either: "
        "files are known by their magic numbers. An empty password of restic is not seen. Data "
        "that lists/data.csv grades as none of `grades` may lie open.",
        or_lists=("backups",),
    ),
    grades=("sensitive", "secret"),
)
def backup_encrypted(guard: BackupGuard, context: Context) -> Verdict:  # noqa: PLR0911 - one a way
    """The tool, the file or the disk encrypts."""
    backup = guard.backup
    if backup.remote and backup.tool == "restic" and "restic" in backup.traces:
        return Verdict.passed("restic encrypts whatever it sends away", seen=backup.tool)
    if guard.encrypted:
        return Verdict.passed("{tool} encrypts: {cipher}", tool=backup.tool, cipher=guard.cipher)
    if guard.disk and backup.state in ("seen", "denied"):
        return Verdict.passed("the copies lie on an encrypted disk", seen=backup.device)
    other = unseen(backup)
    if other is not None:
        return other
    if guard.encrypted is None:
        return Verdict.unknown(
            "nothing in {place} tells whether the copies are encrypted", place=backup.place
        )
    graded = _grade(backup.subject, context)
    if graded and graded not in context.names("grades"):
        return Verdict.not_applicable(
            "the list grades this data as {grade}: it may lie open", grade=graded
        )
    return Verdict.failed(
        "the copies in {place} are not encrypted, nor is the disk below ({cipher})",
        place=backup.place,
        cipher=guard.cipher,
        seen=guard.cipher,
    )


def _grade(copy: str, context: Context) -> str:
    """The grade of the data that this copy is of, by the owner's lists; nothing without them."""
    names = {row.data for row in context.lists.backups if row.copy_id == copy}
    grades = [row.grade for row in context.lists.data if row.data in names]
    order = ("open", "internal", "sensitive", "secret")
    return max(grades, key=order.index, default="")
