"""`backup-fresh` dates what lies in the repository, and says what it could not look into."""

import os
import shutil
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.checks.backup.declared import PLACE, ago, copies, declared, seen, traces
from tests.support import DENIED, Answer, Case, agree, findings

from cdso_audit.facts.backups import BACKUP_PLACES, BACKUP_TRACES, without_password
from cdso_audit.model import Declared, Outcome
from cdso_checks.backup.backup_fresh import backup_fresh

MADE = "made Id=borgmatic.service ExecMainExitTimestamp=Sat 2026-11-21 02:00:05 UTC {}"
#: A line of backup.info as pgBackRest 2.44 writes it, shortened.
INFO = (
    'info {{"backrest-format":5,"backup-error":{error},"backup-info-size":{size},'
    '"backup-timestamp-start":{at},"backup-timestamp-stop":{at},"backup-type":"full"}}\n'
)
CASES = [
    Case(
        "good: restic", seen(copies(30, 6)), Outcome.PASS, says="6.0 hours old", declared=declared()
    ),
    Case(
        "good: exactly the limit",
        seen(copies(24)),
        Outcome.PASS,
        declared=declared(),
    ),
    Case("good: files", seen(copies(5, size=9)), Outcome.PASS, declared=declared("files")),
    Case(
        "good: pgBackRest's own list",
        seen("readable\n" + INFO.format(error="false", size=9, at=ago(3))),
        Outcome.PASS,
        declared=declared("pgbackrest"),
    ),
    Case(
        "good: borg changed and its job ended well",
        seen(copies(10), runs=MADE.format("ExecMainStatus=0"), tools="borg"),
        Outcome.PASS,
        declared=declared("borg"),
    ),
    Case(
        "bad: restic stopped",
        seen(copies(100, 61)),
        Outcome.FAIL,
        says="61.0 hours old; at most 24.0 hours",
        declared=declared(),
    ),
    Case(
        "bad: a repository without a snapshot",
        seen("readable\ntotal 4"),
        Outcome.FAIL,
        declared=declared(),
    ),
    Case(
        "bad: pgBackRest's newest is broken",
        seen(
            "readable\n"
            + INFO.format(error="true", size=9, at=ago(3))
            + INFO.format(error="false", size=9, at=ago(60))
        ),
        Outcome.FAIL,
        says="60.0 hours",
        declared=declared("pgbackrest"),
    ),
    Case("bad: the place is gone", seen("missing"), Outcome.FAIL, says=PLACE, declared=declared()),
    Case("bad: not a repository", seen("foreign"), Outcome.FAIL, declared=declared()),
    Case(
        "bad: borg is old, whatever its job says",
        seen(copies(50), runs=MADE.format("ExecMainStatus=0")),
        Outcome.FAIL,
        declared=declared("borg"),
    ),
    Case(
        "bad: the owner declares none",
        seen(),
        Outcome.FAIL,
        says="declares that there is no backup",
        declared=Declared(backups=()),
    ),
    Case(
        "absent: declared on another host",
        seen(),
        Outcome.NOT_APPLICABLE,
        says="declared on other hosts: backup1",
        declared=declared(on="backup1"),
    ),
    Case(
        "unreadable: nothing declared, nothing there",
        {BACKUP_TRACES: traces()},
        Outcome.UNKNOWN,
        says="most likely there is none",
    ),
    Case(
        "unreadable: nothing declared, though restic is there",
        {BACKUP_TRACES: traces("restic", timers="restic-backup.timer")},
        Outcome.UNKNOWN,
        says="restic, restic-backup.timer",
    ),
    Case(
        "unreadable: denied says how to grant",
        seen("denied"),
        Outcome.UNKNOWN,
        says="setfacl",
        declared=declared(),
    ),
    Case(
        "unreadable: on another machine",
        {BACKUP_TRACES: traces("restic")},
        Outcome.UNKNOWN,
        says="sftp:ops@vault.example.vn:/b",
        declared=declared(place="sftp:ops:secret@vault.example.vn:/b"),
    ),
    Case(
        "unreadable: borg changed, but no job ended well",
        seen(copies(10), runs=MADE.format("ExecMainStatus=2")),
        Outcome.UNKNOWN,
        says="only its key tells",
        declared=declared("borg"),
    ),
    Case(
        "unreadable: pgBackRest's list is encrypted",
        seen("readable\nencrypted"),
        Outcome.UNKNOWN,
        declared=declared("pgbackrest"),
    ),
    Case(
        "unreadable: the follow-up was refused",
        {BACKUP_TRACES: traces(), BACKUP_PLACES: DENIED},
        Outcome.UNKNOWN,
        declared=declared(),
    ),
    Case(
        "unreadable: a relative place",
        {BACKUP_TRACES: traces()},
        Outcome.UNKNOWN,
        declared=declared(place="repo"),
    ),
    Case("unreadable: broken", {BACKUP_TRACES: Answer(code=2)}, Outcome.UNKNOWN),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(backup_fresh, case)


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        ("rest:https://u:p4ss@h.example.vn:8000/", "rest:https://u@h.example.vn:8000/"),
        ("sftp:ops@h.example.vn:/b", "sftp:ops@h.example.vn:/b"),
        ("ssh://borg:p4ss@h.example.vn/./r", "ssh://borg@h.example.vn/./r"),
        ("/srv/backup", "/srv/backup"),
    ],
)
def test_a_password_in_a_place_is_not_shown(place: str, shown: str) -> None:
    assert without_password(place) == shown


def asked(tool: str, place: Path, hours: float = 0) -> list[Outcome]:
    """The verdict on a real place, by the probe as a host would run it."""
    script = BACKUP_PLACES.run
    assert isinstance(script, str)
    said = subprocess.run(
        ["sh", "-c", script, "probe", "nightly", tool, str(place)],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
    )
    at = datetime.fromtimestamp(time.time() + hours * 3600, UTC)
    case = Case(
        "-",
        {BACKUP_TRACES: traces(), BACKUP_PLACES: said.stdout},
        at=at,
        declared=declared(tool, str(place)),
    )
    return [each.outcome for each in findings(backup_fresh, case)]


@pytest.mark.daemon
def test_a_real_restic_repository(tmp_path: Path) -> None:
    """Empty it fails, with a snapshot it passes without its key, a day later it fails."""
    restic = shutil.which("restic")
    if not restic:
        pytest.skip("needs the package restic")
    place = tmp_path / "it's a $(repo)"
    (tmp_path / "data").write_bytes(b"x" * 4096)
    env = {"PATH": os.environ["PATH"], "RESTIC_PASSWORD": "x", "HOME": str(tmp_path)}
    subprocess.run([restic, "init", "-q", "-r", place], check=True, env=env)

    empty = asked("restic", place)
    backup = [restic, "backup", "-q", "-r", place, tmp_path / "data"]
    subprocess.run(backup, check=True, env=env)

    assert empty == [Outcome.FAIL]
    assert asked("restic", place) == [Outcome.PASS]
    assert asked("restic", place, 25) == [Outcome.FAIL]
    assert asked("borg", place) == [Outcome.FAIL]
    assert asked("restic", tmp_path / "nowhere") == [Outcome.FAIL]


@pytest.mark.daemon
def test_a_real_borg_repository(tmp_path: Path) -> None:
    """A change alone is unknown; a day without one is a failure."""
    borg = shutil.which("borg")
    if not borg:
        pytest.skip("needs the package borgbackup")
    place = tmp_path / "repo"
    (tmp_path / "data").write_bytes(b"x" * 4096)
    env = {"PATH": os.environ["PATH"], "BORG_PASSPHRASE": "x", "HOME": str(tmp_path)}
    for act in (["init", "-e", "repokey", place], ["create", f"{place}::one", tmp_path / "data"]):
        subprocess.run([borg, *act], check=True, env=env, capture_output=True)

    assert asked("borg", place) == [Outcome.UNKNOWN]
    assert asked("borg", place, 25) == [Outcome.FAIL]
