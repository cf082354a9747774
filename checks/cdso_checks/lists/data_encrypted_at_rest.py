"""Important data by the owner's list, and whether the disks below it are encrypted."""

from pathlib import PurePosixPath

from cdso_audit.checking import About, check
from cdso_audit.facts.encryption import DiskEncryption
from cdso_audit.model import Context, DataRow, Severity, Verdict


@check(
    DiskEncryption,
    About(
        id="data-encrypted-at-rest",
        title="Sensitive data lies on encrypted disks only",
        severity=Severity.HIGH,
        why="A disk that is stolen, sent for repair or thrown away is read by whoever gets it.",
        fix="Move the data to a file system on LUKS (`cryptsetup luksFormat`), or encrypt it where "
        "it is written and attest that.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.24",), "cis-v8": ("3.11",)},
        pitfalls="Encryption by the database or the storage array below the host is not seen from "
        "here: such data is attested.",
        lists=("data",),
    ),
    grades=("sensitive", "secret"),
)
def data_encrypted_at_rest(disks: DiskEncryption, context: Context) -> Verdict:
    """The mount that holds the path of each row of these grades is encrypted."""
    grades = context.names("grades")
    rows = [
        row for row in context.lists.data if row.asset == context.asset.id and row.grade in grades
    ]
    if not rows:
        return Verdict.not_applicable("the list has no sensitive data on this host")
    unplaced = [row.data for row in rows if not row.path.startswith("/")]
    open_ones = [
        f"{row.data} ({row.path})"
        for row in rows
        if row.path.startswith("/") and _encrypted(disks, row) is False
    ]
    seen = ", ".join(f"{each.path}: {'/'.join(each.layers)}" for each in disks.mounts)
    if open_ones:
        return Verdict.failed(
            "sensitive data on disks that are not encrypted: {names}",
            names=", ".join(open_ones),
            seen=seen,
        )
    hidden = [row.data for row in rows if _encrypted(disks, row) is None]
    if unplaced or hidden:
        return Verdict.unknown(
            "nobody could tell on which disk it lies: {names}",
            names=", ".join(dict.fromkeys((*unplaced, *hidden))),
            seen=seen,
        )
    return Verdict.passed("all {count} sets of sensitive data lie encrypted", count=len(rows))


def _encrypted(disks: DiskEncryption, row: DataRow) -> bool | None:
    """Whether the mount below the path is encrypted; None when no mount is known there."""
    path = PurePosixPath(row.path)
    below = [each for each in disks.mounts if path.is_relative_to(each.path)]
    if not below:
        return None
    return max(below, key=lambda each: len(each.path)).is_encrypted
