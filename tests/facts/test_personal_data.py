"""The counting itself, by every awk, over planted logs; no number leaves the host."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from cdso_audit.facts.personal_data import PERSONAL_DATA

SCRIPT: Final = r"""
set -e
mount -t tmpfs -o mode=755 log /var/log
cp -r "$1/log/." /var/log/
for each in /opt /srv /var/www; do [ -d "$each" ] && mount -t tmpfs -o mode=755 x "$each"; done
chmod 644 /var/log/*.log /var/log/*.gz
mkdir -m 700 /var/log/private
cp /var/log/citizens.log /var/log/private/
cp /var/log/citizens.log /srv/app.log
cp /var/log/citizens.log /srv/data.csv
cp /var/log/citizens.log /var/log/closed; chmod 640 /var/log/closed
cp /var/log/citizens.log /var/log/old.log; touch -d '60 days ago' /var/log/old.log
truncate -s 70M /var/log/large.log
PATH=$1/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL=C
exec sh -c "$(cat "$1/probe")" probe
"""
LOGS: Final = {
    "citizens.log": "id=001203004567 ok\n079301012345,096099123456\ncccd:001203004567;\n",
    "mobiles.log": "tel 0912345678 and 84912345678, +84 no; 0387654321\n",
    "chance.log": "1763783463 000000000000 012345678901234 097203004567 001903004567 "
    "1.001203004567\n0112345678 00912345678 091234567 2026-11-22T03:04:05.001203004567Z\n",
    "packed.log.gz": "001203004567 001203004567\n",
}


@pytest.mark.daemon
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to mount in a namespace of its own")
@pytest.mark.parametrize("awk", ["mawk", "gawk", "busybox", "original-awk"])
def test_numbers_of_people_are_counted_and_stay(awk: str, tmp_path: Path) -> None:
    program = shutil.which(awk)
    if program is None:
        pytest.skip(f"needs apt package {awk}")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/awk").symlink_to(program)
    (tmp_path / "probe").write_text(str(PERSONAL_DATA.run))
    (tmp_path / "log").mkdir()
    for name, text in LOGS.items():
        (tmp_path / "log" / name).write_text(text)

    done = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c", SCRIPT, "sh", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )

    lines = set(done.stdout.splitlines())
    assert lines == {
        "file 4 0 /var/log/citizens.log",
        "file 4 0 /srv/app.log",
        "file 0 3 /var/log/mobiles.log",
        "large /var/log/large.log",
        "seen 4",
        "== end",
    }
    assert "001203004567" not in done.stdout
