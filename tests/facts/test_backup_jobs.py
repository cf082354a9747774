"""The probe about jobs of backups, in every shell, over cron files and systemctl's own form."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cdso_audit.facts.backup_jobs import BACKUP_JOBS
from cdso_audit.facts.os_release import sections

pytestmark = pytest.mark.daemon

#: What systemctl of systemd 252 answers, by its arguments.
SYSTEMCTL = r"""#!/bin/sh
case "$*" in
  *list-units*) echo 'backup.timer loaded active waiting Nightly'
    echo 'nightly.timer loaded active waiting Nightly'
    echo 'apt-daily.timer loaded active waiting apt'
    echo 'dpkg-db-backup.timer loaded active waiting dpkg';;
  *dpkg*) exit 3;;
  *LastTriggerUSec*) printf 'Id=backup.timer\nUnit=backup.service\nLastTriggerUSec=%s\n\n' \
      'Sat 2026-11-21 02:00:00 UTC'
    printf 'Id=nightly.timer\nUnit=nightly.service\nLastTriggerUSec=\n\n'
    printf 'Id=apt-daily.timer\nUnit=apt-daily.service\nLastTriggerUSec=\n';;
  *apt-daily.service\ backup.service\ nightly.service)
    printf 'Id=apt-daily.service\nExecStart={ path=/usr/lib/apt/apt.systemd.daily }\n'
    printf 'Result=success\n\nId=backup.service\nExecStart={ path=/bin/true }\n'
    printf 'Result=success\n\nId=nightly.service\n'
    printf 'ExecStart={ path=/bin/mount ; argv[]=mount /b }\n'
    printf 'ExecStart={ path=/usr/bin/restic ; argv[]=restic -p SECRET }\nResult=exit-code\n';;
esac
"""
CRON = {
    "thrown": "0 2 * * * root restic backup /srv -p SECRET >/dev/null 2>&1\n",
    "kept": "0 2 * * * root pg_dump dvc >/srv/a.sql 2>>{log}\n0 3 * * * root true\n",
    "both": "0 2 * * * root borg create ::x /srv >>{log} 2>&1\n",
    "ampersand": "0 2 * * * root restic backup /srv &>>{log}\n",
    "gone": "0 2 * * * root restic backup /srv >>/var/log/nobody/none.log 2>&1\n",
    "logged": "0 2 * * * root restic backup /srv 2>&1 | logger -t backup\n",
    "mailed": "0 2 * * * root mysqldump dvc >/srv/a.sql\n",
    "mute": "MAILTO=''\n0 2 * * * root mysqldump dvc >/srv/a.sql\n",
    "comment": "# 0 2 * * * root restic backup /srv\nBACKUP_DIR=/srv\n0 1 * * * root true\n",
}


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh"])
def test_each_form_of_a_job(tmp_path: Path, shell: str) -> None:
    if os.geteuid() or not shutil.which("unshare"):
        pytest.skip("needs root, for a mount namespace of its own")
    cron, tools, log = tmp_path / "cron", tmp_path / "bin", tmp_path / "b.log"
    cron.mkdir()
    tools.mkdir()
    log.write_text("done\n")
    (tools / "systemctl").write_text(SYSTEMCTL)
    (tools / "systemctl").chmod(0o755)
    for name, text in CRON.items():
        (cron / name).write_text(text.replace("{log}", str(log)))
    assert isinstance(BACKUP_JOBS.run, str)
    command = 'mount --bind "$1" /etc/cron.d && shift && exec "$@"'
    said = subprocess.run(
        ["unshare", "-m", "sh", "-c", command, "x", cron, *shell.split(), "-c", BACKUP_JOBS.run],
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": f"{tools}:{os.environ['PATH']}", "LC_ALL": "C"},
    )

    parts = sections(said.stdout)
    assert said.stderr == ""
    assert "SECRET" not in said.stdout
    assert [" ".join(line.split()) for line in parts["timers"].splitlines()] == [
        "backup.service Result=success Sat 2026-11-21 02:00:00 UTC",
        "nightly.service Result=exit-code",
    ]
    told = dict(
        line.removeprefix("/etc/cron.d/").split(" ", 1)
        for line in parts["cron"].splitlines()
        if line.startswith("/etc/cron.d/")
    )
    written = f"file {log} {int(log.stat().st_mtime)} 5"
    expected = {"thrown": "nowhere", "kept": written, "both": written, "ampersand": written}
    expected |= {"logged": "journal", "mailed": "mail", "mute": "nowhere"}
    assert told.pop("gone").partition(" ")[0] in ("gone", "closed")
    assert told == expected
