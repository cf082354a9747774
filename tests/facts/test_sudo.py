"""The rules of sudo as its own `cvtsudoers` prints them."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cdso_audit.facts.sudo import SUDOERS, SudoDefault, parse_sudoers, parse_version

CVTSUDOERS = shutil.which("cvtsudoers", path="/usr/bin:/usr/sbin:/usr/local/bin")

TEXT = """\
Defaults use_pty
Defaults logfile=/var/log/sudo.log, !syslog
Defaults:bob !authenticate
User_Alias ADM = alice, %ops, !carol
User_Alias ALLADM = ADM, dan
Cmnd_Alias SH = /bin/bash, /usr/bin/su
Runas_Alias DB = postgres, mysql
root ALL=(ALL:ALL) ALL
ALLADM ALL=(root) NOPASSWD: SH, PASSWD: /usr/bin/apt update, !SH
#1001 ALL=ALL
%#27 ALL = NOPASSWD: ALL
+netg ALL = (DB) /usr/bin/id ""
gina ALL=(:adm) /usr/bin/less
@includedir {folder}
"""


@pytest.mark.daemon
def test_the_real_program_is_understood(tmp_path: Path) -> None:
    if CVTSUDOERS is None:
        pytest.skip("needs apt package sudo")
    if os.geteuid() != 0:
        pytest.skip("needs root, since sudo reads no file of another owner")
    folder = tmp_path / "sudoers.d"
    folder.mkdir()
    (folder / "eve").write_text("eve ALL=(ALL) NOPASSWD: ALL\n")
    (folder / "ignored.conf").write_text("mallory ALL=(ALL) ALL\n")
    (folder / "ignored~").write_text("mallory ALL=(ALL) ALL\n")
    (tmp_path / "sudoers").write_text(TEXT.format(folder=folder))

    out = subprocess.run(
        [CVTSUDOERS, *SUDOERS.run[1:-1], str(tmp_path / "sudoers")],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    rules, defaults = parse_sudoers(json.loads(out))

    assert [each.shown for each in rules] == [
        "root ALL=(ALL) ALL",
        "alice, %ops, dan ALL=(root) NOPASSWD: /bin/bash, /usr/bin/su",
        "alice, %ops, dan ALL=(root) /usr/bin/apt update, !/bin/bash, !/usr/bin/su",
        "#1001 ALL=(root) ALL",
        "%#27 ALL=(root) NOPASSWD: ALL",
        '+netg ALL=(postgres,mysql) /usr/bin/id ""',
        "gina ALL=(self) /usr/bin/less",
        "eve ALL=(ALL) NOPASSWD: ALL",
    ]
    assert defaults == (
        SudoDefault(name="use_pty", value=True),
        SudoDefault(name="logfile", value="/var/log/sudo.log"),
        SudoDefault(name="syslog", value=False),
        SudoDefault(name="authenticate", value=False, bound_to=("bob",)),
    )
    assert [each.becomes_root for each in rules] == [True] * 5 + [False, False, True]
    assert rules[2].broad_commands == ()


def test_versions() -> None:
    assert parse_version("Sudo version 1.9.16p2") == (1, 9, 16)
    assert parse_version("sudo-rs 0.2.8") == ()
