"""
A copy that the owner's catalogue says nobody can overwrite, held against what guards it here.

One such copy of the data is enough; which one it is, the catalogue says. A copy on this host needs
something that holds: a read-only mount, attributes of the kernel, or a repository to which others
may only append.
"""

from cdso_audit.checking import About, check
from cdso_audit.facts.backup_guards import BackupGuard
from cdso_audit.model import Context, Severity, Verdict
from cdso_checks.backup.undeclared import unseen

#: File systems whose snapshots may hold a copy, which nobody here asks.
SNAPSHOTS = ("zfs", "btrfs", "bcachefs")


@check(
    BackupGuard,
    About(
        id="backup-immutable-as-listed",
        title="The copy that is listed as immutable cannot be overwritten",
        severity=Severity.CRITICAL,
        why="Ransomware looks for the copies first, with the rights of whoever makes them.",
        fix="Serve the repository for appending alone (`rest-server --append-only`, `borg config "
        "REPO append_only 1`), or freeze finished copies: `chattr -R +i FOLDER`; and mark the copy "
        "as immutable in lists/backups.csv.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.13",), "cis-v8": ("11.3", "11.4")},
        pitfalls="The catalogue names the copy; this check looks whether anything on its host "
        "holds it. Object locks of a cloud and tapes are not seen from a host: those stay "
        "attested. root of the host itself can undo each of these guards.",
        lists=("backups",),
    ),
)
def backup_immutable_as_listed(guard: BackupGuard, context: Context) -> Verdict:  # noqa: C901, PLR0911 - one return a state
    """The catalogue has an immutable copy of the data; where it lies here, something holds it."""
    backup = guard.backup
    other = unseen(backup)
    if other is not None and not backup.declared:
        return other
    own = [row for row in context.lists.backups if row.copy_id == backup.subject]
    if not own:
        return Verdict.failed("the catalogue does not have this copy", seen=backup.place)
    held = [row for row in context.lists.backups if row.data == own[0].data and row.immutable]
    if not held:
        return Verdict.failed(
            "the catalogue names no copy of {data} that cannot be overwritten", data=own[0].data
        )
    if not own[0].immutable:
        return Verdict.not_applicable(
            "the copy that cannot be overwritten is another: {copies}",
            copies=", ".join(f"{row.copy_id} ({row.asset})" for row in held),
        )
    if guard.elsewhere:
        return Verdict.not_applicable(
            "the copies lie on another machine ({place}); whether they can be overwritten is "
            "attested",
            place=backup.place,
        )
    if other is not None and backup.state != "encrypted":
        return other
    asked, guarded = guard.attributes
    seen = f"attributes: {guarded}/{asked}; {'ro' if guard.read_only else 'rw'}"
    if guard.append_only:
        return Verdict.passed("others may only append: {how}", how=guard.append_only, seen=seen)
    if guard.read_only:
        return Verdict.passed("{place} is mounted read-only", place=backup.place, seen=seen)
    if asked and asked == guarded:
        return Verdict.passed(
            "each of {count} files may not be overwritten (chattr)", count=asked, seen=seen
        )
    beyond = backup.file_system in SNAPSHOTS or backup.tool == "borg" or guard.servers_hidden
    if beyond or not asked:
        return Verdict.unknown(
            "nothing was found that holds {place}; snapshots of {file_system} or limits of an "
            "account (`borg serve --append-only`) are not seen",
            place=backup.place,
            file_system=backup.file_system or "-",
            seen=seen,
        )
    return Verdict.failed(
        "listed as immutable, and nothing holds {place}: it is mounted for writing, and {open} of "
        "{count} files may be overwritten",
        place=backup.place,
        open=asked - guarded,
        count=asked,
        seen=seen,
        expected="append-only, read-only, or chattr +i",
    )
