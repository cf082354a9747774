"""`windows-backup-scheduled`: backups that Windows runs by itself."""

import pytest
from tests.checks.windows.documented import DENIED, NOT_JSON, WINDOWS, said
from tests.support import Case, agree

from cdso_audit.facts.windows.operations import WINDOWS_BACKUP
from cdso_audit.model import Outcome
from cdso_checks.windows.windows_backup_scheduled import windows_backup_scheduled

CASES = [
    Case(
        "good",
        {
            WINDOWS_BACKUP: said(
                summary=None,
                tasks={
                    "name": "\\Backup hang ngay",
                    "state": "Ready",
                    "programs": ["restic.exe"],
                    "last_run": "2026-11-20T18:00:00.0000000Z",
                    "result": 0,
                },
            )
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "good: Windows Server Backup",
        {
            WINDOWS_BACKUP: said(
                summary={"last": "2026-11-20T18:00:00.0000000Z", "versions": 9}, tasks=[]
            )
        },
        Outcome.PASS,
        asset=WINDOWS,
    ),
    Case(
        "bad: failed",
        {
            WINDOWS_BACKUP: said(
                summary=None,
                tasks={
                    "name": "\\Backup hang ngay",
                    "state": "Ready",
                    "programs": ["restic.exe"],
                    "last_run": "2026-11-20T18:00:00.0000000Z",
                    "result": 0,
                }
                | {"result": 1},
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: long ago",
        {
            WINDOWS_BACKUP: said(
                summary=None,
                tasks={
                    "name": "\\Backup hang ngay",
                    "state": "Ready",
                    "programs": ["restic.exe"],
                    "last_run": "2026-11-20T18:00:00.0000000Z",
                    "result": 0,
                }
                | {"last_run": "2026-10-01T18:00:00.0000000Z"},
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "bad: never",
        {
            WINDOWS_BACKUP: said(
                summary=None,
                tasks={
                    "name": "\\Backup hang ngay",
                    "state": "Ready",
                    "programs": ["restic.exe"],
                    "last_run": "2026-11-20T18:00:00.0000000Z",
                    "result": 0,
                }
                | {"result": 0x41303},
            )
        },
        Outcome.FAIL,
        asset=WINDOWS,
    ),
    Case(
        "absent: only what Windows itself calls a backup",
        {
            WINDOWS_BACKUP: said(
                summary=None,
                tasks={
                    "name": "\\Microsoft\\Windows\\Registry\\RegIdleBackup",
                    "state": "Ready",
                    "last_run": None,
                    "result": 0,
                },
            )
        },
        Outcome.UNKNOWN,
        asset=WINDOWS,
    ),
    Case("unreadable: Windows refused", {WINDOWS_BACKUP: DENIED}, Outcome.UNKNOWN, asset=WINDOWS),
    Case(
        "unreadable: no JSON came back", {WINDOWS_BACKUP: NOT_JSON}, Outcome.UNKNOWN, asset=WINDOWS
    ),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(windows_backup_scheduled, case)
