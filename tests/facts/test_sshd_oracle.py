"""
sshd itself says what it would do for hundreds of connections; each setting that some of them meet
must stand in one of the reader's facts, or the reader must say that it could not look.
"""

import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest
from tests.mounts import mount_points
from tests.support import AT, HOST, SYSTEM, Answer, observation

from cdso_audit.facts.reading import snapshot
from cdso_audit.facts.sshd import (
    SSHD_MATCH,
    SSHD_ROOT,
    SSHD_USER,
    SshdSettings,
    parse_sshd_settings,
)

CONFIGURATIONS: Final = 60
SSHD: Final = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin") or ""
#: Accounts that every Debian has, and one that none has.
USERS: Final = ("root", "nobody", "www-data", "games", "stranger")
ADDRESSES: Final = ("192.0.2.1", "10.1.2.3", "10.9.0.7", "198.18.0.9", "2001:db8::5")
VALUES: Final = {
    "PermitRootLogin": ("yes", "no", "prohibit-password", "without-password", "Yes",
                        "forced-commands-only"),
    "PasswordAuthentication": ("yes", "no", "YES"),
    "KbdInteractiveAuthentication": ("yes", "no"),
    "PermitEmptyPasswords": ("yes", "no"),
    "PubkeyAuthentication": ("yes", "no"),
    "AuthenticationMethods": ("any", "publickey", '"publickey,password" password'),
    "MaxAuthTries": ("3", "4", "10"),
    "ClientAliveInterval": ("0", "300", "5m", "1h30m"),
    "ClientAliveCountMax": ("0", "3", "9"),
    "X11Forwarding": ("yes", "no"),
    "AllowTcpForwarding": ("yes", "no", "local", "remote", "all"),
    "AllowAgentForwarding": ("yes", "no"),
    "PermitTunnel": ("yes", "no", "point-to-point", "ethernet"),
    "Banner": ("none", "/etc/issue.net"),
    "AllowUsers": ("nobody games", "root", "*@10.0.0.0/8"),
    "DenyGroups": ("games", "sudo adm"),
}  # fmt: skip
CRITERIA: Final = {
    "User": ("root", "nobody", "games,www-data", "*,!root", '"nobody"', "!games,*", "stran*"),
    "Group": ("games", "root", "nogroup,games", "*,!games"),
    "Address": ("10.0.0.0/8", "192.0.2.1", "10.1.2.3,198.18.0.0/16", "!10.9.0.0/16,*",
                "2001:db8::/32"),
    "LocalAddress": ("10.0.0.1", "198.18.0.0/15"),
    "LocalPort": ("22", "2222"),
    "Host": ("audit.invalid", "*.example.vn", "!*.vn,*"),
}  # fmt: skip
CONNECTIONS: Final = 8
#: For each folder of configurations: what the probes say (with their exit code), and sshd itself.
SCRIPT: Final = r"""
mount -t tmpfs ssh /etc/ssh
for each in "$1"/*/; do
  rm -rf /etc/ssh/*; cp -a "$each/ssh/." /etc/ssh/; cp "$1/key" /etc/ssh/ssh_host_ed25519_key
  chmod 600 /etc/ssh/ssh_host_ed25519_key
  for name in root user match; do
    xargs -0 -a "$1/$name" env LC_ALL=C >"$each/$name" 2>"$each/$name.errors"
    echo $? >"$each/$name.code"
  done
  number=0
  while read -r connection; do
    "$2" -T -C "$connection" >"$each/said$number" 2>"$each/said.errors"; number=$((number + 1))
  done <"$each/connections"
done
"""


def settings(chance: random.Random, most: int, *, indent: str = "") -> list[str]:
    """Some settings, each way to write one."""
    lines = []
    for key in chance.sample(sorted(VALUES), chance.randint(0, most)):
        name = chance.choice((key, key, key.lower(), key.upper()))
        sign = chance.choice((" ", " ", "\t", "  ", "=", " = "))
        comment = chance.choice(("", "", "", " # since 2019"))
        if key in ("AllowUsers", "DenyGroups", "AuthenticationMethods"):
            comment = ""
        lines.append(f"{indent}{name}{sign}{chance.choice(VALUES[key])}{comment}")
    return lines


def block(chance: random.Random) -> list[str]:
    """A Match block with one or two criteria."""
    keys = chance.sample(sorted(CRITERIA), chance.choice((1, 1, 2)))
    spelled = [
        f"{chance.choice((key, key.lower()))} {chance.choice(CRITERIA[key])}" for key in keys
    ]
    if chance.random() < 0.1:
        spelled = ["all"]
    word = chance.choice(("Match", "Match", "match", "MATCH"))
    return [f"{word} {' '.join(spelled)}", *settings(chance, 4, indent=chance.choice(("", "  ")))]


def configuration(chance: random.Random, folder: Path) -> None:
    """Main file, drop-ins, and strays that sshd passes over."""
    below = folder / "ssh/sshd_config.d"
    (below / "more").mkdir(parents=True)
    include = chance.choice((
        "Include /etc/ssh/sshd_config.d/*.conf", "Include /etc/ssh/sshd_config.d/*.conf",
        "include sshd_config.d/*.conf", 'Include "/etc/ssh/sshd_config.d/*.conf"', "",
        "Include /etc/ssh/sshd_config.d/1*.conf /etc/ssh/sshd_config.d/3*.conf",
        "Include=/etc/ssh/sshd_config.d/*.conf",
    ))  # fmt: skip
    main = [include, *settings(chance, 5)]
    chance.shuffle(main)
    for _ in range(chance.choice((0, 1, 1, 2))):
        main += block(chance)
    if chance.random() < 0.08:
        main.append("Include /etc/ssh/sshd_config.d/more/*.conf")
    (folder / "ssh/sshd_config").write_text("\n".join(main) + "\n")
    names = ("10-a.conf", "20-b.conf", "30-c.conf", ".hidden.conf", "40.conf.bak", "more/5.conf")
    for name in names:
        if chance.random() < 0.3:
            lines = settings(chance, 3)
            if chance.random() < 0.7:
                lines += block(chance)
            if chance.random() < 0.08:
                lines.insert(0, "Include /etc/ssh/sshd_config.d/more/*.conf")
            (below / name).write_text("\n".join(lines) + "\n")
    if chance.random() < 0.15:
        (folder / "ssh/elsewhere").write_text("\n".join(block(chance)) + "\n")
        (below / "15-linked.conf").symlink_to("../elsewhere")
    with (folder / "connections").open("w") as file:
        for _ in range(CONNECTIONS):
            host = chance.choice(("audit.invalid", "pc1.example.vn"))
            file.write(
                f"user={chance.choice(USERS)},host={host},addr={chance.choice(ADDRESSES)},"
                f"laddr={chance.choice(('10.0.0.1', '198.18.0.1'))},"
                f"lport={chance.choice((22, 2222))}\n"
            )


def seen(folder: Path) -> tuple[list[SshdSettings], bool]:
    """The reader's facts, and whether it said that it did not see everything."""
    made = []
    for probe, name in ((SSHD_ROOT, "root"), (SSHD_USER, "user"), (SSHD_MATCH, "match")):
        code = int((folder / f"{name}.code").read_text())
        errors = (folder / f"{name}.errors").read_text()
        made.append(observation(probe, Answer((folder / name).read_text(), code, errors)))
    found = snapshot(HOST, SYSTEM, made, [SshdSettings], at=AT)
    return [each for each in found.facts if isinstance(each, SshdSettings)], bool(found.gaps)


@pytest.mark.daemon
@pytest.mark.skipif(os.geteuid() != 0 or not SSHD, reason="needs root, apt package openssh-server")
@pytest.mark.parametrize("seed", range(4))
def test_no_setting_that_a_connection_meets_is_missed(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same files every time
    for number in range(CONFIGURATIONS):
        configuration(chance, tmp_path / f"{number:03}")
    for probe, name in ((SSHD_ROOT, "root"), (SSHD_USER, "user"), (SSHD_MATCH, "match")):
        (tmp_path / name).write_text("\0".join(probe.run))
    key = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / "key")]
    subprocess.run(key, check=True)
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", SCRIPT, "sh"]
    with mount_points("/run/sshd"):
        subprocess.run([*command, str(tmp_path), SSHD], check=True)

    met = gaps = 0
    for folder in sorted(tmp_path.glob("[0-9]*")):
        facts, has_gap = seen(folder)
        if (folder / "user.code").read_text() != "0\n":  # sshd would not start with that
            assert has_gap, (folder / "user.errors").read_text()
            continue
        gaps += has_gap
        if has_gap:
            continue
        lines = (folder / "connections").read_text().splitlines()
        for number, connection in enumerate(lines):
            told = parse_sshd_settings((folder / f"said{number}").read_text())
            is_root = connection.startswith("user=root,")
            if is_root and told["permitrootlogin"] == ("no",):
                continue
            for name in VALUES:
                # What root may do besides logging in is judged with everybody's blocks.
                group = [
                    each for each in facts
                    if each.is_root == is_root or (is_root and name != "PermitRootLogin")
                ]  # fmt: skip
                value = told.get(name.lower())
                known = {each.settings.get(name.lower()) for each in group}
                if value and name in ("AllowUsers", "DenyGroups"):  # of several blocks they add up
                    parts = {each for held in known for each in held or ()}
                    assert set(value) <= parts, (folder, connection, name, value)
                else:
                    assert value in known, (folder, connection, name, value)
                met += value != group[0].settings.get(name.lower())
    assert met > CONFIGURATIONS
    assert gaps < CONFIGURATIONS / 2
