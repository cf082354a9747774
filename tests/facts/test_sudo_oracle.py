"""
`cvtsudoers -e` resolves aliases itself; generated files must read alike either way. And what sudo
really lets somebody do, with or without a password, must stand in a rule as we read it.
"""

import json
import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

import pytest

from cdso_audit.facts.sudo import SudoDefault, SudoRule, parse_sudoers

CVTSUDOERS: Final = shutil.which("cvtsudoers")
USERS: Final = ("an", "binh", "%ops", "#1005", "%#27", "+net", "ALL")
COMMANDS: Final = (
    "/usr/bin/id", "/usr/bin/apt update", "/bin/sh", "/usr/local/bin/", "ALL", "sudoedit /etc/motd",
    "/usr/bin/systemctl restart nginx", "/usr/bin/cat /var/log/*",
)  # fmt: skip
TARGETS: Final = ("root", "ALL", "www-data", "#0", "an, binh")


def members(chance: random.Random, names: tuple[str, ...], aliases: list[str]) -> str:
    """A list of one to three, some of them aliases, some excluded."""
    chosen = []
    for _ in range(chance.randint(1, 3)):
        name = chance.choice(aliases) if aliases and chance.random() < 0.4 else chance.choice(names)
        chosen.append("!" + name if chance.random() < 0.15 else name)
    return ", ".join(chosen)


def sudoers(chance: random.Random) -> str:
    """A whole file: aliases that may hold each other, defaults, rules with tags that carry over."""
    lines: list[str] = []
    made: dict[str, list[str]] = {"User_Alias": [], "Cmnd_Alias": [], "Runas_Alias": []}
    names: dict[str, tuple[str, ...]] = {
        "User_Alias": USERS, "Cmnd_Alias": COMMANDS, "Runas_Alias": ("root", "www-data", "#0"),
    }  # fmt: skip
    for kind, start in (("User_Alias", "PEOPLE"), ("Cmnd_Alias", "DO"), ("Runas_Alias", "AS")):
        for number in range(chance.randint(0, 3)):
            lines.append(f"{kind} {start}{number} = {members(chance, names[kind], made[kind])}")
            made[kind].append(f"{start}{number}")
    for _ in range(chance.randint(0, 2)):
        whom = chance.choice(["", ":an", *(f":{each}" for each in made["User_Alias"])])
        what = chance.choice(["!authenticate", "use_pty", "timestamp_timeout=-1", "!syslog"])
        lines.append(f"Defaults{whom} {what}")
    for _ in range(chance.randint(1, 4)):
        parts = []
        for _ in range(chance.randint(1, 3)):
            target = chance.choice(["", *(f"({t})" for t in (*TARGETS, *made["Runas_Alias"]))])
            tag = chance.choice(["", "", "NOPASSWD: ", "PASSWD: ", "NOPASSWD: NOEXEC: "])
            command = chance.choice([*COMMANDS, *made["Cmnd_Alias"]])
            parts.append(f"{target} {tag}{chance.choice(['', '', '!'])}{command}".strip())
        who = members(chance, USERS, made["User_Alias"])
        lines.append(f"{who} ALL = {', '.join(parts)}")
    return "\n".join(lines) + "\n"


def read(file: Path, *options: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Rules and defaults as sets, since resolving may change the order of members."""
    done = subprocess.run(
        [str(CVTSUDOERS), *options, "-f", "json", str(file)], capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    rules, defaults = parse_sudoers(json.loads(done.stdout))
    return tuple(map(_plain, rules)), tuple(map(_plain_default, defaults))


def _plain(rule: SudoRule) -> tuple[Any, ...]:
    return (
        frozenset(rule.users), frozenset(rule.commands), frozenset(rule.run_as),
        rule.asks_password, frozenset(rule.broad_commands), rule.becomes_root,
    )  # fmt: skip


def _plain_default(default: SudoDefault) -> tuple[Any, ...]:
    return default.name, default.value, frozenset(default.bound_to)


@pytest.mark.daemon
@pytest.mark.skipif(CVTSUDOERS is None, reason="needs apt package sudo")
@pytest.mark.parametrize("seed", range(4))
def test_aliases_are_those_of_sudo(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same files every time
    with_aliases = 0
    for number in range(60):
        file = tmp_path / f"{number}"
        text = sudoers(chance)
        file.write_text(text)

        assert read(file) == read(file, "-e"), text
        with_aliases += "_Alias" in text
    assert with_aliases > 30


#: Accounts of the machine below: `an` has the number that rules name, `binh` the groups.
ACCOUNTS: Final = "an:*:1005:1005::/:/bin/sh\nbinh:*:1006:1006::/:/bin/sh\n"
GROUPS: Final = "an:x:1005:\nbinh:x:1006:\nops:x:1007:binh\n"
NAMES: Final = {"an": {"an", "#1005", "ALL"}, "binh": {"binh", "%ops", "%#1007", "ALL"}}
#: For each sudoers: who may have a shell of root, and who runs `id` as root without a password.
SCRIPT: Final = r"""
here=$1
for each in passwd group; do
  { grep -vE '^(an|binh|ops):' /etc/$each; cat "$here/.$each"; } >"$here/.new$each"
  mount --bind "$here/.new$each" /etc/$each
done
mount -t tmpfs none /etc/sudoers.d
mount -t tmpfs none /run; cd /
cp /etc/sudoers "$here/.sudoers"; mount --bind "$here/.sudoers" /etc/sudoers
for each in "$here"/*; do
  cat "$each" >/etc/sudoers
  for who in an binh; do
    sudo -l -U $who -u root /bin/sh >/dev/null 2>&1 && echo "shell $who"
    setpriv --reuid=$who --init-groups --regid=$who sudo -n -u root /usr/bin/id >/dev/null 2>&1 &&
      echo "id $who"
  done >"$here/.said-${each##*/}"
done
exit 0
"""


def covers(rules: tuple[SudoRule, ...], who: str, *commands: str) -> list[SudoRule]:
    """The rules by which the account becomes root with one of these, or with everything."""
    return [
        each
        for each in rules
        if NAMES[who] & set(each.users)
        and each.becomes_root
        and (each.broad_commands or set(commands) & set(each.commands))
    ]


def is_waived(defaults: tuple[SudoDefault, ...], who: str) -> bool:
    return any(
        each.name == "authenticate" and each.value is False
        and (not each.bound_to or NAMES[who] & set(each.bound_to) or each.bound_to[0][0] == "!")
        for each in defaults
    )  # fmt: skip


@pytest.mark.daemon
@pytest.mark.skipif(
    CVTSUDOERS is None or os.geteuid() != 0 or shutil.which("setpriv") is None,
    reason="needs root and the apt packages sudo, util-linux",
)
@pytest.mark.parametrize("seed", range(3))
def test_whatever_sudo_allows_stands_in_a_rule(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed + 100)  # noqa: S311 - the same files every time
    tmp_path.chmod(0o711)
    for number in range(80):
        (tmp_path / f"{number:03}").write_text(sudoers(chance).replace("%#27", "%#1007"))
    (tmp_path / ".passwd").write_text(ACCOUNTS)
    (tmp_path / ".group").write_text(GROUPS)
    command = ["unshare", "--mount", "--propagation", "private", "sh", "-c", SCRIPT, "sh"]
    subprocess.run([*command, str(tmp_path)], check=True)

    met = {"shell": 0, "id": 0}
    for file in sorted(tmp_path.glob("[0-9]*")):
        done = subprocess.run(
            [str(CVTSUDOERS), "-f", "json", str(file)], capture_output=True, check=True
        )
        rules, defaults = parse_sudoers(json.loads(done.stdout))
        for line in (tmp_path / f".said-{file.name}").read_text().splitlines():
            what, who = line.split()
            met[what] += 1
            if what == "shell":
                assert covers(rules, who, "/bin/sh"), (who, file.read_text())
            else:
                found = covers(rules, who, "/usr/bin/id")
                assert found, (who, file.read_text())
                assert is_waived(defaults, who) or not all(each.asks_password for each in found)
    assert met["shell"] > 10
    assert met["id"] > 10
