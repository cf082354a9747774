"""Hosts that keep data, compared with the hosts of which the catalogue has copies."""

from cdso_audit.checking import About, check
from cdso_audit.facts.mounts import MountTable
from cdso_audit.model import Context, Severity, Verdict

#: Where a disk of its own holds data that somebody will miss.
_KEPT = ("ext", "xfs", "btrfs", "zfs", "f2fs", "jfs", "reiserfs")


@check(
    MountTable,
    About(
        id="backup-list-covers-host",
        title="The catalogue of backups has a copy of the host's data",
        severity=Severity.HIGH,
        why="What no job copies is found missing on the day it is needed.",
        fix="Give the host a backup job and list it in lists/backups.csv with the host as its "
        "asset.",
        since="0.1.0",
        references={"iso27001-2022": ("A.8.13",), "cis-v8": ("11.1", "11.2")},
        pitfalls="That a copy is listed is compared; whether it is fresh, whole and apart is told "
        "by the other checks of backups.",
        lists=("backups",),
    ),
)
def backup_list_covers_host(mounts: MountTable, context: Context) -> Verdict:
    """A host with a file system of its own has a row."""
    kept = [each for each in mounts.mounts if each.type.startswith(_KEPT)]
    rows = [row for row in context.lists.backups if row.asset == context.asset.id]
    seen = ", ".join(f"{each.point} ({each.type})" for each in kept)
    if rows:
        return Verdict.passed(
            "copies are listed: {copies}", copies=", ".join(row.copy_id for row in rows), seen=seen
        )
    if not kept:
        return Verdict.not_applicable("the host keeps no file system of its own")
    return Verdict.failed(
        "the catalogue has no copy of this host, which keeps data on {places}",
        places=", ".join(each.point for each in kept[:6]),
        seen=seen,
    )
