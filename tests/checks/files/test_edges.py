"""Limits of the checks of files, on this side and on the other."""

import pytest
from tests.edges import Edge, holds

from cdso_audit.facts.files import AccountFiles, CronFiles, FileState
from cdso_audit.facts.filetree import Entry, SetIdFiles
from cdso_audit.model import Outcome
from cdso_checks.files.cron_permissions import cron_permissions
from cdso_checks.files.file_account_databases import file_account_databases
from cdso_checks.files.file_suid_known import file_suid_known

PASS, FAIL, UNKNOWN = Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN


def file(path: str, mode: int, owner: str = "root", gid: int = 0, group: str = "root") -> FileState:
    uid = 0 if owner == "root" else 1
    return FileState(
        path=path, mode=mode, uid=uid, gid=gid, owner=owner, group=group, type="regular file"
    )


def databases(*files: FileState) -> AccountFiles:
    shadow = file("/etc/shadow", 0o640, gid=42, group="shadow")
    return AccountFiles(subject="account-files", files=(shadow, *files))


def cron(*files: FileState) -> CronFiles:
    return CronFiles(subject="cron", files=files)


def set_id(packager: str) -> SetIdFiles:
    """One that no package owns."""
    entry = Entry(path="/opt/x", type="f", mode=0o4755, uid=0, gid=0)
    return SetIdFiles(
        subject="files", entries=(entry,), walked=("/",), left_out=(), owned=(), packager=packager
    )


SPOOL = "/var/spool/cron/crontabs"
HIDDEN = {"readable": "no"}
EDGES = [
    Edge(file_suid_known, set_id("dpkg"), FAIL),
    Edge(file_suid_known, set_id(""), UNKNOWN),
    Edge(file_account_databases, databases(), PASS),
    Edge(file_account_databases, databases(file("/etc/passwd", 0o644)), PASS),
    Edge(file_account_databases, databases(file("/etc/passwd", 0o664)), FAIL),
    Edge(file_account_databases, databases(file("/etc/passwd", 0o644, owner="an")), FAIL),
    Edge(file_account_databases, databases(file("/etc/passwd", 0o644, group="wheel")), PASS),
    Edge(file_account_databases, databases(file("/etc/passwd", 0o644, gid=5, group="tty")), FAIL),
    Edge(file_account_databases, databases(file("/etc/passwd", 0o604, gid=5, group="tty")), PASS),
    Edge(file_account_databases, databases(file("/etc/gshadow", 0o640, group="wheel")), FAIL),
    Edge(file_account_databases, databases(file("/etc/gshadow", 0o600, group="wheel")), PASS),
    Edge(file_account_databases, databases(file("/etc/gshadow", 0o610, group="wheel")), FAIL),
    Edge(file_account_databases, databases(file("/etc/shadow-", 0o644)), FAIL),
    Edge(cron_permissions, cron(file("/etc/crontab", 0o644)), PASS),
    Edge(cron_permissions, cron(file("/etc/crontab", 0o664)), FAIL),
    Edge(cron_permissions, cron(file("/etc/crontab", 0o646)), FAIL),
    Edge(cron_permissions, cron(file("/etc/crontab", 0o644, owner="an")), FAIL),
    Edge(cron_permissions, cron(file("/etc/crontab", 0o640)), PASS, parameters=HIDDEN),
    Edge(cron_permissions, cron(file("/etc/crontab", 0o641)), FAIL, parameters=HIDDEN),
    Edge(cron_permissions, cron(file(SPOOL, 0o1730, group="crontab")), PASS),
    Edge(cron_permissions, cron(file(SPOOL, 0o1730, owner="crontab")), PASS),
    Edge(cron_permissions, cron(file(SPOOL, 0o1730, owner="an")), FAIL),
    Edge(cron_permissions, cron(file(SPOOL, 0o1732)), FAIL),
]


@pytest.mark.parametrize("edge", EDGES, ids=str)
def test_edge(edge: Edge) -> None:
    holds(edge)
