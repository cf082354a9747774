"""Limits of the checks of backups, on this side and on the other."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.edges import Edge, holds
from tests.support import AT, SYSTEM

from cdso_audit.facts.backup_jobs import BackupJob
from cdso_audit.facts.backups import BackupState, Copy
from cdso_audit.facts.encryption import DiskEncryption, Mount
from cdso_audit.model import Declared, DeclaredBackup, Outcome, System
from cdso_checks.backup.backup_fresh import backup_fresh
from cdso_checks.backup.backup_not_empty import backup_not_empty
from cdso_checks.backup.backup_runs_logged import backup_runs_logged
from cdso_checks.backup.backup_separate import backup_separate
from cdso_checks.backup.backup_verified import backup_verified
from cdso_checks.backup.disk_encryption import disk_encryption

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)
GB = 1_000_000_000


def declaring(*backups: DeclaredBackup, data_gb: float | None = None) -> System:
    update: dict[str, Any] = {"declared": Declared(backups=backups), "data_gb": data_gb}
    return SYSTEM.model_copy(update=update)


def declared(name: str = "one", rpo: timedelta | None = None) -> DeclaredBackup:
    return DeclaredBackup(id=name, on="web1", tool="restic", repository="/srv", rpo=rpo)


def backup(*ages: timedelta, **fields: Any) -> BackupState:
    usual: dict[str, Any] = {"subject": "one", "tool": "restic", "state": "seen", "place": "/srv"}
    return BackupState(**(usual | {"copies": tuple(Copy(at=AT - age) for age in ages)} | fields))


def sized(*sizes: int, **fields: Any) -> BackupState:
    """Copies of these sizes, the newest first."""
    copies = tuple(
        Copy(at=AT - number * DAY, size=size) for number, size in enumerate(sizes, start=1)
    )
    return backup(copies=copies, sized=True, **fields)


def borg(made: timedelta | None) -> BackupState:
    return backup(HOUR, tool="borg", made_at=None if made is None else AT - made)


def job(written: datetime | None) -> BackupJob:
    return BackupJob(
        subject="b", by="cron", record="file", file="/b.log", written_at=written, size=9
    )


def mounted(path: str = "/", file_system: str = "ext4", *layers: str) -> DiskEncryption:
    mount = Mount(path=path, file_system=file_system, device="sda", layers=layers)
    return DiskEncryption(subject="disks", mounts=(mount,))


ONE = declaring(declared())
TWO = declaring(declared("two", 2 * HOUR), declared("one", 12 * HOUR))
HUNDRED = declaring(declared(), data_gb=100)
SEVERAL = declaring(declared(), declared("two"), data_gb=100)
FILES = {"tool": "files"}
EDGES = [
    Edge(backup_runs_logged, job(AT - DAY), PASS, says="2026-11-20"),
    Edge(backup_runs_logged, job(None), UNKNOWN),
    Edge(backup_fresh, backup(24 * HOUR), PASS, says="24.0 hours old", system=ONE),
    Edge(backup_fresh, backup(24 * HOUR + SECOND), FAIL, says="at most 24.0 hours", system=ONE),
    Edge(backup_fresh, backup(12 * HOUR), PASS, system=TWO),
    Edge(backup_fresh, backup(12 * HOUR + SECOND), FAIL, says="at most 12.0 hours", system=TWO),
    Edge(backup_fresh, borg(24 * HOUR), PASS, system=ONE),
    Edge(backup_fresh, borg(24 * HOUR + SECOND), UNKNOWN, system=ONE),
    Edge(backup_fresh, borg(None), UNKNOWN, system=ONE),
    Edge(backup_fresh, backup(HOUR), PASS),
    Edge(backup_not_empty, sized(50, 100), PASS, system=ONE),
    Edge(backup_not_empty, sized(49, 100), FAIL, system=ONE),
    Edge(backup_not_empty, sized(0, 100), FAIL, says="empty", system=ONE),
    Edge(backup_not_empty, sized(1, 2, **FILES), PASS, system=ONE),
    Edge(backup_not_empty, sized(5), UNKNOWN, says="one copy only", system=ONE),
    Edge(backup_not_empty, backup(total_kib=9), FAIL, says="no finished", system=ONE),
    Edge(backup_not_empty, backup(DAY, total_kib=0), FAIL, says="no finished", system=ONE),
    Edge(backup_not_empty, backup(DAY, total_kib=1), UNKNOWN, says="key", system=ONE),
    Edge(backup_not_empty, backup(DAY, total_kib=2048), UNKNOWN, says="2 MiB", system=ONE),
    Edge(backup_not_empty, backup(DAY, total_kib=GB // 1024 + 1), UNKNOWN, system=HUNDRED),
    Edge(
        backup_not_empty,
        backup(DAY, total_kib=GB // 1024 - 1),
        FAIL,
        says="953 MiB in all, while the system's data is 100 GB",
        system=HUNDRED,
    ),
    Edge(backup_not_empty, backup(DAY, total_kib=GB // 1024 - 1), UNKNOWN, system=SEVERAL),
    Edge(backup_not_empty, sized(9, 9, total_kib=None), PASS, system=HUNDRED),
    Edge(backup_not_empty, backup(DAY, **FILES), FAIL, says="empty", system=ONE),
    Edge(backup_separate, backup(DAY, state="denied", device=""), UNKNOWN, says="", system=ONE),
    Edge(
        backup_separate,
        backup(DAY, state="denied", device="sda", root_device="sda"),
        FAIL,
        says="same file system",
        system=ONE,
    ),
    Edge(
        backup_separate,
        backup(state="missing", device="sdb", root_device="sda"),
        FAIL,
        says="/srv",
        system=ONE,
    ),
    Edge(backup_verified, backup(verified_at=AT - 30 * DAY), PASS),
    Edge(backup_verified, backup(verified_at=AT - 30 * DAY - SECOND), FAIL),
    Edge(disk_encryption, mounted("/", "ext4", "lvm", "crypt"), PASS),
    Edge(disk_encryption, mounted(), FAIL),
    Edge(disk_encryption, mounted("/snap/x", "squashfs"), UNKNOWN),
    Edge(disk_encryption, mounted("/media", "squashfs"), UNKNOWN),
    Edge(disk_encryption, mounted("/media", "iso9660"), UNKNOWN),
    Edge(disk_encryption, mounted("/media", "vfat"), UNKNOWN),
    Edge(disk_encryption, mounted("/media", "udf", "rom"), UNKNOWN),
    Edge(disk_encryption, mounted("/snap/x"), UNKNOWN),
    Edge(disk_encryption, mounted("/run/x"), UNKNOWN),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
