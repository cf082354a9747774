"""The probe of the shells' start files, run by every shell and awk that is at hand."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cdso_audit.facts.shell import PROFILES, idle_time, parse_profiles

PROFILE = """\
# TMOUT=1
export TOKEN=s3cret
if [ "$UID" -gt 199 ]; then
    umask 002
else
  umask 022  # others
fi
[ -n "$SSH_TTY" ] && TMOUT=60
for i in /etc/profile.d/*.sh; do . $i; done
case $- in *i*) TMOUT=70 ;; esac
umask 027
TMOUT=300; readonly TMOUT
"""


@pytest.mark.parametrize("shell", ["sh", "bash", "busybox sh"])
def test_the_probe_tells_conditions_and_hides_the_rest(shell: str, tmp_path: Path) -> None:
    words = shell.split()
    if shutil.which(words[0]) is None:
        pytest.skip(f"needs apt package {words[0]}")
    (tmp_path / "profile").write_text(PROFILE)
    assert isinstance(PROFILES.run, str)
    script = PROFILES.run.replace("/etc/", f"{tmp_path}/")

    out = subprocess.run(
        [*words, "-c", script, "probe"],
        check=True,
        capture_output=True,
        text=True,
        env={"LC_ALL": "C", "PATH": os.environ["PATH"]},
    ).stdout
    lines, closed = parse_profiles(out.replace(str(tmp_path), "/etc"))

    assert "s3cret" not in out
    assert closed == []
    assert [(each.number, each.conditional) for each in lines] == [
        *((4, True), (6, True), (8, True), (10, True), (11, False), (12, False)),
    ]
    idle = idle_time(lines)
    assert (idle.idle_seconds, idle.is_readonly) == (300, True)
