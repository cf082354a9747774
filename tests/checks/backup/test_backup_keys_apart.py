"""`backup-keys-apart` finds where a key lies by the names of its settings, and never shows it."""

import os
import subprocess
from pathlib import Path

import pytest
from tests.checks.backup.declared import DISK, declared, guarded, seen, traces
from tests.support import DENIED, MISSING_TOOL, Answer, Case, agree

from cdso_audit.facts.backup_guards import BACKUP_KEYS, HOLDERS
from cdso_audit.facts.backups import BACKUP_TRACES
from cdso_audit.model import Declared, Outcome
from cdso_checks.backup.backup_keys_apart import backup_keys_apart

HELD = Answer("/etc/restic/env\n/etc/systemd/system/restic.service\n", code=2)
NFS = DISK.replace("/dev/vdb1 ext4", "nas:/b nfs4")
CASES = [
    Case(
        "good: restic, no key here",
        guarded("cipher restic", keys=Answer(code=1)),
        Outcome.PASS,
        declared=declared(),
    ),
    Case(
        "good: the place is closed to us, the key places are not",
        guarded(place="denied", keys=Answer(code=2)),
        Outcome.PASS,
        declared=declared(),
    ),
    Case(
        "bad: the password lies beside the copies",
        guarded("cipher restic", keys=HELD),
        Outcome.FAIL,
        says="/etc/restic/env, /etc/systemd/system/restic.service",
        declared=declared(),
    ),
    Case(
        "bad: pgBackRest on its repository host",
        guarded(place="readable\nencrypted", keys=Answer("/etc/pgbackrest.conf\n", code=2)),
        Outcome.FAIL,
        declared=declared("pgbackrest"),
    ),
    Case("bad: none is declared", guarded(), Outcome.FAIL, declared=Declared(backups=())),
    Case(
        "absent: the copies go to another machine",
        {BACKUP_TRACES: traces("restic"), BACKUP_KEYS: HELD},
        Outcome.NOT_APPLICABLE,
        declared=declared(place="rest:https://vault.example.vn/dvc"),
    ),
    Case(
        "absent: a network file system",
        {**guarded("cipher restic", keys=HELD), **seen("readable", disk=NFS)},
        Outcome.NOT_APPLICABLE,
        declared=declared(),
    ),
    Case(
        "absent: nothing is encrypted",
        guarded("cipher 2", keys=HELD),
        Outcome.NOT_APPLICABLE,
        declared=declared("borg"),
    ),
    Case(
        "absent: plain files",
        guarded(keys=HELD),
        Outcome.NOT_APPLICABLE,
        declared=declared("files"),
    ),
    Case(
        "unreadable: sudo refused",
        guarded("cipher restic", keys=DENIED),
        Outcome.UNKNOWN,
        declared=declared(),
    ),
    Case(
        "unreadable: no grep",
        guarded("cipher restic", keys=MISSING_TOOL),
        Outcome.UNKNOWN,
        declared=declared(),
    ),
    Case("unreadable: nothing declared", guarded(), Outcome.UNKNOWN, declared=Declared()),
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_verdict(case: Case) -> None:
    agree(backup_keys_apart, case)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Environment=RESTIC_PASSWORD=s3cret", True),
        ("Environment=RESTIC_PASSWORD_FILE=/etc/restic/pw", True),
        ("ExecStart=/usr/bin/restic --password-file /etc/restic/pw backup /srv", True),
        ("export BORG_PASSPHRASE='s3cret'", True),
        ("encryption_passphrase: s3cret", True),
        ("repo1-cipher-pass=s3cret", True),
        ("BORG_PASSCOMMAND='cat /root/.borg'", True),
        ('export RESTIC_PASSWORD_COMMAND="/bin/cat /etc/pw"', True),
        ("encryption_passcommand: cat /etc/pw", True),
        ("BORG_KEY 1234", True),
        ("# encryption_passphrase: s3cret", False),
        ("#RESTIC_PASSWORD=s3cret", False),
        ("RESTIC_PASSWORD_COMMAND='vault kv get -field=pw restic'", False),
        ("encryption_passcommand: systemd-ask-password", False),
        ("RESTIC_REPOSITORY=/srv/restic", False),
    ],
)
def test_the_real_grep_finds_holders_and_shows_no_secret(
    tmp_path: Path, text: str, found: bool
) -> None:
    (tmp_path / "one").write_text(text + "\n", "utf-8")
    run = BACKUP_KEYS.run
    assert isinstance(run, tuple)
    words = [*run[: run.index("--") + 1], str(tmp_path), str(tmp_path / "nowhere")]
    said = subprocess.run(
        words, capture_output=True, text=True, check=False, env={"PATH": os.environ["PATH"]}
    )

    assert len(HOLDERS) == words.count("-e")
    assert said.stderr == ""
    assert said.stdout.split() == ([str(tmp_path / "one")] if found else [])
